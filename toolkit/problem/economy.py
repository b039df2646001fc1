"""What a study costs by the year, as values: units, connections and emissions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.model.costs import Charges, Costs
    from toolkit.model.scenario import Scenario

#: Hours of a year, and of a leap year, which is a year as well.
YEAR_H, LEAP_H = 8760.0, 8784.0


@dataclass(frozen=True)
class Economy:
    """What units and connections cost, and what a kWh of the grid emits, kg, (T,).

    months: the month that each step is of, (T,), one number where that is not known; reference:
    cost of a year without the units that the study may decide, NaN until it is known; references:
    the same by prosumer, (P,), where a study states owners; daily: the same of each separate day,
    (D,), as if every day were like it, where days count by how bad they are; priced: whether the
    study states what units cost, emits: what the grid's energy emits.
    """

    costs: Costs
    charges: Charges
    co2: FloatArray
    months: FloatArray
    priced: bool = False
    emits: bool = False
    reference: float = np.nan
    references: FloatArray | None = None
    daily: FloatArray | None = None

    def part(self, steps: slice) -> Economy:
        """Return the same of some of the steps."""
        return replace(self, co2=self.co2[steps], months=self.months[steps])

    def on_day(self, number: int, steps: slice) -> Economy:
        """Return the same of one of separate days, whose steps are ``steps``."""
        own = self.part(steps)
        return own if self.daily is None else replace(own, reference=float(self.daily[number]))


def years_of(scenario: Scenario) -> float:
    """Return how many years a scenario stands for."""
    hours = scenario.hours
    return 1.0 if YEAR_H <= hours <= LEAP_H else hours / YEAR_H


def months_of(scenario: Scenario) -> FloatArray:
    """Return the month of each step of days that follow each other and have dates, else 0, (T,).

    Of separate days it is not known which highest import of a month they hold.
    """
    if scenario.separate is not None or not scenario.dates:
        return np.zeros(scenario.steps)
    return np.array([int(day[:4]) * 12.0 + int(day[5:7]) for day in scenario.step_days])
