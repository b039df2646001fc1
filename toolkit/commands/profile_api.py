"""Importers of data as Python functions, which the command line calls too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands import importing
from toolkit.commands.importing import Imported
from toolkit.commands.profile_arguments import (
    Decimal,
    Given,
    Number,
    Paths,
    Source,
    Year,
    target_of,
)
from toolkit.common.arguments import Flag, PathLike, Word, checked
from toolkit.common.errors import InputError
from toolkit.inputs import profiles
from toolkit.inputs.imports import meters, store, sun, weather
from toolkit.inputs.imports.axis import axis_of
from toolkit.inputs.imports.meter_files import Layout, Stamp, Unit
from toolkit.inputs.imports.sun import Mounting
from toolkit.inputs.imports.weather_files import WIND_HEIGHT, Format, Site
from toolkit.inputs.imports.weather_table import TableWish

if TYPE_CHECKING:
    import pandas as pd


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
    target = target_of(out, onto, force)
    return importing.import_meters(paths, wish, target, study=source, mapping=mapping)


@checked
def import_weather(
    file: PathLike,
    *,
    out: PathLike | None = None,
    onto: Source | None = None,
    study: Source | None = None,
    plane: Given = (),
    hub_height: Given = (),
    mounting: Mounting = "open_rack_glass_glass",
    gamma: Number = sun.GAMMA,
    form: Format | None = None,
    year: Year | None = None,
    zone: Word | None = None,
    step: Number | None = None,
    latitude: Number | None = None,
    longitude: Number | None = None,
    altitude: Number = 0.0,
    wind_height: Number = WIND_HEIGHT,
    shear: Number = weather.SHEAR,
    stamp: Stamp | None = None,
    fill: Number = meters.FILL_HOURS,
    time_column: Word | None = None,
    time_format: Word | None = None,
    decimal: Decimal | None = None,
    force: Flag = False,
) -> Imported:
    """Turn weather into columns of irradiance and wind of a profile file; pvlib does the physics.

    Parameters
    ----------
    file : str or path
        An EPW, TMY3, PVGIS or NSRDB file, or a plain CSV file with columns ghi, dni, dhi, temp_air
        and wind_speed.
    out, onto : str or path
        The profile file to write; profiles to add the columns to, rewritten without ``out``.
    study : str or path, optional
        A study whose units are named.
    plane : str or sequence of str
        ``"TILT/AZIMUTH"`` in degrees for all PV units, ``"NAME=TILT/AZIMUTH"`` for one.
    hub_height : str, float or sequence of them
        m above ground for all wind units, ``"NAME=80"`` for one.
    mounting, gamma : str, float
        How modules are mounted, by SAPM's names, and their loss by heat, % per K.
    form : {"epw", "tmy3", "pvgis", "nsrdb", "csv"}, optional
        The format, where the file does not tell.
    year : int, optional
        The year to take of several, or the one whose dates a typical year gets.
    zone, step : str, float, optional
        Zone of times, or of the days to write; minutes of a step.
    latitude, longitude, altitude : float
        Place of a plain CSV file: degrees, south and west negative, and m.
    wind_height, shear : float
        m at which wind was measured, and the exponent by which it rises.
    stamp, fill, time_column, time_format, decimal
        As for meters, of a plain CSV file.
    force : bool
        Replace a file, or columns that are there already.

    Returns
    -------
    Imported
        The file, and in sentences what was assumed and done.

    Raises
    ------
    InputError
        For what cannot be used; the message names file, row and cure. pvlib has to be installed.

    Notes
    -----
    Written is the irradiance that cells at 25 deg C would need for the power of PVWatts [1]:
    reflection and heat are taken off.

    References
    ----------
    [1] A. P. Dobos, PVWatts Version 5 Manual, NREL/TP-6A20-62641, 2014.

    Examples
    --------
    >>> import toolkit, pvlib
    >>> from pathlib import Path
    >>> file = Path(pvlib.__file__).parent / "data" / "703165TY.csv"
    >>> done = toolkit.import_weather(file, out="year.csv", plane="35/180", hub_height=50).done
    >>> toolkit.read_profiles("year.csv").columns.tolist()
    ['irradiance [W/m2]', 'wind_speed [m/s]']
    """
    target = target_of(out, onto, force)
    target.file()
    place = (latitude, longitude)
    if (latitude is None) != (longitude is None):
        raise InputError("expected --latitude and --longitude, or neither of them.")
    site = None if None in place else Site(latitude or 0.0, longitude or 0.0, altitude)
    table = TableWish(site, zone, time_column, time_format, stamp, fill, decimal)
    planes, hubs = (
        importing.by_name(plane, "--plane"),
        importing.by_name(hub_height, "--hub-height"),
    )
    wish = weather.Wish(
        {n: sun.plane_of(text, "--plane", mounting, gamma) for n, text in planes.items()},
        {n: importing.metres(text, "--hub-height") for n, text in hubs.items()},
        form,
        table,
        year,
        zone,
        step,
        wind_height,
        shear,
    )
    return importing.import_weather(Path(file), wish, target, None if study is None else str(study))


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
