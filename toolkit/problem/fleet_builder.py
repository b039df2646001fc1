"""The fleet of a study: units declared and added, what may be decided about each, and where."""

from __future__ import annotations

import numpy as np

from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.grid.backend import backend
from toolkit.inputs.fleet_sections import UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.devices import DEFAULT_HOURS, StorageParameters
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.kinds import KINDS
from toolkit.model.sites import lacking
from toolkit.problem import candidates, curtailment, inverters, stations
from toolkit.problem.fleet_limits import caps_of
from toolkit.problem.stations import Station


def fleet(study: Study, feeder: Feeder) -> Fleet:
    """Return the units of a feeder with what a study says may be decided about each.

    Raises InputError for an unknown bus, or too few candidate buses.
    """
    each = tuple(_fleet_unit(study, feeder, unit) for unit in feeder.units)
    units = Fleet(
        units=each,
        buses=feeder.buses,
        bess=study.storage.parameters(),
        bev=study.vehicles.parameters(),
        v2g=study.vehicles.v2g,
        caps=caps_of(study, each),
    )
    if _says_buses(study):
        check_sites(units, study)
    return units


def _fleet_unit(study: Study, feeder: Feeder, unit: DeclaredUnit) -> FleetUnit:
    own = study.fleet.bounds(unit.name)
    size, kw_per_size, kwh_per_size, store = unit.kw, 1.0, 0.0, None
    if unit.kind == "bev":
        station = stations.declared(study, unit, own)
        size, kw_per_size, kwh_per_size = (
            float(station.vehicles),
            station.charger_kw,
            station.battery_kwh,
        )
    elif unit.kind == "capacitor":
        size, kw_per_size = unit.kvar, 0.0
    elif unit.kind == "bess":
        store = _store(study, unit)
        kwh_per_size = study.storage.hours or (
            unit.kwh / unit.kw if unit.kw > 0.0 else DEFAULT_HOURS
        )
    fixed = _is_fixed(study, unit, own)
    sizes = () if fixed or own.sizes is None else _sizes(study, unit, own.sizes)
    low, high = (size, size) if fixed else _size_bounds(study, unit, own, size)
    _check_sizes(study, unit, low, high)
    curtail = curtailment.of_unit(study, unit, own)
    home = feeder.bus_index[unit.bus]
    homes = (home,) if fixed else candidates.of_unit(study, feeder, unit, own)
    return FleetUnit(
        name=unit.name,
        kind=unit.kind,
        size_min=low,
        size_max=high,
        candidates=homes,
        stays=fixed or (len(homes) == 1 and (own.buses is not None or homes == (home,))),
        base_bus=home,
        base_size=size,
        kw_per_size=kw_per_size,
        kwh_per_size=kwh_per_size,
        store=store,
        reactive=inverters.reactive_of(
            study, unit, own, high * kw_per_size, curtails=bool(curtail)
        ),
        gives_less=unit.may_give_less,
        sizes=sizes,
        curtail=curtail,
        switched=unit.switched,
    )


def _store(study: Study, unit: DeclaredUnit) -> StorageParameters | None:
    """Return what a battery allows by its declaration and the study, None where it is the usual."""
    own, usual = study.storage.parameters(unit.store), study.storage.parameters()
    if not own.soc_min <= own.soc_start <= own.soc_max:
        raise InputError(
            f"study {study.name}: 'storage', and what {unit.element} declares: found soc_min "
            f"{own.soc_min:g}, soc_start {own.soc_start:g}, soc_max {own.soc_max:g}; expected them "
            "in rising order."
        )
    return None if own == usual else own


