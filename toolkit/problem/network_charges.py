"""What the network charges a trade for its way: by electrical distance or by marginal loss.

Both are known before the day begins, from the feeder alone or from its base case, and so hold for
every plan of a study.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.grid.backend import PowerFlow, backend
from toolkit.grid.solution import Day
from toolkit.model.feeder import Feeder
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, base_plan

#: By how much of its declared power a load is raised to see what losses follow.
RAISED = 0.05
#: Least length of a branch, pu on 1 MVA.
SHORT = 1e-12
#: Relative distance of buses without a way between them: too far to trade.
NO_WAY = 1e9


def distances(feeder: Feeder) -> FloatArray:
    """Return the electrical distance between buses, pu on 1 MVA, (B, B); inf without a way.

    The least sum of the impedances' sizes over all ways along closed branches.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import shortest_path

    least: dict[tuple[int, int], float] = {}
    for branch, z in zip(feeder.branches, backend().branch_impedances(feeder), strict=True):
        ends = sorted((feeder.bus_index[branch.bus1], feeder.bus_index[branch.bus2]))
        if ends[0] != ends[1] and np.isfinite(z):
            least[ends[0], ends[1]] = min(least.get((ends[0], ends[1]), np.inf), max(z, SHORT))
    # Sparse: a dense graph takes what is as short as a switch for no branch.
    where = np.array(list(least), dtype=np.intp).reshape(-1, 2).T
    graph = csr_array((list(least.values()), where), shape=2 * (len(feeder.buses),))
    found: FloatArray = shortest_path(graph, directed=False)
    return found


def by_distance(feeder: Feeder, prosumers: IndexArray, network: FloatArray) -> FloatArray:
    """Return the charge of each pair in proportion to its electrical distance, (T, P, P).

    network: the flat charge, money/kWh, (T,). It is what a trade pays over the mean distance of a
    kWh of declared load from the feeder head, which is the way energy takes that the flat charge is
    made for.
    """
    every = distances(feeder)
    from_head = every[feeder.bus_index[feeder.head]]
    fed = (feeder.load_kw > 0.0) & np.isfinite(from_head)
    mean = float(np.average(from_head[fed], weights=feeder.load_kw[fed])) if fed.any() else 0.0
    apart = every[np.ix_(prosumers, prosumers)]
    relative = apart / mean if mean > SHORT else np.ones_like(apart)
    relative = np.where(np.isfinite(apart), relative, NO_WAY)
    charge: FloatArray = network[:, None, None] * relative
    return charge


def marginal_losses(feeder: Feeder, operation: Operation) -> FloatArray:
    """Return how losses rise with a bus's load in the base case, kW per kW, (T, B).

    The engine solves the base day once more for each bus with load, that load raised a little. A
    bus without load takes the figure of the electrically nearest one that has some. Raises
    EngineError when such a day does not converge.
    """
    plan = base_plan(operation)
    before = _solved(backend().power_flow(feeder, operation, stand_ins=True), plan)
    rise = np.full(before.load_kva.shape, np.nan)
    for bus in np.flatnonzero(feeder.load_kw > 0.0):
        raised = _raised(feeder, operation, int(bus))
        after = _solved(backend().power_flow(feeder, raised, stand_ins=True), plan)
        drawn = (after.load_kva - before.load_kva).real.sum(axis=1)
        loss = after.loss_kw - before.loss_kw
        rise[:, bus] = np.divide(loss, drawn, out=np.zeros_like(loss), where=drawn > 1e-9)
    known = np.flatnonzero(~np.isnan(rise[0]))
    nearest: FloatArray = rise[:, known[distances(feeder)[:, known].argmin(axis=1)]]
    return nearest


def _solved(grid: PowerFlow, plan: Plan) -> Day:
    day = grid.day(plan)
    if day.reason:
        raise EngineError(f"charges by marginal loss: the base case: {day.reason}")
    return day


def _raised(feeder: Feeder, operation: Operation, bus: int) -> Operation:
    """Return an operation with the loads at a bus raised in every step, their kvar as it is."""
    loads = operation.scenario.loads
    here = [declared.bus == feeder.buses[bus] for declared in feeder.loads]
    p, q, of = list(loads.p), list(loads.q), loads.of.copy()
    for row in np.flatnonzero(here):
        of[row] = len(p)
        p.append(loads.p[loads.of[row]] + RAISED)
        q.append(loads.q[loads.of[row]])
    return operation.with_loads(replace(loads, p=np.array(p), q=np.array(q), of=of))


def by_marginal_loss(feeder: Feeder, operation: Operation, prosumers: IndexArray) -> FloatArray:
    """Return the charge of each pair by the losses it causes, money/kWh, (T, P, P).

    A kWh from i to j changes the losses of the base case by what a kWh more drawn at j adds less
    what a kWh more drawn at i adds; the network buys or saves it at the price of energy. The
    other direction has the opposite sign, and a trade that lowers losses is paid for it.
    """
    rise = marginal_losses(feeder, operation)[:, prosumers]
    price = operation.scenario.tariffs.energy
    charge: FloatArray = price[:, None, None] * (rise[:, None, :] - rise[:, :, None])
    return charge
