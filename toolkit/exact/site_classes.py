"""Layouts: which units may share a bus, and at which buses it is worth looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from toolkit.common.types import BoolArray, FloatArray
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.kinds import KINDS, UnitKind
from toolkit.model.operation import Operation

#: More slots than this make the relaxation too large; each bus then gets one slot for all classes.
MOST_SLOTS = 240


@dataclass(frozen=True)
class UnitClass:
    """Units that are alike in all that may be decided, so that only their number matters.

    ``units`` are their positions in the fleet. Per unit of size: ``output`` is what sun and wind
    give, kW; ``charge`` and ``discharge`` the limits of power, kW; ``trip`` what driving takes,
    kWh; each (T,); ``low`` the least stored energy, kWh, by stretches of time, (D, T / D + 1). No
    generator charges, and no store has output. ``apart``: no other unit of the kind may stand at
    its bus. curtails: whether it may give less than sun and wind give, which are then its limit of
    discharge, without output. The rest are the fields of
    :class:`~toolkit.model.devices.StorageParameters`.
    """

    kind: UnitKind
    size_min: float
    size_max: float
    candidates: tuple[int, ...]
    units: tuple[int, ...]
    output: FloatArray
    charge: FloatArray
    discharge: FloatArray
    trip: FloatArray
    low: FloatArray
    capacity: float
    soc_max: float
    soc_start: float
    eta_charge: float
    eta_discharge: float
    apart: bool = True
    curtails: bool = False

    @property
    def stores(self) -> bool:
        """Whether the units store energy."""
        return KINDS[self.kind].stores

    @property
    def whole(self) -> bool:
        """Whether sizes are whole numbers."""
        return KINDS[self.kind].in_vehicles

    @cached_property
    def most_in(self) -> FloatArray:
        """Most that one unit can inject, kW, (T,)."""
        return self.size_max * (self.output + self.discharge)

    @cached_property
    def most_out(self) -> FloatArray:
        """Most that one unit can take, kW, (T,)."""
        return self.size_max * self.charge


@dataclass(frozen=True)
class Slot:
    """A place a layout may take: a bus, and the classes that have a unit each there.

    Where ``optional``, any of the classes may be absent.
    """

    bus: int
    classes: tuple[int, ...]
    optional: bool = False


def classes_of(
    operation: Operation, differing: Sequence[object] | None = None
) -> tuple[UnitClass, ...]:
    """Group the units that are alike, in the order of their first.

    differing: what units may differ by besides, as what each costs, (U,); None for nothing.
    Units that share a bus because they stay there are each a class, and others of their kind
    have no business there.
    """
    fleet = operation.fleet
    shared = {kind: _shared(fleet, kind) for kind in fleet.rows}
    homes = [_free_of(unit, shared[unit.kind]) for unit in fleet.units]
    apart = [_apart(unit, shared[unit.kind]) for unit in fleet.units]
    alike: dict[object, list[int]] = {}
    for u, unit in enumerate(homes):
        own = None if differing is None else differing[u]
        alike.setdefault((_decided(operation, u, unit), None if apart[u] else u, own), []).append(u)
    return tuple(
        _class(operation, homes[units[0]], tuple(units), apart[units[0]])
        for units in alike.values()
    )


def _shared(fleet: Fleet, kind: UnitKind) -> set[int]:
    """Return the buses at which several units of a kind stay; those without size hold no site."""
    large = [unit for unit in map(fleet.units.__getitem__, fleet.rows[kind]) if unit.size_max > 0.0]
    stay = [unit.candidates[0] for unit in large if unit.stays]
    return {bus for bus in stay if stay.count(bus) > 1}


def _apart(unit: FleetUnit, shared: set[int]) -> bool:
    """Say whether a unit stands apart from others of its kind."""
    return unit.size_max > 0.0 and not (unit.stays and unit.candidates[0] in shared)


def _free_of(unit: FleetUnit, shared: set[int]) -> FleetUnit:
    """Return a unit without the candidates at which others of its kind stay."""
    if not _apart(unit, shared):
        return unit
    return replace(unit, candidates=tuple(b for b in unit.candidates if b not in shared))


def _decided(operation: Operation, u: int, unit: FleetUnit) -> object:
    """Return all of a unit that a plan depends on, with the candidates left to it."""
    return nature(operation, u), tuple(sorted(unit.candidates))


def nature(operation: Operation, u: int) -> object:
    """Return all of a unit that a plan depends on but for where it may stand."""
    unit = operation.fleet.units[u]
    day = operation.scenario.station(unit.name)
    return (
        unit.kind,
        unit.size_min,
        unit.size_max,
        unit.sizes,
        unit.kw_per_size,
        unit.kwh_per_size,
        unit.store,
        bool(unit.curtail),
        operation.generation[u].tobytes(),
        day.plugged.tobytes(),
        day.trip.tobytes(),
    )


def _class(operation: Operation, unit: FleetUnit, units: tuple[int, ...], apart: bool) -> UnitClass:
    at = operation.stores
    none = np.zeros(operation.steps)
    given = unit.kw_per_size * operation.generation[units[0]]
    store = [int(s) for s in np.flatnonzero(operation.fleet.storage_rows == units[0])]

    def row(values: FloatArray, default: FloatArray) -> FloatArray:
        return values[store[0]] if store else default

    def parameter(name: str) -> float:
        given = np.broadcast_to(
            getattr(at.parameters, name), (len(operation.fleet.storage_rows), 1)
        )
        return float(given[store[0], 0]) if store else 0.0

    return UnitClass(
        kind=unit.kind,
        size_min=unit.size_min,
        size_max=unit.size_max,
        candidates=tuple(sorted(unit.candidates)),
        units=units,
        output=none if unit.curtail else given,
        charge=row(at.charge, none),
        discharge=row(at.discharge, given if unit.curtail else none),
        trip=row(at.trip, none),
        low=row(at.low, np.zeros((0, 0))),
        capacity=unit.kwh_per_size,
        soc_max=parameter("soc_max"),
        soc_start=parameter("soc_start"),
        eta_charge=parameter("eta_charge"),
        eta_discharge=parameter("eta_discharge"),
        apart=apart,
        curtails=bool(unit.curtail),
    )


def dominators(
    classes: Sequence[UnitClass], load: FloatArray, trades: BoolArray | None = None
) -> dict[int, list[int]]:
    """Return, for each bus worth looking at, the buses that are never a worse home, in order.

    load: scheduled load of each bus, kW, (T, B). Without network limits, moving all units of a bus
    to an empty one that has less load in every step adds the same to the surplus and to the deficit
    of all, so neither objective falls. So some best plan uses a bus only where all its dominators
    are used, and a bus with as many dominators as there are units is never needed.

    trades: whether each bus trades with neighbours, (B,), None for all. Units of a bus that does
    not add nothing to either sum, whatever its load, so all such buses are alike; one that trades
    is no worse home than they where it has no load, and they are none for it.
    """
    homes = [set(c.candidates) for c in classes]
    trades = np.ones(load.shape[1], dtype=bool) if trades is None else trades
    load = np.where(trades, load, 0.0)
    buses = sorted(set().union(*homes), key=lambda b: (load[:, b].sum(), not trades[b], b))
    units = sum(len(c.units) for c in classes)
    found: dict[int, list[int]] = {}
    for position, bus in enumerate(buses):
        better = [
            other
            for other in buses[:position]
            if np.all(load[:, other] <= load[:, bus])
            and trades[other] >= trades[bus]
            and all(other in home for home in homes if bus in home)
        ]
        if len(better) < units:
            found[bus] = better
    return found


def slots_of(classes: Sequence[UnitClass], ruled: dict[int, list[int]]) -> tuple[Slot, ...]:
    """Return a slot for each bus and each set of classes that may stand there.

    A set holds at most one class of a kind, since units of one kind stand at different buses but
    for those that stay, and leaves a unit for each dominator of its bus. Where there are too many,
    each bus gets one slot in which every class is optional: a weaker relaxation that still holds
    every plan.
    """
    units = sum(len(c.units) for c in classes)
    slots: list[Slot] = []
    for bus, better in ruled.items():
        here = [k for k, c in enumerate(classes) if bus in c.candidates]
        by_kind: dict[object, list[int]] = {}
        for k in here:
            by_kind.setdefault(classes[k].kind if classes[k].apart else k, []).append(k)
        for chosen in product(*([None, *ks] for ks in by_kind.values())):
            members = tuple(sorted(k for k in chosen if k is not None))
            if 0 < len(members) <= units - len(better):
                slots.append(Slot(bus, members))
            if len(slots) > MOST_SLOTS:
                return _one_a_bus(classes, ruled)
    return tuple(slots)


def _one_a_bus(classes: Sequence[UnitClass], ruled: dict[int, list[int]]) -> tuple[Slot, ...]:
    return tuple(
        Slot(bus, tuple(k for k, c in enumerate(classes) if bus in c.candidates), optional=True)
        for bus in ruled
    )
