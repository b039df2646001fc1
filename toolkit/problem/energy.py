"""Positions and traded energy of solved days, vectorised over plans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.model import market
from toolkit.model.risk import MEAN, Risk

if TYPE_CHECKING:
    from toolkit.common.types import BoolArray, FloatArray, IndexArray
    from toolkit.model.goal_names import EnergyGoal
    from toolkit.model.operation import Operation
    from toolkit.model.ownership import Owners
    from toolkit.model.plan import Plan
    from toolkit.model.scenario import Scenario


@dataclass(frozen=True)
class Positions:
    """Average powers, kW, of each bus over the steps: (..., T, B) arrays, all of one power flow.

    net = units - load, equation (1); unit_kw, bus: power, (..., U, T), and bus,
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

    def part(self, steps: slice) -> Positions:
        """Return the positions in some of the steps."""
        at = (..., steps, slice(None))
        return Positions(self.load[at], self.net[at], self.unit_kw[..., steps], self.bus)

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

    trades: kW, of arrays (T, A), buses first; energy: kWh of each step, (T,); owners: whose units
    are, None where each is of the bus it stands at.
    """

    positions: Positions
    trades: market.Trades
    energy: Energy
    owners: Owners | None = None

    def of_buses(self, values: FloatArray) -> FloatArray:
        """Return what is of buses of values of parties, (T, A)."""
        return values[:, : self.positions.net.shape[-1]]

    def sold_by_unit(self, unit_kw: FloatArray, bus: IndexArray) -> FloatArray:
        """Return what each unit sells to neighbours, kW, (T, U), as its owners sell it.

        unit_kw: what each injects, (T, U); bus: where it stands, (U,).
        """
        if self.owners is None:
            return market.contributions(self.trades.sell, unit_kw, bus)
        return self.owners.sold_by_unit(self.trades.sell, unit_kw.T, bus).T


def net_of_parties(at: Positions, owners: Owners | None) -> FloatArray:
    """Return the positions that are cleared, kW, (..., T, A): of buses where units are theirs."""
    return at.net if owners is None else owners.net(at.load, at.unit_kw, at.bus)


def _to_load(at: Positions, owners: Owners | None, buy: FloatArray) -> FloatArray:
    """Return the part of purchases, (..., T, A), that serves load, (..., T)."""
    if owners is None:
        return market.traded_to_load(buy, at.load, at.charging)
    charging = owners.spread(np.maximum(-at.unit_kw, 0.0), at.bus)
    return market.traded_to_load(buy, owners.with_third(at.load), charging)


def trading_day(
    at: Positions, dt: float, members: BoolArray | None, owners: Owners | None = None
) -> TradingDay:
    """Clear the positions of one day, arrays of shape (T, B), over steps of dt hours.

    members: the parties that trade, (A,), None for all; owners: whose units are, None where each is
    of the bus it stands at, so that parties are buses.
    """
    trades = market.clear(net_of_parties(at, owners), members)
    to_load = _to_load(at, owners, trades.buy)
    return TradingDay(at, trades, Energy(trades.traded * dt, to_load * dt), owners)


def scheduled(
    plans: Plan,
    operation: Operation,
    load_kw: FloatArray,
    objective: EnergyGoal,
    risk: Risk = MEAN,
) -> FloatArray:
    """Return minus the traded energy, kWh, of n plans by their schedules alone, shape (n,).

    load_kw: scheduled load of each bus, (T, B); risk: how separate days become one figure. It is
    what the engine delivers, up to the tolerance of the power flow, where loads draw constant
    power.
    """
    n, load = len(plans.bus), load_kw[None]
    if n > 1:
        load = np.broadcast_to(load_kw, (n, *load_kw.shape))
    at, scenario = positions(load, plans.p_kw.swapaxes(1, 2), plans.bus), operation.scenario
    if risk.averse:
        return -at_risk(maximised_kw(at, objective, scenario), scenario, risk)
    return -maximised(at, scenario, objective)


def at_risk(kw: FloatArray, scenario: Scenario, risk: Risk) -> FloatArray:
    """Return energy to be maximised, kWh, (...), of kW in each step of separate days, (..., T).

    It is over all that the days stand for, as if every day were like those that the risk is about.
    """
    assert scenario.separate is not None
    weights = scenario.separate.weights
    days = scenario.folded(kw * (scenario.dt * weights.sum())).sum(axis=-1)
    return -risk.of(-days, weights)


def maximised(at: Positions, scenario: Scenario, objective: EnergyGoal) -> FloatArray:
    """Return the energy that is maximised over all that steps stand for, kWh, shape (n,)."""
    kwh = maximised_kw(at, objective, scenario)
    kwh *= scenario.step_hours
    return np.asarray(kwh.sum(axis=-1))


def maximised_kw(at: Positions, objective: EnergyGoal, scenario: Scenario) -> FloatArray:
    """Return the power that is maximised, kW, in each step, (..., T)."""
    net, parties = net_of_parties(at, scenario.owners), scenario.parties
    if objective == "traded":
        return market.traded(net, parties)
    return np.asarray(_to_load(at, scenario.owners, market.clear(net, parties).buy))
