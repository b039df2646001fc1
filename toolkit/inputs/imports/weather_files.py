"""Files of weather read by pvlib: EPW, TMY3, PVGIS and NSRDB, told apart by how they begin."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.excerpts import shortened
from toolkit.common.extras import library, quiet
from toolkit.inputs.imports.tables import text_of

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["epw", "tmy3", "pvgis", "nsrdb", "csv"]
#: What is taken from weather, as pvlib calls it.
KEPT = ("ghi", "dni", "dhi", "temp_air", "wind_speed")
#: The height in m at which all these formats give the wind.
WIND_HEIGHT = 10.0


@dataclass(frozen=True)
class Site:
    """Where weather was measured: degrees north and east, and m above the sea."""

    latitude: float
    longitude: float
    altitude: float = 0.0


@dataclass(frozen=True)
class Weather:
    """Weather of even steps of dt hours, in whole days.

    frame: columns as pvlib calls them, by the moments at which the sun is asked for; start: the
    beginning of the first step; typical: whether months are of several years; plane: tilt and
    azimuth where irradiance is in a plane already (columns poa_direct, poa_diffuse); line: that of
    the first row; said: what was assumed; local: hours ahead of UTC at the site, of files in UTC.
    """

    where: str
    form: str
    frame: pd.DataFrame
    start: pd.Timestamp
    dt: float
    site: Site
    typical: bool
    line: int
    plane: tuple[float, float] | None = None
    said: tuple[str, ...] = ()
    local: float | None = None

    @property
    def moments(self) -> pd.DatetimeIndex:
        """When the sun is asked for."""
        import pandas as pd

        return pd.DatetimeIndex(self.frame.index)

    @property
    def begins(self) -> pd.DatetimeIndex:
        """When steps begin."""
        import pandas as pd

        step = pd.Timedelta(hours=self.dt)
        return pd.date_range(self.start, periods=len(self.frame), freq=step)

    def row(self, i: int) -> str:
        """Return where a step stands in the file, for messages."""
        return f"{self.where}, row {self.line + i}"


def pvlib_of() -> Any:
    """Return pvlib. Raises InputError that names how to install it."""
    return library("pvlib", "weather is read by pvlib", "year")


def form_of(text: str) -> Format:
    """Return the format of a file of weather by how it begins."""
    head = text[:4000].lstrip()
    if head[:9].upper() == "LOCATION,":
        return "epw"
    if head.startswith("{") or head.startswith("Latitude (decimal"):
        return "pvgis"
    if head.startswith("Source,Location"):
        return "nsrdb"
    second = head.partition("\n")[2]
    return "tmy3" if second.startswith("Date (MM/DD/YYYY)") else "csv"


def read(path: Path, form: Format | None = None) -> Weather | None:
    """Read a file of weather; None where it is a plain table, which names no site.

    Raises InputError naming file and row.
    """
    text, _ = text_of(path)
    kind = form or form_of(text)
    if kind == "csv":
        return None
    reader: dict[str, Callable[[str, Any, str], Weather]] = {
        "epw": _epw,
        "tmy3": _tmy3,
        "pvgis": _pvgis,
        "nsrdb": _nsrdb,
    }
    pvlib = pvlib_of()
    try:
        with quiet():
            return reader[kind](text, pvlib, str(path))
    except InputError:
        raise
    # Whatever a reader stumbles over in a file that only begins as its format does.
    except Exception as error:
        says = shortened(" ".join(f"{type(error).__name__}: {error}".split()), 200)
        raise InputError(
            f"{path}: cannot be read as {kind.upper()}: {says}. --format says which it is."
        ) from error


def _whole(
    where: str,
    form: str,
    frame: pd.DataFrame,
    begins: pd.DatetimeIndex,
    site: Site,
    line: int,
    plane: tuple[float, float] | None = None,
) -> Weather:
    """Return weather whose steps begin at ``begins``, checked to be whole days without a hole."""
    import pandas as pd

    columns = ["poa_direct", "poa_diffuse", *KEPT] if plane is not None else list(KEPT)
    kept = frame[[name for name in columns if name in frame]].astype(float)
    wall = begins.tz_localize(None)
    follows = bool((np.diff(wall) == wall[1] - wall[0]).all())
    typical = len(set(wall.year)) > 1 and not follows
    # Months of several years follow each other as in one calendar; Dec 31 may be a year later.
    said: list[str] = []
    if not typical and _lacks_leap_day(wall):
        typical = True
        said.append(f"29 February {wall[0].year} is not in it: a year of 365 days without dates")
    calendar = pd.DatetimeIndex([t.replace(year=2023) for t in wall]) if typical else wall
    dt = _hours(wall)
    steps = pd.DatetimeIndex(calendar[0] + pd.to_timedelta(np.arange(len(wall)) * dt, unit="h"))
    off = np.flatnonzero(steps != calendar)
    if len(off):
        raise InputError(
            f"{where}, row {line + int(off[0])}: found {wall[off[0]]}; expected "
            f"{steps[off[0]].strftime('%m-%d %H:%M')}, steps of {dt:g} h without a hole."
        )
    if (typical and len(wall) * dt != 365 * 24) or (len(wall) * dt) % 24:
        raise InputError(
            f"{where}: found {len(wall):,} rows, {len(wall) * dt / 24:g} days; expected "
            f"{'365, a typical year' if typical else 'whole days'}."
        )
    start = begins[0]
    if (start.hour, start.minute) != (0, 0):
        raise InputError(f"{where}, row {line}: found {start}; expected a day to begin at 00:00.")
    return Weather(where, form, kept, start, dt, site, typical, line, plane, tuple(said))


def _lacks_leap_day(wall: pd.DatetimeIndex) -> bool:
    """Say whether a leap year is all there but for its 29 February, as the NSRDB gives it."""
    return (
        bool(wall[0].is_leap_year)
        and round(len(wall) * _hours(wall)) == 365 * 24
        and not ((wall.month == 2) & (wall.day == 29)).any()
    )


def _hours(times: pd.DatetimeIndex) -> float:
    return float((times[1] - times[0]).total_seconds()) / 3600.0


def _epw(text: str, pvlib: Any, where: str) -> Weather:
    frame, meta = pvlib.iotools.read_epw(io.StringIO(text))
    begins = frame.index
    frame.index = begins + (begins[1] - begins[0]) / 2
    site = Site(meta["latitude"], meta["longitude"], meta["altitude"])
    return _whole(where, "EPW", frame, begins, site, 9)


def _tmy3(text: str, pvlib: Any, where: str) -> Weather:
    import pandas as pd

    frame, meta = pvlib.iotools.read_tmy3(io.StringIO(text))
    # Times name the end of the hour.
    step = frame.index[1] - frame.index[0]
    begins = frame.index - step
    # The last hour of a February of a leap year, which the format ends with the 28th.
    leap = (begins.month == 2) & (begins.day == 29)
    begins = begins.where(~leap, begins - pd.Timedelta(days=1))
    frame.index = begins + step / 2
    site = Site(meta["latitude"], meta["longitude"], meta["altitude"])
    return _whole(where, "TMY3", frame, begins, site, 3)


def _nsrdb(text: str, pvlib: Any, where: str) -> Weather:
    import pandas as pd

    frame, meta = pvlib.iotools.read_nsrdb_psm4(io.StringIO(text))
    step = frame.index[1] - frame.index[0]
    begins = pd.DatetimeIndex(frame.index.floor(step))
    site = Site(meta["latitude"], meta["longitude"], meta["altitude"])
    found = _whole(where, "NSRDB", frame, begins, site, 4)
    own, local = float(meta["Time Zone"]), float(meta["Local Time Zone"])
    return replace(found, local=local) if own == 0.0 else found


def _pvgis(text: str, pvlib: Any, where: str) -> Weather:
    """Read hourly or typical data of PVGIS, CSV or JSON; times are those of satellite images."""
    import pandas as pd

    is_json = text.lstrip().startswith("{")
    typical = "tmy_hourly" in text if is_json else "time(UTC)" in text
    kind = "json" if is_json else "csv"
    if typical:
        source: Any = io.StringIO(text) if is_json else io.BytesIO(text.encode())
        frame, meta = pvlib.iotools.read_pvgis_tmy(source, pvgis_format=kind)
    else:
        frame, meta = pvlib.iotools.read_pvgis_hourly(io.StringIO(text), pvgis_format=kind)
    inputs = meta["inputs"].get("location", meta["inputs"])
    site = Site(inputs["latitude"], inputs["longitude"], inputs["elevation"])
    begins = pd.DatetimeIndex(frame.index.floor("h"))
    local = float(round(site.longitude / 15.0))
    head = text.partition("\ntime")[0]
    line = 1 if is_json else head.count("\n") + 3
    if typical:
        # Sun of satellites is that of a moment, which newer files tell.
        offset = inputs.get("irradiance_time_offset", inputs.get("irradiance time offset", 0.5))
        frame.index = begins + pd.Timedelta(hours=float(offset))
        return replace(_whole(where, "PVGIS", frame, begins, site, line), local=local)
    if "poa_direct" not in frame:
        raise InputError(
            f"{where}: found irradiance as one sum; expected its components: download it again "
            "with 'Radiation components'."
        )
    frame["poa_diffuse"] = frame["poa_sky_diffuse"] + frame["poa_ground_diffuse"]
    plane = _plane_of(meta["inputs"])
    return replace(_whole(where, "PVGIS", frame, begins, site, line, plane), local=local)


def _plane_of(inputs: Any) -> tuple[float, float]:
    """Return tilt and azimuth, from north, of a PVGIS file's plane, which counts from south."""
    fixed = inputs.get("mounting_system", {}).get("fixed")
    if fixed:
        tilt, azimuth = float(fixed["slope"]["value"]), float(fixed["azimuth"]["value"])
    else:
        found = {
            name: re.match(r"\s*(-?[\d.]+)", str(inputs.get(name, "")))
            for name in ("Slope", "Azimuth")
        }
        tilt, azimuth = (float(hit[1]) if hit else 0.0 for hit in found.values())
    return tilt, (azimuth + 180.0) % 360.0
