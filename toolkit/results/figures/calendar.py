"""Many days one after the other: each a column, with dates on the axis where days have them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.scenario import day_numbers
from toolkit.results.spans import MONTHS, is_date

#: Days up to which the axis names days, and up to which it names every month.
BY_DAY, BY_MONTH = 92, 750
#: Days of a block where days have no dates, and up to how many days blocks are weeks.
BLOCK, WEEKS = 30, 92


@dataclass(frozen=True)
class Calendar:
    """D days one after the other, of which T steps of step_h hours are.

    names: dates of the days, or their numbers; day: of each step, from 0, (T,).
    """

    step_h: float
    names: tuple[str, ...]
    day: IndexArray

    @property
    def dated(self) -> bool:
        """Whether days have dates."""
        return is_date(self.names[0])

    @property
    def spans(self) -> list[tuple[float, float, slice]]:
        """Where columns of days lie on the axis: from, to, and which."""
        return [(0.0, float(len(self.names)), slice(None))]

    def by_hour(self, values: FloatArray) -> FloatArray:
        """Return values of steps, (T,), with the hours of a day down and days across.

        NaN where a day has no such step.
        """
        hour = np.arange(len(values)) * self.step_h - 24.0 * self.day
        row = np.floor(hour / self.step_h + 1e-6).astype(int)
        grid = np.full((int(row.max()) + 1, len(self.names)), np.nan)
        grid[row, self.day] = values
        return grid

    def lowest(self, values: FloatArray) -> FloatArray:
        """Return the lowest of each day, of values of steps, (T, ...); NaN where none is known."""
        return np.asarray(np.fmin.reduceat(values, self._starts, axis=0), dtype=np.float64)

    def highest(self, values: FloatArray) -> FloatArray:
        """Return the highest of each day, of values of steps, (T, ...)."""
        return np.asarray(np.fmax.reduceat(values, self._starts, axis=0), dtype=np.float64)

    @property
    def _starts(self) -> IndexArray:
        return np.flatnonzero(np.diff(self.day, prepend=-1))

    def blocks(self) -> list[tuple[str, slice]]:
        """Return months and their days; without dates weeks, or blocks of 30 days."""
        starts, labels = self._months() if self.dated else self._numbered()
        ends = [*starts[1:], len(self.names)]
        return [(name, slice(a, b)) for name, a, b in zip(labels, starts, ends, strict=True)]

    @property
    def block(self) -> str:
        """What blocks are called: month, week, or 30 days."""
        if self.dated:
            return "month"
        return "week" if len(self.names) <= WEEKS else f"{BLOCK} days"

    def _months(self) -> tuple[list[int], list[str]]:
        dates = [datetime.date.fromisoformat(name) for name in self.names]
        starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(dates)) if a.month != b.month)]
        first = [dates[i] for i in starts]
        labels = [
            MONTHS[date.month - 1] + (_year(date) if date.month == 1 or date == first[0] else "")
            for date in first
        ]
        return starts, labels

    def _numbered(self) -> tuple[list[int], list[str]]:
        starts = list(range(0, len(self.names), 7 if len(self.names) <= WEEKS else BLOCK))
        return starts, [self.names[i] for i in starts]

    def lay_out(self, axes: Axes, shaded: bool = False) -> None:
        """Lay out an axis of days. shaded: nothing is; as :class:`TimeAxis` has it."""
        axes.set_xlim(0.0, len(self.names))
        if self.dated and len(self.names) <= BY_DAY:
            at = range(0, len(self.names), 7 if len(self.names) > 14 else 1)
            dates = [datetime.date.fromisoformat(self.names[i]) for i in at]
            labels = [
                f"{date.day} {MONTHS[date.month - 1]}{'' if i else _year(date)}"
                for i, date in enumerate(dates)
            ]
            axes.set_xticks(list(at), labels)
        elif self.dated:
            starts, labels = self._months()
            few = 1 if len(self.names) <= BY_MONTH else 6
            axes.set_xticks(starts[::few], labels[::few])
        else:
            starts, labels = self._numbered()
            axes.set_xticks(starts, labels)
        axes.set_xlabel("" if self.dated else "Day of the profiles")


def _year(date: datetime.date) -> str:
    return f"\n{date.year}"


def calendar(hourly: pd.DataFrame, step_h: float) -> Calendar:
    """Return the days of hourly.csv; older ones have no names, and are numbered."""
    day = day_numbers(len(hourly), step_h)
    named = hourly["day"].notna().all()
    first = np.flatnonzero(np.diff(day, prepend=-1))
    names = [str(hourly["day"].iloc[i]) if named else str(day[i] + 1) for i in first]
    return Calendar(step_h, tuple(names), day)
