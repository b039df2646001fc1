"""When the steps of a profile file begin: hours from 0, or times of one offset."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt
from toolkit.common.types import FloatArray
from toolkit.inputs.profile_columns import HOUR, TIME

#: What to do with a day on which clocks change.
CLOCKS = (
    " Clocks that change make days of 23 and 25 h: give every day 24 h, as by standard time. Put "
    "the hour before in the place of one that is missing; leave out one of two of the same name."
)
#: How far, h, a written hour may be from its place: 0.0833 stands for 5 minutes.
ROUNDED = 1e-3
#: How a time is written.
_FORM = "a date and time with its zone, such as 2025-01-01T00:00+01:00"


def step_of(hour: FloatArray, lines: Sequence[int], where: str, column: str = HOUR) -> float:
    """Return the step in hours; hours count from 0 and name the start of each step.

    lines: the line of each row, column: where the hours come from, for messages. One row alone
    says nothing of its length, and stands for an hour. Raises InputError.
    """
    if len(hour) == 1:
        if hour[0] != 0.0:
            raise InputError(
                f"{where}, row {lines[0]}, column '{column}': found {hour[0]:g} in the only row; "
                "expected 0."
            )
        return 1.0
    first = float(hour[1] - hour[0])
    if first <= 0.0 or first > 8.0:
        raise InputError(
            f"{where}, row {lines[1]}, column '{column}': found {hour[1]:g} after {hour[0]:g}; "
            "expected hours that start at 0 and rise by one even step of at most 8 h."
        )
    # Written hours are rounded (0.0833): the exact step follows from the number of rows.
    days = max(round(len(hour) * first / 24.0), 1)
    exact = 24.0 * days / len(hour)
    dt = exact if abs(exact - first) <= ROUNDED else first
    for number, value, right in zip(lines, hour, np.arange(len(hour)) * dt, strict=True):
        if abs(value - right) > ROUNDED:
            cure = _clocks(value - right) if right else ""
            raise InputError(
                f"{where}, row {number}, column '{column}': found {value:g}; expected {right:g} "
                f"(hours start at 0 and rise by one even step).{cure}"
            )
    if dt != exact:
        raise InputError(
            f"{where}: found {len(hour)} rows of {dt:g} h, {len(hour) * dt:g} h in all; "
            f"expected a whole number of days of 24 h.{_clocks(len(hour) * dt - 24.0 * days)}"
        )
    return dt


def _clocks(off: float) -> str:
    """Return the cure of a day that an hour is too short or too long."""
    return CLOCKS if abs(abs(off) - 1.0) <= ROUNDED else ""


def times_of(
    cells: Sequence[str], lines: Sequence[int], where: str
) -> tuple[datetime.datetime, FloatArray]:
    """Return the first time of a column, and the hours of all since then, (T,).

    Raises InputError for what is no time with a zone, for two zones, and for a first time that is
    not the beginning of a day.
    """
    times = [_time(cell, line, where) for cell, line in zip(cells, lines, strict=True)]
    first = times[0]
    for time, line in zip(times, lines, strict=True):
        if time.utcoffset() != first.utcoffset():
            raise InputError(
                f"{where}, row {line}, column '{TIME}': found {time.isoformat()} after "
                f"{first.isoformat()}, another offset; expected one for all rows.{CLOCKS}"
            )
    if (first.hour, first.minute, first.second, first.microsecond) != (0, 0, 0, 0):
        raise InputError(
            f"{where}, row {lines[0]}, column '{TIME}': found {first.isoformat()}; expected the "
            "first row at 00:00, because rows cover whole days."
        )
    since = [(time - first).total_seconds() / 3600.0 for time in times]
    return first, np.array(since)


def _time(cell: str, line: int, where: str) -> datetime.datetime:
    try:
        time = datetime.datetime.fromisoformat(cell.strip())
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        lacks = ", which has no zone" if time else ""
        raise InputError(
            f"{where}, row {line}, column '{TIME}': found {excerpt(cell.strip())}{lacks}; expected "
            f"{_FORM}."
        )
    return time


def check_same(hour: FloatArray, since: FloatArray, lines: Sequence[int], where: str) -> None:
    """Raise InputError where the hours of a file are not those of its times."""
    off = np.abs(hour - since) > ROUNDED
    if off.any():
        at = int(off.argmax())
        raise InputError(
            f"{where}, row {lines[at]}, column '{HOUR}': found {hour[at]:g}; expected "
            f"{since[at]:g}, the hours since the first row by column '{TIME}'. Leave one of the "
            "two columns out."
        )


def zone_told(start: datetime.datetime) -> str:
    """Return the offset of a time in words, such as ``UTC+01:00``."""
    offset = start.strftime("%z") or "+0000"
    return f"UTC{offset[:3]}:{offset[3:5]}"
