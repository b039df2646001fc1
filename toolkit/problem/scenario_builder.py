"""The scenario of a study: its profiles turned into output, loads and prices per step."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.inputs.horizon import DayName
from toolkit.inputs.loads import joined_loads, load_day
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.sections import Wind
from toolkit.inputs.study import Study
from toolkit.model import devices
from toolkit.model.connections import joined_connections
from toolkit.model.feeder import Feeder
from toolkit.model.market import Tariffs
from toolkit.model.scenario import Scenario, SeparateDays, StationDay, UnitDay
from toolkit.problem import membership, named_series
from toolkit.problem.study_connections import connections_of
from toolkit.problem.study_tariffs import day_steps, tariffs_of
from toolkit.problem.timed_prices import Clock
from toolkit.problem.unit_days import unit_days


def scenario_of(
    study: Study,
    feeder: Feeder,
    day: Profiles,
    stations: Mapping[str, StationDay] | None = None,
    on: DayName | None = None,
) -> Scenario:
    """Return what happens on a day of a study.

    stations: days of those that have their own; on: the day that load shapes begin with.

    Raises InputError for the shape of a load or unit that does not fit the day, for a load that
    follows a column which the profiles lack, and for tariffs that leave no room for trade or are
    not one per step.
    """
    sun, wind = devices.pv_pu(day.irradiance), _wind(study.wind, day.wind_speed)
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
        tariffs=tariffs_of(study, Clock(day.steps, day.dt, day.start)),
        units=unit_days(
            feeder, sun, wind, day.dt, study.fleet.shapes, on, _units_alone(study, feeder, day)
        ),
        stations=stations or {},
        dates=_dates(day),
        connections=connections_of(study, feeder.buses, day.steps, day_steps(day.dt)),
        members=membership.of(study, feeder),
    )


def _dates(day: Profiles) -> tuple[str, ...]:
    """Return the date of each day of profiles that have any."""
    if day.start is None:
        return ()
    first = day.start.date()
    return tuple((first + datetime.timedelta(days=n)).isoformat() for n in range(max(day.days, 1)))


def joined(
    scenarios: Sequence[Scenario], separate: SeparateDays | None, feeder: Feeder
) -> Scenario:
    """Return scenarios of one length side by side, as the days ``separate`` of one scenario."""
    if separate is None:
        return scenarios[0]
    first = scenarios[0]

    def together(values: Callable[[Scenario], FloatArray]) -> FloatArray:
        return np.concatenate([values(each) for each in scenarios])

    return Scenario(
        dt=first.dt,
        pv=together(lambda s: s.pv),
        wt=together(lambda s: s.wt),
        plugged=together(lambda s: s.plugged),
        trip=together(lambda s: s.trip),
        loads=joined_loads([s.loads for s in scenarios], feeder),
        tariffs=Tariffs(
            together(lambda s: s.tariffs.retail),
            together(lambda s: s.tariffs.feed_in),
            together(lambda s: s.tariffs.network),
        ),
        separate=separate,
        units={name: _joined_unit([s.units[name] for s in scenarios]) for name in first.units},
        stations={
            name: _joined_station([s.stations[name] for s in scenarios]) for name in first.stations
        },
        connections=joined_connections([s.connections for s in scenarios]),
        members=first.members,
    )


def _joined_unit(days: Sequence[UnitDay]) -> UnitDay:
    degrees = [day.temperature for day in days if day.temperature is not None]
    return UnitDay(
        followed=np.concatenate([day.followed for day in days]),
        q=np.concatenate([day.q for day in days]),
        temperature=np.concatenate(degrees) if degrees else None,
        output=np.concatenate([day.output for day in days]),
    )


def _joined_station(days: Sequence[StationDay]) -> StationDay:
    return StationDay(
        np.concatenate([day.plugged for day in days]), np.concatenate([day.trip for day in days])
    )


def _units_alone(study: Study, feeder: Feeder, day: Profiles) -> dict[str, FloatArray]:
    """Return what units with columns of their own follow, kW/m2 of PV and pu of others, by name."""
    sun = named_series.by_owner(feeder, day, "irradiance")
    wind = named_series.by_owner(feeder, day, "wind_speed")
    return {
        **{name: devices.pv_pu(values) for name, values in sun.items()},
        **{name: _wind(study.wind, values) for name, values in wind.items()},
        **named_series.by_owner(feeder, day, "output"),
    }


def _wind(curve: Wind, speed: FloatArray) -> FloatArray:
    """Return the output per kW of rating at wind speeds, m/s, by a study's power curve."""
    if curve.table:
        return devices.wind_pu_table(speed, *np.array(curve.table).T)
    return devices.wind_pu(speed, curve.cut_in, curve.rated, curve.cut_out)
