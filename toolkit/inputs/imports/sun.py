"""What the cells of a tilted plane make of the sun: pvlib's chain, and what it takes off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.extras import quiet
from toolkit.common.types import FloatArray
from toolkit.inputs.imports.weather_files import Site, Weather, pvlib_of

if TYPE_CHECKING:
    import pandas as pd

Mounting = Literal[
    "open_rack_glass_glass",
    "open_rack_glass_polymer",
    "close_mount_glass_glass",
    "insulated_back_glass_polymer",
]
MOUNTINGS = get_args(Mounting)
#: Loss of power per degree above 25 of the cells, % per K, as usual for crystalline silicon.
GAMMA = -0.4
#: W/m2 of sun that may be measured while it is below the horizon, and how far below, degrees.
NIGHT, BELOW = 25.0, 2.0


@dataclass(frozen=True)
class Plane:
    """Modules: degrees from the horizontal and from north (180 is south), and their mounting."""

    tilt: float
    azimuth: float
    mounting: Mounting = "open_rack_glass_glass"
    gamma: float = GAMMA


@dataclass(frozen=True)
class Yield:
    """Irradiance of a plane, W/m2, (T,): as it falls, without reflection, and without heat.

    effective: what cells at 25 deg C would need for the same power, which is PVWatts' DC power per
    kW of rating, in W.
    """

    falls: FloatArray
    absorbed: FloatArray
    effective: FloatArray


def plane_of(text: str, flag: str, mounting: Mounting, gamma: float) -> Plane:
    """Return a plane from ``TILT/AZIMUTH``. Raises InputError."""
    parts = text.split("/")
    try:
        tilt, azimuth = (float(part) for part in parts)
    except ValueError:
        tilt, azimuth = np.nan, np.nan
    if not (0.0 <= tilt <= 90.0 and 0.0 <= azimuth <= 360.0):
        raise InputError(
            f"{flag}: found '{text}'; expected TILT/AZIMUTH in degrees, the tilt from 0 (flat) to "
            "90, the azimuth from 0 (north) over 90 (east) and 180 (south), such as 35/180."
        )
    if not -2.0 <= gamma <= 0.0:
        raise InputError(
            f"--gamma: found {gamma:g}; expected the loss of power per degree, from -2 to 0 % per "
            "K, such as -0.4; 0 leaves heat out."
        )
    return Plane(tilt, azimuth, mounting, gamma)


def check_night(weather: Weather) -> None:
    """Raise InputError for sun at night: a wrong zone, or east for west."""
    names = ("ghi",) if "ghi" in weather.frame else ("poa_direct", "poa_diffuse")
    sun = sum(weather.frame[name] for name in names if name in weather.frame)
    if isinstance(sun, int):
        return
    half = np.timedelta64(round(weather.dt * 1800), "s")
    index = weather.moments
    highest = np.max([_elevation(index + k * half, weather.site) for k in (-1, 0, 1)], axis=0)
    dark = np.flatnonzero((highest < -BELOW) & (sun.to_numpy() > NIGHT))
    if len(dark):
        i = int(dark[np.argmax(sun.to_numpy()[dark])])
        raise InputError(
            f"{weather.row(i)}: found {sun.iloc[i]:g} W/m2 at {index[i]}, when the sun at "
            f"{weather.site.latitude:g}, {weather.site.longitude:g} is {-highest[i]:.0f} degrees "
            f"below the horizon ({len(dark):,} such rows); expected none. Is the zone right, and "
            "are degrees west negative?"
        )


def _elevation(times: pd.DatetimeIndex, site: Site) -> FloatArray:
    position = _position(times, site)
    found: FloatArray = position["elevation"].to_numpy(dtype=float)
    return found


def _position(times: pd.DatetimeIndex, site: Site) -> Any:
    place = _location(site)
    with quiet():
        return place.get_solarposition(times)


def _location(site: Site) -> Any:
    return pvlib_of().location.Location(site.latitude, site.longitude, altitude=site.altitude)


def on_horizontal(weather: Weather) -> tuple[pd.DataFrame, list[str]]:
    """Return weather with ghi, dni and dhi, those that a file lacks by pvlib, and what was done."""
    pvlib, frame, said = pvlib_of(), weather.frame.copy(), []
    zenith = _position(weather.moments, weather.site)["zenith"]
    if weather.plane is not None:
        frame["ghi"] = frame["poa_direct"] + frame["poa_diffuse"]
        frame["dhi"] = frame["poa_diffuse"]
    given = [name for name in ("ghi", "dni", "dhi") if name in frame]
    if given == ["ghi"]:
        with quiet():
            parts = pvlib.irradiance.erbs_driesse(frame["ghi"], zenith, frame.index)
        frame["dni"], frame["dhi"] = parts["dni"], parts["dhi"]
        said.append("direct and diffuse sun split from the global one by Erbs-Driesse")
    elif len(given) == 2:
        lacks = next(name for name in ("ghi", "dni", "dhi") if name not in frame)
        known = {name: frame[name] for name in given}
        frame[lacks] = pvlib.irradiance.complete_irradiance(zenith, **known)[lacks]
        said.append(f"{lacks} worked out from {given[0]} and {given[1]}")
    elif not given:
        raise InputError(
            f"{weather.where}: found no irradiance; expected a column ghi, or two of ghi, dni, dhi."
        )
    # Without a direct sun near the horizon, where its angle is no figure.
    return frame.fillna({"dni": 0.0, "dhi": 0.0, "ghi": 0.0}), said


def yield_of(weather: Weather, plane: Plane) -> tuple[Yield, list[str]]:
    """Return the irradiance of a plane and what was done: pvlib's ModelChain with PVWatts.

    Hay-Davies' sky, the physical model of reflection, SAPM's cell temperature. Raises InputError
    for a plane other than that of a file which has one.
    """
    tilted = weather.plane is not None and weather.plane[0] > 0.0
    if tilted:
        frame, said = weather.frame, list[str]()
        _check_plane(weather, plane)
    else:
        frame, said = on_horizontal(weather)
    gamma = plane.gamma
    if gamma and "temp_air" not in frame:
        gamma = 0.0
        said.append("no air temperature: no heat taken off")
    elif gamma and "wind_speed" not in frame:
        said.append("no wind: cells as warm as in calm air")
    chain = _chain(weather.site, plane, gamma)
    with quiet():
        if tilted:
            frame = frame.assign(poa_global=frame["poa_direct"] + frame["poa_diffuse"])
            chain.run_model_from_poa(frame)
            falls = frame["poa_global"]
        else:
            chain.run_model(frame)
            falls = chain.results.total_irrad["poa_global"]
    results = [falls, chain.results.effective_irradiance, chain.results.dc]
    found = Yield(*(np.nan_to_num(one.to_numpy(dtype=float)).clip(min=0.0) for one in results))
    return found, said


def _check_plane(weather: Weather, plane: Plane) -> None:
    tilt, azimuth = weather.plane or (0.0, 180.0)
    if abs(plane.tilt - tilt) > 1e-6 or abs((plane.azimuth - azimuth + 180) % 360 - 180) > 1e-6:
        raise InputError(
            f"{weather.where}: found irradiance in a plane of {tilt:g}/{azimuth:g}; expected "
            f"--plane {tilt:g}/{azimuth:g}, or a file for the horizontal (slope 0), from which any "
            "plane follows."
        )


def _chain(site: Site, plane: Plane, gamma: float) -> Any:
    pvlib = pvlib_of()
    parameters = pvlib.temperature.TEMPERATURE_MODEL_PARAMETERS["sapm"][plane.mounting]
    array = pvlib.pvsystem.Array(
        pvlib.pvsystem.FixedMount(plane.tilt, plane.azimuth),
        module_parameters={"pdc0": 1000.0, "gamma_pdc": gamma / 100.0},
        temperature_model_parameters=parameters,
    )
    system = pvlib.pvsystem.PVSystem([array], inverter_parameters={"pdc0": 1000.0})
    models = {
        "dc_model": "pvwatts",
        "ac_model": "pvwatts",
        "aoi_model": "physical",
        "spectral_model": "no_loss",
        "temperature_model": "sapm",
        "losses_model": "no_loss",
        "transposition_model": "haydavies",
    }
    return pvlib.modelchain.ModelChain(system, _location(site), **models)
