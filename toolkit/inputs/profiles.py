"""The day's series: load, sun, wind and vehicles, read from one CSV file and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from toolkit.common import caps, input_files
from toolkit.common.errors import InputError, nearest, unknown_name
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.types import FloatArray
from toolkit.inputs import separated
from toolkit.inputs.scripts.files import other_case
from toolkit.inputs.station_columns import OWN, station_of

#: Column of the file -> field of Profiles.
COLUMNS = {
    "hour [h]": "hour",
    "load [pu]": "load",
    "irradiance [W/m2]": "irradiance",
    "wind_speed [m/s]": "wind_speed",
    "plugged_in [pu]": "plugged_in",
    "trip_energy [kWh/vehicle]": "trip_energy",
}
#: Other spellings of units, as in the names of columns.
SPELLINGS = {"m²": "m2", "m^2": "m2"}
#: How the name of a file of profiles ends, in whatever case.
SUFFIXES = (".csv", ".tsv", ".txt")
#: What to do with a day on which clocks change.
CLOCKS = (
    " Clocks that change make days of 23 and 25 h: give every day 24 h, as by standard time. Put "
    "the hour before in the place of one that is missing; leave out one of two of the same name."
)

#: A day whose highest irradiance is between these is in kW/m2.
SUN_KW = (0.05, 1.5)
#: W/m2 that no sun exceeds: 1361 outside the air, more at the edges of clouds for moments.
SUN_MOST = 2500.0


#: The most that a column may hold, and what is expected of it, in words.
MOST = {
    "plugged_in [pu]": (1.0, "a share from 0 to 1"),
    "load [pu]": (caps.LOAD_PU, f"at most {caps.LOAD_PU:,g} pu"),
    "wind_speed [m/s]": (caps.WIND, f"at most {caps.WIND:,g} m/s"),
    "trip_energy [kWh/vehicle]": (caps.VEHICLE, f"at most {caps.VEHICLE:,g} kWh"),
}


#: What is to be said of profiles of one row.
ONE_ROW = "one row alone is one step of 1 h."


@dataclass(frozen=True)
class Profiles:
    """Series of T steps, each of shape (T,).

    load: share of each load's declared power; irradiance: W/m2; wind_speed: m/s; plugged_in: share
    of the vehicles at their chargers; trip_energy: kWh that a vehicle spends driving in the step.
    ``dt`` is the step in hours; remark: how the file was read where that needs to be said; own:
    columns of one vehicle station each, by their names, in the place of those for all.
    """

    dt: float
    load: FloatArray
    irradiance: FloatArray
    wind_speed: FloatArray
    plugged_in: FloatArray
    trip_energy: FloatArray
    remark: str = ""
    own: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return len(self.load)


def bundled_folder() -> Path:
    """Return the folder of the bundled profiles: the packaged one, else the repository's."""
    package = Path(__file__).parents[1]
    packaged = package / "profiles_data"
    return packaged if packaged.is_dir() else package.parent / "profiles"


def bundled_names() -> list[str]:
    """Return the names of the bundled profiles."""
    return sorted(p.stem for p in bundled_folder().glob("*.csv"))


def is_path(name: str) -> bool:
    """Say whether a text is the path of a file of profiles, not the name of bundled ones."""
    return name.lower().endswith(SUFFIXES)


def locate(name: str, beside: Path | None = None) -> Path:
    """Return the file meant by a path (relative to ``beside``) or by a name.

    A name is looked for in ./profiles/ first, then among the bundled ones. Where the only file
    there is differs from a path in upper and lower case alone, it is meant.
    """
    path = (beside or Path.cwd()) / name
    if is_path(name):
        if input_files.is_file(path):
            return path
        if (other := other_case(path.absolute())) is not None:
            return other
        raise InputError(f"profiles: no file '{path}'.{_sibling(path)}")
    for folder in (Path.cwd() / "profiles", bundled_folder()):
        if (folder / f"{name}.csv").is_file():
            return folder / f"{name}.csv"
    if input_files.is_file(path):
        raise InputError(
            f"profiles: found '{path}'; expected a file whose name ends in {', '.join(SUFFIXES)}."
        )
    raise unknown_name("profiles", name, bundled_names())


def _sibling(path: Path) -> str:
    there = path.parent.iterdir() if path.parent.is_dir() else ()
    return nearest(path.name, [p.name for p in there if is_path(p.name)])


def read(path: Path) -> Profiles:
    """Read and check a profile file.

    Raises InputError naming file, row and column for a missing, duplicate or unknown column, a row
    of the wrong length, a value that is no number, NaN or negative, a share above 1, sun that can
    only be in another unit, a value or a number of steps above its limit (``sizes``), an uneven
    step, or a length that is no whole number of days.
    """
    found = separated.table(input_files.decoded(content(path), str(path)), str(path), least=1)
    header, rows = [_spelt(name) for name in found.header], list(found.rows)
    _check_header(path, header, found.line)
    if len(rows) > caps.STEPS:
        raise InputError(f"{path}: found {len(rows):,} rows; expected at most {caps.STEPS:,}.")
    table = np.array([_numbers(path, header, number, row) for number, row in rows])
    columns = dict(zip(header, table.T, strict=True))
    own = {name: columns.pop(name) for name in header if name not in COLUMNS}
    series = {COLUMNS[name]: values for name, values in columns.items()}
    for name in header:
        if limit := MOST.get((station_of(name) or (name,))[0]):
            _check_most(path, name, (own | columns)[name], rows, *limit)
    _check_sun(path, series["irradiance"], rows)
    dt = _step(path, series.pop("hour"), rows)
    remarks = [found.remark, ONE_ROW if len(rows) == 1 else ""]
    return Profiles(dt=dt, **series, remark=" ".join(text for text in remarks if text), own=own)


