"""The dispatch policy of a study: asked what it wants, and given what it may be told."""

from __future__ import annotations

import numpy as np

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.types import FloatArray
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model import devices
from toolkit.model.notices import Notice
from toolkit.model.operation import Operation
from toolkit.problem.policies import registry
from toolkit.problem.policies.contract import FORESIGHT
from toolkit.problem.policies.dispatch import SCHEDULE, Dispatch, schedule_of
from toolkit.problem.policies.known import ANNOUNCED_H


def dispatch_of(study: Study, operation: Operation, day: Profiles) -> Dispatch:
    """Return what plans of a study follow.

    Raises InputError, naming the study's field, for an unknown policy, a wrong option, or a
    forecast that the profiles lack.
    """
    policy, options = study.dispatch.policy, study.dispatch.options
    if policy == SCHEDULE and not options:
        # Asking a process what we know would cost every command that.
        return schedule_of(operation)
    try:
        found = registry.asked(policy, options, operation.steps)
    except ToolkitError as error:
        raise InputError(f"study {study.name}: 'dispatch': {error}") from error
    start = 0.0 if day.start is None else day.start.hour + day.start.minute / 60.0
    return Dispatch(policy, found.options, found.parameters, found.outlook, start)


def dispatch_notices(dispatch: Dispatch, operation: Operation) -> tuple[Notice, ...]:
    """Return what figures of plans that follow a policy have to be read with."""
    if dispatch.is_schedule:
        return ()
    found = []
    if dispatch.outlook.source == "perfect":
        found.append(f"policy '{dispatch.policy}' is given the future itself: {FORESIGHT}.")
    ahead = float(devices.reach(operation.stores.low, _floor(operation)).max(initial=0))
    if ahead * operation.dt > ANNOUNCED_H:
        found.append(
            f"to be charged in time and for the end of the study, stores look up to "
            f"{ahead * operation.dt:g} h ahead, further than the {ANNOUNCED_H:g} h for which "
            "drivers announce their trips."
        )
    return tuple(Notice("dispatch", text, topic="study", level="note") for text in found)


def _floor(operation: Operation) -> FloatArray:
    """Return the energy that vehicles never go below, kWh per unit of size, (S, 1)."""
    at, fleet = operation.stores, operation.fleet
    vehicles = [fleet.kinds[u] == "bev" for u in fleet.storage_rows]
    floor: FloatArray = np.asarray(at.parameters.soc_min * at.capacity)
    # What batteries hold for the end follows from their parameters, which are known throughout.
    return np.where(np.array(vehicles, dtype=bool)[:, None], floor, np.inf)
