"""Which day of a longer series a study is about."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np

from toolkit.common.errors import InputError
from toolkit.inputs.profiles import Profiles, combined
from toolkit.model.feeder import LoadShape

#: A day of a series: its number, from 1, or a date such as "2018-07-01".
DayName = int | str
#: Days that make a year; a series of so many has a calendar.
YEARS = (365, 366)
#: A difference of hours, or of a ratio of steps, that is only rounding.
ROUNDING = 1e-6


def day_index(day: DayName, days: int, what: str) -> int:
    """Return the position, from 0, of a day in a series of so many days.

    A date is found by month and day in the calendar of a year of 365 or 366 days, whatever year it
    names: these series have no dates of their own. Raises InputError, ``what`` being the series,
    for a day that it does not have.
    """
    if isinstance(day, int):
        if day > days:
            raise InputError(
                f"'horizon.day': found {day}; expected at most {days}, the days of {what}."
            )
        return day - 1
    if days not in YEARS:
        raise InputError(
            f"'horizon.day': found the date '{day}' for {what} of {days} days; expected one of a "
            "year (365 or 366 days), or the number of a day."
        )
    date = datetime.date.fromisoformat(day)
    if (date.month, date.day) == (2, 29) and days == YEARS[0]:
        raise InputError(f"'horizon.day': found '{day}' for {what}, a year without 29 February.")
    year = 2024 if days == YEARS[1] else 2023
    return datetime.date(year, date.month, date.day).timetuple().tm_yday - 1


def profiles_day(day: DayName, series: Profiles, what: str) -> int:
    """Return the position, from 0, of a day in profiles; a date counts whole where they have dates.

    Raises InputError for a day that they do not have.
    """
    if series.start is None or isinstance(day, int):
        return day_index(day, series.days, f"profiles '{what}'")
    first = series.start.date()
    at = (datetime.date.fromisoformat(day) - first).days
    if not 0 <= at < series.days:
        last = first + datetime.timedelta(days=series.days - 1)
        raise InputError(
            f"'horizon.day': found '{day}'; expected a date from {first} to {last}, the days of "
            f"profiles '{what}'."
        )
    return at


def profiles_on(day: DayName | None, series: Profiles, what: str) -> Profiles:
    """Return one day of profiles; profiles of a single day without date serve for any day."""
    if day is None or (series.days <= 1 and series.start is None):
        return series
    steps = series.steps // series.days
    index = profiles_day(day, series, what)
    at = index * steps
    start = series.start and series.start + datetime.timedelta(days=index)
    part = combined([series], lambda whole: whole[0][at : at + steps].copy())
    return replace(part, start=start)


def shapes_day(day: DayName | None, series: Profiles) -> DayName | None:
    """Return the day that load shapes begin with: its date where profiles tell which one it is.

    ``series`` are the profiles of that day alone.
    """
    return day if day is None or series.start is None else series.start.date().isoformat()


def shape_on(day: DayName | None, shape: LoadShape, where: str) -> LoadShape:
    """Return a shape that begins with a day of it and goes round.

    A shape that is shorter than a year repeats until that day of the year, as in the engine.
    """
    if day is None or len(shape.p) == 1 or shape.length <= 24.0 + ROUNDING:
        return shape
    days = shape.length / 24.0
    whole = round(days)
    if abs(days - whole) > ROUNDING:
        raise InputError(
            f"{where}: found {shape.length:g} h; expected whole days, of which 'horizon.day' picks "
            "one."
        )
    if whole >= YEARS[0]:
        start = day_index(day, whole, where)
    else:
        start = day_index(day, YEARS[-1] if isinstance(day, int) else YEARS[0], where) % whole
    return _begun(shape, 24.0 * start, where)


def _begun(shape: LoadShape, start: float, where: str) -> LoadShape:
    """Return a shape that begins at an hour of it, what came before it at its end."""
    if shape.hours is not None:
        # A last value at the hour where the first one follows stands just before it.
        hours = np.minimum(shape.hours, shape.hours[0] + shape.length * (1.0 - 1e-9))
        moved = (hours - start) % shape.length
        order = np.argsort(moved, kind="stable")
        q = None if shape.q is None else shape.q[order]
        return replace(shape, p=shape.p[order], q=q, hours=moved[order])
    steps = start / shape.interval
    if abs(steps - round(steps)) > ROUNDING * max(steps, 1.0):
        raise InputError(
            f"{where}: found values of {shape.interval:g} h; expected a day to begin with one of "
            "them, so that 'horizon.day' can pick it."
        )
    q = None if shape.q is None else np.roll(shape.q, -round(steps))
    return replace(shape, p=np.roll(shape.p, -round(steps)), q=q)
