"""Weather in a plain table: columns as pvlib calls them, beside times."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError, nearest
from toolkit.common.types import FloatArray
from toolkit.inputs.imports import intervals, meter_files, tables, timestamps, zones
from toolkit.inputs.imports.clocks import Stamp, clock_of
from toolkit.inputs.imports.intervals import Readings, Series
from toolkit.inputs.imports.tables import Decimal, RawTable
from toolkit.inputs.imports.weather_files import KEPT, Site, Weather, pvlib_of
from toolkit.inputs.imports.zones import DAY

#: W/m2 below 0 that instruments show at night, and that count as 0.
OFFSET = 20.0
#: Columns in other words.
_NAMES = {
    "temperature": "temp_air",
    "airtemperature": "temp_air",
    "t2m": "temp_air",
    "wind": "wind_speed",
    "ws10m": "wind_speed",
}
_NAMES |= {name.replace("_", ""): name for name in KEPT}


@dataclass(frozen=True)
class TableWish:
    """What is told of a plain table of weather; site is needed for the sun."""

    site: Site | None = None
    zone: str | None = None
    time_column: str | None = None
    time_format: str | None = None
    stamp: Stamp | None = None
    fill: float = 2.0
    decimal: Decimal | None = None


def read(path: Path, wish: TableWish) -> Weather:
    """Read a plain table of weather. Raises InputError naming file, row and column."""
    if wish.site is None:
        raise InputError(
            f"{path}: found a plain table, which names no place; expected --latitude and "
            "--longitude, degrees, south and west negative."
        )
    layout = meter_files.Layout(
        wish.zone, wish.time_column, wish.time_format, wish.stamp, decimal=wish.decimal
    )
    table = tables.open_table(path, timestamps.reader_of(wish.time_format))
    table, at, joined = meter_files.with_times(table, layout)
    columns = _columns(table, at)
    cells = {cell for place in columns.values() for cell in table.column(place)}
    mark = tables.decimal_mark(cells, table.where, wish.decimal)
    times = timestamps.read(
        table.column(at), table.lines, table.where, table.header[at], wish.time_format
    )
    rows = np.arange(len(table.rows), dtype=np.intp)
    clock = clock_of(times, wish.zone, wish.stamp)
    order, utc, told = clock.moments(times, rows, table)
    lines = np.array(table.lines, dtype=np.intp)[order]
    readings, said = {}, [*table.said, *joined, *times.said, *clock.said, *told]
    for name, place in columns.items():
        values = tables.numbers(
            table.column(place), table.lines, table.where, table.header[place], mark
        )
        readings[name] = Readings(table.where, name, utc, values[order], lines)
    offsets = {time.offset for time in times.written if time.offset is not None}
    return _weather(table, readings, wish, offsets, list(dict.fromkeys(said)))


def _columns(table: RawTable, at: int) -> dict[str, int]:
    """Return where columns of weather stand, by pvlib's names."""
    found: dict[str, int] = {}
    for i, name in enumerate(table.header):
        plain = re.sub(r"[\s_.-]", "", re.sub(r"[\[(].*", "", name)).casefold()
        known = _NAMES.get(plain)
        if i == at or known is None:
            continue
        if known in found:
            raise InputError(f"{table.where}, row {table.line}: found two columns of {known}.")
        found[known] = i
    if not found:
        near = nearest(table.header[min(at + 1, len(table.header) - 1)], KEPT)
        raise InputError(
            f"{table.where}, row {table.line}: found the columns {', '.join(table.header)}; "
            f"expected some of {', '.join(KEPT)}.{near}"
        )
    return found


def _weather(
    table: RawTable,
    readings: Mapping[str, Readings],
    wish: TableWish,
    offsets: set[int],
    said: list[str],
) -> Weather:
    """Return the whole days that all columns have, on even steps."""
    pvlib_of()
    import pandas as pd

    series: dict[str, Series] = {}
    for name, found in readings.items():
        ordered, done = intervals.in_order(found)
        series[name] = intervals.filled(ordered, intervals.step_of(ordered), wish.fill)
        said += [*done, *(f"{name}: {text}" for text in series[name].said)]
    step = next(iter(series.values())).step
    first = max(one.first for one in series.values())
    last = min(one.first + step * len(one.values) for one in series.values())
    ahead = zones.best_offset(first, last, zones.offsets_between(first, last, wish.zone, offsets))
    begin, count = _whole_days(table, first, last, step, round(ahead.total_seconds()))
    if (out := (last - first) // step - count) > 0:
        said.append(f"{out:,} rows outside whole days left out")
    values = {n: _cut(one, begin, count) for n, one in series.items()}
    zone = datetime.timezone(ahead)
    start = pd.Timestamp(begin, unit="s", tz=datetime.UTC).tz_convert(zone)
    middle = start + pd.to_timedelta((np.arange(count) + 0.5) * step, unit="s")
    frame = pd.DataFrame(_without_offset(values, said), index=pd.DatetimeIndex(middle))
    line = int(readings[next(iter(series))].lines[0]) + max(0, (begin - first) // step)
    site = wish.site or Site(0.0, 0.0)
    return Weather(
        table.where, "CSV", frame, start, step / 3600, site, False, line, None, tuple(said)
    )


def _cut(one: Series, begin: int, count: int) -> FloatArray:
    at = (begin - one.first) // one.step
    return np.asarray(one.values)[at : at + count]


def _whole_days(table: RawTable, first: int, last: int, step: int, ahead: int) -> tuple[int, int]:
    """Return when the first whole day begins, seconds from 1970, and how many steps there are."""
    begin = -(-(first + ahead) // DAY) * DAY - ahead
    end = (last + ahead) // DAY * DAY - ahead
    if end <= begin or (begin - first) % step:
        raise InputError(
            f"{table.where}: found no whole day from {intervals.moment_told(first)} to "
            f"{intervals.moment_told(last)} whose steps begin at 0:00; expected one."
        )
    return begin, (end - begin) // step


def _without_offset(values: Mapping[str, FloatArray], said: list[str]) -> dict[str, FloatArray]:
    """Return values with the small negative sun of instruments at night as 0."""
    found = dict(values)
    for name in ("ghi", "dni", "dhi"):
        if name in found and (small := (found[name] < 0.0) & (found[name] >= -OFFSET)).any():
            said.append(f"{name}: {int(small.sum()):,} values from -{OFFSET:g} to 0 W/m2 are 0")
            found[name] = np.where(small, 0.0, found[name])
    return found
