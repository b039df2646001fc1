"""Files of meters: which columns hold times, meters and values, and in what unit."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.imports import tables, timestamps
from toolkit.inputs.imports.clocks import Stamp, clock_of
from toolkit.inputs.imports.intervals import Readings
from toolkit.inputs.imports.tables import Decimal, RawTable
from toolkit.inputs.imports.timestamps import Times

Unit = Literal["kWh", "Wh", "MWh", "kW", "W", "MW"]
#: What a value of a unit is in kWh (energy) or kW (power).
FACTOR = {"kWh": 1.0, "Wh": 1e-3, "MWh": 1e3, "kW": 1.0, "W": 1e-3, "MW": 1e3}
ENERGY = ("kWh", "Wh", "MWh")
#: A unit in the name of a column. W and MW alone may be part of a name ("House W"): they count
#: in brackets or after a word for power.
_UNIT = re.compile(
    r"(?:^|[\s_.\[(/-])(?P<plain>MWh|kWh|Wh|kW)(?![a-z])|[\[(](?P<bracketed>MW|W)[\])]"
    r"|(?:^|[\s_.-])(?:p|power|leistung|load|last|value|wert)[\s_.-]*(?P<power>MW|W)$",
    re.IGNORECASE,
)
_SPELT = {unit.casefold(): unit for unit in FACTOR}
#: Names of columns that say whose a row is, in files with one row per meter and time.
_METERS = {"meter", "meterid", "meternumber", "meterpoint", "mpan", "id", "device", "deviceid"}
_METERS |= {"sensor", "zähler", "zaehler", "zählpunkt", "zaehlpunkt", "malo", "household", "lclid"}
_VALUES = {"value", "wert", "reading", "energy", "power", "consumption", "verbrauch", "energie"}
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?")


@dataclass(frozen=True)
class Layout:
    """What is told of files of meters; what is left out is found in the file."""

    zone: str | None = None
    time_column: str | None = None
    time_format: str | None = None
    stamp: Stamp | None = None
    unit: Unit | None = None
    meter_column: str | None = None
    value_column: str | None = None
    decimal: Decimal | None = None


@dataclass(frozen=True)
class MeterFile:
    """Readings of meters by name, in kWh per interval or kW; said: what was assumed.

    energy: whether values are energies; offsets: minutes ahead of UTC that times tell; stated:
    whether the unit was told.
    """

    readings: Mapping[str, Readings]
    energy: Mapping[str, bool]
    said: tuple[str, ...]
    offsets: frozenset[int] = field(default_factory=frozenset)


#: The first and the last day that are asked for, if any.
Days = tuple[datetime.date | None, datetime.date | None]


def read(path: Path, layout: Layout, days: Days = (None, None)) -> MeterFile:
    """Read a file of meters, of which only some days may count.

    Raises InputError naming file, row and column.
    """
    table = tables.open_table(path, timestamps.reader_of(layout.time_format))
    table, at, joined = with_times(table, layout)
    others = [i for i in range(len(table.header)) if i != at]
    cells = {cell for _, row in table.rows for i, cell in enumerate(row) if i != at}
    mark = tables.decimal_mark(cells, table.where, layout.decimal)
    column = table.header[at]
    times = timestamps.read(table.column(at), table.lines, table.where, column, layout.time_format)
    clock = clock_of(times, layout.zone, layout.stamp)
    table, times = _within(table, times, days)
    long = _long_columns(table, others, layout)
    read_columns = _long if long else _wide
    parts, passed = read_columns(table, others, times, layout, mark)
    said = [*table.said, *joined, *times.said, *clock.said, *passed]
    said += ["commas as decimal points"] if mark == "," else []
    readings, energy = {}, {}
    for name, (unit, (rows, values)) in parts.items():
        order, utc, told = clock.moments(times, rows, table)
        lines = np.array(table.lines, dtype=np.intp)[order]
        place = np.searchsorted(rows, order)
        readings[name] = Readings(table.where, name, utc, values[place], lines)
        energy[name] = unit in ENERGY
        said += told
    units = ", ".join(dict.fromkeys(unit for unit, _ in parts.values()))
    said.append(f"values in {units}{'' if layout.unit else ' as columns are named'}")
    offsets = {t.offset for t in times.written if t.offset is not None}
    return MeterFile(readings, energy, tuple(dict.fromkeys(said)), frozenset(offsets))


#: A meter's unit, and its rows with their values.
Part = tuple[str, tuple[IndexArray, FloatArray]]


def with_times(table: RawTable, layout: Layout) -> tuple[RawTable, int, list[str]]:
    """Return the table, where its times stand, and what was done: date and time of day joined."""
    if layout.time_column is not None:
        at = table.place(layout.time_column, "--time-column")
    else:
        fits = timestamps.reader_of(layout.time_format)
        at = next(i for i, cell in enumerate(table.rows[0][1]) if fits(cell))
    clock = at + 1
    first = table.rows[0][1]
    if ":" in first[at] or clock >= len(first) or not _CLOCK.fullmatch(first[clock]):
        return table, at, []
    rows = tuple(
        (line, (*row[:at], f"{row[at]} {row[clock]}".strip(), *row[clock + 1 :]))
        for line, row in table.rows
    )
    header = (*table.header[: at + 1], *table.header[clock + 1 :])
    said = [f"columns '{table.header[at]}' and '{table.header[clock]}' joined"]
    return RawTable(table.where, header, table.line, rows, table.said), at, said


def _within(table: RawTable, times: Times, days: Days) -> tuple[RawTable, Times]:
    """Return the rows of the days asked for, the end of their last interval included."""
    if days == (None, None):
        return table, times
    midnight = datetime.time()
    begin = datetime.datetime.combine(days[0] or datetime.date.min, midnight)
    final = days[1] or datetime.date.max - datetime.timedelta(days=1)
    end = datetime.datetime.combine(final + datetime.timedelta(days=1), midnight)
    kept = [i for i, time in enumerate(times.written) if begin <= time.wall <= end]
    if not kept:
        walls = [time.wall for time in times.written]
        raise InputError(
            f"{table.where}: found rows from {min(walls)} to {max(walls)}, none in the days asked "
            "for (--from, --to)."
        )
    rows = tuple(table.rows[i] for i in kept)
    return replace(table, rows=rows), Times(tuple(times.written[i] for i in kept), times.said)


def _plain(name: str) -> str:
    """Return the name of a column without marks, in lower case."""
    return re.sub(r"[\s_.-]", "", name).casefold()


def _meter_of(column: str) -> str:
    """Return the name of a meter: that of its column up to the unit, blank where there is none."""
    found = _UNIT.search(column)
    name = column[: found.start()] if found else column
    name = re.sub(r"(?i)(?:\s+in)?[\s_.\[(/-]*$", "", name)
    return "" if _plain(name) in _VALUES else name


def _long_columns(table: RawTable, others: Sequence[int], layout: Layout) -> bool:
    """Say whether a file has one row per meter and time."""
    if layout.meter_column is not None:
        return True
    named = [i for i in others if _plain(table.header[i]) in _METERS]
    return len(named) == 1 and len({row[named[0]] for _, row in table.rows}) < len(table.rows)


def _long(
    table: RawTable, others: Sequence[int], times: Times, layout: Layout, mark: str
) -> tuple[dict[str, Part], list[str]]:
    """Return the meters of a file with one row per meter and time."""
    if layout.meter_column is not None:
        who = table.place(layout.meter_column, "--meter-column")
    else:
        who = next(i for i in others if _plain(table.header[i]) in _METERS)
    what = _value_column(table, [i for i in others if i != who], layout)
    column = table.header[what]
    unit = _unit_of(table, column, layout)
    values = tables.numbers(table.column(what), table.lines, table.where, column, mark)
    groups: dict[str, list[int]] = {}
    for i, name in enumerate(table.column(who)):
        if not name:
            raise InputError(
                f"{table.where}, row {table.lines[i]}, column '{table.header[who]}': found a "
                "blank cell; expected the name of a meter."
            )
        groups.setdefault(name, []).append(i)
    parts = {}
    for name, rows in groups.items():
        chosen = np.array(rows, dtype=np.intp)
        parts[name] = (unit, (chosen, values[chosen] * FACTOR[unit]))
    unused = [table.header[i] for i in others if i not in (who, what)]
    said = [f"column '{name}' not used" for name in unused]
    return parts, [f"one row per meter ('{table.header[who]}') and time", *said]


def _value_column(table: RawTable, others: Sequence[int], layout: Layout) -> int:
    if layout.value_column is not None:
        return table.place(layout.value_column, "--value-column")
    named = [
        i for i in others if _plain(table.header[i]) in _VALUES or _UNIT.search(table.header[i])
    ]
    if len(others) == 1:
        return others[0]
    if len(named) == 1:
        return named[0]
    raise InputError(
        f"{table.where}, row {table.line}: found the columns "
        f"{', '.join(table.header[i] for i in others)} beside times and meters; expected "
        "--value-column, which says which of them holds the values."
    )


def _wide(
    table: RawTable, others: Sequence[int], times: Times, layout: Layout, mark: str
) -> tuple[dict[str, Part], list[str]]:
    """Return the meters of a file with one column each."""
    parts: dict[str, Part] = {}
    said = []
    rows = np.arange(len(table.rows), dtype=np.intp)
    chosen = others
    if layout.value_column is not None:
        chosen = [table.place(layout.value_column, "--value-column")]
    for i in chosen:
        column, cells = table.header[i], table.column(i)
        if not any(tables.is_number(cell) for cell in cells):
            said.append(f"column '{column}' has no numbers and is not used")
            continue
        unit = _unit_of(table, column, layout)
        name = _meter_of(column) or Path(table.where).stem
        if name in parts:
            raise InputError(
                f"{table.where}, row {table.line}: found two columns of meter '{name}'; expected "
                "one; --value-column chooses."
            )
        values = tables.numbers(cells, table.lines, table.where, column, mark)
        parts[name] = (unit, (rows, values * FACTOR[unit]))
    if not parts:
        raise InputError(f"{table.where}, row {table.line}: found no column of numbers.")
    return parts, said


def _unit_of(table: RawTable, column: str, layout: Layout) -> str:
    """Return the unit of a column, as told or as its name has it."""
    if layout.unit is not None:
        return layout.unit
    if found := _UNIT.search(column):
        return _SPELT[next(text for text in found.groups() if text).casefold()]
    raise InputError(
        f"{table.where}, row {table.line}, column '{column}': found no unit in its name; expected "
        "--unit kWh for energies of intervals, or --unit kW for powers (also Wh, MWh, W, MW)."
    )
