"""Local times turned into moments: which of two equal hours, and which hour there is not."""

from __future__ import annotations

import datetime
import functools
import re
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from toolkit.common.errors import InputError, nearest
from toolkit.common.excerpts import excerpt
from toolkit.common.types import IndexArray
from toolkit.inputs.imports.timestamps import Times, Written

_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")
DAY = 86_400
_EPOCH = datetime.datetime(1970, 1, 1)
#: What to do where no zone is told.
NO_ZONE = "expected --zone, such as Europe/Berlin, UTC or +01:00 for a clock that never changes"


def zone_of(name: str) -> datetime.tzinfo:
    """Return a zone by its name or a fixed offset. Raises InputError for an unknown one."""
    if name.upper() in ("UTC", "Z", "GMT"):
        return datetime.UTC
    if fixed := _FIXED.fullmatch(name.upper().replace(" ", "")):
        minutes = 60 * int(fixed[2]) + int(fixed[3] or 0)
        if minutes <= 14 * 60:
            ahead = datetime.timedelta(minutes=-minutes if fixed[1] == "-" else minutes)
            return datetime.timezone(ahead)
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        near = nearest(name, zoneinfo.available_timezones())
        raise InputError(
            f"zone: found {excerpt(name)}.{near} Expected a name such as Europe/Berlin, UTC, or an "
            "offset such as +01:00."
        ) from None


def ahead_at(utc: int, zone: datetime.tzinfo) -> datetime.timedelta:
    """Return how far a zone is ahead of UTC at a moment, seconds from 1970."""
    return datetime.datetime.fromtimestamp(utc, zone).utcoffset() or datetime.timedelta()


def offsets_between(
    first: int, last: int, zone: str | None, told: Iterable[int]
) -> set[datetime.timedelta]:
    """Return the offsets of a clock between two moments: those of a zone, or minutes told."""
    if zone is None:
        return {datetime.timedelta(minutes=offset) for offset in told}
    clock = zone_of(zone)
    return {ahead_at(at, clock) for at in (*range(first, last, DAY), last - 1)}


def best_offset(first: int, last: int, aheads: Iterable[datetime.timedelta]) -> datetime.timedelta:
    """Return the offset by which there are the most whole days between two moments.

    So a year of any hemisphere stays a year; of two with as many days it is standard time.
    """

    def days(ahead: datetime.timedelta) -> int:
        seconds = round(ahead.total_seconds())
        return (last + seconds) // DAY + (-(first + seconds)) // DAY

    return max(sorted(aheads), key=days)


def seconds_of(wall: datetime.datetime) -> int:
    """Return the seconds from 1970 to a time on the wall, as if it were UTC."""
    return round((wall - _EPOCH).total_seconds())


def moments(
    times: Times, zone: datetime.tzinfo | None, lines: Sequence[int], where: str
) -> tuple[IndexArray, list[str]]:
    """Return seconds from 1970 in UTC, (n,), of times in the order of the file, and what was done.

    Raises InputError where no zone is told, for an hour that the zone's clock leaves out, and for
    one that occurs twice where the rows do not tell which of the two it is.
    """
    if times.has_offsets:
        utc = [seconds_of(t.wall) - 60 * (t.offset or 0) for t in times.written]
        return np.array(utc, dtype=np.intp), []
    if zone is None:
        raise InputError(f"{where}, row {lines[0]}: found times without a zone; {NO_ZONE}.")
    first, last = _offsets(times.written, zone, lines, where)
    twice = np.flatnonzero(first > last)
    ahead = first.copy()
    for night in _nights(times.written, twice):
        second = night[_second_ones(times.written, night, lines, where)]
        ahead[second] = last[second]
    wall = np.array([seconds_of(t.wall) for t in times.written], dtype=np.intp)
    said = []
    if len(twice):
        said.append(f"{len(twice)} rows of an hour that occurs twice told apart by their order")
    return wall - ahead, said


def _offsets(
    written: Sequence[Written], zone: datetime.tzinfo, lines: Sequence[int], where: str
) -> tuple[IndexArray, IndexArray]:
    """Return seconds ahead of UTC for the first and the second reading of each time, (n,) each."""
    both = np.empty((len(written), 2), dtype=np.intp)
    for pair, time, line in zip(both, written, lines, strict=True):
        pair[:] = _ahead(time.wall, zone)
        if pair[0] < pair[1]:
            raise InputError(
                f"{where}, row {line}: found {time.wall.isoformat(' ')}, which the clock of {zone} "
                "leaves out; expected local time with its clock changes. A logger that keeps one "
                "time all year has a fixed zone, such as --zone +01:00."
            )
    return both[:, 0], both[:, 1]


@functools.lru_cache(maxsize=50_000)
def _ahead(wall: datetime.datetime, zone: datetime.tzinfo) -> tuple[int, int]:
    """Return seconds ahead of UTC for the first and the second reading of a time."""
    pair = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    first, second = (round((ahead or datetime.timedelta()).total_seconds()) for ahead in pair)
    return first, second


def _nights(written: Sequence[Written], twice: IndexArray) -> list[IndexArray]:
    """Return the rows of hours that occur twice, night by night, in the order of the file."""
    dates = [written[i].wall.date() for i in twice]
    groups = dict.fromkeys(dates)
    return [twice[np.array([d == date for d in dates])] for date in groups]


def _second_ones(
    written: Sequence[Written], night: IndexArray, lines: Sequence[int], where: str
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which rows of a night are in the second of the two equal hours, (k,)."""
    walls = [written[i].wall for i in night]
    counts = Counter(walls)
    seen: Counter[datetime.datetime] = Counter()
    if set(counts.values()) == {2}:
        second = []
        for wall in walls:
            second.append(seen[wall] > 0)
            seen[wall] += 1
        return np.array(second)
    back = [i for i in range(1, len(walls)) if walls[i] <= walls[i - 1]]
    if len(back) == 1 and max(counts.values()) <= 2:
        return np.arange(len(walls)) >= back[0]
    often = "once" if max(counts.values()) == 1 else "other than twice"
    raise InputError(
        f"{where}, row {lines[int(night[0])]}: found {walls[0].isoformat(' ')}, an hour that "
        f"occurs twice that night, {often}; expected both. Times with an offset (+02:00) "
        "tell them apart; a logger that keeps one time all year has a fixed zone, "
        "such as --zone +01:00."
    )


def moments_alone(
    times: Times, zone: datetime.tzinfo | None, lines: Sequence[int], where: str, later: bool
) -> tuple[IndexArray, int]:
    """Return seconds from 1970 in UTC, (n,), of times that follow no order.

    Of an hour that occurs twice the first is meant, or the second where ``later``; how many times
    that concerns is returned too. Raises InputError as ``moments`` does.
    """
    if times.has_offsets or zone is None:
        return moments(times, zone, lines, where)[0], 0
    first, last = _offsets(times.written, zone, lines, where)
    wall = np.array([seconds_of(t.wall) for t in times.written], dtype=np.intp)
    return wall - (last if later else first), int((first > last).sum())
