"""The year of every load and generator: columns of profiles, and shapes that generators follow."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs.imports.axis import Axis, check_size
from toolkit.inputs.imports.simbench import reading
from toolkit.inputs.imports.simbench.grid import name_of
from toolkit.inputs.imports.store import Columns

#: Hours of a step, and the offset of German standard time in which the first one begins.
HOURS = 0.25
ZONE = datetime.timezone(datetime.timedelta(hours=1))
#: Decimals that are written: of kW and kvar, of W/m2, and of shares.
_POWER, _SUN, _SHARE = 6, 4, 8


def axis_of(net: Any, code: str) -> Axis:
    """Return the steps of a grid's year. Raises InputError for steps that are no quarters of hours.

    Its times are local ones, with clocks that change, of steps that do not: days of standard time.
    """
    times = net.profiles["load"]["time"]
    first = datetime.datetime.strptime(str(times.iloc[0]), "%d.%m.%Y %H:%M")
    days = (datetime.datetime.strptime(str(times.iloc[-1]), "%d.%m.%Y %H:%M") - first).days + 1
    axis = Axis(first.replace(tzinfo=ZONE), HOURS, len(times))
    if axis.days != days:
        raise InputError(
            f"grid {code}: found {len(times):,} steps in {days} days; expected 96 a day."
        )
    check_size(axis, f"grid {code}")
    return axis


def columns_of(net: Any, series: Mapping[tuple[str, str], Any], axis: Axis) -> Columns:
    """Return a column for the kW and kvar of each load, and one for the sun of each PV plant."""
    values: dict[str, FloatArray] = {}
    for row in net.load[net.load.in_service].itertuples():
        name = name_of(row.name)
        values[f"load.{name} [kW]"] = _kilo(series["load", "p_mw"], row.Index)
        if row.q_mvar:
            values[f"load.{name} [kvar]"] = _kilo(series["load", "q_mvar"], row.Index)
    for row in net.sgen[net.sgen.in_service].itertuples():
        if reading.is_sun(str(row.type)):
            sun: FloatArray = np.maximum(1000.0 * share_of(net, row.profile), 0.0)
            values[f"irradiance.{name_of(row.name)} [W/m2]"] = np.round(sun, _SUN)
    return Columns(axis, values, ())


def shapes_of(net: Any) -> dict[str, FloatArray]:
    """Return the shares of their kW that generators other than PV follow, by name."""
    others = [row.profile for row in net.sgen.itertuples() if not reading.is_sun(str(row.type))]
    return {name_of(one): np.round(share_of(net, one), _SHARE) for one in dict.fromkeys(others)}


def share_of(net: Any, profile: str) -> FloatArray:
    """Return a series of generation by its name, shares, (steps,)."""
    values: FloatArray = net.profiles["renewables"][profile].to_numpy(dtype=float)
    return values


def _kilo(frame: Any, index: int) -> FloatArray:
    """Return a series of MW or Mvar in kW or kvar."""
    values: FloatArray = np.round(1000.0 * frame[index].to_numpy(dtype=float), _POWER)
    return values + 0.0
