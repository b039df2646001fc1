"""A fleet in a scenario: what its units can do in each step."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from toolkit.common.types import BoolArray, FloatArray
from toolkit.model import devices
from toolkit.model.devices import StorageParameters
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.scenario import LoadDay, Scenario


@dataclass(frozen=True)
class Stores:
    """Limits of S storage units per unit of their size, to which all of them are proportional.

    capacity: kWh, (S, 1); charge, discharge: kW, and trip: kWh, (S, T); low: least stored energy,
    kWh, by stretches of time, (S, D, T / D + 1).
    """

    capacity: FloatArray
    charge: FloatArray
    discharge: FloatArray
    trip: FloatArray
    parameters: StorageParameters
    low: FloatArray


@dataclass(frozen=True)
class Operation:
    """What may be decided, and what happens meanwhile.

    ends: kWh per unit of size that stores have to hold at the end, (S,); where it is not given,
    what they begin with.
    """

    fleet: Fleet
    scenario: Scenario
    ends: FloatArray | None = None

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return self.scenario.steps

    @property
    def dt(self) -> float:
        """Length of a step in hours."""
        return self.scenario.dt

    def with_units(self, units: Iterable[FleetUnit]) -> Operation:
        """Return the same with other units decided about."""
        return dataclasses.replace(self, fleet=dataclasses.replace(self.fleet, units=tuple(units)))

    def with_loads(self, loads: LoadDay) -> Operation:
        """Return the same with other loads."""
        return dataclasses.replace(self, scenario=dataclasses.replace(self.scenario, loads=loads))

    @cached_property
    def generation(self) -> FloatArray:
        """What each unit generates per kW of its rating, (U, T); 0 for storage."""
        given = {"pv": self.scenario.pv, "wt": self.scenario.wt}
        none, own = np.zeros(self.scenario.steps), self.scenario.units
        output = [
            own[unit.name].output if unit.name in own else given.get(unit.kind, none)
            for unit in self.fleet.units
        ]
        return np.array(output, dtype=float).reshape(len(output), self.scenario.steps)

    @cached_property
    def stores(self) -> Stores:
        """Limits of the storage units per unit of size."""
        return _stores(self.fleet, self.scenario, self.ends)


def _stores(fleet: Fleet, scenario: Scenario, ends: FloatArray | None) -> Stores:
    bev = np.array([fleet.kinds[u] == "bev" for u in fleet.storage_rows], dtype=bool)[:, None]
    power = fleet.kw_per_size[fleet.storage_rows, None]
    capacity = fleet.kwh_per_size[fleet.storage_rows, None]
    days = [scenario.station(fleet.units[u].name) for u in fleet.storage_rows]
    shape = (len(days), scenario.steps)
    plugged = np.array([day.plugged for day in days], dtype=float).reshape(shape)
    driven = np.array([day.trip for day in days], dtype=float).reshape(shape)
    charge = power * np.where(bev, plugged, 1.0)
    trip = np.where(bev, driven, 0.0)
    names = [field.name for field in dataclasses.fields(StorageParameters)]
    own = [fleet.store_of(u) for u in fleet.storage_rows]
    each = {n: np.array([getattr(p, n) for p in own], dtype=float)[:, None] for n in names}
    parameters = StorageParameters(**each)
    low = devices.least_stored(
        capacity[:, None],
        scenario.folded(charge),
        scenario.folded(trip),
        by_stretches(parameters),
        scenario.dt,
        None if ends is None else ends[:, None, None],
    )
    discharge = charge * np.where(bev, float(fleet.v2g), 1.0)
    return Stores(capacity, charge, discharge, trip, parameters, low)


def by_stretches(parameters: StorageParameters) -> StorageParameters:
    """Return what stores allow, fields of shape (S, 1), for arrays of stretches, (S, 1, 1)."""
    return StorageParameters(*(np.expand_dims(v, -1) for v in vars(parameters).values()))


def repaired(wanted: FloatArray, operation: Operation) -> tuple[FloatArray, FloatArray]:
    """Return what stores do, kW, (..., S, T), and hold, kWh, (..., S, T + 1), per unit of size."""
    at, scenario = operation.stores, operation.scenario
    if scenario.stretches == 1:
        return devices.repair(
            wanted,
            at.capacity,
            at.charge,
            at.discharge,
            at.trip,
            at.parameters,
            scenario.dt,
            at.low[:, 0],
        )
    per_size, energy = devices.repair(
        scenario.folded(wanted),
        at.capacity[:, None],
        scenario.folded(at.charge),
        scenario.folded(at.discharge),
        scenario.folded(at.trip),
        by_stretches(at.parameters),
        scenario.dt,
        at.low,
    )
    ends = energy[..., 1:].reshape(wanted.shape)
    return per_size.reshape(wanted.shape), np.concatenate([energy[..., 0, :1], ends], axis=-1)


def unserved(operation: Operation) -> list[str]:
    """Return the stores that cannot meet their trips and their end of day, charging all they can.

    They are named, in the fleet's order.
    """
    at, fleet = operation.stores, operation.fleet
    slack = 1e-9 * np.maximum(at.capacity, 1.0)
    starts = at.low[..., 0] <= at.parameters.soc_start * at.capacity + slack
    fits = at.low <= (at.parameters.soc_max * at.capacity + slack)[..., None]
    served: BoolArray = np.logical_and(starts.all(axis=1), fits.all(axis=(1, 2)))
    return [fleet.units[u].name for u, ok in zip(fleet.storage_rows, served, strict=True) if not ok]


def can_serve(operation: Operation) -> bool:
    """Say whether every store can meet its trips and its end of day by charging all it can."""
    return not unserved(operation)
