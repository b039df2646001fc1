"""A case of a results folder as GeoJSON: buses, lines and units, for a map of streets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.common.errors import InputError
from toolkit.common.types import BoolArray
from toolkit.model.kinds import KINDS
from toolkit.results.coordinates import in_degrees
from toolkit.results.figures.groups import Group
from toolkit.results.reinforcing import off_voltage, overloaded
from toolkit.results.store.contents import Results

#: Digits of figures, and of degrees: a tenth of a metre.
DIGITS, DEGREES = 4, 6

Feature = dict[str, Any]


def to_geojson(results: Results, group: Group) -> tuple[dict[str, Any], int]:
    """Return a group's case as a FeatureCollection, and how many buses have no coordinates.

    Extremes and hours are those of the whole time. Raises InputError where places are no degrees.
    """
    at = _degrees(results)
    case, limits = group.median, results.study.limits
    buses = _hours(group, case.buses, "bus", off_voltage(case.buses, limits))
    lines = _hours(group, case.lines, "line", overloaded(case.lines, limits))
    own = dict(list(case.lines.groupby("line")))
    branches = {b["name"]: b for b in results.network["branches"]}
    ends = {name: (b["bus1"], b["bus2"]) for name, b in branches.items()}
    features = [
        *_buses(results, group, at, buses),
        *(
            _feature("LineString", [at[a], at[b]], {**_kind(branches[name]), **of_line})
            for name, (a, b) in ends.items()
            if a in at and b in at and at[a] != at[b]
            for of_line in [_line(group, own.get(name), lines, branches[name], limits.loading_max)]
        ),
        *_units(case.plan["units"], at),
    ]
    about = {"type": "FeatureCollection", "name": f"{results.study.name}: {case.name}"}
    return {**about, "features": features}, len(results.network["buses"]) - len(at)


def _degrees(results: Results) -> dict[str, list[float]]:
    """Return longitude and latitude of each bus that has them. Raises InputError."""
    buses = results.network["buses"]
    xy = np.array([[bus["x"], bus["y"]] for bus in buses], dtype=np.float64)
    known = xy[np.isfinite(xy).all(axis=1)]
    if not in_degrees(xy):
        found = "no coordinates"
        if len(known):
            low, high = known.min(axis=0), known.max(axis=0)
            found = f"x from {low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        raise InputError(
            f"{results.folder / 'network.json'}: coordinates of buses: found {found}; GeoJSON "
            "expects longitudes and latitudes in degrees. Give the feeder's BusCoords as "
            "bus, longitude, latitude, and run the study again."
        )
    return {
        str(bus["name"]): [round(float(x), DEGREES), round(float(y), DEGREES)]
        for bus, (x, y) in zip(buses, xy.tolist(), strict=True)
        if np.isfinite([x, y]).all()
    }


def _feature(kind: str, places: Any, properties: dict[str, Any]) -> Feature:
    shape = {"type": kind, "coordinates": places}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _hours(group: Group, frame: pd.DataFrame, name: str, beyond: BoolArray) -> pd.Series:
    """Return for how many hours each thing is beyond a limit."""
    hours = (group.weight * group.step_h)[frame["step"].to_numpy(dtype=int) - 1]
    return pd.Series(hours * beyond).groupby(frame[name].astype(str).to_numpy()).sum()


def _buses(
    results: Results, group: Group, at: dict[str, list[float]], hours: pd.Series
) -> list[Feature]:
    by_bus = group.median.buses.groupby(group.median.buses["bus"].astype(str))
    worst = by_bus["unbalance_pct"].max() if "unbalance_pct" in group.median.buses else None
    low, high = by_bus["v_min_pu"].min(), by_bus["v_max_pu"].max()
    return [
        _feature(
            "Point",
            at[name],
            {
                "type": "bus",
                "name": name,
                "base_kv": _plain(bus["base_kv"]),
                "load_kw": _plain(bus["load_kw"]),
                "v_min_pu": _plain(low.get(name)),
                "v_max_pu": _plain(high.get(name)),
                "hours_beyond": _plain(hours.get(name)),
                **({} if worst is None else {"unbalance_pct": _plain(worst.get(name))}),
            },
        )
        for bus in results.network["buses"]
        if (name := str(bus["name"])) in at
    ]


def _kind(branch: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a branch of network.json is, and its name."""
    name = str(branch["name"])
    return {"type": "transformer" if name.startswith("transformer.") else "line", "name": name}


def _line(
    group: Group,
    own: pd.DataFrame | None,
    hours: pd.Series,
    branch: Mapping[str, Any],
    most: float,
) -> dict[str, Any]:
    """Return the figures of a line or transformer, given its rows of lines.csv.

    most: the loading, %, that is allowed.
    """
    rated = branch.get("rated_kva")
    ratings = {} if rated is None else {"rating_kva": _plain(rated)}
    if own is None:
        return ratings
    if rated is not None and hours.get(branch["name"], 0.0) > 0.0:
        ratings["needed_kva"] = _plain(rated * float(own["loading_pct"].max()) / most)
    worst = own.iloc[int(own["i_a"].to_numpy().argmax())]
    return {
        "loading_pct": _plain(own["loading_pct"].max()),
        "i_a": _plain(worst["i_a"]),
        "worst_at": group.clock(int(worst["step"])),
        "hours_over": _plain(hours.get(worst["line"])),
        **ratings,
    }


def _units(units: list[dict[str, Any]], at: dict[str, list[float]]) -> list[Feature]:
    return [
        _feature(
            "Point",
            at[str(unit["bus"])],
            {
                "type": "unit",
                "name": str(unit["name"]),
                "kind": KINDS[unit["kind"]].word,
                "bus": str(unit["bus"]),
                **{
                    name: _plain(unit.get(name)) for name in ("kw", "kwh", "kvar") if unit.get(name)
                },
            },
        )
        for unit in units
        if str(unit["bus"]) in at
    ]


def _plain(value: Any) -> float | None:
    """Return a number fit for JSON, None where it is not known."""
    return None if value is None or pd.isna(value) else round(float(value), DIGITS)
