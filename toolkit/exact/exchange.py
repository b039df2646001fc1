"""Exchanging the sites of two units, judged by the model within the network's limits.

The engine says once how the power at each unit's bus moves voltages and loadings. A unit that
takes another's bus takes over what power does there, so one look serves every exchange.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from toolkit.common.monitor import Monitor
from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.network_limits import WORTHWHILE, Response, limits_at_stake, model_day
from toolkit.exact.program import Effort
from toolkit.exact.shares import better
from toolkit.exact.site_classes import nature
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.problem.encoding import place
from toolkit.problem.problem import Problem

#: Effort for the plan of one exchange; in nodes, as all of polishing.
EFFORT = Effort(seconds=30.0, gap=1e-2, nodes=20)
#: Exchanges that are tried by the model: all of nine units at most.
MOST = 36


def orders(operation: Operation, plan: Plan) -> list[IndexArray]:
    """Return who takes whose bus, (U,), for each two units of a plan that may exchange sites.

    Units that differ in nothing are left out: their exchange is the same plan.
    """
    return [order for order in _swapped(len(plan.bus)) if _differs(operation, plan, order)]


def _swapped(units: int) -> Iterator[IndexArray]:
    for u, v in combinations(range(units), 2):
        order = np.arange(units)
        order[[u, v]] = v, u
        yield order


def _differs(operation: Operation, plan: Plan, order: IndexArray) -> bool:
    """Say whether the exchange can be made, and gives another plan."""
    u, v = np.flatnonzero(order != np.arange(len(order))).tolist()
    if plan.bus[u] == plan.bus[v]:
        return False
    fleet, bus = operation.fleet, [int(b) for b in plan.bus[order]]
    if any(b not in unit.candidates for unit, b in zip(fleet.units, bus, strict=True)):
        return False
    if plan.size[u] == plan.size[v] and nature(operation, u) == nature(operation, v):
        return False
    choice = [unit.candidates.index(b) for unit, b in zip(fleet.units, bus, strict=True)]
    return bool((place(np.array([choice], dtype=np.intp), fleet)[0] == bus).all())


def exchanges(
    problem: Problem, plan: Plan, kwh: float, response: Response, monitor: Monitor
) -> list[Plan]:
    """Return plans after an exchange that are better than ``kwh`` by the model, the best first.

    response: what power does where units stand in ``plan``.
    """
    offers: list[tuple[float, Plan]] = []
    day, known = model_day(problem), _everywhere(response)
    at_least = max(better(kwh, WORTHWHILE), day.floor)
    for order in orders(problem.setting.operation, plan)[:MOST]:
        if monitor.should_stop():
            break
        operation = settled(problem.setting.operation, plan.bus[order])
        dispatch = Dispatch(operation, day, threads=1, further=plan.further)
        dispatch.hold(limits_at_stake(problem, operation, known, order))
        found = dispatch.solve(EFFORT, at_least=at_least, should_stop=monitor.should_stop)
        if found.x is not None:
            offers.append((found.objective, dispatch.plan(found.x)))
    return [plan for _, plan in sorted(offers, key=lambda found: -found[0])]


def _everywhere(response: Response) -> Response:
    """Return what is known of steps in which a unit's power could not be changed, as the sun's.

    There another unit's power counts as it does in the mean over the other steps.
    """
    effect = response.effect.copy()
    for u in range(effect.shape[2]):
        seen: FloatArray = np.abs(np.nan_to_num(effect[..., u])).max(axis=1, initial=0.0)
        if (seen > 0.0).any():
            effect[seen == 0.0, :, u] = effect[seen > 0.0, :, u].mean(axis=0)
    return Response(response.base, effect, response.p_kw)
