"""``toolkit profiles``: meters, weather and sessions into a profile file; what one holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError, unknown_name
from toolkit.common.excerpts import excerpt
from toolkit.common.types import FloatArray
from toolkit.grid.backend import backend
from toolkit.inputs import feeder_files, profiles, separated, study_files
from toolkit.inputs.imports import meters, store, weather
from toolkit.inputs.imports.axis import axis_of
from toolkit.inputs.imports.store import Columns
from toolkit.inputs.profile_columns import field_of, own_of
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredLoad, Feeder
from toolkit.problem import fleet_builder

#: Times the declared kW above which a meter's unit, read from its header, is asked about.
CONFUSED = 100.0


@dataclass(frozen=True)
class Imported:
    """What an import wrote.

    Attributes
    ----------
    file : pathlib.Path
        The profile file.
    done : tuple of str
        What was read, assumed and done, in sentences.

    Examples
    --------
    >>> from pathlib import Path
    >>> from toolkit import Imported
    >>> Imported(Path("year.csv"), ("meters.csv: 1 meter.",)).done
    ('meters.csv: 1 meter.',)
    """

    file: Path
    done: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """Where columns go: a new file, or one that has columns already (``onto``)."""

    out: Path | None = None
    onto: str | None = None
    force: bool = False

    def file(self) -> Path:
        """Return the file to write. Raises InputError where it is not told or taken."""
        if self.out is not None:
            same = self.onto is not None and self.base_path().resolve() == self.out.resolve()
            store.check_out(self.out, self.force or same)
            return self.out
        if self.onto is None:
            raise InputError(
                "expected --out FILE for a new profile file, or --onto FILE to add to."
            )
        path = self.base_path()
        if profiles.bundled_folder() in path.parents:
            raise InputError(
                f"--onto: found the bundled profiles '{self.onto}', which stay as they are; "
                "expected --out FILE beside it."
            )
        return path

    def base_path(self) -> Path:
        """Return the file that columns are added to."""
        return profiles.locate(self.onto or "")


def written(found: Columns, target: Target) -> Imported:
    """Write imported columns where they go."""
    path = target.file()
    if target.onto is not None:
        found = store.beside(found, profiles.read(target.base_path()), target.force)
    store.write(found, path)
    return Imported(path, found.done)


def date_of(text: str | None, flag: str) -> datetime.date | None:
    """Return a date. Raises InputError naming the flag."""
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{flag}: found {excerpt(text)}; expected a date such as 2025-01-31."
        ) from (None)


def feeder_of(source: str) -> tuple[Study, Feeder]:
    """Return a study and its feeder with the units that the study adds."""
    study = study_files.load(source, with_profiles=False)
    script = feeder_files.locate(study.script)
    return study, fleet_builder.with_units(study, backend().read_feeder(script, root=study.root))


def import_meters(
    files: Sequence[Path],
    wish: meters.Wish,
    target: Target,
    *,
    study: str | None = None,
    mapping: Path | None = None,
) -> Imported:
    """Write the loads that meters measured.

    study: the one whose loads the meters are; mapping: a table of meters and loads. Raises
    InputError naming file, row and cure.
    """
    target.file()
    if wish.share_of is not None and not 0.0 < wish.share_of < np.inf:
        raise InputError(f"--share-of: found {wish.share_of:g}; expected kW above 0.")
    if not 0.0 <= wish.fill <= 24.0 * 7:
        raise InputError(f"--fill: found {wish.fill:g}; expected hours from 0 to 168.")
    loads = None if mapping is None else read_map(mapping)
    found = meters.import_meters(files, replace(wish, loads=loads))
    if study is not None and wish.share_of is None:
        found = _of_study(found, study, mapping, stated=wish.layout.unit is not None)
    return written(found, target)


def import_weather(path: Path, wish: weather.Wish, target: Target, study: str | None) -> Imported:
    """Write the sun and the wind that a file of weather holds, for a study's units if one is told.

    Raises InputError naming file, row and cure.
    """
    target.file()
    done: list[str] = []
    if study is not None:
        asked, feeder = feeder_of(study)
        for flag, names, kind in (
            ("--plane", wish.planes, "pv"),
            ("--hub-height", wish.hubs, "wt"),
        ):
            known = [unit.name for unit in feeder.units if unit.kind == kind]
            for name in names:
                if name and name.casefold() not in {one.casefold() for one in known}:
                    error = unknown_name(f"{kind} unit", name, known)
                    raise InputError(f"{flag}: study {asked.name}: {error}")
        done = [*_with_curves(feeder, wish)]
    found = weather.import_weather(path, wish)
    return written(replace(found, done=(*found.done, *done)), target)


def _with_curves(feeder: Feeder, wish: weather.Wish) -> list[str]:
    """Name the PV units whose scripts take heat off too."""
    hot = any(plane.gamma for plane in wish.planes.values())
    names = [u.name for u in feeder.units if u.panels and u.panels.by_temperature is not None]
    if not hot or not names:
        return []
    return [
        f"the scripts of {', '.join(names)} declare a curve over temperature, which counts too: "
        "--gamma 0 leaves heat to it."
    ]


def metres(text: str, flag: str) -> float:
    """Return a height in m. Raises InputError naming the flag."""
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{flag}: found {excerpt(text)}; expected m, or NAME=m.") from None


def read_map(path: Path) -> dict[str, str]:
    """Return the load of each meter from a table with the columns ``meter`` and ``load``."""
    table = separated.table(profiles.content(path).decode("utf-8-sig", "replace"), str(path), 0)
    header = [name.casefold() for name in table.header]
    if sorted(header) != ["load", "meter"]:
        raise InputError(
            f"{path}, row {table.line}: found the columns {', '.join(table.header)}; expected "
            "'meter' and 'load'."
        )
    found: dict[str, str] = {}
    for line, row in table.rows:
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        meter, load = cells.get("meter", ""), cells.get("load", "")
        if not meter or meter in found:
            what = f"meter {excerpt(meter)} a second time" if meter else "no meter"
            raise InputError(f"{path}, row {line}: found {what}; expected each meter once.")
        found[meter] = load
    return found


def _of_study(found: Columns, source: str, mapping: Path | None, stated: bool) -> Columns:
    """Return the columns with the names of a study's loads, whose sizes they are held against."""
    study, feeder = feeder_of(source)
    known = {load.name.casefold(): load for load in feeder.loads}
    values: dict[str, FloatArray] = {}
    for column, kw in found.values.items():
        own = own_of(column)
        name = own.name if own else column
        load = known.get(name.casefold())
        if load is None:
            where = f"{mapping}: " if mapping else ""
            cure = "" if mapping else " --map FILE says which load each meter is."
            error = unknown_name("load", name, [one.name for one in feeder.loads])
            raise InputError(f"{where}study {study.name}: {error}{cure}")
        _check_unit(load, kw, stated)
        values[f"load.{load.name} [kW]"] = kw
    rest = len(feeder.loads) - len(values)
    said = f"{len(values)} of the {len(feeder.loads)} loads of study {study.name} have a meter"
    follow = "; the others follow 'load [pu]' or their own shapes." if rest else "."
    return Columns(found.axis, values, (*found.done, said + follow))


