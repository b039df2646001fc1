"""The scenario of a study: its profiles turned into output, loads and prices per step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.inputs.horizon import shapes_day
from toolkit.inputs.loads import load_day
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.sections import Wind
from toolkit.inputs.study import Study
from toolkit.model import devices
from toolkit.model.feeder import Feeder
from toolkit.model.scenario import Scenario, StationDay
from toolkit.problem import named_series
from toolkit.problem.local_market import tariffs_of
from toolkit.problem.unit_days import unit_days


def scenario_of(
    study: Study,
    feeder: Feeder,
    day: Profiles,
    stations: Mapping[str, StationDay] | None = None,
) -> Scenario:
    """Return what happens on the day of a study; stations: days of those that have their own.

    Raises InputError for the shape of a load or unit that does not fit the day, for a load that
    follows a column which the profiles lack, and for tariffs that leave no room for trade or are
    not one per step.
    """
    sun, wind = devices.pv_pu(day.irradiance), _wind(study.wind, day.wind_speed)
    on = shapes_day(study.horizon.day, day)
    named_series.check_loads(study, feeder, day, on)
    return Scenario(
        dt=day.dt,
        pv=sun,
        wt=wind,
        plugged=day.plugged_in,
        trip=day.trip_energy,
        loads=load_day(
            feeder,
            day.load,
            day.dt,
            study.loads.shapes,
            on,
            named_series.load_shares(feeder, day),
        ),
        tariffs=tariffs_of(study, day.steps),
        units=unit_days(
            feeder, sun, wind, day.dt, study.fleet.shapes, on, _units_alone(study, feeder, day)
        ),
        stations=stations or {},
    )


def _units_alone(study: Study, feeder: Feeder, day: Profiles) -> dict[str, FloatArray]:
    """Return what PV and wind units with columns of their own follow, kW/m2 and pu, by name."""
    sun = named_series.by_owner(feeder, day, "irradiance")
    wind = named_series.by_owner(feeder, day, "wind_speed")
    return {
        **{name: devices.pv_pu(values) for name, values in sun.items()},
        **{name: _wind(study.wind, values) for name, values in wind.items()},
    }


def _wind(curve: Wind, speed: FloatArray) -> FloatArray:
    """Return the output per kW of rating at wind speeds, m/s, by a study's power curve."""
    if curve.table:
        return devices.wind_pu_table(speed, *np.array(curve.table).T)
    return devices.wind_pu(speed, curve.cut_in, curve.rated, curve.cut_out)