def _is_fixed(study: Study, unit: DeclaredUnit, own: UnitBounds) -> bool:
    """Say whether a unit keeps bus and size. Raises InputError where the study says otherwise."""
    fixed = study.fleet.keeps(unit.name)
    said = "size" if own.size else "sizes" if own.sizes else ""
    said = said or ("buses" if own.buses is not None else "")
    if fixed and said:
        by = "fixed = true" if own.fixed else f"'{study.fleet.fixed_by(unit.name)}' in fleet.fixed"
        raise InputError(
            f"study {study.name}: unit {unit.name}: found {said} and {by}; expected one of them, "
            f"or fixed = false in fleet.units.{unit.name}."
        )
    return fixed


def _size_bounds(
    study: Study, unit: DeclaredUnit, own: UnitBounds, size: float
) -> tuple[float, float]:
    """Return the smallest and the largest size that a search may give a unit."""
    listed = (min(own.sizes), max(own.sizes)) if own.sizes else None
    scaled = size * study.fleet.scale[0], size * study.fleet.scale[1]
    low, high = own.size or listed or scaled
    if unit.kind != "bev":
        return low, high
    whole = float(np.ceil(low - 1e-9)), float(np.floor(high + 1e-9))
    # Where there is room for a part of a vehicle alone, a station would vanish unseen.
    if whole[0] > whole[1] or (whole[1] == 0.0 < high):
        raise InputError(
            f"study {study.name}: unit {unit.name}: no whole number of vehicles in its bounds, "
            f"{low:g} to {high:g}; expected others: fleet.units.{unit.name}.size."
        )
    return whole


def _sizes(study: Study, unit: DeclaredUnit, given: tuple[float, ...]) -> tuple[float, ...]:
    """Return the sizes that a unit can be had in, ascending; vehicles are whole."""
    broken = [size for size in given if unit.kind == "bev" and not float(size).is_integer()]
    if broken:
        raise InputError(
            f"study {study.name}: unit {unit.name}, sizes: found {broken[0]:g} vehicles; expected "
            "whole numbers."
        )
    return tuple(sorted(map(float, given)))


def station_of(study: Study, name: str, bus: str, kw: float, kwh: float) -> Station:
    """Return what a station of so many kW and kWh counts as in a study."""
    unit = DeclaredUnit(name, "bev", backend().element_of("bev", name), bus, kw, kwh)
    return stations.declared(study, unit, study.fleet.bounds(unit.name))


def _check_sizes(study: Study, unit: DeclaredUnit, low: float, high: float) -> None:
    word = KINDS[unit.kind].size_unit
    most = caps.VEHICLES if unit.kind == "bev" else caps.KW
    # Written so that NaN fails too.
    if not 0.0 <= low <= high <= most:
        raise InputError(
            f"study {study.name}: unit {unit.name}: found sizes from {low + 0.0:g} to {high:g} "
            f"{word} by its bounds or the size declared; expected them from 0 to {most:,.0f}."
        )


def _counted(count: int, noun: str, plural: str) -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"


def check_sites(fleet: Fleet, study: Study) -> None:
    """Raise InputError where units that may move have too few candidate buses."""
    for kind, sites in fleet.sites.items():
        found = None if sites.plain else lacking(sites)
        if found is None:
            continue
        units, buses = found
        unit, wanted = fleet.units[units[-1]], {b for u in units for b in fleet.units[u].candidates}
        taken = sites.held & wanted
        stay = [
            u for u in fleet.rows[kind] if fleet.units[u].stays and {*fleet.candidates[u]} & taken
        ]
        names = ", ".join(fleet.units[u].name for u in sorted({*units, *map(int, stay)}))
        raise InputError(
            f"study {study.name}: unit {unit.name}: "
            f"{_counted(len(buses | taken), 'candidate bus', 'es')} for {len(units) + len(stay)} "
            f"{kind} units ({names}), which must stand at different buses unless each is said to "
            "stay there (fixed = true, or that bus alone in its buses)."
        )


def _says_buses(study: Study) -> bool:
    """Say whether a study names candidate buses, of which there may then be too few."""
    given = [study.fleet.buses, *(u.buses for u in (*study.fleet.units.values(), *study.fleet.add))]
    return any(buses is not None for buses in given)
