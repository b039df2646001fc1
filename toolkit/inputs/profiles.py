"""The series of a study: load, sun, wind and vehicles, read from one CSV file and checked."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.common import caps, input_files
from toolkit.common.errors import InputError, nearest, unknown_name
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.types import FloatArray
from toolkit.inputs import profile_time, separated
from toolkit.inputs.profile_columns import (
    FORETOLD,
    HOUR,
    MOST,
    OWN,
    SHARED,
    TIME,
    field_of,
    own_of,
    spelt,
)
from toolkit.inputs.scripts.files import other_case

#: How the name of a file of profiles ends, in whatever case.
SUFFIXES = (".csv", ".tsv", ".txt")
#: A day whose highest irradiance is between these is in kW/m2.
SUN_KW = (0.05, 1.5)
#: W/m2 that no sun exceeds: 1361 outside the air, more at the edges of clouds for moments.
SUN_MOST = 2500.0
#: What is to be said of profiles of one row.
ONE_ROW = "one row alone is one step of 1 h."


@dataclass(frozen=True)
class Profiles:
    """Series of T steps, each of shape (T,).

    load: share of each load's declared power; irradiance: W/m2; wind_speed: m/s; plugged_in: share
    of the vehicles at their chargers; trip_energy: kWh that a vehicle spends driving in the step.
    ``dt`` is the step in hours; remark: how the file was read where that needs to be said; own:
    columns of one load, unit or station each, by their names, in the place of those for all;
    start: when the first step begins, where the file has times; lacking: fields that the file has
    no column for, 0 here; file: the file read; foretold: forecasts of fields, from columns of their
    own.
    """

    dt: float
    load: FloatArray
    irradiance: FloatArray
    wind_speed: FloatArray
    plugged_in: FloatArray
    trip_energy: FloatArray
    remark: str = ""
    own: Mapping[str, FloatArray] = field(default_factory=dict)
    start: datetime.datetime | None = None
    lacking: tuple[str, ...] = ()
    file: str = ""
    foretold: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return len(self.load)

    @property
    def days(self) -> int:
        """Number of days, of 24 h each."""
        return round(self.steps * self.dt / 24.0)


def combined(
    parts: Sequence[Profiles], combine: Callable[[Sequence[FloatArray]], FloatArray]
) -> Profiles:
    """Return profiles with each series made of those that some of the same columns have of it.

    What is no series is that of the first.
    """
    first = parts[0]
    shared: dict[str, Any] = {
        name: combine([getattr(part, name) for part in parts]) for name in SHARED.values()
    }
    own = {name: combine([part.own[name] for part in parts]) for name in first.own}
    foretold = {name: combine([part.foretold[name] for part in parts]) for name in first.foretold}
    return replace(first, **shared, own=own, foretold=foretold)


def bundled_folder() -> Path:
    """Return the folder of the bundled profiles: the packaged one, else the repository's."""
    package = Path(__file__).parents[1]
    packaged = package / "profiles_data"
    return packaged if packaged.is_dir() else package.parent / "profiles"


def bundled_names() -> list[str]:
    """Return the names of the bundled profiles."""
    return sorted(p.stem for p in bundled_folder().glob("*.csv"))


def names() -> list[str]:
    """Return the names of the profiles in ./profiles and of the bundled ones."""
    own = {p.stem for p in (Path.cwd() / "profiles").glob("*.csv") if input_files.is_file(p)}
    return sorted(own | set(bundled_names()))


def is_path(name: str) -> bool:
    """Say whether a text is the path of a file of profiles, not the name of bundled ones."""
    return name.lower().endswith(SUFFIXES)


def locate(name: str, beside: Path | None = None, own: Sequence[Path] = ()) -> Path:
    """Return the file meant by a path (relative to ``beside``) or by a name.

    A name is looked for in the folders ``own``, in ./profiles/, then among the bundled ones. Where
    the only file there is differs from a path in upper and lower case alone, it is meant.
    """
    path = (beside or Path.cwd()) / name
    if is_path(name):
        if input_files.is_file(path):
            return path
        if (other := other_case(path.absolute())) is not None:
            return other
        if path.is_dir():
            raise InputError(f"profiles: '{path}' is a folder; expected a file.")
        raise InputError(f"profiles: no file '{path}'.{_sibling(path)}")
    for folder in (*own, Path.cwd() / "profiles", bundled_folder()):
        if (folder / f"{name}.csv").is_file():
            return folder / f"{name}.csv"
    if input_files.is_file(path):
        raise InputError(
            f"profiles: found '{path}'; expected a file whose name ends in {', '.join(SUFFIXES)}."
        )
    beside_it = (file.stem for folder in own for file in folder.glob("*.csv"))
    raise unknown_name("profiles", name, {*beside_it, *names()})


def _sibling(path: Path) -> str:
    there = path.parent.iterdir() if path.parent.is_dir() else ()
    return nearest(path.name, [p.name for p in there if is_path(p.name)])


def content(path: Path) -> bytes:
    """Return what a profile file holds. Raises InputError naming it when it cannot be read."""
    return input_files.content(path, caps.PROFILE_BYTES)


def read(path: Path) -> Profiles:
    """Read and check a profile file.

    Raises InputError naming file, row and column for a duplicate or unknown column, a row of the
    wrong length, a value that is no number, NaN or negative, a share above 1, sun that can only be
    in another unit, a value or a number of steps above its limit (``caps``), an uneven step, times
    without a zone or of two, or a length that is no whole number of days.
    """
    return parse(input_files.decoded(content(path), str(path)), str(path))


