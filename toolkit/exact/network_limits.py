"""Plans from the exact model, made to keep the network's limits by asking the engine.

The model of :mod:`toolkit.exact` knows no network. Here the engine says how each unit's power moves
each voltage and loading; with these linear limits the model is solved again, and where the engine
still disagrees, once more with what it says then. Every day solved counts as an evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.asked import INSIDE, asked_of, energy_of
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, Linear
from toolkit.exact.program import Effort
from toolkit.exact.shares import better
from toolkit.grid.solution import Day, stacked
from toolkit.model.connections import HEAD
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.problem.connection_limits import passing
from toolkit.problem.objectives import clear, scored, solved
from toolkit.problem.problem import Problem

#: By how much of its largest rating each unit's power is changed to see what follows.
CHANGE = 0.1
#: A share by which a plan must be better for the search for a still better one to go on.
WORTHWHILE = 1e-4


@dataclass(frozen=True)
class Response:
    """Where a day stands that has limits, and what power does to it where U units stand.

    base: voltages, pu, loadings, and what passes out of connections, kW, (T, N + L + P); effect:
    per kW of each unit, (T, N + L + P, U), 0 of units that were not changed; p_kw: the powers at
    which they hold, (U, T).
    """

    base: FloatArray
    effect: FloatArray
    p_kw: FloatArray


@dataclass(frozen=True)
class Verified:
    """A plan the engine calls feasible, and its energy maximised, kWh; None: none was found.

    ``evaluations``: days the engine solved on the way.
    """

    plan: Plan | None
    kwh: float
    evaluations: int


def model_day(problem: Problem) -> ModelDay:
    """Return what the plans of a problem meet, as the model wants it."""
    setting = problem.setting
    aim = problem.aim
    return ModelDay(problem.load_kw, setting.scenario, energy_of(aim), aim.risk, asked_of(aim))


def verified(
    problem: Problem,
    dispatch: Dispatch,
    start: Plan,
    effort: Effort,
    *,
    evaluations: int = 100,
    monitor: Monitor = SILENT,
) -> Verified:
    """Return the best plan of a layout that the engine calls feasible.

    ``start`` is where the network is looked at first; it may break limits. ``effort`` is for each
    solution of the model. No more than the given ``evaluations`` are spent.
    """
    return _Securing(problem, dispatch, effort, evaluations, monitor).run(start)


def accepted(problem: Problem, plan: Plan, day: Day) -> float | None:
    """Return what is maximised of a plan, of its day; None for limits broken or nearly so."""
    measured = solved(stacked([day]), plan.row(None), problem.aim)
    scores = scored(measured, problem.aim)
    kept = scores.violation[0] == 0.0 and clear(measured, problem.aim)
    return -float(scores.objective[0]) if kept else None


def best_accepted(problem: Problem, plans: Sequence[Plan]) -> Verified:
    """Return the best of some plans that the engine calls feasible."""
    best = Verified(None, -np.inf, len(plans))
    for plan in plans:
        kwh = accepted(problem, plan, problem.search_grid.day(plan))
        if kwh is not None and kwh > best.kwh:
            best = replace(best, plan=plan, kwh=kwh)
    return best


def linear_limits(problem: Problem, dispatch: Dispatch, plan: Plan) -> Linear:
    """Return the limits that some power could break, linear around a plan, as the engine says."""
    looking = _Securing(problem, dispatch, Effort(), 0, SILENT)
    return looking.limits(plan, looking.day(plan))


def response_of(problem: Problem, plan: Plan, units: Sequence[int]) -> Response | None:
    """Return what the powers of some units do around a plan; None where it cannot be solved.

    It takes an evaluation for the plan and one for each unit.
    """
    days, operation = problem.search_grid, problem.setting.operation
    day = days.day(plan)
    return None if day.reason else _response(operation, plan, day, units, days.day)


def limits_at_stake(
    problem: Problem, operation: Operation, at: Response, order: IndexArray
) -> Linear:
    """Return the limits that some power could break, as linear ones.

    order: whose place each unit takes, (U,); where all keep theirs, 0, 1, 2 and so on.
    """
    base, effect = at.base, at.effect[..., order]
    nodes = len(problem.search_grid.node_bus)
    lower, upper = _bounds(problem, operation, at, nodes)
    most = np.array([unit.size_max * unit.kw_per_size for unit in operation.fleet.units])
    swing = (np.abs(effect) * (most + most[order])).sum(axis=-1)
    reached = (base - swing < lower) | (base + swing > upper)
    step, place = np.nonzero(reached & np.isfinite(base) & np.isfinite(effect).all(axis=-1))
    of_network = base.shape[1] - _count(operation)
    what = np.where(place < of_network, place >= nodes, place)
    rows = np.column_stack([step, base[step, place], effect[step, place], what])
    # Phases of a balanced feeder say the same three times.
    _, once = np.unique(np.round(rows, 9), axis=0, return_index=True)
    step, place = step[once], place[once]
    return Linear(
        step,
        base[step, place],
        lower[step, place],
        upper[step, place],
        effect[step, place],
        at.p_kw[order],
    )


def _count(operation: Operation) -> int:
    """Return how many connections have limits."""
    connections = operation.scenario.connections
    return 0 if connections is None else len(connections.bus)


def _bounds(
    problem: Problem, operation: Operation, at: Response, nodes: int
) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest of what has limits, (T, N + L + P), N of them voltages.

    No more enters at the head than plans are repaired to, losses left out: decoding then leaves the
    model's plan as it is.
    """
    limits, connections = problem.setting.study.limits, operation.scenario.connections
    base = at.base
    voltage = np.arange(base.shape[1]) < nodes
    lower = np.where(voltage, limits.v_min * (1.0 + INSIDE), -np.inf) + np.zeros_like(base[:, :1])
    highest = np.where(voltage, limits.v_max, limits.loading_max)
    upper = highest * (1.0 - INSIDE) + np.zeros_like(base[:, :1])
    if connections is not None:
        here = base[:, -_count(operation) :]
        scheduled = at.p_kw.sum(axis=0) - operation.scenario.loads.kw.sum(axis=1)
        lost = np.where(connections.bus == HEAD, scheduled[:, None] - here, 0.0)
        kept = np.maximum(-connections.most_in.T, -connections.repaired_in.T - lost)
        lower[:, -_count(operation) :] = kept * (1.0 - INSIDE)
        upper[:, -_count(operation) :] = connections.most_out.T * (1.0 - INSIDE)
    return lower, upper


