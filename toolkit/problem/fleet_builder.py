"""The fleet of a study: units declared and added, what may be decided about each, and where."""

from __future__ import annotations

import dataclasses
from fnmatch import fnmatchcase

import numpy as np

from toolkit.common import caps
from toolkit.common.errors import InputError, nearest
from toolkit.grid.backend import backend
from toolkit.inputs.sections import AddedUnit, UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.kinds import STORES
from toolkit.model.operation import Operation, can_serve

#: Energy of a battery that says nothing of it, kWh per kW.
DEFAULT_HOURS = 4.0
#: How far a bus may be from a voltage level it is counted to: 0.4 means 0.416 as well.
LEVEL_TOLERANCE = 0.05


def with_units(study: Study, feeder: Feeder) -> Feeder:
    """Return the feeder with the units a study adds, each unit of the kind the study says.

    Raises InputError for a name that is taken or unknown, an unknown bus, or a kind that the
    element cannot be.
    """
    added = tuple(_added(study, feeder, unit) for unit in study.fleet.add)
    units = feeder.units + added
    names = [u.name for u in units]
    for unit in added:
        if names.count(unit.name) > 1:
            raise InputError(
                f"study {study.name}: 'fleet.add': the name '{unit.name}' is taken; expected one "
                f"of its own. Taken: {', '.join(n for n in names if n != unit.name) or unit.name}."
            )
    for name in study.fleet.units:
        if name not in names:
            raise InputError(
                f"study {study.name}: 'fleet.units.{name}': feeder {feeder.name} declares no such "
                f"unit.{nearest(name, names)} Declared: {', '.join(names) or 'none'}."
            )
    return dataclasses.replace(feeder, units=tuple(_of_kind(study, unit) for unit in units))


def _added(study: Study, feeder: Feeder, unit: AddedUnit) -> DeclaredUnit:
    bus, name = unit.bus.lower(), unit.name.lower()
    if bus not in feeder.bus_index:
        raise InputError(
            f"study {study.name}: 'fleet.add', unit {name}, bus: no bus '{unit.bus}' in feeder "
            f"{feeder.name}.{nearest(bus, feeder.buses)}"
        )
    if not _usable(feeder, feeder.bus_index[bus]):
        raise InputError(
            f"study {study.name}: 'fleet.add', unit {name}, bus: {_unusable(feeder, bus)}"
        )
    kw = unit.kw or (unit.vehicles or 0) * study.vehicles.charger_kw
    hours = study.storage.hours or DEFAULT_HOURS
    kwh = (unit.kwh or kw * hours) if unit.kind == "bess" else 0.0
    element = backend().element_of(unit.kind, name)
    return DeclaredUnit(name, unit.kind, element, bus, kw, kwh, unit.phases, added=True)


def _of_kind(study: Study, unit: DeclaredUnit) -> DeclaredUnit:
    """Return a unit with the kind the study gives it; only a Storage can be one of two."""
    own = study.fleet.units.get(unit.name)
    if own is None or own.kind in (None, unit.kind):
        return unit
    if unit.kind not in STORES or own.kind not in STORES:
        expected = " or ".join(STORES) if unit.kind in STORES else unit.kind
        raise InputError(
            f"study {study.name}: 'fleet.units.{unit.name}.kind': found {own.kind}; expected "
            f"{expected}, which is what {unit.element} can be."
        )
    return dataclasses.replace(unit, kind=own.kind)


def fleet(study: Study, feeder: Feeder) -> Fleet:
    """Return the units of a feeder with what a study says may be decided about each.

    Raises InputError for an unknown bus, or too few candidate buses.
    """
    units = Fleet(
        units=tuple(_fleet_unit(study, feeder, unit) for unit in feeder.units),
        buses=feeder.buses,
        bess=study.storage.parameters(),
        bev=study.vehicles.parameters(),
        v2g=study.vehicles.v2g,
    )
    _check_sites(units, study)
    return units


def _fleet_unit(study: Study, feeder: Feeder, unit: DeclaredUnit) -> FleetUnit:
    own = _bounds(study, unit)
    vehicles = study.vehicles
    size, kw_per_size, kwh_per_size = unit.kw, 1.0, 0.0
    if unit.kind == "bev":
        size, kw_per_size, kwh_per_size = (
            float(round(unit.kw / vehicles.charger_kw)),
            vehicles.charger_kw,
            vehicles.battery_kwh,
        )
    elif unit.kind == "bess":
        kwh_per_size = study.storage.hours or (
            unit.kwh / unit.kw if unit.kw > 0.0 else DEFAULT_HOURS
        )
    low, high = (own and own.size) or tuple(size * s for s in study.fleet.scale)
    if unit.kind == "bev":
        low, high = float(np.ceil(low - 1e-9)), float(np.floor(high + 1e-9))
        if low > high:
            raise InputError(
                f"study {study.name}: unit {unit.name}: no whole number of vehicles in its bounds."
            )
    _check_sizes(study, unit, low, high)
    field, wanted = "fleet.buses", study.fleet.buses
    if own and own.buses is not None:
        where = "add" if unit.added else "units"
        field, wanted = f"fleet.{where}.{unit.name}.buses", own.buses
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


