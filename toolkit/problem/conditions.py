"""What goals are measured on: solved days as arrays, and the conditions that plans meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.model import market
from toolkit.problem.energy import net_of_parties
from toolkit.problem.limit_violations import violations

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid.solution import Days
    from toolkit.inputs.limit_sections import Limits
    from toolkit.model.operation import Operation
    from toolkit.model.plan import Plan
    from toolkit.problem.economy import Economy
    from toolkit.problem.energy import Positions
    from toolkit.problem.local_market import LocalMarket


@dataclass(frozen=True)
class Conditions:
    """What every plan of a study meets.

    market: who trades, at what tariffs; operation and limits: as everywhere; load_kw: scheduled
    load of each bus, (T, B), from which scales and ceilings follow; economy: what it costs by the
    year; buses: their names; options: those of goals, by name.
    """

    market: LocalMarket
    operation: Operation
    limits: Limits
    load_kw: FloatArray
    economy: Economy
    buses: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def hours(self) -> FloatArray:
        """How many hours each step stands for, (T,)."""
        return self.operation.scenario.step_hours

    def on_day(self, number: int) -> Conditions:
        """Return the conditions of one of separate days, as if every day were like it."""
        scenario = self.operation.scenario.alone(number)
        steps = self.operation.scenario.stretch(number)
        return replace(
            self,
            market=self.market.part(steps, scenario.step_hours),
            operation=replace(self.operation, scenario=scenario),
            load_kw=self.load_kw[steps],
            economy=self.economy.on_day(number, steps),
        )

    @property
    def load_cost(self) -> float:
        """Cost of the scheduled load bought at retail."""
        bought = (self.market.tariffs.retail * self.hours) @ self.load_kw.sum(axis=1)
        return float(bought) or 1.0


@dataclass(frozen=True)
class Solved:
    """n solved days as arrays: what the goals are measured on. unit_kw: (n, T, U)."""

    days: Days
    plans: Plan
    at: Positions
    unit_kw: FloatArray
    conditions: Conditions

    def part(self, steps: slice, conditions: Conditions) -> Solved:
        """Return some of the steps, under conditions of their own."""
        return Solved(
            self.days.part(steps),
            self.plans.part(steps),
            self.at.part(steps),
            self.unit_kw[:, steps],
            conditions,
        )

    @cached_property
    def net(self) -> FloatArray:
        """Positions that are cleared and settled, kW, (n, T, A)."""
        return net_of_parties(self.at, self.conditions.operation.scenario.owners)

    @cached_property
    def network_violation(self) -> FloatArray:
        """Violation of the network's limits, shape (n,); NaN for a day that was not solved."""
        conditions = self.conditions
        connections = conditions.operation.scenario.connections
        return violations(self.days, self.plans, conditions.limits, conditions.hours, connections)

    @cached_property
    def worsening(self) -> FloatArray:
        """How much trading raises the bills of those worse off by it, shape (n,); 0 for none.

        As a share of what the day's load costs a prosumer on average, summed over prosumers; less
        than half a cent over the day counts as nothing.
        """
        conditions = self.conditions
        settlement = conditions.market.settle(self.net)
        alone = market.cost_alone(settlement.exchange, conditions.market.tariffs).sum(axis=-2)
        trading = settlement.bill.sum(axis=-2)
        worse = market.worse_off(alone, trading) & conditions.market.trades
        more = np.where(worse, trading - alone, 0.0).sum(axis=-1)
        each: FloatArray = more / (conditions.load_cost / len(conditions.market.prosumers))
        return each
