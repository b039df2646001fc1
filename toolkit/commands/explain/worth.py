"""What each unit of a plan is worth: the day without it, every other unit as planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.results.solving import solve

if TYPE_CHECKING:
    from toolkit.model.plan import Plan
    from toolkit.problem.problem import Problem
    from toolkit.results.case import Case

#: What is compared, columns of summary.csv.
COMPARED = ("traded_kwh", "traded_to_load_kwh", "loss_kwh", "score")


@dataclass(frozen=True)
class Worth:
    """One unit: the plan's figures less those of the day without it, kWh.

    score: the same of what the study seeks, in its unit, higher being better.

    violation: of the day without it, 0 when every limit still holds; ``reason`` says why that day
    could not be solved, the figures being NaN then.
    """

    unit: str
    kind: str
    bus: str
    traded_kwh: float
    traded_to_load_kwh: float
    loss_kwh: float
    score: float
    violation: float
    reason: str = ""


def worths(problem: Problem, plan: Plan, case: Case, maximised: str) -> list[Worth]:
    """Return the worth of each unit that has a size, the largest first; engine's days throughout.

    case: the plan's own day; maximised: the column by which they are sorted.
    """
    units = [int(u) for u in np.flatnonzero(plan.size > 0.0)]
    found = [_worth(problem, plan, case, u) for u in units]
    return sorted(found, key=lambda w: -np.nan_to_num(getattr(w, maximised), nan=-np.inf))


def without(plan: Plan, u: int) -> Plan:
    """Return a plan with unit u of no size, all others as they are."""
    fields = {}
    for name in ("size", "kw", "kwh", "p_kw", "stored"):
        values = getattr(plan, name).copy()
        values[u] = 0.0
        fields[name] = values
    return replace(plan, **fields)


def _worth(problem: Problem, plan: Plan, case: Case, u: int) -> Worth:
    fleet = problem.setting.fleet
    unit = fleet.units[u]
    rest = dict.fromkeys((*COMPARED, "violation"), np.nan)
    reason = ""
    try:
        solved = solve(problem, f"without {unit.name}", without(plan, u))
        rest = {column: solved.figure(column) for column in rest}
    except EngineError as error:
        reason = str(error)
    differ = {column: case.figure(column) - rest[column] for column in COMPARED}
    bus = fleet.buses[plan.bus[u]]
    return Worth(unit.name, unit.kind, bus, **differ, violation=rest["violation"], reason=reason)
