"""Polishing: what the exact model makes of a plan that a search has found.

With sites kept, sizes and sites stay and the dispatch is solved exactly. Otherwise the model may
also move units, generators and stores in turn, each time where the others stand still (a large
neighbourhood search: Shaw 1998, doi 10.1007/3-540-49481-2_30), and choose sizes; after that two
units exchange their sites, as long as that is better: see :mod:`toolkit.exact.exchange`. Either way
the engine has the last word: see :mod:`toolkit.exact.network_limits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.branch_and_bound import prove
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.exchange import exchanges, orders
from toolkit.exact.network_limits import model_day, response_of, verified
from toolkit.exact.program import Effort
from toolkit.exact.shares import FEWEST, better
from toolkit.model.kinds import GENERATORS, STORES
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.problem.encoding import encode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting

#: Kinds whose sites are chosen anew together.
MOVED_TOGETHER = (GENERATORS, STORES)
#: A share by which moving must gain for it to go on.
WORTHWHILE = 1e-3
#: Efforts for new sites, and for the dispatch. In nodes, so that a seed gives the same plan on a
#: slower machine; the seconds are for studies so large that nothing else would end them.
SITES = Effort(seconds=120.0, gap=1e-2, nodes=50)
DISPATCH = Effort(seconds=120.0, gap=2e-3, nodes=20)


@dataclass(frozen=True)
class Polished:
    """A plan as a point of the unit cube, (d,), its energy, kWh, and the evaluations spent.

    ``x`` is None when the engine calls no plan of the model feasible and better.
    """

    x: FloatArray | None
    kwh: float
    evaluations: int


def check(setting: Setting) -> None:
    """Refuse a study whose dispatch a policy decides, or whose switches a search. InputError."""
    if not setting.dispatch.is_schedule:
        raise InputError(
            f"--polish: it chooses series of dispatch, which policy '{setting.dispatch.policy}' "
            f'decides in study {setting.study.name}; leave it out, or set policy = "schedule" '
            "in [dispatch]."
        )
    switches = setting.fleet.switches
    if switches is not None and switches.searched:
        raise InputError(
            "--polish: its model has no network, and study "
            f"{setting.study.name} searches [switches]; leave it out, or name the lines that are "
            "open in [switches] open."
        )


def polish(
    problem: Problem,
    plan: Plan,
    kwh: float,
    evaluations: int,
    *,
    keep_sites: bool,
    monitor: Monitor = SILENT,
) -> Polished:
    """Improve a plan worth ``kwh`` (-inf if not feasible) within so many evaluations."""
    if evaluations < FEWEST:
        return Polished(None, kwh, 0)
    before, operation = Polished(None, kwh, 0), problem.setting.operation
    starts = [settled(operation, plan.bus, plan.size)]
    if keep_sites:
        return _first_better(problem, starts, plan, before, evaluations, monitor)
    moved = _moved(problem, plan, kwh, monitor)
    starts = [settled(operation, moved), *starts]
    kept = _for_exchange(problem, plan)
    first = evaluations - kept if 2 * kept <= evaluations else evaluations
    found = _first_better(problem, starts, plan, before, first, monitor)
    return _exchanged(problem, plan, found, evaluations, monitor)


def _first_better(
    problem: Problem,
    starts: Sequence[Operation],
    plan: Plan,
    before: Polished,
    evaluations: int,
    monitor: Monitor,
) -> Polished:
    """Return the first plan that is better, of units held to the buses of a start each."""
    spent = before.evaluations
    for held in starts:
        if evaluations - spent < FEWEST:
            break
        found = _dispatched(problem, held, plan, evaluations - spent, monitor)
        spent += found.evaluations
        if found.x is not None and found.kwh > before.kwh:
            return replace(found, evaluations=spent)
    return replace(before, evaluations=spent)


def _for_exchange(problem: Problem, plan: Plan) -> int:
    """Return the evaluations to see and confirm one exchange; 0 where none can be made."""
    units = _looked_at(problem, plan)
    return 1 + len(units) + FEWEST if units else 0


def _looked_at(problem: Problem, plan: Plan) -> list[int]:
    """Return the units whose power matters to exchanges; none where no two may be exchanged."""
    units = problem.setting.fleet.units
    if not orders(problem.setting.operation, plan):
        return []
    return [u for u, unit in enumerate(units) if unit.size_max > 0.0]


def _exchanged(
    problem: Problem, plan: Plan, best: Polished, evaluations: int, monitor: Monitor
) -> Polished:
    """Let two units exchange their sites as long as that is better and can be afforded."""
    setting = problem.setting
    while not monitor.should_stop():
        here = plan
        if best.x is not None:
            here = setting.decode(best.x[None]).row(0)
        needed, before = _for_exchange(problem, here), best.kwh
        if not needed or needed > evaluations - best.evaluations:
            break
        best = _exchange(problem, here, best, evaluations, monitor)
        if best.kwh <= before:
            break
    return best


def _exchange(
    problem: Problem, plan: Plan, best: Polished, evaluations: int, monitor: Monitor
) -> Polished:
    """Return the first exchange that the engine calls better, those best by the model first."""
    units = _looked_at(problem, plan)
    response = response_of(problem, plan, units)
    spent = best.evaluations + 1 + (0 if response is None else len(units))
    offers = [] if response is None else exchanges(problem, plan, best.kwh, response, monitor)
    for offer in offers:
        if evaluations - spent < FEWEST or monitor.should_stop():
            break
        held = settled(problem.setting.operation, offer.bus)
        found = _dispatched(problem, held, plan, evaluations - spent, monitor, offer)
        spent += found.evaluations
        if found.x is not None and found.kwh > best.kwh:
            return replace(found, evaluations=spent)
    return replace(best, evaluations=spent)


def _moved(problem: Problem, plan: Plan, kwh: float, monitor: Monitor) -> IndexArray:
    """Return buses that are better by the model: each group moves while the others stand."""
    bus, best, idle = plan.bus, kwh, 0
    day = model_day(problem)
    turn = 0
    while idle < len(MOVED_TOGETHER) and not monitor.should_stop():
        free = _free(problem.setting.operation, bus, MOVED_TOGETHER[turn % len(MOVED_TOGETHER)])
        turn, idle = turn + 1, idle + 1
        found = prove(
            free,
            problem.load_kw,
            day.objective,
            SITES,
            risk=day.risk,
            asked=day.asked,
            monitor=monitor,
            threads=1,
        )
        if found.best_kwh > better(best, WORTHWHILE):
            bus, best, idle = found.found[0].plan.bus, found.best_kwh, 1
    return bus


def _free(operation: Operation, bus: IndexArray, kinds: tuple[str, ...]) -> Operation:
    """Return the fleet with all units held to their buses but those of some kinds."""
    held = settled(operation, bus).fleet.units
    units = [u if u.kind in kinds else h for u, h in zip(operation.fleet.units, held, strict=True)]
    return operation.with_units(units)


def _dispatched(
    problem: Problem,
    held: Operation,
    plan: Plan,
    evaluations: int,
    monitor: Monitor,
    offer: Plan | None = None,
) -> Polished:
    """Return the best verified plan of units held to their buses, as the decoder gives it.

    The engine looks first at an ``offer``, without one at the best plan without network limits.
    """
    setting = problem.setting
    dispatch = Dispatch(held, model_day(problem), threads=1, further=plan.further)
    first = dispatch.solve(DISPATCH, should_stop=monitor.should_stop)
    start = offer or (plan if first.x is None else dispatch.plan(first.x))
    found = verified(
        problem, dispatch, start, DISPATCH, evaluations=evaluations - 1, monitor=monitor
    )
    if found.plan is None:
        return Polished(None, -np.inf, found.evaluations)
    x = encode(found.plan, setting.operation, setting.space)
    scores = problem.score(setting.decode(x[None]))
    kept = x if scores.violation[0] == 0.0 else None
    return Polished(kept, -float(scores.objective[0]), found.evaluations + 1)
