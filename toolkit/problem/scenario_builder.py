"""The scenario of a study: its profiles turned into output, loads and prices per step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.inputs.loads import load_day
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.sections import Wind
from toolkit.inputs.study import Study
from toolkit.model import devices
from toolkit.model.feeder import Feeder
from toolkit.model.scenario import Scenario, StationDay
from toolkit.problem.local_market import tariffs_of
from toolkit.problem.unit_days import unit_days


def scenario_of(
    study: Study,
    feeder: Feeder,
    day: Profiles,
    stations: Mapping[str, StationDay] | None = None,
) -> Scenario:
    """Return what happens on the day of a study; stations: days of those that have their own.

    Raises InputError for the shape of a load or unit that does not fit the day, and for tariffs
    that leave no room for trade or are not one per step.
    """
    sun, wind = devices.pv_pu(day.irradiance), _wind(study.wind, day.wind_speed)
    return Scenario(
        dt=day.dt,
        pv=sun,
        wt=wind,
        plugged=day.plugged_in,
        trip=day.trip_energy,
        loads=load_day(feeder, day.load, day.dt, study.loads.shapes, study.horizon.day),
        tariffs=tariffs_of(study, day.steps),
        units=unit_days(feeder, sun, wind, day.dt, study.fleet.shapes, study.horizon.day),
        stations=stations or {},
    )


def _wind(curve: Wind, speed: FloatArray) -> FloatArray:
    """Return the output per kW of rating at wind speeds, m/s, by a study's power curve."""
    if curve.table:
        return devices.wind_pu_table(speed, *np.array(curve.table).T)
    return devices.wind_pu(speed, curve.cut_in, curve.rated, curve.cut_out)
