"""Plans changed so that no more passes through connections than may: pure functions over arrays.

Stores take more or give less, what is left is cut from PV and wind that may be curtailed. The
scheduled loads count, and no losses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.model.connections import HEAD
from toolkit.model.operation import Operation, repaired

#: How often stores are asked anew: what they do in one step changes what they can in others.
ROUNDS = 6
#: Less than so much, kW, beyond a limit is rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class _State:
    """n plans: bus and size of units, (n, U); injection, kW, (n, U, T); stored, (n, U, T + 1)."""

    bus: IndexArray
    size: FloatArray
    p_kw: FloatArray
    stored: FloatArray

    def rows(self, rows: IndexArray) -> _State:
        return _State(*(values[rows] for values in vars(self).values()))


@dataclass(frozen=True)
class _Connection:
    """One connection: its bus or HEAD, the load behind it, what may pass out and in, each (T,)."""

    bus: int
    load: FloatArray
    most_out: FloatArray
    most_in: FloatArray

    def behind(self, bus: IndexArray) -> BoolArray:
        """Say which units stand behind it, (n, U)."""
        return np.ones(bus.shape, dtype=bool) if self.bus == HEAD else bus == self.bus

    def net(self, state: _State) -> FloatArray:
        """Return what passes out, kW, (n, T)."""
        behind = self.behind(state.bus)[..., None]
        return np.asarray(np.where(behind, state.p_kw, 0.0).sum(axis=1) - self.load)

    def excess(self, state: _State) -> FloatArray:
        """Return by how much units give too much, or negative: too little, kW, (n, T)."""
        net = self.net(state)
        over = np.maximum(net - self.most_out, 0.0) - np.maximum(-net - self.most_in, 0.0)
        return np.where(np.abs(over) > ROUNDING, over, 0.0)


def relieved(
    bus: IndexArray,
    size: FloatArray,
    p_kw: FloatArray,
    stored: FloatArray,
    operation: Operation,
    by_stores: bool = True,
) -> tuple[FloatArray, FloatArray]:
    """Return injections, kW, and stored energy, kWh, that keep limits of connections if they can.

    bus, size: (..., U); p_kw: (..., U, T); stored: (..., U, T + 1). Buses come before the head;
    last is what has to be cut anew at either. Without ``by_stores`` stores do as they did.
    """
    alone = bus.ndim == 1
    state = _State(bus, size, p_kw, stored)
    state = _State(bus[None], size[None], p_kw[None], stored[None]) if alone else state
    connections = _connections(operation)
    for connection in connections:
        if by_stores and len(operation.fleet.storage_rows):
            state = _with_stores(state, connection, operation)
        state = _cut(state, connection, operation)
    for connection in connections if by_stores else ():
        state = _cut(state, connection, operation)
    return (state.p_kw[0], state.stored[0]) if alone else (state.p_kw, state.stored)


def _connections(operation: Operation) -> list[_Connection]:
    limits, load = operation.scenario.connections, operation.scenario.loads.kw
    assert limits is not None
    total, into = load.sum(axis=1), limits.repaired_in
    return [
        _Connection(bus, total if bus == HEAD else load[:, bus], limits.most_out[k], into[k])
        for k, bus in enumerate(limits.bus.tolist())
    ]


def _cut(state: _State, connection: _Connection, operation: Operation) -> _State:
    """Cut what is too much from what may be curtailed, in proportion to what each gives."""
    excess = np.maximum(connection.excess(state), 0.0)
    may = connection.behind(state.bus) & operation.fleet.curtailable
    if not (excess.any() and may.any()):
        return state
    giving = np.where(may[..., None], np.maximum(state.p_kw, 0.0), 0.0)
    total = giving.sum(axis=1)
    kept = 1.0 - np.divide(excess, total, out=np.zeros_like(excess), where=total > 0.0)
    share = np.where(may[..., None], np.clip(kept, 0.0, 1.0)[:, None], 1.0)
    return replace(state, p_kw=np.where(giving > 0.0, state.p_kw * share, state.p_kw))


def _with_stores(state: _State, connection: _Connection, operation: Operation) -> _State:
    """Let stores help as long as that leaves less beyond the limits, plan by plan."""
    excess = connection.excess(state)
    rows = np.flatnonzero(excess.any(axis=1))
    for tried in range(ROUNDS):
        if not len(rows):
            break
        # What a store gives it has to take again: first where it must, then where there is room.
        found = _asked(state.rows(rows), connection, excess[rows], operation, tried > 0)
        left = connection.excess(found)
        better = np.abs(left).sum(axis=1) < np.abs(excess[rows]).sum(axis=1) - ROUNDING
        p_kw, stored, excess = state.p_kw.copy(), state.stored.copy(), excess.copy()
        kept, found = rows[better], found.rows(np.flatnonzero(better))
        p_kw[kept], stored[kept], excess[kept] = found.p_kw, found.stored, left[better]
        state, rows = replace(state, p_kw=p_kw, stored=stored), kept if tried else rows
        rows = rows[excess[rows].any(axis=1)]
    return state


def _asked(
    state: _State,
    connection: _Connection,
    excess: FloatArray,
    operation: Operation,
    made_up: bool,
) -> _State:
    """Return plans whose stores took what is too much, in proportion to the room each has.

    made_up: whether they make up for it in steps in which more may pass.
    """
    at, rows = operation.stores, operation.fleet.storage_rows
    own, power = state.size[:, rows, None], state.p_kw[:, rows]
    behind = connection.behind(state.bus)[:, rows, None]
    less = np.where(behind, np.maximum(power + at.charge * own, 0.0), 0.0)
    more = np.where(behind, np.maximum(at.discharge * own - power, 0.0), 0.0)
    change = np.where(excess[:, None] > 0.0, -1.0, 1.0) * _shared(
        np.abs(excess), np.where(excess[:, None] > 0.0, less, more)
    )
    if made_up:
        net, free = connection.net(state), excess == 0.0
        into = np.where(free, np.maximum(connection.most_in + net, 0.0), 0.0)
        out = np.where(free, np.maximum(connection.most_out - net, 0.0), 0.0)
        change = change + _made_up(change, _shared(into, less), _shared(out, more), operation)
    wanted = power + change
    per_size = np.divide(wanted, own, out=np.zeros_like(wanted), where=own > 0.0)
    done, energy = repaired(per_size, operation)
    p_kw, stored = state.p_kw.copy(), state.stored.copy()
    p_kw[:, rows], stored[:, rows] = done * own, energy * own
    return replace(state, p_kw=p_kw, stored=stored)


def _shared(power: FloatArray, room: FloatArray) -> FloatArray:
    """Return power, kW, (n, T), shared out by the room, kW, that stores have, (n, S, T)."""
    total = room.sum(axis=1)
    share = np.divide(power, total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(room * np.minimum(share, 1.0)[:, None])


def _made_up(
    change: FloatArray, into: FloatArray, out: FloatArray, operation: Operation
) -> FloatArray:
    """Return what makes up for a change of injections, kW, over each stretch of time, (n, S, T).

    into, out: what each store may take or give more in each step, kW, (n, S, T).
    """
    fold, parameters = operation.scenario.folded, operation.stores.parameters
    efficiency = np.asarray(parameters.eta_charge * parameters.eta_discharge)[..., None]
    total = fold(change).sum(axis=-1, keepdims=True)
    room = np.where(total > 0.0, fold(into), fold(out))
    amount = np.where(total > 0.0, total / efficiency, -total * efficiency)
    whole = room.sum(axis=-1, keepdims=True)
    share = np.divide(amount, whole, out=np.zeros_like(whole), where=whole > 0.0)
    taken = np.where(total > 0.0, -1.0, 1.0) * room * np.minimum(share, 1.0)
    return np.asarray(taken.reshape(change.shape))
