"""Weather into a profile file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from toolkit.commands import importing
from toolkit.commands.importing import Imported, Target, feeder_of, written
from toolkit.commands.profile_arguments import Given, Number, Source, Year, target_of
from toolkit.common.arguments import Flag, PathLike, Word, checked
from toolkit.common.errors import InputError, unknown_name
from toolkit.inputs.imports import meters, sun, weather
from toolkit.inputs.imports.clocks import Stamp
from toolkit.inputs.imports.sun import Mounting
from toolkit.inputs.imports.tables import Decimal
from toolkit.inputs.imports.weather_files import WIND_HEIGHT, Format, Site
from toolkit.inputs.imports.weather_table import TableWish
from toolkit.model.feeder import Feeder


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
    target = target_of(out, onto, force, step)
    target.file()
    site = _site(latitude, longitude, altitude)
    table = TableWish(site, zone, time_column, time_format, stamp, fill, decimal)
    planes = importing.by_name(plane, "--plane")
    hubs = importing.by_name(hub_height, "--hub-height")
    wish = weather.Wish(
        {n: sun.plane_of(text, "--plane", mounting, gamma) for n, text in planes.items()},
        {n: importing.number_of(text, "--hub-height") for n, text in hubs.items()},
        form,
        table,
        year,
        zone,
        step,
        wind_height,
        shear,
    )
    return _write(Path(file), wish, target, None if study is None else str(study))


def _site(latitude: float | None, longitude: float | None, altitude: float) -> Site | None:
    """Return the place that is told, if one is. Raises InputError for half of one."""
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise InputError("expected --latitude and --longitude, or neither of them.")
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):
        raise InputError(
            f"--latitude, --longitude: found {latitude:g}, {longitude:g}; expected "
            "degrees from -90 to 90 and from -180 to 180."
        )
    return Site(latitude, longitude, altitude)


def _write(path: Path, wish: weather.Wish, target: Target, study: str | None) -> Imported:
    """Write the sun and the wind that a file of weather holds, for a study's units if one is told.

    Raises InputError naming file, row and cure.
    """
    done: list[str] = []
    if study is not None:
        asked, feeder = feeder_of(study)
        _check_units("--plane", wish.planes, "pv", asked.name, feeder)
        _check_units("--hub-height", wish.hubs, "wt", asked.name, feeder)
        done = _with_curves(feeder, wish)
    found = weather.import_weather(path, wish)
    return written(replace(found, done=(*found.done, *done)), target)


def _check_units(flag: str, names: Iterable[str], kind: str, study: str, feeder: Feeder) -> None:
    """Raise InputError for the name of a unit that a study has not; a blank one is for all."""
    known = [unit.name for unit in feeder.units if unit.kind == kind]
    for name in names:
        if name and name.casefold() not in {one.casefold() for one in known}:
            error = unknown_name(f"{kind} unit", name, known)
            raise InputError(f"{flag}: study {study}: {error}")


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
