"""What a command tells of plans that break limits: which, where, and whether the loads alone do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from toolkit.model.plan import Plan, base_plan, schedule
from toolkit.problem.limit_violations import LimitViolation, in_words, shared
from toolkit.problem.problem import Problem
from toolkit.results.case import Case
from toolkit.results.solving import evaluation_of, in_kw


def told(problem: Problem, base: Case, found: Mapping[str, Sequence[Case]]) -> list[str]:
    """Return sentences about every case that breaks limits; one more day is solved if any does."""
    groups = {"base": [base], **found}
    broken = [case for cases in groups.values() for case in cases if case.limit_violations]
    if not broken:
        return []
    sentences = [_of_group(name, cases) for name, cases in groups.items()]
    return [text for text in (*sentences, _loads_alone(problem, base, broken)) if text]


def _of_group(name: str, cases: Sequence[Case]) -> str:
    """Say what the cases of one optimizer, or a case that was not searched for, break."""
    broken = [case for case in cases if case.limit_violations]
    if not broken:
        return ""
    if len(broken) < len(cases):
        return (
            f"{len(broken)} of {len(cases)} runs of {name} end with a plan that breaks limits; "
            "column 'broken' of summary.csv says which."
        )
    closest = min(broken, key=lambda case: case.figure("violation"))
    what = in_words(closest.limit_violations)
    if any(_kept_once(case) for case in broken):
        return f"{closest.name} breaks limits: {what}."
    evaluated = sum(len(case.history) for case in broken if case.history is not None)
    runs = f" in {len(cases)} runs" if len(cases) > 1 else ""
    return (
        f"{name}: no plan of {evaluated} evaluated{runs} keeps the limits; the closest, of "
        f"{closest.name}, breaks: {what}."
    )


def _kept_once(case: Case) -> bool:
    """Say whether no search speaks for the case, or one whose circuit called a plan feasible."""
    return case.history is None or bool((case.history["violation"] == 0.0).any())


def _loads_alone(problem: Problem, base: Case, broken: Sequence[Case]) -> str:
    """Say what is broken at the same place whatever the units do, as far as was tried."""
    plan = smallest_plan(problem)
    day = problem.grid.day(plan)
    units = "without units" if not plan.kw.any() else "with units at their smallest"
    if day.reason:
        return f"Even {units} the power flow fails: {day.reason}.{in_kw(problem.setting)}"
    least = evaluation_of(problem, day, plan).limit_violations
    common = _most_common(least, base, broken)
    if not common:
        return ""
    return (
        f"Even {units} the loads break: {in_words(common)}. Where no plan can mend this, widen "
        f"[limits] in the study or strengthen the feeder.{in_kw(problem.setting)}"
    )


def _most_common(
    least: Sequence[LimitViolation], base: Case, broken: Sequence[Case]
) -> tuple[LimitViolation, ...]:
    """Return what the smallest plan breaks that the base case, or else every case, breaks too."""
    days = [base] if base.limit_violations else broken
    return shared(least, *(case.limit_violations for case in days))


def smallest_plan(problem: Problem) -> Plan:
    """Return the plan with every unit at its smallest size where it is declared, storage idle.

    Vehicles still charge what they drive.
    """
    operation = problem.setting.operation
    size = np.array([unit.size_min for unit in operation.fleet.units])
    idle = np.zeros((len(operation.fleet.storage_rows), operation.steps))
    return schedule(base_plan(operation).bus, size, idle, operation)
