"""The conformance suite every goal has to pass, for use in a plug-in's own tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.common.errors import InputError
from toolkit.common.plugins.checking import CheckResult, checked_apart, noted, outcome
from toolkit.common.plugins.groups import missing
from toolkit.common.processes import Pen
from toolkit.problem.goal_plugins.contract import Goal
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS
from toolkit.problem.goal_plugins.testing.checks import CHECKS
from toolkit.problem.goal_plugins.testing.scenes import Subject

__all__ = ["check_goal"]

#: Seconds that one check may take.
SILENCE_S = 300.0


def check_goal(
    goal: str | type[Goal], options: Mapping[str, Any] | None = None
) -> list[CheckResult]:
    """Carry out every check on a goal.

    Parameters
    ----------
    goal : str or type of Goal
        A name is tested in a process of its own, which may crash; a class is tested in this one.
    options : mapping, optional
        Options of the goal.

    Returns
    -------
    list of CheckResult
        One result per check.

    Raises
    ------
    InputError
        For an unknown goal or option, or a library that is missing.

    Examples
    --------
    >>> from toolkit.testing import check_goal
    >>> [check for check in check_goal("losses") if not check.passed]
    []
    """
    if isinstance(goal, str):
        return checked_apart(_tested, SILENCE_S, goal, dict(options or {}))
    return list(_results(goal, dict(options or {})))


def _results(kind: type[Goal], options: dict[str, Any]) -> Iterator[CheckResult]:
    if lacking := missing(kind):
        raise InputError(f"goal '{kind.__name__}' cannot be tested: {lacking}")
    subject = Subject(kind, options)
    for name, check in CHECKS.items():
        yield outcome(name, check, subject)


def _tested(pen: Pen, name: str, options: dict[str, Any]) -> Any:
    kind = GOAL_PLUGINS.load(name)
    GOAL_PLUGINS.configure(kind, options, name)
    return noted(pen, list(CHECKS), _results(kind, options))