def _response(
    operation: Operation,
    plan: Plan,
    day: Day,
    units: Sequence[int],
    solve: Callable[[Plan], Day],
) -> Response:
    """Change the power of one unit after the other, and see what follows."""
    base = _watched(operation, plan, day)
    effect = np.zeros((*base.shape, len(plan.bus)))
    for u in units:
        changed = _changed(operation, plan, u)
        step = (changed.p_kw[u] - plan.p_kw[u])[:, None]
        moved = _watched(operation, changed, solve(changed))
        np.divide(moved - base, step, out=effect[..., u], where=step != 0.0)
    return Response(base, effect, plan.p_kw)


def _watched(operation: Operation, plan: Plan, day: Day) -> FloatArray:
    """Return what has limits: voltages, loadings, what passes connections, (T, N + L + P)."""
    connections = operation.scenario.connections
    if connections is None:
        return np.concatenate([day.v_pu, day.loading], axis=1)
    out = passing(stacked([day]), plan.row(None), connections)[0]
    return np.concatenate([day.v_pu, day.loading, out], axis=1)


def _changed(operation: Operation, plan: Plan, u: int) -> Plan:
    """Return a plan with other powers of one unit; generators follow their rating alone."""
    most = operation.fleet.units[u].size_max * operation.fleet.units[u].kw_per_size
    kw, p_kw = plan.kw.copy(), plan.p_kw.copy()
    if u in operation.fleet.storage_rows:
        kw[u] = most
        p_kw[u] += CHANGE * most * np.where(p_kw[u] > 0.0, -1.0, 1.0)
    elif operation.fleet.units[u].curtail:
        kw[u] = most
        p_kw[u] += CHANGE * most * np.where(p_kw[u] > 0.5 * most, -1.0, 1.0)
    else:
        kw[u] += CHANGE * most * (-1.0 if kw[u] > 0.5 * most else 1.0)
        p_kw[u] = kw[u] * operation.generation[u]
    return replace(plan, kw=kw, p_kw=p_kw)


