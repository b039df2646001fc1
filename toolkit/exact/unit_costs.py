"""What units cost, give and emit, as sums over the variables of a program."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.exact.linear import Sum, total_of
from toolkit.exact.program import NONE, Program, Term
from toolkit.problem.economy import years_of

if TYPE_CHECKING:
    from toolkit.exact.formulation import Formulation
    from toolkit.exact.site_classes import UnitClass
    from toolkit.model.costs import UnitCost
    from toolkit.problem.conditions import Conditions


class UnitSums:
    """What the units of a program cost; rows and variables are added when first asked for."""

    def __init__(self, program: Program, form: Formulation, conditions: Conditions) -> None:
        self._program, self._form, self._conditions = program, form, conditions
        self._costs = conditions.economy.costs
        self._per_year = 1.0 / years_of(conditions.operation.scenario)
        self._built: dict[int, IndexArray] = {}

    @cached_property
    def annual(self) -> Sum:
        """Capital, upkeep, wear and running cost of a year, money."""
        none = np.zeros(len(self._costs.units))
        fixed = self._linear(lambda size: self._costs.bought(size, none, none).annual)
        each = self._costs.per_kwh_given * self._per_year
        return total_of([fixed, self._given(each, self._conditions.hours), self._wear()])

    @cached_property
    def investment(self) -> Sum:
        """What is paid at the start, money."""
        return self._linear(self._costs.investment)

    @cached_property
    def emitted(self) -> Sum:
        """Emissions of units in a year, kg."""
        each = self._costs.co2_per_kwh * self._per_year
        return self._given(each, self._conditions.hours)

    @cached_property
    def generated(self) -> Sum:
        """What generators give, kW, each step as often as it counts."""
        stores = self._conditions.operation.fleet.storage_rows
        each = np.ones(len(self._costs.units))
        each[stores] = 0.0
        return self._given(each, self._conditions.operation.scenario.weights)

    def _first(self, k: int) -> int:
        """Return a unit of a class: all of them cost the same."""
        return self._form.classes[k].units[0]

    def _linear(self, cost: Callable[[FloatArray], FloatArray]) -> Sum:
        """Return what is in proportion to sizes, and what a unit of any size adds."""
        ones = np.ones(len(self._costs.units))
        one, two = cost(ones), cost(2.0 * ones)
        terms: list[Term] = []
        for k in range(len(self._form.classes)):
            u = self._first(k)
            per_size, fixed = float(two[u] - one[u]), float(2.0 * one[u] - two[u])
            size = self._form.size[k]
            terms.append((per_size, size[size != NONE]))
            if abs(fixed) > 1e-9 * max(abs(float(one[u])), 1e-300):
                terms.append((fixed, self._is_built(k)))
        return Sum(terms=tuple(terms))

    def _is_built(self, k: int) -> IndexArray:
        """Return the variables that are 1 where a unit of a class has some size."""
        form, unit = self._form, self._form.classes[k]
        here = form.size[k] != NONE
        if not form.fixed or unit.size_min > 0.0:
            # A unit without size need not be anywhere, and one that must be built is.
            present: IndexArray = form.present[k][here]
            return present
        if k not in self._built:
            most = 1.0 if unit.size_max > 0.0 else 0.0
            size = form.size[k][here]
            built = self._program.variables(size.shape, 0.0, most, integer=True)
            self._program.rows(size.shape, [(1.0, size), (-unit.size_max, built)], upper=0.0)
            self._built[k] = built
        return self._built[k]

    def _given(self, each: FloatArray, counts: FloatArray) -> Sum:
        """Return what units give, each step of (T,) counted, times a figure of each unit, (U,)."""
        terms: list[Term] = []
        for k, unit in enumerate(self._form.classes):
            value = float(each[self._first(k)])
            if value == 0.0:
                continue
            size, discharge = self._form.size[k], self._form.discharge[k]
            here = size != NONE
            terms.append((value * float(unit.output @ counts), size[here]))
            terms.append((value * counts, discharge[here]))
        return Sum(terms=tuple(terms))

    def _wear(self) -> Sum:
        """Return what cycling uses up of lives faster than time does, at the price of the next."""
        return total_of([self._wear_of(k) for k in range(len(self._form.classes))])

    def _wear_of(self, k: int) -> Sum:
        """Return the wear of a class: exact where depth counts as it is and no unit has a price.

        With a price per unit it is no more than that of the largest unit; where depth counts more
        than it is, nothing is counted.
        """
        cost, unit = self._costs.units[self._first(k)], self._form.classes[k]
        per_size = cost.replacement * dearest_per_size(cost, unit)
        counted = np.isfinite(cost.cycle_life) and cost.exponent == 1.0
        if not counted or per_size <= 0.0 or unit.capacity <= 0.0 or unit.size_max <= 0.0:
            return Sum()
        here = self._form.size[k] != NONE
        size, scenario = self._form.size[k][here], self._conditions.operation.scenario
        wear = self._program.variables(size.shape)
        life = 0.5 * self._per_year / (unit.capacity * cost.cycle_life)
        way = self._way(k, here, -per_size * life * scenario.weights)
        terms: list[Term] = [(1.0, wear), (per_size / cost.lifetime, size), *way]
        self._program.rows(size.shape, terms, lower=0.0)
        return Sum(terms=((1.0, wear),))

    def _way(self, k: int, here: BoolArray, counts: FloatArray) -> list[Term]:
        """Return the way that the energy of M stores goes up and down, kWh, each step counted."""
        unit, form, program = self._form.classes[k], self._form, self._program
        dt = self._conditions.operation.scenario.dt
        charge, discharge = form.charge[k][here].T, form.discharge[k][here].T
        into, out = unit.eta_charge * dt, dt / unit.eta_discharge
        if not unit.trip.any():
            return [(counts[:, None] * into, charge), (counts[:, None] * out, discharge)]
        way, size = program.variables(charge.shape), form.size[k][here]
        trip = np.broadcast_to(unit.trip[:, None], way.shape)
        each = np.broadcast_to(size, way.shape)
        for sign in (1.0, -1.0):
            change: list[Term] = [
                (-sign * into, charge),
                (sign * out, discharge),
                (sign * trip, each),
            ]
            program.rows(way.shape, [(1.0, way), *change], lower=0.0)
        return [(np.broadcast_to(counts[:, None], way.shape), way)]


def dearest_per_size(cost: UnitCost, unit: UnitClass) -> float:
    """Return the price of a unit of the largest size per unit of it: no smaller one has less."""
    return cost.per_size + (cost.fixed / unit.size_max if unit.size_max > 0.0 else 0.0)
