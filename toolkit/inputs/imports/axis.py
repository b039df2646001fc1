"""The steps that columns stand on, and series brought from one such axis onto another."""

from __future__ import annotations

import datetime
from calendar import isleap
from dataclasses import dataclass

import numpy as np

from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs.profile_time import zone_told
from toolkit.inputs.profiles import Profiles

#: Days of a year.
YEARS = (365, 366)
#: A difference of hours that is only rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Axis:
    """Steps of dt hours in whole days; start: their first, at 00:00 of one offset.

    Without a start they are a calendar year, or days, that name no dates.
    """

    start: datetime.datetime | None
    dt: float
    steps: int

    @property
    def days(self) -> int:
        """Number of days of 24 h."""
        return round(self.steps * self.dt / 24.0)

    @property
    def hours(self) -> float:
        """Length in hours."""
        return self.steps * self.dt

    def told(self) -> str:
        """Return the axis in words."""
        steps = f"{self.steps:,} steps of {minutes_told(self.dt)}"
        if self.start is None:
            return f"{steps}, {self.days} days without dates"
        last = self.start.date() + datetime.timedelta(days=self.days - 1)
        return f"{steps}, {self.start.date()} to {last}, {zone_told(self.start)}"


def minutes_told(dt: float) -> str:
    """Return a step in words: minutes below an hour."""
    return f"{dt * 60.0:.4g} min" if dt < 1.0 else f"{dt:.4g} h"


def axis_of(profiles: Profiles) -> Axis:
    """Return the axis of profiles that were read."""
    return Axis(profiles.start, profiles.dt, profiles.steps)


def check_size(axis: Axis, where: str) -> None:
    """Raise InputError for more steps than profiles may have."""
    if axis.steps > caps.STEPS:
        coarser = minutes_told(axis.dt * np.ceil(axis.steps / caps.STEPS))
        raise InputError(
            f"{where}: found {axis.steps:,} steps of {minutes_told(axis.dt)}; expected at most "
            f"{caps.STEPS:,}; longer steps (--step, at least {coarser}) or fewer days (--from, "
            "--to) make them fit."
        )


def stepped(axis: Axis, minutes: float, where: str) -> Axis:
    """Return the same days in steps of so many minutes. Raises InputError where they do not fit."""
    day = 1440.0 / minutes if 0.0 < minutes <= 480.0 else 0.5
    if abs(day - round(day)) > ROUNDING:
        raise InputError(
            f"{where}: --step: found {minutes:g} min; expected from above 0 to 480, of which a "
            "day holds a whole number."
        )
    return Axis(axis.start, 24.0 / round(day), axis.days * round(day))


def onto(values: FloatArray, own: Axis, target: Axis, where: str) -> FloatArray:
    """Return means over the steps of a target axis of a series on its own axis, both (steps,).

    Energy is kept: what a target step covers of a step of the series counts by its hours. Days
    without dates count by their place in the calendar, and go round where offsets differ. Raises
    InputError for days that the series does not have.
    """
    offset = _hours_between(own, target, where)
    if own.dt == target.dt and offset == 0.0 and own.steps == target.steps:
        return values
    energy = np.concatenate([[0.0], np.cumsum(values)]) * own.dt
    edges = offset + np.arange(target.steps + 1) * target.dt
    whole, at = np.divmod(edges, own.hours)
    at_energy = whole * energy[-1] + np.interp(at, np.arange(own.steps + 1) * own.dt, energy)
    mean: FloatArray = np.diff(at_energy) / target.dt
    # Sums lose the last digits: a step that lies within one of the series takes its value.
    first = np.floor(edges[:-1] / own.dt + ROUNDING).astype(int)
    last = np.ceil(edges[1:] / own.dt - ROUNDING).astype(int) - 1
    held: FloatArray = values[first % own.steps]
    return np.where(first == last, held, mean)


def _hours_between(own: Axis, target: Axis, where: str) -> float:
    """Return the hours of a series that pass before its target begins."""
    if own.start is not None and target.start is not None:
        before = (target.start - own.start).total_seconds() / 3600.0
        spare = own.hours - before - target.hours
        # A year in one offset lacks some hours of the same year in another: it goes round.
        reach = 24.0 if own.hours >= 365 * 24.0 - ROUNDING else 0.0
        if min(before, spare) < -reach - ROUNDING:
            raise InputError(
                f"{where}: found {own.told()}; expected the days of the profiles, "
                f"{target.told()}; --from and --to cut profiles of meters to days that both have."
            )
        return before
    if own.start is None and target.start is not None and own.days in YEARS:
        return _hours_into_year(own, target, where)
    if own.days != target.days:
        raise InputError(
            f"{where}: found {own.days} days; expected the {target.days} of the profiles "
            f"({target.told()}): a year with 29 February has 366. Import a year of the same "
            "length, or cut profiles of meters with --from and --to."
        )
    if own.start is not None and own.days in YEARS and (own.start.month, own.start.day) != (1, 1):
        raise InputError(
            f"{where}: found days from {own.start.date()} on for profiles of a year without dates; "
            "expected days from 1 January on."
        )
    return 0.0


def _hours_into_year(own: Axis, target: Axis, where: str) -> float:
    """Return the hours of a calendar year without dates before the dates of a target begin."""
    assert target.start is not None
    calendar = 2023 if own.days == YEARS[0] else 2024
    first = target.start.date()
    dates = [first + datetime.timedelta(days=i) for i in range(target.days)]
    leap_days = [date for date in dates if (date.month, date.day) == (2, 29)]
    # Every day has to follow the one before it in that calendar, or be its first.
    ends = [(date.month, date.day) for date in dates[:-1]]
    gap = calendar == 2024 and any(
        end == (2, 28) and not isleap(date.year) for end, date in zip(ends, dates, strict=False)
    )
    if (leap_days and calendar == 2023) or gap:
        raise InputError(
            f"{where}: found a year of {own.days} days without dates; expected one of "
            f"{731 - own.days}, because of the 29 February of the profiles ({target.told()}). "
            "Import a year of that length, or cut profiles of meters with --from and --to."
        )
    begins = datetime.date(calendar, first.month, first.day)
    return 24.0 * (begins - datetime.date(calendar, 1, 1)).days
