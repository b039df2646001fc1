"""Weather turned into columns of profiles: sun in the planes of PV units, wind at hubs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs.imports import sun, weather_files, weather_table, zones
from toolkit.inputs.imports.axis import Axis, check_size, onto, stepped
from toolkit.inputs.imports.store import Columns
from toolkit.inputs.imports.sun import Plane
from toolkit.inputs.imports.weather_files import WIND_HEIGHT, Format, Weather, pvlib_of
from toolkit.inputs.imports.weather_table import TableWish
from toolkit.inputs.profile_time import zone_told

#: Exponent of the power law by which wind rises with height, over open land.
SHEAR = 1.0 / 7.0
#: What a column may hold, and what a file writes that is not there.
RANGES = {
    "ghi": (0.0, 1600.0, "W/m2"),
    "dni": (0.0, 1500.0, "W/m2"),
    "dhi": (0.0, 1200.0, "W/m2"),
    "poa_direct": (0.0, 1600.0, "W/m2"),
    "poa_diffuse": (0.0, 1400.0, "W/m2"),
    "temp_air": (-80.0, 65.0, "deg C"),
    "wind_speed": (0.0, 100.0, "m/s"),
}
#: Highest sun, W/m2, of days that are in kW/m2.
SUN_KW = 2.0


@dataclass(frozen=True)
class Wish:
    """What is to become of weather.

    planes, hubs: planes of modules and heights of hubs, m, by the name of a unit, a blank one for
    all; form: the format; table: what is told of a plain table; year: the year to take of several,
    or the one to write for a typical year; zone: whose days to write where a file is in UTC; step:
    minutes.
    """

    planes: Mapping[str, Plane] = field(default_factory=dict)
    hubs: Mapping[str, float] = field(default_factory=dict)
    form: Format | None = None
    table: TableWish = field(default_factory=TableWish)
    year: int | None = None
    zone: str | None = None
    step: float | None = None
    wind_height: float = WIND_HEIGHT
    shear: float = SHEAR


def import_weather(path: Path, wish: Wish) -> Columns:
    """Return sun and wind of a file of weather as columns of profiles.

    Raises InputError naming file, row and cure.
    """
    if not wish.planes and not wish.hubs:
        raise InputError(
            f"{path}: expected --plane TILT/AZIMUTH for sun (0/180 is flat), --hub-height M for "
            "wind, or both."
        )
    read = weather_files.read(path, wish.form)
    weather = weather_table.read(path, wish.table) if read is None else read
    weather, done = _of_year(weather, wish.year)
    check_values(weather)
    sun.check_night(weather)
    done = [_told(weather), *done]
    values: dict[str, FloatArray] = {}
    for name, plane in wish.planes.items():
        column = f"irradiance.{name} [W/m2]" if name else "irradiance [W/m2]"
        values[column], said = _sun(weather, plane, name)
        done += said
    for name, height in wish.hubs.items():
        column = f"wind_speed.{name} [m/s]" if name else "wind_speed [m/s]"
        values[column], said = _wind(weather, wish, height, name)
        done += said
    own, target, said = _axes(weather, wish)
    done += said
    moved = {name: onto(v, own, target, str(path)) for name, v in values.items()}
    if weather.typical and wish.year is None:
        target = replace(target, start=None)
    check_size(target, str(path))
    return Columns(target, moved, tuple(done), weather.typical)


def _told(weather: Weather) -> str:
    site, days = weather.site, round(len(weather.frame) * weather.dt / 24)
    kind = "a typical year" if weather.typical else f"{days} days from {weather.start.date()}"
    said = "".join(f"; {text}" for text in weather.said)
    return (
        f"{weather.where}: {weather.form}, {kind} in steps of {weather.dt * 60:g} min, at "
        f"{site.latitude:g}, {site.longitude:g}, {site.altitude:g} m{said}."
    )


def _of_year(weather: Weather, year: int | None) -> tuple[Weather, list[str]]:
    """Return the year asked for, of a file that holds several."""
    if year is None or weather.typical:
        return weather, []
    begins = weather.begins
    kept = np.flatnonzero(begins.year == year)
    if not len(kept):
        raise InputError(
            f"{weather.where}: --year: found {year}; expected one from {begins[0].year} to "
            f"{begins[-1].year}."
        )
    part = replace(
        weather,
        frame=weather.frame.iloc[kept],
        start=begins[kept[0]],
        line=weather.line + int(kept[0]),
    )
    out = len(weather.frame) - len(kept)
    return part, [f"{out:,} rows of other years than {year} left out."] if out else []


def check_values(weather: Weather) -> None:
    """Raise InputError for values that cannot be: in another unit, or marks of what is missing."""
    for name in weather.frame:
        values = weather.frame[name].to_numpy(dtype=float)
        least, most, unit = RANGES[str(name)]
        wrong = np.flatnonzero(~((values >= least) & (values <= most)))
        if len(wrong):
            i = int(wrong[0])
            raise InputError(
                f"{weather.row(i)}: found {name} {values[i]:g} ({len(wrong):,} such rows); "
                f"expected {least:g} to {most:g} {unit}. Files mark with such values what was not "
                "measured, or they have another unit."
            )
    suns = [name for name in ("ghi", "dni", "poa_direct") if name in weather.frame]
    most = max((float(weather.frame[name].max()) for name in suns), default=0.0)
    if 0.05 <= most <= SUN_KW:
        i = int(weather.frame[suns[0]].to_numpy().argmax())
        raise InputError(
            f"{weather.row(i)}: found a sun of at most {most:g}, which is kW/m2; expected W/m2."
        )


def _sun(weather: Weather, plane: Plane, name: str) -> tuple[FloatArray, list[str]]:
    """Return the irradiance that counts for a plane, and what was done."""
    found, said = sun.yield_of(weather, plane)
    falls, absorbed, counts = (
        float(v.sum()) * weather.dt / 1000.0 for v in (found.falls, found.absorbed, found.effective)
    )
    heat = 100.0 * (1.0 - counts / absorbed) if absorbed else 0.0
    reflected = 100.0 * (1.0 - absorbed / falls) if falls else 0.0
    who = f"irradiance{f' of {name}' if name else ''}"
    text = (
        f"{who}, plane {plane.tilt:g}/{plane.azimuth:g}: {falls:,.1f} kWh/m2 fall, "
        f"{reflected:.1f} % reflected, {heat:.1f} % lost to heat ({plane.gamma:g} % per K, "
        f"{plane.mounting}): {counts:,.1f} kWh/m2 written"
    )
    return found.effective, [f"{'; '.join([text, *said])}."]


def _wind(weather: Weather, wish: Wish, height: float, name: str) -> tuple[FloatArray, list[str]]:
    """Return the wind at a hub, m/s, by the power law, and what was done."""
    if "wind_speed" not in weather.frame:
        raise InputError(f"{weather.where}: --hub-height: found no wind in the file.")
    for value, flag, most in (
        (height, "--hub-height", 500.0),
        (wish.wind_height, "--wind-height", 500.0),
        (wish.shear, "--shear", 1.0),
    ):
        if not 0.0 < value <= most:
            raise InputError(f"{flag}: found {value:g}; expected more than 0, at most {most:g}.")
    measured = weather.frame["wind_speed"].to_numpy(dtype=float)
    speed = pvlib_of().atmosphere.windspeed_powerlaw(
        measured, wish.wind_height, height, exponent=wish.shear
    )
    values: FloatArray = np.asarray(speed, dtype=float)
    who = f"wind{f' of {name}' if name else ''}"
    return values, [
        f"{who}: mean {measured.mean():.2f} m/s at {wish.wind_height:g} m became "
        f"{values.mean():.2f} m/s at {height:g} m, exponent {wish.shear:.3g}."
    ]


def _axes(weather: Weather, wish: Wish) -> tuple[Axis, Axis, list[str]]:
    """Return the axis of weather and the one to write, in local time where it is in UTC."""
    year = wish.year if weather.typical else None
    start = weather.start.to_pydatetime()
    if weather.typical:
        start = start.replace(year=year or 2023)
        if year is not None and year % 4 == 0 and (year % 100 or not year % 400):
            raise InputError(
                f"--year: found {year}, which has 29 February; expected one of 365 days for a "
                "typical year."
            )
    start = start.replace(tzinfo=datetime.timezone(start.utcoffset() or datetime.timedelta()))
    own = Axis(start, weather.dt, len(weather.frame))
    offset, said = _offset(weather, own, wish.zone)
    zone = datetime.timezone(offset)
    target = Axis(start.replace(tzinfo=zone), own.dt, own.steps)
    if offset != start.utcoffset():
        moved = abs((offset - (start.utcoffset() or datetime.timedelta())).total_seconds()) / 3600
        if own.days < 365:
            raise InputError(
                f"{weather.where}: found {own.days} days in {zone_told(start)}; expected a year, "
                f"whose {moved:g} h at one end serve at the other in local time, or --zone UTC."
            )
        said.append(f"moved to {zone_told(target.start or start)}: {moved:g} h went round.")
    if wish.step is not None:
        target = stepped(target, wish.step, weather.where)
    return own, target, said


def _offset(weather: Weather, own: Axis, zone: str | None) -> tuple[datetime.timedelta, list[str]]:
    """Return how far ahead of UTC the days to write are, and what was assumed."""
    ahead = (own.start and own.start.utcoffset()) or datetime.timedelta()
    if zone is not None and weather.form != "CSV":
        clock, year = zones.zone_of(zone), own.start.year if own.start else 2023
        months = (datetime.datetime(year, month, 1, tzinfo=clock) for month in (1, 7))
        return min(month.utcoffset() or datetime.timedelta() for month in months), []
    if weather.local is not None and zone is None:
        by = "longitude" if weather.form == "PVGIS" else "file"
        said = f"days begin at midnight of UTC{weather.local:+g}, by the {by} (or by --zone)."
        return datetime.timedelta(hours=weather.local), [said]
    return ahead, []