def _check_sizes(study: Study, unit: DeclaredUnit, low: float, high: float) -> None:
    most, word = (caps.VEHICLES, "vehicles") if unit.kind == "bev" else (caps.KW, "kW")
    # Written so that NaN fails too.
    if not 0.0 <= low <= high <= most:
        raise InputError(
            f"study {study.name}: unit {unit.name}: found sizes from {low + 0.0:g} to {high:g} "
            f"{word} by its bounds or the size declared; expected them from 0 to {most:,.0f}."
        )


def _bounds(study: Study, unit: DeclaredUnit) -> UnitBounds | None:
    """Return the bounds of one unit: what fleet.units says goes before where it is added."""
    own = study.fleet.units.get(unit.name)
    added = next((a for a in study.fleet.add if a.name.lower() == unit.name), None)
    if own is None or added is None:
        return own or added
    return UnitBounds(size=own.size or added.size, buses=own.buses or added.buses)


def _candidates(
    study: Study, feeder: Feeder, field: str, wanted: tuple[str, ...] | None
) -> tuple[int, ...]:
    """Return the bus indices meant by names, patterns or voltage levels, each usable.

    Every bus with load when none are given.
    """
    if wanted is None:
        found = [feeder.bus_index[b] for b in feeder.prosumers]
        return tuple(bus for bus in found if _usable(feeder, bus))
    chosen: dict[int, None] = {}
    for pattern in wanted:
        hits = _meant(feeder, pattern.lower())
        if not hits:
            raise InputError(f"study {study.name}: '{field}': {_nothing_meant(feeder, pattern)}")
        usable = [bus for bus in hits if _usable(feeder, bus)]
        if not usable:
            raise InputError(
                f"study {study.name}: '{field}': {_unusable(feeder, feeder.buses[hits[0]])}"
            )
        chosen.update(dict.fromkeys(usable))
    return tuple(chosen)


def _meant(feeder: Feeder, pattern: str) -> list[int]:
    """Return the buses a name or pattern means, or, for "kv:X", those at X kV line to line."""
    level = _level(pattern)
    if level is not None:
        near = np.abs(feeder.base_kv - level) <= LEVEL_TOLERANCE * level
        return [int(i) for i in np.flatnonzero(near)]
    return [i for i, bus in enumerate(feeder.buses) if fnmatchcase(bus, pattern)]


def _level(pattern: str) -> float | None:
    if not pattern.startswith("kv:"):
        return None
    try:
        return float(pattern.removeprefix("kv:"))
    except ValueError:
        return float("nan")


def _nothing_meant(feeder: Feeder, pattern: str) -> str:
    if _level(pattern.lower()) is None:
        return f"no bus '{pattern}' in feeder {feeder.name}.{nearest(pattern, feeder.buses)}"
    levels = sorted({float(f"{kv:.4g}") for kv in feeder.base_kv if np.isfinite(kv)})
    listed = ", ".join(f"kv:{kv:g}" for kv in levels)
    return (
        f"found '{pattern}', but no bus of feeder {feeder.name} has that voltage; expected one of "
        f"{listed} (kV between lines, within {LEVEL_TOLERANCE:.0%})."
    )


def _usable(feeder: Feeder, bus: int) -> bool:
    """Say whether a unit can be connected at a bus: it needs a phase and a voltage base."""
    return bool(feeder.phases[bus]) and bool(np.isfinite(feeder.base_kv[bus]))


def _unusable(feeder: Feeder, bus: str) -> str:
    return (
        f"no unit can stand at bus {bus} of feeder {feeder.name}: expected a bus that a line or "
        "transformer brings a phase to, with a voltage base."
    )


def _counted(count: int, noun: str, plural: str) -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"


def _check_sites(fleet: Fleet, study: Study) -> None:
    for kind, rows in fleet.rows.items():
        for count, u in enumerate(rows, start=1):
            if len(fleet.units[u].candidates) < count:
                raise InputError(
                    f"study {study.name}: unit {fleet.units[u].name}: "
                    f"{_counted(len(fleet.units[u].candidates), 'candidate bus', 'es')} for "
                    f"{len(rows)} {kind} units, which must stand at different buses."
                )


def check_trips(operation: Operation, study: Study) -> None:
    """Raise InputError for vehicles that cannot recharge what they drive."""
    if not can_serve(operation):
        raise InputError(
            f"study {study.name}: 'vehicles': a vehicle cannot drive its trips and be back at "
            "soc_start by the end of the day; check trip_energy, plugged_in, charger_kw, "
            "battery_kwh and soc_start."
        )
