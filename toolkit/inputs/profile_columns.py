"""Columns of a profile file: those for all, and those of one load, unit or vehicle station."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.common import caps
from toolkit.common.errors import nearest
from toolkit.common.excerpts import shortened

#: The columns that say when a step begins; a file has one of them at least.
HOUR, TIME = "hour [h]", "time"
#: Column for all -> field of Profiles.
SHARED = {
    "load [pu]": "load",
    "irradiance [W/m2]": "irradiance",
    "wind_speed [m/s]": "wind_speed",
    "plugged_in [pu]": "plugged_in",
    "trip_energy [kWh/vehicle]": "trip_energy",
}
#: Column that foretells a column for all -> field of Profiles that it foretells.
FORETOLD = {
    "load_forecast [pu]": "load",
    "irradiance_forecast [W/m2]": "irradiance",
    "wind_speed_forecast [m/s]": "wind_speed",
}
#: Field of Profiles -> column for all.
COLUMN = {field: column for column, field in SHARED.items()}
#: Columns for one alone, as messages write them: field, unit.
_OWN = (
    ("load", "kW"),
    ("load", "kvar"),
    *((f, c.partition("[")[2][:-1]) for f, c in COLUMN.items()),
    ("output", "pu"),
)
OWN = tuple(f"{field}.NAME [{unit}]" for field, unit in _OWN)
_FORMS = [
    (field, unit, re.compile(rf"{field}\.(\S.*?) *\[{re.escape(unit)}\]")) for field, unit in _OWN
]
#: What a column of each field is about, in words.
ABOUT = {
    "load": "load",
    "irradiance": "PV unit",
    "wind_speed": "wind unit",
    "plugged_in": "vehicle station",
    "trip_energy": "vehicle station",
    "output": "generator",
}
#: Other spellings of units, as in the names of columns.
_SPELLINGS = {"m²": "m2", "m^2": "m2"}
#: The most that a column of a field in a unit may hold, and what is expected of it, in words.
MOST = {
    ("plugged_in", "pu"): (1.0, "a share from 0 to 1"),
    ("output", "pu"): (1.0, "a share of its kW from 0 to 1"),
    ("load", "pu"): (caps.LOAD_PU, f"at most {caps.LOAD_PU:,g} pu"),
    ("load", "kW"): (caps.KW, f"at most {caps.KW:,g} kW"),
    ("load", "kvar"): (caps.KW, f"at most {caps.KW:,g} kvar"),
    ("wind_speed", "m/s"): (caps.WIND, f"at most {caps.WIND:,g} m/s"),
    ("trip_energy", "kWh/vehicle"): (caps.VEHICLE, f"at most {caps.VEHICLE:,g} kWh"),
}


@dataclass(frozen=True)
class Own:
    """A column of one alone: the field of Profiles, whose it is, and its unit."""

    field: str
    name: str
    unit: str


def own_of(column: str) -> Own | None:
    """Return whose alone a column is, None for one that is for all or unknown."""
    for field, unit, form in _FORMS:
        if found := form.fullmatch(column):
            return Own(field, found[1], unit)
    return None


def field_of(column: str) -> tuple[str, str]:
    """Return the field and the unit of a known column of values."""
    own = own_of(column)
    if own is not None:
        return own.field, own.unit
    return {**SHARED, **FORETOLD}[column], column.partition("[")[2][:-1]


def spelt(column: str) -> str:
    """Return the name of a column with its unit as the toolkit spells it."""
    head, mark, unit = column.rpartition("[")
    for other, ours in _SPELLINGS.items():
        unit = unit.replace(other, ours)
    return f"{head}{mark}{unit}"


def unknown_owner(column: str, own: Own, known: Iterable[str]) -> str:
    """Say that a column is about nothing that a study has."""
    names, what = list(known), ABOUT[own.field]
    there = f"one of the {what}s {', '.join(names[:10])}" if names else "no such column"
    return (
        f"column '{shortened(column)}': found '{shortened(own.name)}', which is no {what} of "
        f"the study; expected {there}.{nearest(own.name, names)}"
    )