def parse(text: str, where: str) -> Profiles:
    """Read and check the text of a profile file, as ``read`` does; ``where``: what it is called."""
    found = separated.table(text, where, least=1)
    header, rows = [spelt(name) for name in found.header], list(found.rows)
    _check_header(where, header, found.line)
    if len(rows) > caps.STEPS:
        raise InputError(f"{where}: found {len(rows):,} rows; expected at most {caps.STEPS:,}.")
    lines = [line for line, _ in rows]
    columns = _values(where, header, rows)
    start, dt = _clock(where, header, rows, columns.pop(HOUR, None), lines)
    for name, values in columns.items():
        _check_most(where, name, values, lines)
    foretold = {FORETOLD[name]: columns[name] for name in FORETOLD if name in columns}
    alone = [name for name in columns if name not in SHARED and name not in FORETOLD]
    own = {name: columns[name] for name in alone}
    series = {SHARED[name]: values for name, values in columns.items() if name in SHARED}
    lacking = tuple(name for name in SHARED.values() if name not in series)
    series |= {name: np.zeros(len(rows)) for name in lacking}
    remarks = [found.remark, ONE_ROW if len(rows) == 1 else ""]
    remark = " ".join(text for text in remarks if text)
    return Profiles(
        dt=dt,
        **series,
        remark=remark,
        own=own,
        start=start,
        lacking=lacking,
        file=where,
        foretold=foretold,
    )


def _check_header(where: str, header: Sequence[str], line: int) -> None:
    known = (HOUR, TIME, *SHARED, *FORETOLD)
    for name in header:
        if name not in known and own_of(name) is None:
            raise InputError(
                f"{where}, row {line}: unknown column '{shortened(name)}'.{nearest(name, known)} "
                f"Expected: {', '.join(known)}; for one load, unit or vehicle station "
                f"{', '.join(OWN)}."
            )
        if header.count(name) > 1:
            raise InputError(f"{where}, row {line}: column '{name}' stands there twice.")
    if HOUR not in header and TIME not in header:
        raise InputError(f"{where}, row {line}: column '{HOUR}' is missing, and so is '{TIME}'.")
    if not set(header) - {HOUR, TIME}:
        raise InputError(
            f"{where}, row {line}: found no column of values; expected some of {', '.join(SHARED)}."
        )


def _clock(
    where: str,
    header: Sequence[str],
    rows: Sequence[tuple[int, list[str]]],
    hour: FloatArray | None,
    lines: Sequence[int],
) -> tuple[datetime.datetime | None, float]:
    """Return when the first step begins, where that is told, and the step in hours."""
    if TIME not in header:
        assert hour is not None
        return None, profile_time.step_of(hour, lines, where)
    at = header.index(TIME)
    start, since = profile_time.times_of([row[at] for _, row in rows], lines, where)
    if hour is not None:
        profile_time.check_same(hour, since, lines, where)
    return start, profile_time.step_of(since, lines, where, TIME)


def _values(
    where: str, header: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> dict[str, FloatArray]:
    """Return the columns of numbers by name, each (T,). Raises InputError naming a wrong cell."""
    kept = [(i, name) for i, name in enumerate(header) if name != TIME]
    table = np.empty((len(rows), len(kept)))
    for place, (line, row) in zip(table, rows, strict=True):
        if len(row) != len(header):
            raise InputError(
                f"{where}, row {line}: found {len(row)} values; expected {len(header)}, one a "
                "column."
            )
        try:
            place[:] = [float(row[i]) for i, _ in kept]
        except ValueError:
            place[:] = [_number(row[i]) for i, _ in kept]
    signed = np.array([_is_signed(name) for _, name in kept])
    wrong = ~np.isfinite(table) | ((table < 0.0) & ~signed)
    if wrong.any():
        row_at, at = (int(i) for i in np.argwhere(wrong)[0])
        line, row = rows[row_at]
        said = "a number" if signed[at] else "a number that is not negative"
        raise InputError(
            f"{where}, row {line}, column '{kept[at][1]}': found "
            f"{excerpt(row[kept[at][0]].strip())}; expected {said}."
        )
    return {name: values for (_, name), values in zip(kept, table.T, strict=True)}


def _is_signed(column: str) -> bool:
    """Say whether a column may be negative: a load behind its owner's generation, or its kvar."""
    own = own_of(column)
    return own is not None and own.field == "load"


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan


def _check_most(where: str, column: str, values: FloatArray, lines: Sequence[int]) -> None:
    """Refuse values above what their column may hold."""
    field, unit = field_of(column)
    at = int(np.abs(values).argmax())
    place = f"{where}, row {lines[at]}, column '{column}'"
    if field == "irradiance":
        _check_sun(place, float(values[at]))
    elif abs(values[at]) > MOST[field, unit][0]:
        raise InputError(f"{place}: found {values[at]:g}; expected {MOST[field, unit][1]}.")


def _check_sun(place: str, most: float) -> None:
    """Refuse a day's sun that cannot be in W/m2: it would go on as a day with next to no PV."""
    if SUN_KW[0] <= most <= SUN_KW[1]:
        raise InputError(f"{place}: found at most {most:g}, which is kW/m2; expected W/m2.")
    if most > SUN_MOST:
        raise InputError(f"{place}: found {most:g}; expected at most {SUN_MOST:g} W/m2.")