def _check_unit(load: DeclaredLoad, kw: FloatArray, stated: bool) -> None:
    """Refuse a meter that may be in another unit than its header says."""
    most = float(np.abs(kw).max())
    if stated or load.kw <= 0.0 or most <= CONFUSED * load.kw:
        return
    raise InputError(
        f"meter of load {load.name}: found up to {most:,.4g} kW where the load declares "
        f"{load.kw:g} kW; is it in W or Wh? expected --unit, which says what it is."
    )


@dataclass(frozen=True)
class ColumnFacts:
    """What a column of a profile file holds: its least, mean and largest value, and a total."""

    name: str
    least: float
    mean: float
    most: float
    total: str


def shown(name: str) -> tuple[Path, Profiles, list[ColumnFacts]]:
    """Return a profile file by name or path, read, with the figures of each column."""
    path = profiles.locate(name)
    found = profiles.read(path)
    facts = [_facts(column, v, found.dt) for column, v in store.present(found).items()]
    return path, found, facts


def _facts(column: str, values: FloatArray, dt: float) -> ColumnFacts:
    field, unit = field_of(column)
    total = float(values.sum()) * (1.0 if field == "trip_energy" else dt)
    told = {
        ("load", "kW"): f"{total:,.1f} kWh",
        ("load", "pu"): f"{total:,.1f} full-load h",
        ("irradiance", "W/m2"): f"{total / 1000.0:,.1f} kWh/m2",
        ("trip_energy", "kWh/vehicle"): f"{total:,.1f} kWh/vehicle",
    }.get((field, unit), "")
    least, mean, most = float(values.min()), float(values.mean()), float(values.max())
    return ColumnFacts(column, least, mean, most, told)


def span_told(found: Profiles) -> str:
    """Return the steps and days of profiles in words."""
    return axis_of(found).told()


#: A flag that gives a value to one name: ``NAME=VALUE``.
_NAMED = re.compile(r"(?:(?P<name>[^=]+)=)?(?P<value>[^=]+)")


def by_name(given: Sequence[str] | str | float, flag: str) -> Mapping[str, str]:
    """Return values by name from ``NAME=VALUE`` and ``VALUE``, whose name is blank: for all."""
    found: dict[str, str] = {}
    for text in map(str, [given] if isinstance(given, str | float) else given):
        hit = _NAMED.fullmatch(text)
        if hit is None:
            raise InputError(f"{flag}: found {excerpt(text)}; expected VALUE or NAME=VALUE.")
        name = (hit["name"] or "").strip()
        if name in found:
            raise InputError(f"{flag}: found {excerpt(text)}, a second one; expected one for each.")
        found[name] = hit["value"].strip()
    return found
