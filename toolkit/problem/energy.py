"""Positions and traded energy of solved days, vectorised over plans."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Average powers, kW, of each bus over the steps: (..., T, B) arrays, all from the engine.

    net = pv + wt + bess + bev - load, equation (1). ``charging`` is what storage takes in, >= 0.
    """

    load: FloatArray
    charging: FloatArray
    net: FloatArray

    def row(self, i: int) -> Positions:
        """Return the positions of plan i of a population."""
        return Positions(self.load[i], self.charging[i], self.net[i])


@dataclass(frozen=True)
class Energy:
    """Traded energy per step, kWh, shape (..., T)."""

    traded: FloatArray
    traded_to_load: FloatArray


def positions(load_kw: FloatArray, unit_kw: FloatArray, bus: IndexArray) -> Positions:
    """Sum the powers of loads, (n, T, B), and units, (n, T, U) at buses (n, U), at each bus."""
    n, steps, buses = load_kw.shape
    injected = np.zeros((n, buses, steps))
    charging = np.zeros((n, buses, steps))
    at = (np.arange(n)[:, None], bus)
    by_unit = unit_kw.swapaxes(1, 2)
    np.add.at(injected, at, by_unit)
    np.add.at(charging, at, np.maximum(-by_unit, 0.0))
    return Positions(load_kw, charging.swapaxes(1, 2), injected.swapaxes(1, 2) - load_kw)


@dataclass(frozen=True)
class TradingDay:
    """What neighbours traded in one day, cleared from the positions of its buses.

    trades: kW, of arrays (T, B); energy: kWh of each step, (T,).
    """

    positions: Positions
    trades: market.Trades
    energy: Energy


def trading_day(at: Positions, dt: float) -> TradingDay:
    """Clear the positions of one day, arrays of shape (T, B), over steps of dt hours."""
    trades = market.clear(at.net)
    return TradingDay(at, trades, energy(at, trades, dt))


def energy(at: Positions, trades: market.Trades, dt: float) -> Energy:
    """Return the energy traded and the part of it that serves load, kWh."""
    to_load = market.traded_to_load(trades.buy, at.load, at.charging)
    return Energy(trades.traded * dt, to_load * dt)


def scheduled(
    plans: Plan, operation: Operation, load_kw: FloatArray, objective: EnergyGoal
) -> FloatArray:
    """Return minus the traded energy, kWh, of n plans by their schedules alone, shape (n,).

    load_kw: scheduled load of each bus, (T, B). It is what the engine delivers, up to the tolerance
    of the power flow, where loads draw constant power.
    """
    load = np.broadcast_to(load_kw, (len(plans.bus), *load_kw.shape))
    at = positions(load, plans.p_kw.swapaxes(1, 2), plans.bus)
    return -maximised(at, operation.dt, objective)


def maximised(at: Positions, dt: float, objective: EnergyGoal) -> FloatArray:
    """Return the energy that is maximised, kWh over the day, shape (n,)."""
    if objective == "traded":
        traded: FloatArray = (market.traded(at.net) * dt).sum(axis=-1)
        return traded
    to_load: FloatArray = energy(at, market.clear(at.net), dt).traded_to_load.sum(axis=-1)
    return to_load
