"""Every named goal measured on solved days, and the score an optimizer gets for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.grid.solution import Day
from toolkit.inputs.sections import Limits, Market
from toolkit.model import market
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.optimizer.scores import Scores, sanitised
from toolkit.problem import energy
from toolkit.problem.goals import GOALS
from toolkit.problem.limit_violations import violation
from toolkit.problem.local_market import LocalMarket


@dataclass(frozen=True)
class Aim:
    """What a study searches for.

    asked: its section; market: who trades, at what tariffs; operation and limits: as everywhere;
    load_kw: scheduled load of each bus, (T, B), from which scales and ceilings follow.
    """

    asked: Market
    market: LocalMarket
    operation: Operation
    limits: Limits
    load_kw: FloatArray

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Weight of each goal in its own unit; one goal alone counts as it is."""
        if self.asked.objective != "weighted":
            return {self.asked.objective: 1.0}
        return {name: weight / self.scales[name] for name, weight in self.asked.weights.items()}

    @cached_property
    def scales(self) -> dict[str, float]:
        """What of each goal's figure counts as 1 in a weighted sum.

        Energies: the day's scheduled load; cost: that load bought at retail; voltage: half the
        width of the band allowed; self-sufficiency: 100 %.
        """
        load = float(self.load_kw.sum()) * self.operation.dt or 1.0
        bought = self.market.tariffs.retail @ self.load_kw.sum(axis=1)
        return {
            **dict.fromkeys(("traded", "traded_to_load", "losses"), load),
            "voltage_deviation": 0.5 * (self.limits.v_max - self.limits.v_min),
            "community_cost": float(bought) * self.operation.dt or 1.0,
            "self_sufficiency": 100.0,
        }

    @cached_property
    def ceiling(self) -> float:
        """A value that no feasible plan's objective exceeds; see :func:`score`."""
        sizes = [unit.size_max * unit.kw_per_size for unit in self.operation.fleet.units]
        most = self.load_kw.sum(axis=1) + sum(sizes)
        worst = {
            "losses": float(most.sum()) * self.operation.dt,
            "voltage_deviation": max(abs(self.limits.v_max - 1.0), abs(1.0 - self.limits.v_min)),
            "community_cost": float(self.market.tariffs.retail @ most) * self.operation.dt,
        }
        return sum(weight * worst.get(name, 0.0) for name, weight in self.weights.items())


@dataclass(frozen=True)
class Solved:
    """n solved days as arrays: what the goals are measured on."""

    days: Sequence[Day]
    plans: Plan
    at: energy.Positions
    unit_kw: FloatArray
    aim: Aim

    @cached_property
    def network_violation(self) -> FloatArray:
        """Violation of the network's limits, shape (n,); NaN for a day that was not solved."""
        plans, limits = self.plans, self.aim.limits
        return np.array([violation(day, plans.row(i), limits) for i, day in enumerate(self.days)])

    @cached_property
    def worsening(self) -> FloatArray:
        """How much trading raises the bills of those worse off by it, shape (n,); 0 for none.

        As a share of what the day's load costs a prosumer on average, summed over prosumers; less
        than half a cent over the day counts as nothing.
        """
        settlement, aim = self.aim.market.settle(self.at.net), self.aim
        alone = market.cost_alone(settlement.exchange, aim.market.tariffs).sum(axis=-2)
        trading = settlement.bill.sum(axis=-2)
        more = np.where(market.worse_off(alone, trading), trading - alone, 0.0).sum(axis=-1)
        each: FloatArray = more / (aim.scales["community_cost"] / len(aim.market.prosumers))
        return each


def solved(days: Sequence[Day], plans: Plan, aim: Aim) -> Solved:
    """Stack n days of n plans."""
    load = np.stack([day.load_kva.real for day in days])
    units = np.stack([day.unit_kva.real for day in days])
    return Solved(days, plans, energy.positions(load, units, plans.bus), units, aim)


def _traded(found: Solved) -> FloatArray:
    return energy.maximised(found.at, found.aim.operation.dt, "traded")


def _traded_to_load(found: Solved) -> FloatArray:
    return energy.maximised(found.at, found.aim.operation.dt, "traded_to_load")


def _losses(found: Solved) -> FloatArray:
    """Return the network's active losses over the day, kWh, (n,)."""
    return np.array([day.loss_kw.sum() for day in found.days]) * found.aim.operation.dt


def _voltage_deviation(found: Solved) -> FloatArray:
    """Return the largest distance of a node from 1 pu, averaged over the steps, (n,)."""
    # fmax passes over NaN: nodes without a voltage base.
    off = [np.fmax.reduce(np.abs(day.v_pu - 1.0), axis=1).mean() for day in found.days]
    return np.array(off)


def _community_cost(found: Solved) -> FloatArray:
    """Return the sum of the prosumers' bills with trading, (n,)."""
    cost: FloatArray = found.aim.market.settle(found.at.net).bill.sum(axis=(-2, -1))
    return cost


def _self_sufficiency(found: Solved) -> FloatArray:
    """Return the share of what prosumers used that they generated, behind one meter, %, (n,)."""
    fleet, at = found.aim.operation.fleet, found.aim.market.prosumers
    units = found.unit_kw.sum(axis=-1) - found.unit_kw[..., fleet.storage_rows].sum(axis=-1)
    negative_load = np.maximum(-found.at.load[..., at], 0.0).sum(axis=-1)
    net = found.at.net[..., at].sum(axis=-1)
    generated = (units + negative_load).sum(axis=-1)
    own = market.kept(generated, np.maximum(net, 0.0).sum(axis=-1))
    used = own + np.maximum(-net, 0.0).sum(axis=-1)
    share: FloatArray = np.divide(own, used, out=np.zeros_like(own), where=used > 0.0)
    return 100.0 * share


#: How each goal's figure is measured, in the unit that ``goals`` says, shape (n,).
MEASURES: Mapping[str, Callable[[Solved], FloatArray]] = {
    "traded": _traded,
    "traded_to_load": _traded_to_load,
    "losses": _losses,
    "voltage_deviation": _voltage_deviation,
    "community_cost": _community_cost,
    "self_sufficiency": _self_sufficiency,
}


def score(days: Sequence[Day], plans: Plan, aim: Aim) -> Scores:
    """Return objective and violation of n solved plans; see :func:`scored`."""
    return scored(solved(days, plans, aim))


def scored(found: Solved) -> Scores:
    """Return objective and violation of n solved days.

    The objective is cut off at the aim's ceiling, so that the scalar form holds whatever a plan
    does; only plans that no one would call feasible reach it.
    """
    aim = found.aim
    total = np.zeros(len(found.days))
    for name, weight in aim.weights.items():
        total += weight * GOALS[name].sign * MEASURES[name](found)
    ceiling, violated = aim.ceiling, found.network_violation
    if aim.asked.nobody_worse_off:
        violated = violated + found.worsening
    reasons = tuple(day.reason for day in found.days)
    return sanitised(np.minimum(total, ceiling), violated, ceiling, reasons=reasons)


def figures(found: Solved) -> dict[str, float]:
    """Return the figure of every goal for one solved day, by its column of summary.csv."""
    return {GOALS[name].column: float(measure(found)[0]) for name, measure in MEASURES.items()}
