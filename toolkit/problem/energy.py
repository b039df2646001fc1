"""Positions and traded energy of solved days, vectorised over plans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.model import market

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray, IndexArray
    from toolkit.model.goal_names import EnergyGoal
    from toolkit.model.operation import Operation
    from toolkit.model.plan import Plan


@dataclass(frozen=True)
class Positions:
    """Average powers, kW, of each bus over the steps: (..., T, B) arrays, all of one power flow.

    net = pv + wt + bess + bev - load, equation (1); unit_kw, bus: power, (..., U, T), and bus,
    (..., U), of each unit.
    """

    load: FloatArray
    net: FloatArray
    unit_kw: FloatArray
    bus: IndexArray

    @cached_property
    def charging(self) -> FloatArray:
        """What storage takes in at each bus, kW >= 0, (..., T, B)."""
        taken, buses = np.maximum(-self.unit_kw, 0.0), self.load.shape[-1]
        if self.bus.ndim == 1:
            return np.asarray(_at_buses(taken[None], self.bus[None], buses)[0])
        return _at_buses(taken, self.bus, buses)

    def row(self, i: int) -> Positions:
        """Return the positions of plan i of a population."""
        return Positions(self.load[i], self.net[i], self.unit_kw[i], self.bus[i])


@dataclass(frozen=True)
class Energy:
    """Traded energy per step, kWh, shape (..., T)."""

    traded: FloatArray
    traded_to_load: FloatArray


def positions(load_kw: FloatArray, unit_kw: FloatArray, bus: IndexArray) -> Positions:
    """Sum the powers of loads, (n, T, B), and units, (n, T, U) at buses (n, U), at each bus."""
    by_unit = unit_kw.swapaxes(1, 2)
    return Positions(load_kw, _at_buses(by_unit, bus, load_kw.shape[2]) - load_kw, by_unit, bus)


def _at_buses(by_unit: FloatArray, bus: IndexArray, buses: int) -> FloatArray:
    """Sum powers of units, (n, U, T), at their buses, (n, U), as (n, T, B)."""
    n, _, steps = by_unit.shape
    total = np.zeros((n, buses, steps))
    np.add.at(total, (np.arange(n)[:, None], bus), by_unit)
    return total.swapaxes(1, 2)


@dataclass(frozen=True)
class TradingDay:
    """What neighbours traded in a scenario, cleared from the positions of its buses.

    trades: kW, of arrays (T, B); energy: kWh of each step, (T,).
    """

    positions: Positions
    trades: market.Trades
    energy: Energy


def trading_day(at: Positions, dt: float) -> TradingDay:
    """Clear the positions of one day, arrays of shape (T, B), over steps of dt hours."""
    trades = market.clear(at.net)
    return TradingDay(at, trades, energy(at, trades, dt))


def energy(at: Positions, trades: market.Trades, dt: float | FloatArray) -> Energy:
    """Return the energy traded and the part of it that serves load, kWh, in steps of dt hours."""
    to_load = market.traded_to_load(trades.buy, at.load, at.charging)
    return Energy(trades.traded * dt, to_load * dt)


def scheduled(
    plans: Plan, operation: Operation, load_kw: FloatArray, objective: EnergyGoal
) -> FloatArray:
    """Return minus the traded energy, kWh, of n plans by their schedules alone, shape (n,).

    load_kw: scheduled load of each bus, (T, B). It is what the engine delivers, up to the tolerance
    of the power flow, where loads draw constant power.
    """
    n, load = len(plans.bus), load_kw[None]
    if n > 1:
        load = np.broadcast_to(load_kw, (n, *load_kw.shape))
    at = positions(load, plans.p_kw.swapaxes(1, 2), plans.bus)
    return -maximised(at, operation.scenario.step_hours, objective)


def maximised(at: Positions, hours: FloatArray, objective: EnergyGoal) -> FloatArray:
    """Return the energy that is maximised, kWh, shape (n,); hours: what steps stand for, (T,)."""
    if objective == "traded":
        traded = market.traded(at.net)
        traded *= hours
        return np.asarray(traded.sum(axis=-1))
    to_load: FloatArray = energy(at, market.clear(at.net), hours).traded_to_load.sum(axis=-1)
    return to_load
