"""A study made ready to be evaluated: decode -> grid -> market -> score."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from toolkit import devices, feeders, fitness, profiles
from toolkit.errors import InputError, nearest
from toolkit.feeders import DeclaredUnit, Feeder
from toolkit.fleet import Fleet, FleetUnit, can_serve
from toolkit.grid import Grid, read_feeder
from toolkit.plan import Plan, base_plan, decode, space_of
from toolkit.profiles import Profiles
from toolkit.scores import UNSOLVED, Scores
from toolkit.space import Space
from toolkit.study import Study

FloatArray = NDArray[np.float64]
#: By how much, kWh, a schedule must fall short of the incumbent for its power flow to be skipped:
#: far more than a day's scheduled and solved energies differ by, so that skipping changes nothing.
SKIP_MARGIN = 1e-2


@dataclass(frozen=True)
class Setting:
    """Everything a study stands for, as values: what can be decided, and the day it happens in."""

    study: Study
    feeder: Feeder
    profiles: Profiles
    fleet: Fleet
    space: Space


def prepare(study: Study) -> Setting:
    """Read the feeder and the profiles of a study and derive its fleet and search space.

    Raises InputError for a feeder without load or units, an unknown unit or bus, too few candidate
    buses, or vehicles that cannot recharge what they drive.
    """
    feeder = read_feeder(feeders.locate(study.feeder))
    day = profiles.read(profiles.locate(study.profiles))
    if not feeder.prosumers:
        raise InputError(f"feeder {feeder.name}: no bus carries load, so nobody can trade.")
    if not feeder.units:
        raise InputError(f"feeder {feeder.name}: the scripts declare no PV, wind or storage unit.")
    fleet = _fleet(study, feeder, day)
    _check_fleet(fleet, study)
    return Setting(study, feeder, day, fleet, space_of(fleet))


def _fleet(study: Study, feeder: Feeder, day: Profiles) -> Fleet:
    declared = [u.name for u in feeder.units]
    for name in study.fleet.units:
        if name not in declared:
            raise InputError(
                f"study {study.name}: 'fleet.units.{name}': feeder {feeder.name} declares no such "
                f"unit.{nearest(name, declared)} Declared: {', '.join(declared)}."
            )
    wind = study.wind
    if wind.table:
        wt = devices.wind_pu_table(day.wind_speed, *np.array(wind.table).T)
    else:
        wt = devices.wind_pu(day.wind_speed, wind.cut_in, wind.rated, wind.cut_out)
    return Fleet(
        units=tuple(_fleet_unit(study, feeder, unit) for unit in feeder.units),
        buses=feeder.buses,
        dt=day.dt,
        pv=devices.pv_pu(day.irradiance),
        wt=wt,
        plugged=day.plugged_in,
        trip=day.trip_energy,
        bess=study.storage.parameters(),
        bev=study.vehicles.parameters(),
        v2g=study.vehicles.v2g,
    )


def _fleet_unit(study: Study, feeder: Feeder, unit: DeclaredUnit) -> FleetUnit:
    own = study.fleet.units.get(unit.name)
    vehicles = study.vehicles
    size, kw_per_size, kwh_per_size = unit.kw, 1.0, 0.0
    if unit.kind == "bev":
        size, kw_per_size, kwh_per_size = (
            float(round(unit.kw / vehicles.charger_kw)),
            vehicles.charger_kw,
            vehicles.battery_kwh,
        )
    elif unit.kind == "bess":
        kwh_per_size = study.storage.hours or (unit.kwh / unit.kw if unit.kw > 0.0 else 4.0)
    low, high = (own and own.size) or tuple(size * s for s in study.fleet.scale)
    if unit.kind == "bev":
        low, high = float(np.ceil(low - 1e-9)), float(np.floor(high + 1e-9))
        if low > high:
            raise InputError(
                f"study {study.name}: unit {unit.name}: no whole number of vehicles in its bounds."
            )
    field, wanted = "fleet.buses", study.fleet.buses
    if own and own.buses is not None:
        field, wanted = f"fleet.units.{unit.name}.buses", own.buses
    return FleetUnit(
        name=unit.name,
        kind=unit.kind,
        size_min=low,
        size_max=high,
        candidates=_candidates(study, feeder, field, wanted),
        base_bus=feeder.bus_index[unit.bus],
        base_size=size,
        kw_per_size=kw_per_size,
        kwh_per_size=kwh_per_size,
    )


def _candidates(
    study: Study, feeder: Feeder, field: str, wanted: tuple[str, ...] | None
) -> tuple[int, ...]:
    """Return the bus indices meant by names or patterns; every bus with load when none given."""
    if wanted is None:
        return tuple(feeder.bus_index[b] for b in feeder.prosumers)
    chosen: dict[int, None] = {}
    for pattern in wanted:
        hits = [i for i, bus in enumerate(feeder.buses) if fnmatchcase(bus, pattern.lower())]
        if not hits:
            raise InputError(
                f"study {study.name}: '{field}': no bus '{pattern}' in feeder {feeder.name}."
                f"{nearest(pattern, feeder.buses)}"
            )
        chosen.update(dict.fromkeys(hits))
    return tuple(chosen)


def _counted(count: int, noun: str, plural: str) -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"


def _check_fleet(fleet: Fleet, study: Study) -> None:
    for kind, rows in fleet.rows.items():
        for count, u in enumerate(rows, start=1):
            if len(fleet.units[u].candidates) < count:
                raise InputError(
                    f"study {study.name}: unit {fleet.units[u].name}: "
                    f"{_counted(len(fleet.units[u].candidates), 'candidate bus', 'es')} for "
                    f"{len(rows)} {kind} units, which must stand at different buses."
                )
    if not can_serve(fleet):
        raise InputError(
            f"study {study.name}: 'vehicles': a vehicle cannot drive its trips and be back at "
            "soc_start by the end of the day; check trip_energy, plugged_in, charger_kw, "
            "battery_kwh and soc_start."
        )


class Problem:
    """Scores points of the unit cube; holds the compiled circuits of its process.

    The search runs on a circuit in which generators stand in for storage. What is reported of a
    plan comes from ``grid``, the circuit as exported. Each is compiled when first asked for: who
    only reports never searches, and a worker only searches.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        #: Scheduled load of each bus, kW, (T, B).
        self.load_kw = setting.profiles.load[:, None] * setting.feeder.load_kw

    @cached_property
    def search_grid(self) -> Grid:
        """The circuit of the search, with generators in the place of storage."""
        return self._compiled(stand_ins=True)

    @cached_property
    def grid(self) -> Grid:
        """The circuit of record, with storage as OpenDSS Storage."""
        return self._compiled(stand_ins=False)

    def _compiled(self, stand_ins: bool) -> Grid:
        setting = self.setting
        return Grid(setting.feeder, setting.fleet, setting.profiles.load, stand_ins)

    @property
    def space(self) -> Space:
        """The search space."""
        return self.setting.space

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""
        return self.score(decode(x, self.setting.fleet, self.setting.space))

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, shape (n, d), each of which has to beat a feasible objective, (n,).

        NaN means there is none. The power flow of a plan is skipped when its schedule already
        trades less than its incumbent: no voltage could change that it loses.
        """
        if not self.loads_as_scheduled or np.isnan(incumbent).all():
            return self.evaluate(x)
        setting = self.setting
        plans = decode(x, setting.fleet, setting.space)
        objective = fitness.scheduled(
            plans, setting.fleet, self.load_kw, setting.study.market.objective
        )
        skipped = objective > incumbent + SKIP_MARGIN
        violation = np.full(len(x), UNSOLVED)
        for i in np.flatnonzero(~skipped):
            solved = self.score(plans.row(slice(i, i + 1)))
            objective[i], violation[i] = solved.objective[0], solved.violation[0]
        return Scores(objective, violation, skipped=skipped)

    def score(self, plans: Plan) -> Scores:
        """Score n plans by the engine's days of them."""
        setting, study = self.setting, self.setting.study
        days = [self.search_grid.day(plans.row(i)) for i in range(len(plans.bus))]
        return fitness.score(days, plans, setting.fleet, study.limits, study.market.objective)

    @cached_property
    def loads_as_scheduled(self) -> bool:
        """Say whether loads draw their scheduled power in every day that is within the limits.

        Only then is the schedule's objective the engine's: constant-power loads whose band holds
        the voltage limits, and a base day that confirms it.
        """
        band, limits = self.setting.feeder.constant_power_band, self.setting.study.limits
        if not (band[0] <= limits.v_min and limits.v_max <= band[1]):
            return False
        day = self.search_grid.day(base_plan(self.setting.fleet))
        off = np.abs(day.load_kva.real - self.load_kw)
        return not day.reason and bool(off.max() <= 1e-5 * max(self.load_kw.max(), 1.0))
