"""What 1 % more of a limit or of a unit would bring, sites and sizes as planned.

The exact model's best dispatch of the plan's sites and sizes is the baseline: only model against
model tells what a limit costs, whatever a search made of the dispatch. Limits of the network are
linear around the baseline as the engine says. Who sells when, and which way stores go, is held to
the baseline, so a gain is what 1 % more brings at least; OpenDSS then solves the plan that gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.network_limits import linear_limits, model_day
from toolkit.exact.program import Effort
from toolkit.model.plan import Plan, schedule
from toolkit.problem.problem import Problem

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.inputs.limit_sections import Limits
    from toolkit.model.operation import Operation

#: How much more, as a share: of the voltage band's width, the loading limit, a rating, an energy.
MORE = 0.01
#: How long the model may look for the best dispatch: nodes, so that machines agree.
EFFORT = Effort(seconds=120.0, gap=2e-3, nodes=20)
#: Times the network is looked at anew, at most, and the energy, kWh, that then may still change.
LOOKS, SETTLED = 8, 1e-3


@dataclass(frozen=True)
class Baseline:
    """The best dispatch of a plan's sites and sizes: by the model, and by the engine, kWh.

    violation: of the engine's day of it.
    """

    model_kwh: float
    engine_kwh: float
    violation: float


@dataclass(frozen=True)
class Gain:
    """What 1 % more of something brings over the baseline, kWh over all steps.

    item: limit, or unit; what: what is 1 % larger, with its new value; violation: of the engine's
    day, under the loosened limit.
    """

    item: str
    what: str
    model_kwh: float
    engine_kwh: float
    violation: float


@dataclass(frozen=True)
class _Solved:
    x: FloatArray
    plan: Plan
    found: Baseline


def gains(problem: Problem, plan: Plan, monitor: Monitor = SILENT) -> tuple[Baseline, list[Gain]]:
    """Return the baseline of a plan and what 1 % more of each limit and unit brings, most first.

    Raises EngineError where the model finds no dispatch.
    """
    monitor.phase("finding the best dispatch of its sites and sizes")
    operation = settled(problem.setting.operation, plan.bus, plan.size)
    day, further = model_day(problem), plan.further
    base = _baseline(problem, Dispatch(operation, day, threads=1, further=further), plan)
    found = []
    for item, what, looser, units in _loosened(problem, operation):
        monitor.phase(f"1 % more of {item}")
        dispatch = Dispatch(units, model_day(problem), threads=1, further=further)
        solved = _refined(looser, dispatch, _same_dispatch(base.plan, units), base.x)
        if solved is not None:
            model = solved.found.model_kwh - base.found.model_kwh
            engine = solved.found.engine_kwh - base.found.engine_kwh
            found.append(Gain(item, what, model, engine, solved.found.violation))
    return base.found, sorted(found, key=lambda g: -g.model_kwh)


def _baseline(problem: Problem, dispatch: Dispatch, plan: Plan) -> _Solved:
    """Return the best dispatch of the units of a plan that keeps the limits."""
    for _ in range(LOOKS):
        dispatch.hold(linear_limits(problem, dispatch, plan))
        dispatch.undecide()
        found = dispatch.solve(EFFORT)
        if found.x is None:
            break
        plan = dispatch.plan(found.x)
        refined = _refined(problem, dispatch, plan, found.x)
        if refined is not None:
            return refined
    raise EngineError("the exact model finds no dispatch that keeps the limits.")


def _refined(
    problem: Problem, dispatch: Dispatch, plan: Plan, decided: FloatArray
) -> _Solved | None:
    """Return the best dispatch with directions as decided; None where the model finds none.

    The network is looked at again around each answer, until the engine calls it feasible and the
    energy stays.
    """
    solved, before = None, np.inf
    for _ in range(LOOKS):
        dispatch.hold(linear_limits(problem, dispatch, plan))
        dispatch.decide(decided)
        found = dispatch.solve(EFFORT)
        if found.x is None:
            return None
        plan = dispatch.plan(found.x)
        solved = _Solved(found.x, plan, Baseline(found.objective, *_engine(problem, plan)))
        if solved.found.violation == 0.0 and abs(found.objective - before) <= SETTLED:
            break
        before = found.objective
    return solved


def _engine(problem: Problem, plan: Plan) -> tuple[float, float]:
    """Return energy maximised, kWh, and violation of the engine's day of a plan."""
    scores = problem.score(plan.row(None))
    return -float(scores.objective[0]), float(scores.violation[0])


def _same_dispatch(plan: Plan, operation: Operation) -> Plan:
    """Return a plan's dispatch carried out by units of another fleet."""
    rows = operation.fleet.storage_rows
    size = plan.size[rows, None]
    power = plan.p_kw[rows]
    wanted = np.divide(power, size, out=np.zeros_like(power), where=size > 0.0)
    return schedule(plan.bus, plan.size, wanted, operation, plan.further)


def _loosened(
    problem: Problem, operation: Operation
) -> Iterator[tuple[str, str, Problem, Operation]]:
    """Yield what is 1 % more, in words, with the study and the fleet that have it."""
    limits = problem.setting.study.limits
    wider = MORE * (limits.v_max - limits.v_min)
    for name, value, unit in (
        ("v_min", limits.v_min - wider, "pu"),
        ("v_max", limits.v_max + wider, "pu"),
        ("loading_max", limits.loading_max * (1.0 + MORE), "%"),
    ):
        changed = limits.model_copy(update={name: value})
        yield name, f"{value:.6g} {unit}", _with_limits(problem, changed), operation
    for u, unit_of in enumerate(operation.fleet.units):
        for field, word in (("kw_per_size", "kW"), ("kwh_per_size", "kWh")):
            each = getattr(unit_of, field) * (1.0 + MORE)
            if each * unit_of.size_max > 0.0:
                larger = replace(unit_of, **{field: each})
                units = (*operation.fleet.units[:u], larger, *operation.fleet.units[u + 1 :])
                what = f"{each * unit_of.size_max:.6g} {word}"
                yield unit_of.name, what, problem, operation.with_units(units)


def _with_limits(problem: Problem, limits: Limits) -> Problem:
    study = problem.setting.study.model_copy(update={"limits": limits})
    return Problem(replace(problem.setting, study=study))
