"""What a command tells of plans that break limits: which, where, and whether loads or units do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.grid.backend import PowerFlow, backend
from toolkit.model.curtailment import nothing_given
from toolkit.model.kinds import GENERATORS
from toolkit.model.plan import Plan, base_plan, schedule
from toolkit.problem.goals import GOALS
from toolkit.problem.limit_violations import Places, worst_violations
from toolkit.problem.limit_words import LimitViolation, in_words, shared
from toolkit.problem.problem import Problem
from toolkit.results.case import Case
from toolkit.results.solving import in_kw

#: Units tried one by one, and named.
TRIED, NAMED = 20, 5


def told(problem: Problem, base: Case, found: Mapping[str, Sequence[Case]]) -> list[str]:
    """Return sentences about every case that breaks limits; more days are solved if any does."""
    groups = {"base": [base], **found}
    if not any(case.limits_broken for cases in groups.values() for case in cases):
        return []
    sentences = [_of_group(name, cases) for name, cases in groups.items()]
    broken = [case for cases in groups.values() for case in cases if case.limit_violations]
    causes = _causes(problem, base, broken) if broken else []
    return [text for text in (*sentences, *causes, *_of_goals(found)) if text]


def _of_goals(found: Mapping[str, Sequence[Case]]) -> list[str]:
    """Say of each limit of a goal that no plan found keeps how near the nearest comes."""
    cases = [case for group in found.values() for case in group]
    if not cases or any(not case.goals_broken for case in cases):
        return []
    said = []
    for held in dict.fromkeys(one.held for one in cases[0].goals_broken):
        figures = [one.figure for case in cases for one in case.goals_broken if one.held == held]
        if len(figures) == len(cases):
            goal, near = GOALS[held.name], (min if held.at_most else max)(figures)
            said.append(
                f"No plan found keeps limits.goals.{held.name}; the nearest has "
                f"{goal.form.format(near)} of {goal.about}. A search for that goal alone tells "
                "how far it can go: set it as objective in [market], without the limit."
            )
    return said


def _of_group(name: str, cases: Sequence[Case]) -> str:
    """Say what the cases of one optimizer, or a case that was not searched for, break."""
    broken = [case for case in cases if case.limits_broken]
    if not broken:
        return ""
    if len(broken) < len(cases):
        return (
            f"{len(broken)} of {len(cases)} runs of {name} end with a plan that breaks limits; "
            "column 'broken' of summary.csv says which."
        )
    closest = min(broken, key=lambda case: case.figure("violation"))
    what = closest.limits_broken
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


def _causes(problem: Problem, base: Case, broken: Sequence[Case]) -> list[str]:
    """Say what is broken at the same place whatever a plan decides, and who breaks it."""
    alone = _without_units(problem)
    if alone.reason:
        return [f"Even without units the power flow fails: {alone.reason}.{in_kw(problem.setting)}"]
    common = _most_common(alone.violations, base, broken)
    loads = (
        f"Even without units the loads break: {in_words(common)}. Where no plan can mend this, "
        f"widen [limits] in the study or strengthen the feeder.{in_kw(problem.setting)}"
    )
    units = _units_at_smallest(problem, base, broken, {held.kind for held in common})
    return [loads, units] if common else [units]


def _units_at_smallest(
    problem: Problem, base: Case, broken: Sequence[Case], said: Collection[str]
) -> str:
    """Say what units break that no plan can make smaller, and which of them do so alone."""
    plan = smallest_plan(problem)
    there = [u for u, kw in enumerate(plan.kw) if kw > 0.0]
    if not there:
        return ""
    least = _solved(problem.grid, plan, problem)
    new = tuple(held for held in least.violations if held.kind not in said)
    common = _most_common(new, base, broken)
    if not (least.reason or common):
        return ""
    culprits = _alone(problem, there, common) if len(there) > 1 else there
    units = [problem.setting.fleet.units[u].name for u in culprits or there]
    named = ", ".join(units[:NAMED]) + (f" and {len(units) - NAMED} more" * (len(units) > NAMED))
    who = f"{'unit' if len(units) == 1 else 'units'} {named}"
    which = "each alone at its" if culprits and len(units) > 1 else "at the"
    what = f"break: {in_words(common)}" if common else f"keep it from converging: {least.reason}"
    verb = what if len(units) > 1 else what.replace("break:", "breaks:").replace("keep", "keeps")
    return (
        f"Without units {_holds(common)}; {who}, {which} smallest size and where declared, {verb}. "
        "Where no site mends this, let it be smaller (size under [fleet.units.NAME]), or widen "
        f"[limits] in the study.{_uncurtailed(problem, culprits or there)}"
    )


def _uncurtailed(problem: Problem, units: Sequence[int]) -> str:
    """Say of generators among the units that a study may let them be curtailed."""
    fleet = problem.setting.fleet
    if not any(fleet.units[u].kind in GENERATORS and not fleet.units[u].curtail for u in units):
        return ""
    return " PV and wind give all that sun and wind give, unless curtail lets them give less."


def _holds(common: Sequence[LimitViolation]) -> str:
    return "these limits hold" if common else "the power flow converges"


def _alone(problem: Problem, there: Sequence[int], common: Sequence[LimitViolation]) -> list[int]:
    """Return the units that break what all of them break even when no other unit is there."""
    found = []
    for u in there[:TRIED]:
        size = np.zeros(len(problem.setting.fleet.units))
        size[u] = problem.setting.fleet.units[u].size_min
        own = _solved(problem.grid, _idle(problem, size), problem)
        same = shared(common, own.violations) if common else ()
        if len(same) == len(common) and (common or own.reason) and not (common and own.reason):
            found.append(u)
    return found


@dataclass(frozen=True)
class _Least:
    """A day with as little as can be: why it cannot be solved, or what it breaks."""

    reason: str
    violations: tuple[LimitViolation, ...]


def _solved(grid: PowerFlow, plan: Plan, problem: Problem) -> _Least:
    day = grid.day(plan)
    if day.reason:
        return _Least(day.reason, ())
    places = Places.of(grid.feeder, grid.nodes)
    limits, connections = problem.setting.study.limits, problem.setting.scenario.connections
    return _Least("", worst_violations(day, plan, limits, places, connections))


def _without_units(problem: Problem) -> _Least:
    """Return the day of the feeder with every unit it declares switched off."""
    setting = problem.setting
    fleet = replace(setting.fleet, units=())
    operation = replace(setting.operation, fleet=fleet)
    declared = [unit.element for unit in setting.feeder.units if not unit.added]
    feeder = replace(setting.feeder, units=())
    grid = backend().power_flow(feeder, operation, without=declared)
    plan = replace(base_plan(operation), p_kw=np.zeros((0, operation.steps)))
    return _solved(grid, plan, problem)


def _most_common(
    least: Sequence[LimitViolation], base: Case, broken: Sequence[Case]
) -> tuple[LimitViolation, ...]:
    """Return what such a day breaks that the base case, or else every case, breaks too."""
    days = [base] if base.limit_violations else broken
    return shared(least, *(case.limit_violations for case in days))


def smallest_plan(problem: Problem) -> Plan:
    """Return the plan with every unit at its smallest size where it is declared, storage idle.

    Vehicles still charge what they drive; what may be curtailed gives nothing.
    """
    units = problem.setting.fleet.units
    return _idle(problem, np.array([unit.size_min for unit in units]))


def _idle(problem: Problem, size: FloatArray) -> Plan:
    """Return the plan with units of such sizes, (U,), where they are declared, storage idle."""
    operation = problem.setting.operation
    idle = np.zeros((len(operation.fleet.storage_rows), operation.steps))
    further = nothing_given(operation.fleet, operation.steps)
    return schedule(base_plan(operation).bus, size, idle, operation, further)
