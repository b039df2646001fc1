"""The conformance suite every goal has to pass, for use in a plug-in's own tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from toolkit.common.plugins.checking import CheckResult, Suite
from toolkit.problem.goal_plugins.contract import Goal
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS
from toolkit.problem.goal_plugins.testing.checks import CHECKS
from toolkit.problem.goal_plugins.testing.scenes import Subject

__all__ = ["check_goal"]


def _checks(subject: Subject) -> Mapping[str, Callable[[Subject], None]]:
    return CHECKS


#: Its checks; the number is the seconds that one of them may take.
SUITE = Suite(GOAL_PLUGINS, Subject, _checks, 300.0)


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
    return SUITE.results(goal, options)
