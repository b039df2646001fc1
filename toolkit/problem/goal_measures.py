"""What goals measure of solved days, and what in a study their figures are held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model import market
from toolkit.problem import energy, yearly
from toolkit.problem.economy import years_of

if TYPE_CHECKING:
    from toolkit.problem.conditions import Conditions, Solved

#: A figure of n solved days, in the goal's unit, (n,).
Measure = Callable[["Solved"], FloatArray]
#: A figure that follows from what every plan of a study meets, in the goal's unit.
Reference = Callable[["Conditions"], float]


def traded(solved: Solved) -> FloatArray:
    """Return the energy sold to neighbours, kWh, (n,)."""
    return energy.maximised(solved.at, solved.conditions.operation.scenario, "traded")


def traded_to_load(solved: Solved) -> FloatArray:
    """Return the part of it that serves load, kWh, (n,)."""
    return energy.maximised(solved.at, solved.conditions.operation.scenario, "traded_to_load")


def losses(solved: Solved) -> FloatArray:
    """Return the network's active losses over all that steps stand for, kWh, (n,)."""
    return np.asarray((solved.days.loss_kw * solved.conditions.hours).sum(axis=1))


def voltage_deviation(solved: Solved) -> FloatArray:
    """Return the largest distance of a node from 1 pu, averaged over what steps stand for, (n,)."""
    # fmax passes over NaN: nodes without a voltage base.
    off = [np.fmax.reduce(np.abs(v_pu - 1.0), axis=1) for v_pu in solved.days.v_pu]
    if solved.conditions.operation.scenario.separate is None:
        return np.array([each.mean() for each in off])
    return np.average(off, axis=1, weights=solved.conditions.hours)


def community_cost(solved: Solved) -> FloatArray:
    """Return the sum of the prosumers' bills with trading, (n,)."""
    cost: FloatArray = solved.conditions.market.settle(solved.net).bill.sum(axis=(-2, -1))
    return cost


def self_sufficiency(solved: Solved) -> FloatArray:
    """Return the share of what prosumers used that they generated, behind one meter, %, (n,)."""
    conditions = solved.conditions
    stores, local = conditions.operation.fleet.storage_rows, conditions.market
    counts = conditions.operation.scenario.weights
    units = solved.unit_kw.sum(axis=-1) - solved.unit_kw[..., stores].sum(axis=-1)
    negative_load = counts * np.maximum(-solved.at.load[..., local.homes], 0.0).sum(axis=-1)
    net = counts * solved.net[..., local.prosumers].sum(axis=-1)
    generated = (counts * units + negative_load).sum(axis=-1)
    own = market.kept(generated, np.maximum(net, 0.0).sum(axis=-1))
    used = own + np.maximum(-net, 0.0).sum(axis=-1)
    share: FloatArray = np.divide(own, used, out=np.zeros_like(own), where=used > 0.0)
    return 100.0 * share


def load_kwh(conditions: Conditions) -> float:
    """Return the scheduled load, kWh."""
    return float(conditions.load_kw.sum(axis=1) @ conditions.hours) or 1.0


def load_cost(conditions: Conditions) -> float:
    """Return what the scheduled load costs at retail, money."""
    return conditions.load_cost


def half_band(conditions: Conditions) -> float:
    """Return half the width of the voltage band, pu."""
    return 0.5 * (conditions.limits.v_max - conditions.limits.v_min)


def most_kw(conditions: Conditions) -> FloatArray:
    """Return the largest power that loads and units together can have in each step, kW, (T,)."""
    sizes = [unit.size_max * unit.kw_per_size for unit in conditions.operation.fleet.units]
    most: FloatArray = conditions.load_kw.sum(axis=1) + sum(sizes)
    return most


def most_kwh(conditions: Conditions) -> float:
    """Return the most energy that loads and units together can have, kWh."""
    return float(most_kw(conditions) @ conditions.hours)


def most_cost(conditions: Conditions) -> float:
    """Return what that energy costs at retail, money."""
    retail = conditions.market.tariffs.retail
    return float((retail * conditions.hours) @ most_kw(conditions))


def a_year(conditions: Conditions) -> float:
    """Return how often the time of a study fits into a year."""
    return 1.0 / years_of(conditions.operation.scenario)


def load_cost_a_year(conditions: Conditions) -> float:
    """Return what the scheduled load costs in a year at retail, money."""
    return conditions.load_cost * a_year(conditions)


def load_cost_of_years(conditions: Conditions) -> float:
    """Return the same over all years, at today's worth, money."""
    return load_cost_a_year(conditions) / conditions.economy.costs.annuity


def most_cost_a_year(conditions: Conditions) -> float:
    """Return a cost of a year that no plan exceeds, money."""
    return yearly.most_cost(conditions, most_kw(conditions))


def most_lost(conditions: Conditions) -> float:
    """Return minus the lowest net present value that a plan can have, money."""
    economy = conditions.economy
    return (most_cost_a_year(conditions) - economy.reference) / economy.costs.annuity


def most_investment(conditions: Conditions) -> float:
    """Return the investment in units of their largest sizes, money."""
    largest = np.array([unit.size_max for unit in conditions.operation.fleet.units])
    return float(conditions.economy.costs.investment(largest).sum()) or 1.0


def peak_load(conditions: Conditions) -> float:
    """Return the highest scheduled load, kW."""
    return float(conditions.load_kw.sum(axis=1).max()) or 1.0


def load_co2(conditions: Conditions) -> float:
    """Return what the scheduled load emits where all of it comes from the grid, kg a year."""
    emitted = conditions.load_kw.sum(axis=1) @ (conditions.hours * conditions.economy.co2)
    return float(emitted) * a_year(conditions) or 1.0


def most_co2(conditions: Conditions) -> float:
    """Return emissions of a year that no plan exceeds, kg."""
    economy, most = conditions.economy, most_kw(conditions)
    highest = economy.costs.co2_per_kwh.max(initial=0.0) + 2.0 * economy.co2
    return float(most @ (conditions.hours * highest)) * a_year(conditions)


def largest_deviation(conditions: Conditions) -> float:
    """Return the largest distance from 1 pu that limits allow, pu."""
    return conditions.limits.largest_deviation