def content(path: Path) -> bytes:
    """Return what a profile file holds. Raises InputError naming it when it cannot be read."""
    return input_files.content(path, caps.PROFILE_BYTES)


def _spelt(name: str) -> str:
    if station_of(name):
        return name
    for other, ours in SPELLINGS.items():
        name = name.replace(other, ours)
    return name


def _check_header(path: Path, header: list[str], line: int) -> None:
    for name in header:
        if name not in COLUMNS and station_of(name) is None:
            raise InputError(
                f"{path}, row {line}: unknown column '{shortened(name)}'.{nearest(name, COLUMNS)} "
                f"Expected: {', '.join(COLUMNS)}; for one vehicle station {' or '.join(OWN)}."
            )
        if header.count(name) > 1:
            raise InputError(f"{path}, row {line}: column '{name}' stands there twice.")
    for name in COLUMNS:
        if name not in header:
            raise InputError(f"{path}, row {line}: column '{name}' is missing.")


def _numbers(path: Path, header: list[str], number: int, row: list[str]) -> list[float]:
    if len(row) != len(header):
        raise InputError(
            f"{path}, row {number}: found {len(row)} values; expected {len(header)}, one a column."
        )
    return [_value(path, number, name, cell) for name, cell in zip(header, row, strict=True)]


def _value(path: Path, number: int, name: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or value < 0.0:
        raise InputError(
            f"{path}, row {number}, column '{name}': found {excerpt(cell.strip())}; "
            "expected a number that is not negative."
        )
    return value


def _check_most(
    path: Path,
    column: str,
    values: FloatArray,
    rows: list[tuple[int, list[str]]],
    most: float,
    words: str,
) -> None:
    at = int(values.argmax())
    if values[at] > most:
        raise InputError(
            f"{path}, row {rows[at][0]}, column '{column}': found {values[at]:g}; expected {words}."
        )


def _check_sun(path: Path, values: FloatArray, rows: list[tuple[int, list[str]]]) -> None:
    """Refuse a day's sun that cannot be in W/m2: it would go on as a day with next to no PV."""
    at = int(values.argmax())
    most, where = float(values[at]), f"{path}, row {rows[at][0]}, column 'irradiance [W/m2]'"
    if SUN_KW[0] <= most <= SUN_KW[1]:
        raise InputError(f"{where}: found at most {most:g}, which is kW/m2; expected W/m2.")
    if most > SUN_MOST:
        raise InputError(f"{where}: found {most:g}; expected at most {SUN_MOST:g} W/m2.")


def _step(path: Path, hour: FloatArray, rows: list[tuple[int, list[str]]]) -> float:
    """Return the step in hours; hours count from 0 and name the start of each step.

    One row alone says nothing of its length, and stands for an hour.
    """
    if len(hour) == 1:
        if hour[0] != 0.0:
            raise InputError(
                f"{path}, row {rows[0][0]}, column 'hour [h]': found {hour[0]:g} in the only row; "
                "expected 0."
            )
        return 1.0
    first = float(hour[1] - hour[0])
    if first <= 0.0 or first > 8.0:
        raise InputError(
            f"{path}, row {rows[1][0]}, column 'hour [h]': found {hour[1]:g} after {hour[0]:g}; "
            "expected hours that start at 0 and rise by one even step of at most 8 h."
        )
    # Written hours are rounded (0.0833): the exact step follows from the number of rows.
    days = max(round(len(hour) * first / 24.0), 1)
    exact = 24.0 * days / len(hour)
    dt = exact if abs(exact - first) <= 1e-3 else first
    for (number, _), value, right in zip(rows, hour, np.arange(len(hour)) * dt, strict=True):
        if abs(value - right) > 1e-3:
            cure = _clocks(value - right) if right else ""
            raise InputError(
                f"{path}, row {number}, column 'hour [h]': found {value:g}; expected {right:g} "
                f"(hours start at 0 and rise by one even step).{cure}"
            )
    if dt != exact:
        raise InputError(
            f"{path}: found {len(hour)} rows of {dt:g} h, {len(hour) * dt:g} h in all; "
            f"expected a whole number of days of 24 h.{_clocks(len(hour) * dt - 24.0 * days)}"
        )
    return dt


def _clocks(off: float) -> str:
    """Return the cure of a day that an hour is too short or too long."""
    return CLOCKS if abs(abs(off) - 1.0) <= 1e-3 else ""
