"""The units to be placed: what may be decided about each, and the day they work in."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model import devices
from toolkit.model.devices import KINDS, StorageParameters, UnitKind


@dataclass(frozen=True)
class FleetUnit:
    """What may be decided about one unit.

    Sizes are kW for pv, wt and bess, vehicles for bev. ``candidates`` are bus indices; ``base_bus``
    and ``base_size`` say what the scripts declare.
    """

    name: str
    kind: UnitKind
    size_min: float
    size_max: float
    candidates: tuple[int, ...]
    base_bus: int
    base_size: float
    kw_per_size: float
    kwh_per_size: float


@dataclass(frozen=True)
class Stores:
    """Limits of S storage units per unit of their size, to which all of them are proportional.

    capacity: kWh, (S, 1); charge, discharge: kW, and trip: kWh, (S, T); low: least stored energy,
    kWh, (S, T + 1).
    """

    capacity: FloatArray
    charge: FloatArray
    discharge: FloatArray
    trip: FloatArray
    parameters: StorageParameters
    low: FloatArray


@dataclass(frozen=True)
class Fleet:
    """All units, and the day they work in.

    pv and wt: output per kW of rating; plugged: share of vehicles at their chargers; trip: kWh a
    vehicle drives; each of shape (T,).
    """

    units: tuple[FleetUnit, ...]
    buses: tuple[str, ...]
    dt: float
    pv: FloatArray
    wt: FloatArray
    plugged: FloatArray
    trip: FloatArray
    bess: StorageParameters
    bev: StorageParameters
    v2g: bool

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return len(self.pv)

    @cached_property
    def kinds(self) -> tuple[UnitKind, ...]:
        """Kind of each unit."""
        return tuple(u.kind for u in self.units)

    @cached_property
    def rows(self) -> dict[UnitKind, IndexArray]:
        """Positions of the units of each kind."""
        return {
            k: np.array([i for i, u in enumerate(self.units) if u.kind == k], int) for k in KINDS
        }

    @cached_property
    def storage_rows(self) -> IndexArray:
        """Positions of the units that store energy, in unit order."""
        return np.array([i for i, k in enumerate(self.kinds) if k in ("bess", "bev")], int)

    @cached_property
    def candidates(self) -> tuple[IndexArray, ...]:
        """Candidate buses of each unit, as arrays."""
        return tuple(np.array(u.candidates, dtype=np.intp) for u in self.units)

    @cached_property
    def generation(self) -> FloatArray:
        """What sun and wind give per kW of each unit's rating, (U, T); 0 for storage."""
        given = {"pv": self.pv, "wt": self.wt}
        return np.array([given.get(kind, np.zeros(self.steps)) for kind in self.kinds])

    @cached_property
    def stores(self) -> Stores:
        """Limits of the storage units per unit of size."""
        return _stores(self)

    @cached_property
    def kw_per_size(self) -> FloatArray:
        """The kW of each unit per unit of size, shape (U,)."""
        return np.array([u.kw_per_size for u in self.units])

    @cached_property
    def kwh_per_size(self) -> FloatArray:
        """The kWh of each unit per unit of size, shape (U,)."""
        return np.array([u.kwh_per_size for u in self.units])


def _stores(fleet: Fleet) -> Stores:
    bev = np.array([fleet.kinds[u] == "bev" for u in fleet.storage_rows], dtype=bool)[:, None]
    power = fleet.kw_per_size[fleet.storage_rows, None]
    capacity = fleet.kwh_per_size[fleet.storage_rows, None]
    charge = power * np.where(bev, fleet.plugged, 1.0)
    trip = np.where(bev, fleet.trip, 0.0)
    names = [field.name for field in dataclasses.fields(StorageParameters)]
    both = {n: np.where(bev, getattr(fleet.bev, n), getattr(fleet.bess, n)) for n in names}
    parameters = StorageParameters(**both)
    low = devices.least_stored(capacity, charge, trip, parameters, fleet.dt)
    discharge = charge * np.where(bev, float(fleet.v2g), 1.0)
    return Stores(capacity, charge, discharge, trip, parameters, low)


def can_serve(fleet: Fleet) -> bool:
    """Say whether every store can meet its trips and its end of day by charging all it can."""
    at = fleet.stores
    slack = 1e-9 * np.maximum(at.capacity, 1.0)
    starts = at.low[:, :1] <= at.parameters.soc_start * at.capacity + slack
    return bool(np.all(starts) and np.all(at.low <= at.parameters.soc_max * at.capacity + slack))
