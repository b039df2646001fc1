"""Columns of profiles that count for one vehicle station alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from toolkit.common.errors import nearest
from toolkit.common.excerpts import shortened

#: The columns that a station may have of its own, as they are written for all stations.
SHARED = ("plugged_in [pu]", "trip_energy [kWh/vehicle]")
#: How they are written for one station.
OWN = tuple(name.replace(" ", ".NAME ", 1) for name in SHARED)
_FORMS = {
    name: re.compile(
        re.escape(name.partition(" ")[0]) + r"\.(\S.*?) *" + re.escape(name.split()[1])
    )
    for name in SHARED
}


def station_of(column: str) -> tuple[str, str] | None:
    """Return the shared column that one of a station stands for, and the station's name."""
    for shared, form in _FORMS.items():
        if found := form.fullmatch(column):
            return shared, found[1]
    return None


def unknown_station(column: str, named: str, stations: Iterable[str]) -> str:
    """Say that a column is about no vehicle station of a feeder."""
    known = list(stations)
    there = f"one of the vehicle stations {', '.join(known[:10])}" if known else "no such column"
    return (
        f"column '{shortened(column)}': found '{shortened(named)}', which is no vehicle station of "
        f"the study; expected {there}.{nearest(named, known)}"
    )
