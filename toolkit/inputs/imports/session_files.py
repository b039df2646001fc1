"""Files of charging sessions: when a vehicle came and went, and what it took."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.imports import tables, timestamps, zones
from toolkit.inputs.imports.intervals import moment_told
from toolkit.inputs.imports.tables import Decimal, RawTable

#: What a session has, the first three at least.
PARTS = ("arrival", "departure", "energy", "power", "station")
_NAMES = {
    "arrival": ("arrival", "start", "begin", "connect", "plugin", "ankunft", "von"),
    "departure": ("departure", "end", "stop", "disconnect", "plugout", "abfahrt", "bis"),
    "energy": ("energy", "kwh", "energie", "wh"),
    "power": ("power", "chargerkw", "leistung", "kw"),
    "station": ("station", "site", "charger", "evse", "chargepoint", "ladepunkt"),
}
_ENERGY = {"mwh": 1e3, "kwh": 1.0, "wh": 1e-3}
_POWER = {"kw": 1.0, "w": 1e-3}
#: A session of more kWh is in Wh; of more days its departure was not noticed.
MOST_KWH, MOST_DAYS = 1000.0, 31.0
#: A charger of more kW is in W.
MOST_KW = 1000.0
#: How much more than its power allows a session may have taken, as a share: rounded times.
SLACK = 0.05


@dataclass(frozen=True)
class Layout:
    """What is told of a file of sessions; columns: the names of columns by PARTS.

    station: of all sessions; only: the one there is, for a file without a column of stations.
    """

    zone: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    time_format: str | None = None
    unit: Literal["kWh", "Wh", "MWh"] | None = None
    decimal: Decimal | None = None
    station: str | None = None
    only: str | None = None


@dataclass(frozen=True)
class Sessions:
    """Sessions of a file, (n,): seconds from 1970 in UTC, kWh, kW (NaN unknown), station, line.

    offsets: minutes ahead of UTC that times tell; said: what was assumed.
    """

    where: str
    arrival: IndexArray
    departure: IndexArray
    kwh: FloatArray
    kw: FloatArray
    station: tuple[str, ...]
    lines: IndexArray
    offsets: frozenset[int]
    said: tuple[str, ...]

    def row(self, i: int) -> str:
        """Return where a session stands, for messages."""
        return f"{self.where}, row {self.lines[i]}"


def read(path: Path, layout: Layout) -> Sessions:
    """Read a file of sessions. Raises InputError naming file, row and cure."""
    table = tables.open_table(path, timestamps.reader_of(layout.time_format))
    places = _places(table, layout)
    at = [places[part] for part in ("energy", "power") if part in places]
    cells = {cell for place in at for cell in table.column(place)}
    mark = tables.decimal_mark(cells, table.where, layout.decimal)
    arrival, offsets, said = _times(table, places["arrival"], layout, later=False)
    departure, more, told = _times(table, places["departure"], layout, later=True)
    kwh = _numbers(table, places["energy"], mark) * _energy_factor(table, places, layout)
    kw = np.full(len(kwh), np.nan)
    if "power" in places:
        kw = _numbers(table, places["power"], mark) * _power_factor(table, places["power"])
    names = _stations(table, places, layout)
    found = Sessions(
        table.where,
        arrival,
        departure,
        kwh,
        kw,
        tuple(names),
        np.array(table.lines, dtype=np.intp),
        frozenset(offsets | more),
        tuple(dict.fromkeys([*table.said, *said, *told])),
    )
    _check(found)
    return _once(found)


def _places(table: RawTable, layout: Layout) -> dict[str, int]:
    """Return where the parts of a session stand: as told, else by the names of columns."""
    for part in layout.columns:
        if part not in PARTS:
            raise InputError(
                f"--column: found '{part}'; expected one of {', '.join(PARTS)}, as in "
                "--column arrival=NAME."
            )
    found = {part: table.place(name, "--column") for part, name in layout.columns.items()}
    for part in PARTS:
        taken = set(found.values())
        fits = [i for i, name in enumerate(table.header) if i not in taken and _is(name, part)]
        if part not in found and fits:
            found[part] = fits[0]
    for part in PARTS[:3]:
        if part not in found:
            raise InputError(
                f"{table.where}, row {table.line}: found no column of the {part} among "
                f"{', '.join(table.header)}; expected --column {part}=NAME."
            )
    return found


def _is(name: str, part: str) -> bool:
    """Say whether a column is named after a part of a session."""
    plain = re.sub(r"[\s_.\-\[\]()]", "", name).casefold()
    starts = plain.startswith(_NAMES[part])
    return starts and not (part == "power" and plain.startswith("kwh"))


def _times(
    table: RawTable, place: int, layout: Layout, *, later: bool
) -> tuple[IndexArray, set[int], list[str]]:
    column = table.header[place]
    times = timestamps.read(
        table.column(place), table.lines, table.where, column, layout.time_format
    )
    zone = None if layout.zone is None else zones.zone_of(layout.zone)
    utc, twice = zones.moments_alone(times, zone, table.lines, table.where, later)
    said = list(times.said)
    if twice:
        which = "second" if later else "first"
        said.append(
            f"{twice} of column '{column}' in an hour that occurs twice taken as the {which}"
        )
    return utc, {t.offset for t in times.written if t.offset is not None}, said


def _numbers(table: RawTable, place: int, mark: str) -> FloatArray:
    """Return a column of numbers that are there and not negative."""
    column, cells = table.header[place], table.column(place)
    values = tables.numbers(cells, table.lines, table.where, column, mark)
    wrong = np.flatnonzero(~(values >= 0.0))
    if len(wrong):
        i = int(wrong[0])
        raise InputError(
            f"{table.where}, row {table.lines[i]}, column '{column}': found '{cells[i]}'; expected "
            "a number that is not negative."
        )
    return values


def _energy_factor(table: RawTable, places: Mapping[str, int], layout: Layout) -> float:
    column = table.header[places["energy"]]
    unit = layout.unit or next(iter(re.findall(r"(?i)MWh|kWh|Wh", column)), None)
    if unit is None:
        raise InputError(
            f"{table.where}, row {table.line}, column '{column}': found no unit in its name; "
            "expected --unit kWh, Wh or MWh."
        )
    return _ENERGY[unit.casefold()]


def _power_factor(table: RawTable, place: int) -> float:
    column = table.header[place]
    hit = re.search(r"(?i)(?<![a-z])(kW|W)(?![a-z])|(kW)$", column.replace("_", " "))
    if hit is None:
        raise InputError(
            f"{table.where}, row {table.line}, column '{column}': found no unit in its name; "
            "expected kW or W there, such as 'power [kW]'."
        )
    return _POWER[(hit[1] or hit[2]).casefold()]


def _stations(table: RawTable, places: Mapping[str, int], layout: Layout) -> list[str]:
    if layout.station is not None:
        return [layout.station] * len(table.rows)
    if "station" not in places and layout.only is not None:
        return [layout.only] * len(table.rows)
    if "station" not in places:
        raise InputError(
            f"{table.where}, row {table.line}: found no column of stations; expected --station "
            "NAME, or --column station=NAME."
        )
    names = table.column(places["station"])
    if "" in names:
        raise InputError(
            f"{table.where}, row {table.lines[names.index('')]}, column "
            f"'{table.header[places['station']]}': found a blank cell; expected a station."
        )
    return names


def _check(found: Sessions) -> None:
    """Raise InputError for sessions that cannot have been."""
    hours = (found.departure - found.arrival) / 3600.0
    unknown = np.isnan(found.kw)
    most = np.where(unknown, np.inf, np.nan_to_num(found.kw) * np.maximum(hours, 0.0))
    faults = (
        (hours <= 0.0, "a departure at or before the arrival; expected it after"),
        (hours > MOST_DAYS * 24.0, f"a session of more than {MOST_DAYS:g} days; expected less"),
        (found.kwh > MOST_KWH, f"more than {MOST_KWH:g} kWh; is it in Wh? expected --unit Wh"),
        (np.nan_to_num(found.kw) > MOST_KW, f"more than {MOST_KW:g} kW; expected kW, not W"),
        (
            found.kwh > most * (1.0 + SLACK) + 0.05,
            "more energy than the charger's power gives in that time; expected at most that",
        ),
    )
    for wrong, text in faults:
        if wrong.any():
            i = int(wrong.argmax())
            power = "" if unknown[i] else f" at {found.kw[i]:g} kW"
            raise InputError(
                f"{found.row(i)}: found {text}: {found.kwh[i]:g} kWh from "
                f"{moment_told(int(found.arrival[i]))} to {moment_told(int(found.departure[i]))}"
                f"{power}."
            )


def _once(found: Sessions) -> Sessions:
    """Return sessions without rows that repeat others in everything."""
    seen: dict[tuple[object, ...], int] = {}
    columns = zip(found.arrival, found.departure, found.kwh, map(str, found.kw), strict=True)
    for i, (station, row) in enumerate(zip(found.station, columns, strict=True)):
        seen.setdefault((station, *row), i)
    kept = np.array(sorted(seen.values()), dtype=np.intp)
    out = len(found.station) - len(kept)
    if not out:
        return found
    return replace(
        found,
        arrival=found.arrival[kept],
        departure=found.departure[kept],
        kwh=found.kwh[kept],
        kw=found.kw[kept],
        station=tuple(found.station[i] for i in kept),
        lines=found.lines[kept],
        said=(*found.said, f"{out} rows that repeat others left out"),
    )


def days_of(found: Sessions, zone: str | None) -> tuple[datetime.timedelta, int, int]:
    """Return the offset of the days that hold all sessions, their begin and end, from 1970."""
    first, last = int(found.arrival.min()), int(found.departure.max())
    ahead = min(zones.offsets_between(first, last, zone, found.offsets))
    seconds = round(ahead.total_seconds())
    begin = (first + seconds) // zones.DAY * zones.DAY - seconds
    end = -(-(last + seconds) // zones.DAY) * zones.DAY - seconds
    return ahead, begin, end
