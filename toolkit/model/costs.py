"""What units cost: to buy, to keep, to wear out and to run; and what connections cost by the year.

Money is in the tariffs' currency, costs are of a year like every other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from toolkit.common.types import BoolArray, FloatArray
from toolkit.model import finance, wear

#: Months of a year, each of which has its highest import.
MONTHS = 12.0


@dataclass(frozen=True)
class UnitCost:
    """What one unit costs. existing: it is there already, so that nobody buys or replaces it.

    per_size: money per kW, per vehicle or per kvar, kWh that come with it included; fixed: for a
    unit of any size; subsidy: share of both that others pay; lifetime: years; replacement: price of
    the next one as a share of the first; upkeep: money a year per unit of size, upkeep_share: a
    year as a share of the investment; cycle_life: cycles of full depth, infinite where cycling
    costs nothing, exponent: by which depth counts; per_kwh_given: money per kWh discharged or
    generated; co2_per_kwh: kg per kWh generated.
    """

    per_size: float = 0.0
    fixed: float = 0.0
    subsidy: float = 0.0
    lifetime: float = np.inf
    replacement: float = 1.0
    upkeep: float = 0.0
    upkeep_share: float = 0.0
    cycle_life: float = np.inf
    exponent: float = 1.0
    per_kwh_given: float = 0.0
    co2_per_kwh: float = 0.0
    existing: bool = False


@dataclass(frozen=True)
class Bought:
    """What U units of n plans cost, money or money a year, each (..., U).

    investment: what is paid at the start, subsidies taken off; capital: the same and replacements
    less what is left of them, as equal payments of every year; upkeep, wear, running: a year.
    """

    investment: FloatArray
    capital: FloatArray
    upkeep: FloatArray
    wear: FloatArray
    running: FloatArray

    @property
    def annual(self) -> FloatArray:
        """Cost of each unit in a year, (..., U)."""
        return np.asarray(self.capital + self.upkeep + self.wear + self.running)


@dataclass(frozen=True)
class Costs:
    """What the units of a fleet cost, over so many years at a discount rate."""

    units: tuple[UnitCost, ...]
    rate: float
    years: float

    @cached_property
    def annuity(self) -> float:
        """Share of a sum of today that repays it in equal payments, per year."""
        return finance.annuity_factor(self.rate, self.years)

    def _of(self, name: str) -> FloatArray:
        return np.array([getattr(unit, name) for unit in self.units], dtype=float)

    @cached_property
    def new(self) -> BoolArray:
        """Which units are bought, (U,)."""
        return np.array([not unit.existing for unit in self.units], dtype=bool)

    @cached_property
    def per_kwh_given(self) -> FloatArray:
        """Money per kWh that each unit gives, (U,)."""
        return self._of("per_kwh_given")

    @cached_property
    def co2_per_kwh(self) -> FloatArray:
        """Emissions of each unit, kg per kWh that it gives, (U,)."""
        return self._of("co2_per_kwh")

    @cached_property
    def _capital_factor(self) -> FloatArray:
        """What one unit of money invested costs a year, subsidies apart, (U,)."""
        outlays = [
            finance.outlay_factor(u.lifetime, u.replacement, self.rate, self.years)
            if np.isfinite(u.lifetime)
            else 1.0
            for u in self.units
        ]
        return self.annuity * np.array(outlays, dtype=float)

    def gross(self, size: FloatArray) -> FloatArray:
        """Return the price of units of some sizes, money, (..., U); 0 for those without size."""
        price = self._of("per_size") * size + np.where(size > 0.0, self._of("fixed"), 0.0)
        return np.asarray(price)

    def investment(self, size: FloatArray) -> FloatArray:
        """Return what is paid at the start for units of some sizes, money, (..., U)."""
        return np.where(self.new, self.gross(size) * (1.0 - self._of("subsidy")), 0.0)

    def bought(self, size: FloatArray, soc: FloatArray, given_kwh: FloatArray) -> Bought:
        """Return what units cost in a year.

        size: kW, vehicles or kvar, (..., U); soc: share of a life used in a year by cycling, see
        :meth:`life_used`, (..., U); given_kwh: generated or discharged in a year, (..., U).
        """
        gross, investment = self.gross(size), self.investment(size)
        # A subsidy is of the first investment alone.
        taken_off = np.where(self.new, gross, 0.0) - investment
        capital = self._capital_factor * np.where(self.new, gross, 0.0) - self.annuity * taken_off
        # What cycling uses up of a life faster than time does, at the price of the next one.
        faster = np.maximum(soc - 1.0 / self._of("lifetime"), 0.0)
        return Bought(
            investment=investment,
            capital=capital,
            upkeep=self._of("upkeep") * size + self._of("upkeep_share") * gross,
            wear=faster * self._of("replacement") * gross,
            running=self.per_kwh_given * given_kwh,
        )

    def life_used(self, soc: FloatArray) -> FloatArray:
        """Return the share of its life that each unit uses up by cycling, (..., U).

        soc: state of charge as a share of the capacity, (..., U, T + 1), 0 for what stores nothing.
        """
        used = np.zeros(soc.shape[:-1])
        for u, unit in enumerate(self.units):
            if np.isfinite(unit.cycle_life):
                used[..., u] = wear.life_used(soc[..., u, :], unit.cycle_life, unit.exponent)
        return used


@dataclass(frozen=True)
class Charges:
    """What connections cost whatever is traded.

    demand: money per kW of the highest import of each month, at every prosumer's meter; at_head:
    the same at the feeder head; standing: money per meter and year.
    """

    demand: float = 0.0
    at_head: float = 0.0
    standing: float = 0.0

    @property
    def any(self) -> bool:
        """Say whether any is charged."""
        return bool(self.demand or self.at_head or self.standing)


def demand_cost(kw: FloatArray, months: FloatArray, price: float) -> FloatArray:
    """Return what the highest imports of months cost in a year, money, (...).

    kw: import in each step, 0 or more, (..., T); months: number of the month of each step, (T,).
    The months that steps are of stand for all twelve.
    """
    of_months = [kw[..., months == month].max(axis=-1) for month in np.unique(months)]
    return np.asarray(MONTHS * price * np.mean(of_months, axis=0))
