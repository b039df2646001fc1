"""The dispatch policy of a study: asked what it wants, and given what it may be told."""

from __future__ import annotations

from toolkit.common.errors import InputError, ToolkitError
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.operation import Operation
from toolkit.problem.policies import registry
from toolkit.problem.policies.dispatch import SCHEDULE, Dispatch, schedule_of


def dispatch_of(study: Study, operation: Operation, day: Profiles) -> Dispatch:
    """Return what plans of a study follow.

    Raises InputError, naming the study's field, for an unknown policy, a wrong option, or a
    forecast that the profiles lack.
    """
    asked = study.dispatch
    if asked.policy == SCHEDULE and not asked.options:
        # Asking a process what we know would cost every command that.
        return schedule_of(operation)
    try:
        found = registry.asked(asked.policy, asked.options, operation.steps)
    except ToolkitError as error:
        raise InputError(f"study {study.name}: 'dispatch': {error}") from error
    start = 0.0 if day.start is None else day.start.hour + day.start.minute / 60.0
    return Dispatch(asked.policy, found.options, found.parameters, found.outlook, start)
