"""Prices of the steps of a scenario, from numbers or from tables by hour, weekday and month."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.price_tables import TimePrice
from toolkit.model import market

#: A share of a step that is rounding.
ROUNDING = 1e-6
#: The first Monday of the calendar that computers count from, days after its beginning.
FIRST_MONDAY = 4


@dataclass(frozen=True)
class Clock:
    """When steps are: so many of dt hours, from a start, None where it is midnight of some day."""

    steps: int
    dt: float
    start: datetime.datetime | None = None

    @property
    def day(self) -> int:
        """How many steps a day has."""
        return round(24.0 / self.dt)

    @property
    def _first_hour(self) -> float:
        return 0.0 if self.start is None else self.start.hour + self.start.minute / 60.0

    def begins(self, hour: int) -> bool:
        """Say whether a step begins at an hour of the day."""
        at = (hour - self._first_hour) / self.dt
        return abs(at - round(at)) < ROUNDING

    @property
    def cells(self) -> tuple[IndexArray, IndexArray, IndexArray]:
        """Month from 0, whether it is a weekend, and hour of the day of each step, each (T,)."""
        since = self._first_hour + np.arange(self.steps) * self.dt + ROUNDING
        hours = np.floor(since).astype(np.intp)
        first = datetime.date(1970, 1, 5) if self.start is None else self.start.date()
        days = np.datetime64(first) + hours // 24
        months = days.astype("datetime64[M]").astype(np.intp) % 12
        weekend = (days.astype(np.intp) - FIRST_MONDAY) % 7 >= 5
        return months, weekend.astype(np.intp), hours % 24


def prices(values: Sequence[float | TimePrice], clock: Clock, what: str) -> FloatArray:
    """Return the price of each step, (T,).

    Raises InputError for a list that is not one per step, and for tables that need dates which the
    profiles lack, or whose hours are within steps.
    """
    tables = [value for value in values if isinstance(value, TimePrice)]
    if not tables:
        numbers = [value for value in values if not isinstance(value, TimePrice)]
        return market.series(numbers, clock.steps, what, clock.day)
    if clock.start is None and any(table.needs_dates for table in tables):
        raise InputError(
            f"{what}: found tables by days or months, and profiles without dates; expected "
            "profiles with a column 'time', or tables by hours alone."
        )
    for hour in sorted({hour for table in tables for hour in table.hours or ()}):
        if not clock.begins(hour):
            raise InputError(
                f"{what}: found a table from or until {hour} h, within a step of {clock.dt:g} h; "
                "expected hours at which steps begin."
            )
    at = clock.cells
    found = np.zeros(clock.steps)
    for table in tables:
        found[table.cells[at]] = table.price
    return found
