"""The units of a study: those that the scripts declare and those it adds, of the kinds it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fnmatch import fnmatchcase

from toolkit.common.errors import InputError, nearest
from toolkit.common.names import lowered
from toolkit.grid.backend import backend
from toolkit.inputs.fleet_sections import AddedUnit, UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.devices import DEFAULT_HOURS
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.kinds import ALIKE
from toolkit.model.notices import Notice
from toolkit.problem import candidates, inverters, stations


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
        if lowered(name) not in names:
            raise InputError(
                f"study {study.name}: 'fleet.units.{name}': feeder {feeder.name} declares no such "
                f"unit.{nearest(name, names)} Declared: {', '.join(names) or 'none'}."
            )
    _check_fixed(study, feeder, names)
    units = tuple(inverters.with_inverter(study, _of_kind(study, unit)) for unit in units)
    _check_vehicles(study, units)
    _check_switched(study, units)
    notices = feeder.notices + _notices(study, units)
    return dataclasses.replace(feeder, units=units, notices=notices)


def _check_fixed(study: Study, feeder: Feeder, names: Sequence[str]) -> None:
    for pattern in study.fleet.fixed:
        if not any(fnmatchcase(name, lowered(pattern)) for name in names):
            raise InputError(
                f"study {study.name}: 'fleet.fixed': found '{pattern}', but feeder {feeder.name} "
                f"declares no such unit.{nearest(pattern, names)} Declared: "
                f"{', '.join(names) or 'none'}."
            )


def _notices(study: Study, units: Sequence[DeclaredUnit]) -> tuple[Notice, ...]:
    """Say which units count as something else than their scripts or the study say."""
    notices: list[Notice] = []
    for unit in units:
        if text := inverters.remark(study, unit):
            notices.append(Notice(unit.element, text, unit.file, unit.line, topic="study"))
        if unit.kind == "bev" and not unit.added:
            own = study.fleet.bounds(unit.name)
            texts = (
                stations.remark(study, unit, own, stations.declared(study, unit, own)),
                stations.state_remark(study, unit),
            )
            notices += [Notice(unit.element, t, unit.file, unit.line) for t in texts if t]
    return tuple(notices)


def _added(study: Study, feeder: Feeder, unit: AddedUnit) -> DeclaredUnit:
    bus, name = lowered(unit.bus), lowered(unit.name)
    if bus not in feeder.bus_index:
        raise InputError(
            f"study {study.name}: 'fleet.add', unit {name}, bus: no bus '{unit.bus}' in feeder "
            f"{feeder.name}.{nearest(bus, feeder.buses)}"
        )
    if not candidates.usable(feeder, feeder.bus_index[bus]):
        raise InputError(
            f"study {study.name}: 'fleet.add', unit {name}, bus: {candidates.unusable(feeder, bus)}"
        )
    kw, kwh = _size_of_added(study, unit)
    element = backend().element_of(unit.kind, name)
    return DeclaredUnit(
        name,
        unit.kind,
        element,
        bus,
        kw,
        kwh,
        unit.phases,
        added=True,
        kvar=unit.kvar or 0.0,
        switched=(study.fleet.bounds(name).switched is not None),
    )


def _size_of_added(study: Study, unit: AddedUnit) -> tuple[float, float]:
    """Return the kW and, for storage, the kWh of a unit that a study adds."""
    if unit.kind == "bev":
        station = stations.added(study, unit)
        return station.vehicles * station.charger_kw, station.vehicles * station.battery_kwh
    kw = unit.kw or 0.0
    hours = study.storage.hours or DEFAULT_HOURS
    return kw, (unit.kwh or kw * hours) if unit.kind == "bess" else 0.0


def _of_kind(study: Study, unit: DeclaredUnit) -> DeclaredUnit:
    """Return a unit with the kind the study gives it, one that its element can be."""
    own = study.fleet.own(unit.name)
    if own is None or own.kind in (None, unit.kind):
        return unit
    alike = next((kinds for kinds in ALIKE if unit.kind in kinds), (unit.kind,))
    if own.kind not in alike:
        expected = " or ".join(alike)
        raise InputError(
            f"study {study.name}: 'fleet.units.{unit.name}.kind': found {own.kind}; expected "
            f"{expected}, which is what {unit.element} can be."
        )
    return dataclasses.replace(unit, kind=own.kind)


def _check_vehicles(study: Study, units: Sequence[DeclaredUnit]) -> None:
    """Refuse vehicles of what is no station."""
    for unit in units:
        own = study.fleet.own(unit.name) or UnitBounds()
        fields = [f for f in ("vehicles", "charger_kw", "battery_kwh") if getattr(own, f)]
        if fields and unit.kind != "bev":
            raise InputError(
                f"study {study.name}: 'fleet.units.{unit.name}.{fields[0]}': {unit.element} is a "
                f'{unit.kind} unit; expected it of a vehicle station alone (kind = "bev").'
            )


def _check_switched(study: Study, units: Sequence[DeclaredUnit]) -> None:
    """Refuse to switch by hour what is no capacitor."""
    for unit in units:
        own = study.fleet.bounds(unit.name)
        if own.switched is not None and unit.kind != "capacitor":
            raise InputError(
                f"study {study.name}: unit {unit.name}, switched: {unit.element} is a {unit.kind} "
                'unit; expected it of a capacitor alone (kind = "capacitor").'
            )
