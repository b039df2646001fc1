"""Meters into a profile file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from toolkit.commands import importing
from toolkit.commands.importing import CONFUSED, Imported, Target, feeder_of, written
from toolkit.commands.profile_arguments import Number, Paths, Source, target_of
from toolkit.common.arguments import Flag, PathLike, Word, checked
from toolkit.common.errors import InputError, unknown_name
from toolkit.common.excerpts import excerpt
from toolkit.common.types import FloatArray
from toolkit.inputs import profiles, separated
from toolkit.inputs.imports import meters
from toolkit.inputs.imports.clocks import Stamp
from toolkit.inputs.imports.meter_files import Layout, Unit
from toolkit.inputs.imports.store import Columns
from toolkit.inputs.imports.tables import Decimal
from toolkit.inputs.profile_columns import own_of
from toolkit.model.feeder import DeclaredLoad


@checked
def import_meters(
    files: Paths,
    *,
    out: PathLike | None = None,
    onto: Source | None = None,
    study: Source | None = None,
    map: PathLike | None = None,
    zone: Word | None = None,
    unit: Unit | None = None,
    stamp: Stamp | None = None,
    fill: Number = meters.FILL_HOURS,
    step: Number | None = None,
    first: Word | None = None,
    last: Word | None = None,
    share_of: Number | None = None,
    time_column: Word | None = None,
    time_format: Word | None = None,
    meter_column: Word | None = None,
    value_column: Word | None = None,
    decimal: Decimal | None = None,
    force: Flag = False,
) -> Imported:
    r"""Turn what meters measured into columns ``load.NAME [kW]`` of a profile file.

    Parameters
    ----------
    files : str or path, or a sequence of them
        CSV files as utilities and loggers write them, one column or one row per meter.
    out, onto : str or path
        The profile file to write; profiles to add the columns to, rewritten without ``out``.
    study, map : str or path, optional
        A study whose loads the meters are; a CSV file with the columns ``meter`` and ``load``.
    zone : str, optional
        Zone of times without an offset, such as ``"Europe/Berlin"`` or ``"+01:00"``.
    unit : {"kWh", "Wh", "MWh", "kW", "W", "MW"}, optional
        Unit of the values; left out: as the columns are named.
    stamp : {"start", "end"}, optional
        Which end of its interval a time names.
    fill : float
        Hours of the longest gap that a straight line fills.
    step : float, optional
        Minutes of a step; left out: as measured.
    first, last : str, optional
        Days to keep, such as ``"2025-01-31"``.
    share_of : float, optional
        kW of which the sum of all meters is written as a share, column ``load [pu]``.
    time_column, time_format, meter_column, value_column : str, optional
        Where times, meters and values stand, and how times are written (``strptime``).
    decimal : {"point", "comma"}, optional
        The mark of decimals, where the file does not tell.
    force : bool
        Replace a file, or columns that are there already.

    Returns
    -------
    Imported
        The file, and in sentences what was assumed and done.

    Raises
    ------
    InputError
        For what cannot be used; the message names file, row and cure.

    Examples
    --------
    >>> import toolkit
    >>> from pathlib import Path
    >>> rows = [f"2025-06-01 {h:02}:00;0,{h:03}" for h in range(24)]
    >>> _ = Path("meter.csv").write_text("\n".join(["time;house [kWh]", *rows]))
    >>> done = toolkit.import_meters("meter.csv", out="year.csv", zone="Europe/Berlin").done
    >>> done[-1]
    'house: 0.276 kWh, 0 to 0.023 kW.'
    """
    layout = Layout(
        zone, time_column, time_format, stamp, unit, meter_column, value_column, decimal
    )
    days = (importing.date_of(first, "--from"), importing.date_of(last, "--to"))
    wish = meters.Wish(layout, fill, None, *days, step, share_of)
    mapping = None if map is None else Path(map)
    source = None if study is None else str(study)
    assert isinstance(files, Sequence)
    paths = [Path(path) for path in files]
    target = target_of(out, onto, force, step)
    return _write(paths, wish, target, study=source, mapping=mapping)


def _write(
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
