"""What passes through connections on solved days, held against their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from toolkit.grid.solution import stacked

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid.solution import Day, Days
    from toolkit.model.connections import Connections
    from toolkit.model.plan import Plan

#: How far, as a share of a limit of at least 1 kW, what passes may be beyond it: the tolerance of
#: the power flow, so that a plan repaired to a limit keeps it.
ROUNDING = 1e-6
Way = Literal["export", "import"]


def passing(days: Days, plans: Plan, connections: Connections) -> FloatArray:
    """Return what passes out of connections on n solved days, kW, (n, T, P)."""
    load, units = days.load_kva.real, days.unit_kva.real
    return connections.passing(load, units, plans.bus, days.loss_kw)


def excess_of(days: Days, plans: Plan, connections: Connections) -> FloatArray:
    """Return the excess over limits of connections, as shares of them, of n solved days, (n,)."""
    beyond = connections.excess(passing(days, plans, connections))
    out, into = _shares(beyond[0], connections.most_out), _shares(beyond[1], connections.most_in)
    return np.asarray(out.sum(axis=(1, 2)) + into.sum(axis=(1, 2)))


def _shares(beyond: FloatArray, limit: FloatArray) -> FloatArray:
    """Return excess, kW, (..., T, P), as shares of limits, (P, T), of at least 1 kW; 0 within."""
    scale = np.maximum(np.where(np.isfinite(limit), limit, 1.0).T, 1.0)
    return np.where(beyond > ROUNDING * scale, beyond / scale, 0.0)


def held_on(day: Day, plan: Plan, connections: Connections) -> dict[Way, tuple[FloatArray, ...]]:
    """Return of each way what passes, what may, and by how much it is too much, kW, each (T, P)."""
    out = passing(stacked([day]), plan.row(None), connections)[0]
    most, least = connections.most_out.T, connections.most_in.T
    return {"export": _held(out, most), "import": _held(-out, least)}


def _held(value: FloatArray, most: FloatArray) -> tuple[FloatArray, ...]:
    return value, most, value - most - ROUNDING * np.maximum(most, 1.0)
