"""Charging sessions turned into columns of vehicle stations: plugged in, and trip energy."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError, unknown_name
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.imports import session_files
from toolkit.inputs.imports.axis import Axis, check_size, stepped
from toolkit.inputs.imports.intervals import moment_told
from toolkit.inputs.imports.session_files import Layout, Sessions
from toolkit.inputs.imports.store import Columns
from toolkit.inputs.sections import Vehicles

#: Minutes of a step unless told otherwise.
STEP = 15.0
#: What a charger's losses leave, as a study has it unless it says otherwise.
ETA = Vehicles().eta_charge


@dataclass(frozen=True)
class StationSize:
    """What is known of a station: vehicles, and kW of a charger."""

    vehicles: int | None = None
    charger_kw: float | None = None


@dataclass(frozen=True)
class Wish:
    """What is to become of sessions.

    sizes: of stations by name, a blank one for all; axis: the one to stand on; step: minutes, where
    there is no axis; eta: what charging leaves of energy.
    """

    layout: Layout = field(default_factory=Layout)
    sizes: Mapping[str, StationSize] = field(default_factory=dict)
    axis: Axis | None = None
    step: float | None = None
    eta: float = ETA


def import_sessions(path: Path, wish: Wish, known: Collection[str] = ()) -> Columns:
    """Return the stations of a file of sessions as columns of profiles; known: a study's, if any.

    Raises InputError naming file, row and cure.
    """
    if not 0.0 < wish.eta <= 1.0:
        raise InputError(f"--eta-charge: found {wish.eta:g}; expected a share above 0, at most 1.")
    found = session_files.read(path, wish.layout)
    target = wish.axis or _own_axis(found, wish)
    if target.start is None:
        raise InputError(
            f"{path}: found sessions with dates for profiles without; expected profiles with a "
            "column 'time'."
        )
    check_size(target, str(path))
    names = list(dict.fromkeys(found.station))
    said = f": {'; '.join(found.said)}" if found.said else ""
    done = [f"{path}: {len(found.station):,} sessions of {len(names)} stations{said}."]
    done.append(
        f"energies are those that chargers gave; {100 * wish.eta:g} % of them were driven "
        "(--eta-charge)."
    )
    unknown = [name for name in wish.sizes if name and name not in names and not known]
    if unknown:
        raise InputError(f"{path}: sizes: {unknown_name('station', unknown[0], names)}")
    spelt = {name: _known(found, name, known) for name in names}
    values: dict[str, FloatArray] = {}
    for name in names:
        rows = np.array([i for i, one in enumerate(found.station) if one == name], dtype=np.intp)
        columns, told = _station(found, rows, spelt[name], target, wish)
        values |= columns
        done += told
    return Columns(target, values, tuple(done))


def _known(found: Sessions, name: str, known: Collection[str]) -> str:
    """Return the name of a station as a study has it. Raises InputError for one it has not."""
    spelt = next((one for one in known if one.casefold() == name.casefold()), None)
    if known and spelt is None:
        error = unknown_name("station", name, known)
        raise InputError(f"{found.row(found.station.index(name))}: {error}")
    return spelt or name


def _own_axis(found: Sessions, wish: Wish) -> Axis:
    """Return the whole days from the first arrival to the last departure."""
    ahead, begin, end = session_files.days_of(found, wish.layout.zone)
    start = datetime.datetime.fromtimestamp(begin, datetime.timezone(ahead))
    hours = (end - begin) / 3600.0
    return stepped(Axis(start, 1.0, round(hours)), wish.step or STEP, found.where)


def _station(
    found: Sessions, rows: IndexArray, name: str, target: Axis, wish: Wish
) -> tuple[dict[str, FloatArray], list[str]]:
    """Return the two columns of a station, and what was done."""
    assert target.start is not None
    begin = target.start.timestamp()
    size = wish.sizes.get(name, wish.sizes.get("", StationSize()))
    vehicles, said = _vehicles(found, rows, name, size)
    charger, told = _charger(found, rows, name, size)
    arrival = np.asarray(found.arrival[rows] - begin, dtype=float) / 3600.0
    departure = np.asarray(found.departure[rows] - begin, dtype=float) / 3600.0
    kw = np.where(np.isnan(found.kw[rows]), charger, found.kw[rows])
    weight = np.minimum(kw / charger, 1.0) if charger else np.ones(len(rows))
    plugged = _presence(arrival, departure, weight, target) / vehicles
    inside = (arrival >= 0.0) & (arrival < target.hours)
    step = np.floor(arrival[inside] / target.dt + 1e-9).astype(int)
    kwh = found.kwh[rows]
    trip = np.bincount(step, kwh[inside] * wish.eta / vehicles, target.steps)
    out = int((~inside).sum())
    left = f", {out:,} with {kwh[~inside].sum():,.6g} kWh do not" if out else ""
    done = [
        f"station {name}: {len(rows):,} sessions, {kwh.sum():,.6g} kWh: {int(inside.sum()):,} with "
        f"{kwh[inside].sum():,.6g} kWh arrive within the days{left}; {'; '.join([*said, *told])}."
    ]
    columns = {
        # What is 1 but for rounding is 1.
        f"plugged_in.{name} [pu]": np.where(plugged > 1.0, np.minimum(plugged, 1.0), plugged),
        f"trip_energy.{name} [kWh/vehicle]": trip,
    }
    return columns, done


def _vehicles(
    found: Sessions, rows: IndexArray, name: str, size: StationSize
) -> tuple[int, list[str]]:
    """Return how many vehicles a station has, at least as many as are there at once."""
    moments = np.concatenate([found.arrival[rows], found.departure[rows]])
    change = np.repeat([1, -1], len(rows))
    # Who leaves at the moment when another comes makes room.
    order = np.lexsort((change, moments))
    there = np.cumsum(change[order])
    most, at = int(there.max()), int(moments[order][there.argmax()])
    if size.vehicles is None:
        return most, [f"{most} vehicles, the most that were there at once (--vehicles)"]
    if most > size.vehicles:
        last = rows[found.arrival[rows] == at]
        raise InputError(
            f"{found.row(int(last[0]))}: found {most} vehicles at station {name} at "
            f"{moment_told(at)}; expected at most its {size.vehicles}. More vehicles "
            "(fleet.units.NAME.vehicles, --vehicles) make room."
        )
    return size.vehicles, [f"{size.vehicles} vehicles"]


def _charger(
    found: Sessions, rows: IndexArray, name: str, size: StationSize
) -> tuple[float, list[str]]:
    """Return the kW of one charger of a station, 0 where nobody tells."""
    known = found.kw[rows][~np.isnan(found.kw[rows])]
    if size.charger_kw is None:
        if not len(known):
            return 0.0, ["all chargers alike, since no power is told"]
        most = float(known.max())
        return most, [f"chargers of {most:g} kW, the most of any session (charger_kw in a study)"]
    charger = size.charger_kw
    if len(known) and known.max() > charger * (1.0 + session_files.SLACK):
        i = int(rows[np.nan_to_num(found.kw[rows]).argmax()])
        raise InputError(
            f"{found.row(i)}: found a session at {found.kw[i]:g} kW; expected at most the "
            f"{charger:g} kW of the chargers of station {name} (charger_kw)."
        )
    hours = (found.departure[rows] - found.arrival[rows]) / 3600.0
    over = found.kwh[rows] > charger * hours * (1.0 + session_files.SLACK) + 0.05
    if over.any():
        i = int(rows[int(over.argmax())])
        raise InputError(
            f"{found.row(i)}: found {found.kwh[i]:g} kWh in {hours[over.argmax()]:.3g} h; expected "
            f"at most what the {charger:g} kW of a charger of station {name} give (charger_kw)."
        )
    return charger, [f"chargers of {charger:g} kW"]


def _presence(
    arrival: FloatArray, departure: FloatArray, weight: FloatArray, target: Axis
) -> FloatArray:
    """Return the mean over each step of the weights of sessions that are there, (T,)."""
    edges = np.arange(target.steps + 1, dtype=float) * target.dt
    hours: FloatArray = _since(edges, arrival, weight) - _since(edges, departure, weight)
    mean: FloatArray = np.diff(hours) / target.dt
    # Differences of large sums: what is none but for rounding is none.
    return np.where(mean < 1e-7, 0.0, mean)


def _since(edges: FloatArray, moments: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the weighted hours that have passed at each edge since moments before it."""
    order = np.argsort(moments)
    counts = np.concatenate([[0.0], np.cumsum(weight[order])])
    sums = np.concatenate([[0.0], np.cumsum(weight[order] * moments[order])])
    before = np.searchsorted(moments[order], edges, side="right")
    passed: FloatArray = counts[before] * edges - sums[before]
    return passed
