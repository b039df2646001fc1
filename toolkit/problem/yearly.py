"""Figures of a year: costs, net present value, highest import and emissions of solved days.

A scenario's sums count as often as it fits into a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from toolkit.model.costs import Bought, demand_cost
from toolkit.problem.economy import years_of

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.problem.conditions import Conditions, Solved


def per_year(solved: Solved) -> float:
    """Return how often the solved time fits into a year."""
    return 1.0 / years_of(solved.conditions.operation.scenario)


def head(solved: Solved) -> FloatArray:
    """Return what the feeder draws, losses included, kW, negative where it gives, (n, T)."""
    given = solved.unit_kw.sum(axis=-1) - solved.at.load.sum(axis=-1) - solved.days.loss_kw
    return np.asarray(-given)


def head_import(solved: Solved) -> FloatArray:
    """Return what the feeder draws at its head in each step, losses included, kW >= 0, (n, T)."""
    return np.asarray(np.maximum(head(solved), 0.0))


def given_kwh(solved: Solved) -> FloatArray:
    """Return what each unit gives in a year, what stores take left out, kWh, (n, U)."""
    hours = solved.conditions.hours[:, None]
    return np.asarray((np.maximum(solved.unit_kw, 0.0) * hours).sum(axis=1) * per_year(solved))


def life_used(solved: Solved) -> FloatArray:
    """Return the share of its life that each unit uses up in a year by cycling, (n, U)."""
    plans, conditions = solved.plans, solved.conditions
    costs, scenario = conditions.economy.costs, conditions.operation.scenario
    if not any(np.isfinite(unit.cycle_life) for unit in costs.units):
        return np.zeros(plans.size.shape)
    capacity = np.where(plans.kwh > 0.0, plans.kwh, np.inf)[..., None]
    soc = plans.stored / capacity
    days = [1.0] if scenario.separate is None else scenario.separate.weights.tolist()
    total = np.zeros(plans.size.shape)
    for number, weight in enumerate(days):
        steps = scenario.stretch(number)
        course = soc[..., steps.start + (number > 0) : steps.stop + 1]
        if number:
            # Each stretch begins with what the first one does.
            course = np.concatenate([soc[..., :1], course], axis=-1)
        total += weight * costs.life_used(course)
    return np.asarray(total * per_year(solved))


def bought(solved: Solved) -> Bought:
    """Return what units cost in a year, arrays of shape (n, U)."""
    costs = solved.conditions.economy.costs
    return costs.bought(solved.plans.size, life_used(solved), given_kwh(solved))


@dataclass(frozen=True)
class YearlyBill:
    """What connections and energy cost in a year, money, each (n,); meters: of each, (n, M).

    energy: all bills with trading; meters: highest imports at meters; head: at the feeder head;
    standing: of all meters.
    """

    energy: FloatArray
    meters: FloatArray
    head: FloatArray
    standing: FloatArray

    @property
    def total(self) -> FloatArray:
        """All of it, (n,)."""
        return np.asarray(self.energy + self.meters.sum(axis=-1) + self.head + self.standing)


def drawn_at_meters(solved: Solved) -> FloatArray:
    """Return what every meter draws in each step, kW, (n, M, T).

    Meters are those of the buses of prosumers, and of units that belong to somebody else than the
    bus they stand at.
    """
    at, owners = solved.at, solved.conditions.operation.scenario.owners
    homes = solved.conditions.market.homes
    if owners is None:
        return np.maximum(-at.net[..., homes], 0.0).swapaxes(-2, -1)
    read = owners.metered(at.load, at.unit_kw, at.bus)
    own = np.concatenate([homes, at.load.shape[-1] + np.arange(at.unit_kw.shape[-2])])
    return np.maximum(-read[..., own], 0.0).swapaxes(-2, -1)


def metered(solved: Solved) -> FloatArray:
    """Return how many meters stand at each place of ``drawn_at_meters``, (n, M): 1 or none."""
    owners, plans = solved.conditions.operation.scenario.owners, solved.plans
    homes = np.ones((len(plans.size), len(solved.conditions.market.homes)))
    if owners is None:
        return homes
    return np.concatenate([homes, (plans.size > 0.0) & owners.apart], axis=-1)


def yearly_bill(solved: Solved) -> YearlyBill:
    """Return what connections and energy cost in a year."""
    conditions = solved.conditions
    economy, market = conditions.economy, conditions.market
    charges, months = economy.charges, economy.months
    energy = market.settle(solved.net).bill.sum(axis=(-2, -1)) * per_year(solved)
    drawn = drawn_at_meters(solved)
    meters, head = np.zeros(drawn.shape[:-1]), np.zeros(len(drawn))
    if charges.demand:
        meters = demand_cost(drawn, months, charges.demand)
    if charges.at_head:
        head = demand_cost(head_import(solved), months, charges.at_head)
    return YearlyBill(energy, meters, head, charges.standing * metered(solved).sum(axis=-1))


def annual_cost(solved: Solved) -> FloatArray:
    """Return what energy, connections and units cost in a year, money, (n,).

    Investments, replacements less what is left of them, as equal payments of every year.
    """
    return np.asarray(yearly_bill(solved).total + bought(solved).annual.sum(axis=-1))


def most_cost(conditions: Conditions, most_kw: FloatArray) -> float:
    """Return a cost of a year that no plan exceeds. most_kw: powers of all together, kW, (T,)."""
    economy, operation = conditions.economy, conditions.operation
    once = 1.0 / years_of(operation.scenario)
    tariffs, charges, costs = conditions.market.tariffs, economy.charges, economy.costs
    hours, peak = conditions.hours, float(most_kw.max())
    energy = float(((tariffs.retail + tariffs.network) * hours) @ most_kw) * once
    largest = np.array([unit.size_max for unit in operation.fleet.units])
    kwh = largest * operation.fleet.kw_per_size * float(hours.sum()) * once
    # A life of a store that is used in every step of the year.
    cycles = [1.0 / unit.cycle_life for unit in costs.units]
    used = np.array(cycles) * float(hours.sum()) / operation.dt * once
    units = float(costs.bought(largest, used, kwh).annual.sum())
    meters = len(conditions.market.prosumers) + len(operation.fleet.units)
    demand = 12.0 * (charges.demand + charges.at_head) * 2.0 * peak
    return energy + units + demand + charges.standing * meters
