"""Limits of connections that no plan can keep, told before anything is searched."""

from __future__ import annotations

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import BoolArray, FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.model.connections import HEAD
from toolkit.model.operation import Operation

#: Losses, as a share of what units give, that no network within its voltage limits has. What is
#: lost on the way is about the share by which the voltage falls on it; twice that is beyond doubt.
LOST = 2.0
#: A share of a limit that is rounding.
ROUNDING = 1e-6


def check(operation: Operation, limits: Limits, study: str) -> None:
    """Raise InputError for the first limit that no plan can keep, whatever it decides.

    Loads draw by the square of the voltage at worst; losses are left out where they would help to
    break a limit, and counted as large as can be where they would help to keep it.
    """
    connections = operation.scenario.connections
    if connections is None:
        return
    load = operation.scenario.loads.kw
    for k, bus in enumerate(connections.bus.tolist()):
        here = load.sum(axis=1) if bus == HEAD else load[:, bus]
        drawn = max(limits.v_max, 1.0) ** 2 * here, min(limits.v_min, 1.0) ** 2 * here
        kept = 1.0 - min(LOST * (limits.v_max - limits.v_min), 1.0) if bus == HEAD else 1.0
        least, most = _least_out(operation, bus, kept), _most_out(operation, bus)
        name = connections.names[k]
        at = "limits" if bus == HEAD else f"limits.at.{name.removeprefix('bus ')}"
        _refuse(
            least - drawn[0],
            connections.most_out[k],
            f"study {study}: '{at}.export_max'",
            f"at {name} at least {{0:.4g}} kW leave in step {{1}}, whatever is decided; "
            "expected curtail = true for PV and wind, smaller units, a store, or a higher limit",
        )
        _refuse(
            drawn[1] - most,
            connections.most_in[k],
            f"study {study}: '{at}.import_max'",
            f"at {name} at least {{0:.4g}} kW enter in step {{1}}, whatever is decided; "
            "expected more PV, wind or stores, or a higher limit",
        )


def _refuse(least: FloatArray, limit: FloatArray, where: str, what: str) -> None:
    """Refuse a limit, kW, (T,), that the least there can be, kW, (T,), is above."""
    beyond = least - limit * (1.0 + ROUNDING) - ROUNDING
    if (beyond > 0.0).any():
        t = int(np.nanargmax(beyond))
        raise InputError(f"{where}: found {limit[t]:g}, but {what.format(least[t], t + 1)}.")


def _may_stand(operation: Operation, bus: int, alone: bool) -> BoolArray:
    """Say which units may stand behind a connection, or stand there alone, (U,)."""
    units = operation.fleet.units
    if bus == HEAD:
        return np.ones(len(units), dtype=bool)
    return np.array(
        [unit.candidates == (bus,) if alone else bus in unit.candidates for unit in units],
        dtype=bool,
    )


def _least_out(operation: Operation, bus: int, kept: float) -> FloatArray:
    """Return the least that units give at a connection, kW, (T,), stores charging all they can.

    kept: the share of what generators give that is not lost.
    """
    fleet = operation.fleet
    size = np.array([unit.size_min for unit in fleet.units])
    gives = _may_stand(operation, bus, alone=True) & ~fleet.curtailable
    given = ((size * fleet.kw_per_size * gives)[:, None] * operation.generation).sum(axis=0)
    return np.asarray(kept * given - _stores(operation, bus, operation.stores.charge))


def _most_out(operation: Operation, bus: int) -> FloatArray:
    """Return the most that units can give at a connection, kW, (T,), stores giving all they can."""
    fleet = operation.fleet
    size = np.array([unit.size_max for unit in fleet.units])
    gives = size * fleet.kw_per_size * _may_stand(operation, bus, alone=False)
    given = (gives[:, None] * operation.generation).sum(axis=0)
    return np.asarray(given + _stores(operation, bus, operation.stores.discharge))


def _stores(operation: Operation, bus: int, power: FloatArray) -> FloatArray:
    """Return what all stores that may stand there can do at their largest, kW, (T,).

    power: per unit of size, (S, T).
    """
    rows = operation.fleet.storage_rows
    size = np.array([operation.fleet.units[u].size_max for u in rows])
    there = _may_stand(operation, bus, alone=False)[rows]
    return np.asarray(((size * there)[:, None] * power).sum(axis=0))
