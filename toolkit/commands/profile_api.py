"""Importers of data as Python functions, which the command line calls too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import PlainValidator

from toolkit.commands import importing
from toolkit.commands.importing import Imported, Target
from toolkit.common.arguments import Flag, PathLike, Word, checked, plain
from toolkit.common.validation import path_flaw
from toolkit.inputs import profiles
from toolkit.inputs.imports import meters, store
from toolkit.inputs.imports.axis import axis_of
from toolkit.inputs.imports.meter_files import Layout, Stamp, Unit

if TYPE_CHECKING:
    import pandas as pd

Decimal = Literal["point", "comma"]


def _paths(value: Any) -> tuple[Path, ...]:
    """Return one path or several."""
    given = plain(value)
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not listed:
        raise ValueError("expected a path or a list of paths")
    for path in listed:
        if not isinstance(path, str) or not path or path_flaw(path):
            raise ValueError(f"expected a path {path_flaw(str(path))}".rstrip())
    return tuple(Path(path) for path in listed)


def _number(value: Any) -> float:
    given = plain(value)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("expected a number")
    return float(given)


def _source(value: Any) -> str:
    given = plain(value)
    if not isinstance(given, str) or not given:
        raise ValueError("expected a name or a path")
    return given


Paths = Annotated[Sequence[Path] | Path | str, PlainValidator(_paths)]
Number = Annotated[float, PlainValidator(_number)]
Source = Annotated[str | Path, PlainValidator(_source)]


def _target(out: PathLike | None, onto: Source | None, force: bool) -> Target:
    return Target(None if out is None else Path(out), None if onto is None else str(onto), force)


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
    target = _target(out, onto, force)
    return importing.import_meters(paths, wish, target, study=source, mapping=mapping)


@checked
def read_profiles(profiles_name: Source = "typical_day") -> pd.DataFrame:
    """Read a profile file as a table.

    Parameters
    ----------
    profiles_name : str or path
        Name of profiles, or path of a file.

    Returns
    -------
    pandas.DataFrame
        One row per step, one column per column of values, named as in the file. The index holds
        when steps begin: times with their offset, or hours from 0.

    Raises
    ------
    InputError
        For a file that cannot be used as profiles.

    Examples
    --------
    >>> import toolkit
    >>> toolkit.read_profiles("typical_day").shape
    (24, 5)
    """
    import pandas as pd

    found = profiles.read(profiles.locate(str(profiles_name)))
    own = axis_of(found)
    columns: Mapping[str, Any] = store.present(found)
    table = pd.DataFrame({name: v.copy() for name, v in columns.items()})
    if own.start is None:
        table.index = pd.Index([i * own.dt for i in range(own.steps)], name="hour [h]")
    else:
        step = pd.Timedelta(hours=own.dt)
        table.index = pd.date_range(own.start, periods=own.steps, freq=step, name="time")
    return table
