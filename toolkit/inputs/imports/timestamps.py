"""Dates and times as utilities and loggers write them, read without guessing in silence."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toolkit.common.errors import InputError
from toolkit.common.excerpts import excerpt

_CLOCK = r"(?:[ T,:]+(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?)?"
_ZONE = (
    r"(?:\s*(?P<half>[AaPp]\.?[Mm]\.?))?"
    r"(?:\s*(?P<zone>Z|UTC|GMT|CET|CEST|MEZ|MESZ|[+-]\d{2}(?::?\d{2})?))?"
)
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})(?P<mark>[-/.])(?P<a>\d{1,2})(?P=mark)(?P<b>\d{1,2})" + _CLOCK + _ZONE
)
_YEAR_LAST = re.compile(
    r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})" + _CLOCK + _ZONE
)
_COMPACT = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<a>\d{2})(?P<b>\d{2})[ T:]?"
    r"(?P<h>\d{2}):?(?P<min>\d{2})(?::?(?P<s>\d{2}))?" + _ZONE
)
_NAMED = {"Z": 0, "UTC": 0, "GMT": 0, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120}
#: How times are written, in words, and what is understood.
FORMS = (
    "a date and time such as 2025-01-31T00:15, 2025-01-31 00:15+01:00, 31.01.2025 00:15, "
    "31/01/2025 00:15 or 202501310015"
)


@dataclass(frozen=True)
class Written:
    """A time as written: on the wall's clock, and minutes ahead of UTC where that is told."""

    wall: datetime.datetime
    offset: int | None


@dataclass(frozen=True)
class Times:
    """A column of times, and what was assumed of it."""

    written: tuple[Written, ...]
    said: tuple[str, ...]

    @property
    def has_offsets(self) -> bool:
        """Say whether times tell how far they are ahead of UTC."""
        return self.written[0].offset is not None


def looks_like_time(cell: str) -> bool:
    """Say whether a cell is a date, with a time of day or without."""
    if len(cell) < 8 or not cell[0].isdigit():
        return False
    return any(form.fullmatch(cell) for form in (_YEAR_FIRST, _YEAR_LAST, _COMPACT))


def reader_of(form: str | None) -> Callable[[str], bool]:
    """Return what recognises a time, for a form as in Python's ``strptime`` or for none stated."""
    if form is None:
        return looks_like_time

    def fits(cell: str) -> bool:
        try:
            datetime.datetime.strptime(cell, form)
        except ValueError:
            return False
        return True

    return fits


def read(
    cells: Sequence[str], lines: Sequence[int], where: str, column: str, form: str | None = None
) -> Times:
    """Read a column of times; form: how they are written, as in Python's ``strptime``.

    Raises InputError for what is no time, for times with and without an offset in one column, and
    where day and month cannot be told apart.
    """
    place = f"column '{column}'"
    if form is not None:
        written = _by_form(cells, lines, f"{where}, row", place, form)
        said: tuple[str, ...] = ()
    else:
        day_first, said = _order(cells, lines, where, place)
        written = _sniffed(cells, lines, f"{where}, row", place, day_first)
    with_offset = [time.offset is not None for time in written]
    if len(set(with_offset)) > 1:
        at = with_offset.index(not with_offset[0])
        has, lacks = ("has", "lack") if with_offset[at] else ("lacks", "have")
        raise InputError(
            f"{where}, row {lines[at]}, {place}: found {excerpt(cells[at])}, which {has} an offset "
            f"from UTC that the rows before it {lacks}; expected one or the other in all rows."
        )
    return Times(tuple(written), said)


def _by_form(
    cells: Sequence[str], lines: Sequence[int], where: str, place: str, form: str
) -> list[Written]:
    found: dict[str, Written] = {}
    for cell, line in zip(cells, lines, strict=True):
        if cell not in found:
            try:
                time = datetime.datetime.strptime(cell, form)
            except ValueError as error:
                raise InputError(
                    f"{where} {line}, {place}: found {excerpt(cell)}; expected a time written as "
                    f"{excerpt(form)} (--time-format)."
                ) from error
            ahead = time.utcoffset()
            minutes = None if ahead is None else round(ahead.total_seconds() / 60.0)
            found[cell] = Written(time.replace(tzinfo=None), minutes)
    return [found[cell] for cell in cells]


def _order(
    cells: Sequence[str], lines: Sequence[int], where: str, place: str
) -> tuple[bool, tuple[str, ...]]:
    """Return whether the day stands before the month in dates whose year is last."""
    hits = [_YEAR_LAST.fullmatch(cell) for cell in dict.fromkeys(cells)]
    marked = [hit for hit in hits if hit is not None]
    if not marked or all(hit["mark"] == "." for hit in marked):
        return True, ()
    if any(int(hit["a"]) > 12 for hit in marked):
        return True, ("the day before the month",)
    if any(int(hit["b"]) > 12 for hit in marked):
        return False, ("the month before the day",)
    orders = (True, False)
    even = {first: _is_whole(_sniffed(cells, lines, where, place, first)) for first in orders}
    if even[True] != even[False]:
        first = "day" if even[True] else "month"
        return even[True], (f"the {first} first in dates, for only so the steps are even",)
    raise InputError(
        f"{where}, row {lines[0]}, {place}: found {excerpt(cells[0])}, and no row tells whether "
        "day or month comes first; expected --time-format, such as '%d/%m/%Y %H:%M'."
    )


def _is_whole(times: Sequence[Written]) -> bool:
    """Say whether times follow each other by one step, with next to no gaps."""
    walls = sorted({time.wall for time in times})
    steps = [(b - a).total_seconds() for a, b in itertools.pairwise(walls)]
    if not steps:
        return False
    usual = max(set(steps), key=steps.count)
    return sum(steps) <= 1.2 * usual * len(steps)


def _sniffed(
    cells: Sequence[str], lines: Sequence[int], where: str, place: str, day_first: bool
) -> list[Written]:
    found: dict[str, Written] = {}
    for cell, line in zip(cells, lines, strict=True):
        if cell not in found:
            time = _one(cell, day_first)
            if time is None:
                raise InputError(
                    f"{where} {line}, {place}: found {excerpt(cell)}; expected {FORMS}; "
                    "--time-format says how else."
                )
            found[cell] = time
    return [found[cell] for cell in cells]


def _one(cell: str, day_first: bool) -> Written | None:
    """Return the time that a cell holds; 24:00 is the beginning of the next day."""
    year_last = _YEAR_LAST.fullmatch(cell)
    hit = _YEAR_FIRST.fullmatch(cell) or year_last or _COMPACT.fullmatch(cell)
    if hit is None:
        return None
    year = int(hit["y"]) + (2000 if len(hit["y"]) == 2 else 0)
    month, day = int(hit["a"]), int(hit["b"])
    if year_last is not None and day_first:
        month, day = day, month
    hour, minute, second = (int(hit[part] or 0) for part in ("h", "min", "s"))
    if hit["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if hit["half"][0] in "pP" else 0)
    late = hour == 24 and minute == second == 0
    try:
        wall = datetime.datetime(year, month, day, 0 if late else hour, minute, second)
    except ValueError:
        return None
    return Written(wall + datetime.timedelta(days=late), _offset(hit["zone"]))


def _offset(zone: str | None) -> int | None:
    """Return the minutes ahead of UTC that a zone in a time stands for."""
    if not zone:
        return None
    if zone in _NAMED:
        return _NAMED[zone]
    minutes = 60 * int(zone[1:3]) + int(zone[3:].lstrip(":") or 0)
    return -minutes if zone[0] == "-" else minutes