class _Securing:
    def __init__(
        self,
        problem: Problem,
        dispatch: Dispatch,
        effort: Effort,
        evaluations: int,
        monitor: Monitor,
    ) -> None:
        self._problem, self._dispatch, self._effort = problem, dispatch, effort
        self._allowed, self._spent = evaluations, 0
        self._monitor = monitor
        self._best = Verified(None, -np.inf, 0)
        operation = dispatch.operation
        #: Units whose power the model decides: stores, and generators whose size is open or that
        #: may be curtailed.
        self._free = [
            u
            for u, unit in enumerate(operation.fleet.units)
            if unit.size_max > 0.0
            and (u in operation.fleet.planned_rows or unit.size_min < unit.size_max)
        ]

    def run(self, start: Plan) -> Verified:
        """Look at a plan in the engine, let the model answer, and so on; see :func:`verified`."""
        plan: Plan | None = start
        x: FloatArray | None = None
        while plan is not None and self._spent + 1 + len(self._free) < self._allowed:
            before = self._best.kwh
            day, feasible = self._look(plan)
            if day.reason or (feasible and self._best.kwh <= better(before, WORTHWHILE)):
                plan = None
                break
            self._dispatch.hold(self.limits(plan, day), self._lost(plan, day))
            x = self._solve(None if feasible else x)
            plan = None if x is None else self._dispatch.plan(x)
        if plan is not None and self._spent < self._allowed:
            self._look(plan)
        return replace(self._best, evaluations=self._spent)

    def _lost(self, plan: Plan, day: Day) -> dict[str, float]:
        """Return by how much figures that have limits come out worse than the model's."""
        found = solved(stacked([day]), plan.row(None), self._problem.aim)
        return self._dispatch.day.asked.lost(plan, found)

    def day(self, plan: Plan) -> Day:
        """Solve a plan's day, and count it."""
        self._spent += 1
        return self._problem.search_grid.day(plan)

    def _look(self, plan: Plan) -> tuple[Day, bool]:
        """Solve a plan's day; keep the best feasible plan; say whether this one is feasible."""
        day = self.day(plan)
        kwh = accepted(self._problem, plan, day)
        if kwh is not None and kwh > self._best.kwh:
            self._best = Verified(plan, kwh, 0)
        return day, kwh is not None

    def _solve(self, decided: FloatArray | None) -> FloatArray | None:
        """Solve the model; with who sells when as in a solution, if that is possible."""
        for held in (decided, None) if decided is not None else (None,):
            if self._monitor.should_stop():
                return None
            if held is None:
                self._dispatch.undecide()
            else:
                self._dispatch.decide(held)
            found = self._dispatch.solve(self._effort, should_stop=self._monitor.should_stop)
            if found.x is not None:
                return found.x
        return None

    def limits(self, plan: Plan, day: Day) -> Linear:
        """Return the limits that some power could break, linear around a plan."""
        operation = self._dispatch.operation
        response = _response(operation, plan, day, self._free, self.day)
        return limits_at_stake(self._problem, operation, response, np.arange(len(plan.bus)))
