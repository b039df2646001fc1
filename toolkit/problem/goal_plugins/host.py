"""Goals at work: the toolkit's own in any process, those of others in one of their own.

A process into which plug-ins are let anyway asks them itself, which is quicker, see
``toolkit.common.plugins.letting``; what it says of them is worked out anew by one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.common.errors import ToolkitError
from toolkit.common.plugins import letting
from toolkit.common.plugins.hosts import Host, Hosts, key_of
from toolkit.common.types import FloatArray
from toolkit.problem.goal_plugins.contract import Goal
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS, declared, is_ours
from toolkit.problem.goal_plugins.session import (
    figures_of,
    given_of,
    number_of,
    plainly,
    told,
    wholly,
)
from toolkit.problem.goal_plugins.told import Given, SolvedPlans

if TYPE_CHECKING:
    from toolkit.problem.conditions import Conditions, Solved

#: Seconds that a goal may take for all that it is asked at once.
FIGURE_S = 120.0
_made: dict[str, Goal] = {}
_hosts: Hosts[Host] = Hosts()


def figures(name: str, solved: Solved) -> FloatArray:
    """Return a goal's figure of n solved days, (n,); NaN for days that were not solved.

    Raises ToolkitError, which names the goal, where it breaks.
    """
    options = solved.conditions.options.get(name, {})
    if is_ours(name):
        own = _here(name, options)
        return own.figure(told(solved, own.needs))
    sent = told(solved, declared(name).needs)
    there = np.array([not reason for reason in solved.days.reasons], dtype=bool)
    found = np.full(len(there), np.nan)
    if there.all():
        return _asked(name, options, sent)
    if there.any():
        found[there] = _asked(name, options, _rows(sent, np.flatnonzero(there)))
    return found


def _rows(sent: SolvedPlans, rows: Any) -> SolvedPlans:
    """Return what is told of some of the plans."""
    arrays = {n: v[rows] for n, v in vars(sent).items() if n not in ("given", "asked")}
    return SolvedPlans(
        given=sent.given, asked={n: v[rows] for n, v in sent.asked.items()}, **arrays
    )


def _asked(name: str, options: Mapping[str, Any], sent: SolvedPlans) -> FloatArray:
    if letting.here():
        return figures_of(_here(name, options), name, sent)
    said = _host(name, options).ask(wholly(sent), 8 * len(sent), FIGURE_S)
    return _numbers(said, len(sent), name)


def number(name: str, what: str, conditions: Conditions) -> float:
    """Return the ``scale`` or the ``worst`` figure of a goal in a study."""
    options = conditions.options.get(name, {})
    if is_ours(name):
        own = _here(name, options)
        return float(getattr(own, what)(given_of(conditions, own.needs)))
    given = given_of(conditions, declared(name).needs)
    if letting.here():
        return number_of(_here(name, options), name, what, given)
    said = _host(name, options).ask((what, plainly(given)), 8, FIGURE_S)
    return float(_numbers(said, 1, name)[0])


def _numbers(said: bytes, count: int, name: str) -> FloatArray:
    """Return the numbers that a process tells; it is not believed to tell so many."""
    if len(said) != 8 * count or not np.isfinite(found := np.frombuffer(said)).all():
        raise ToolkitError(f"goal '{name}': its process told nonsense")
    return found.copy()


def _here(name: str, options: Mapping[str, Any]) -> Goal:
    """Return a goal in this process, made once."""
    key = key_of(name, options)
    if key not in _made:
        _made[key] = GOAL_PLUGINS.build(name, options)
    return _made[key]


def _host(name: str, options: Mapping[str, Any]) -> Host:
    made = partial(Host, f"goal '{name}'", _answering, name, dict(options))
    return _hosts.get(key_of(name, options), made)


def _answering(name: str, options: Mapping[str, Any]) -> Callable[[Any], bytes]:
    """Return what answers in a goal's process: figures of plans, or a number of a study."""
    goal = GOAL_PLUGINS.build(name, options)

    def answer(request: SolvedPlans | tuple[str, Given]) -> bytes:
        if isinstance(request, SolvedPlans):
            return figures_of(goal, name, request).tobytes()
        return np.array([number_of(goal, name, *request)]).tobytes()

    return answer
