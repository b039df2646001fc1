"""The units to be placed, and what may be decided about each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.model.devices import StorageParameters
from toolkit.model.kinds import KINDS, UnitKind
from toolkit.model.reactive import Inverters, Reactive
from toolkit.model.sites import Sites, sites_of
from toolkit.model.switching import Switches

#: How often it is decided what PV or wind gives at most; never: it gives all.
Curtail = Literal["", "once", "per step"]


@dataclass(frozen=True)
class FleetUnit:
    """What may be decided about one unit.

    Sizes are kW for pv, wt and bess, vehicles for bev. ``candidates`` are bus indices; ``base_bus``
    and ``base_size`` say what the scripts declare. ``stays``: its one candidate is where it is said
    to stand, which it may share with others of its kind that stay there. store: what its own
    store allows, where that is not what holds for all of its kind; reactive: how its reactive power
    is decided, None where it is what the scripts declare; gives_less: whether its inverter may give
    less than sun or wind, by the voltage; sizes: those that can be had, ascending, where not all
    between the smallest and the largest can; curtail: how often it is decided what it gives at
    most; switched: whether a capacitor is on in some steps alone.
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
    stays: bool = False
    store: StorageParameters | None = None
    reactive: Reactive | None = None
    gives_less: bool = False
    sizes: tuple[float, ...] = ()
    curtail: Curtail = ""
    switched: bool = False

    @property
    def in_whole(self) -> bool:
        """Whether its size is a whole number."""
        return KINDS[self.kind].in_vehicles


@dataclass(frozen=True)
class FleetCap:
    """At most so many units of some size, and so many kW, among some units; None for no limit.

    what: the kind they are of, or "all"; rows: their positions in the fleet.
    """

    what: str
    rows: tuple[int, ...]
    units: int | None = None
    kw: float | None = None


@dataclass(frozen=True)
class Fleet:
    """All units and what may be decided about each; bess and bev: what their stores allow.

    caps: what some of them may be together; switches: the lines that the study opens and closes,
    None where it names none.
    """

    units: tuple[FleetUnit, ...]
    buses: tuple[str, ...]
    bess: StorageParameters
    bev: StorageParameters
    v2g: bool
    caps: tuple[FleetCap, ...] = ()
    switches: Switches | None = None

    @cached_property
    def listed(self) -> tuple[int, ...]:
        """Positions of the units that can be had in some sizes alone."""
        return tuple(u for u, unit in enumerate(self.units) if unit.sizes)

    @cached_property
    def kinds(self) -> tuple[UnitKind, ...]:
        """Kind of each unit."""
        return tuple(u.kind for u in self.units)

    def store_of(self, u: int) -> StorageParameters:
        """Return what the store of one unit allows."""
        own = self.units[u].store
        return own or (self.bess if self.units[u].kind == "bess" else self.bev)

    @cached_property
    def rows(self) -> dict[UnitKind, IndexArray]:
        """Positions of the units of each kind."""
        return {
            k: np.array([i for i, u in enumerate(self.units) if u.kind == k], int) for k in KINDS
        }

    @cached_property
    def storage_rows(self) -> IndexArray:
        """Positions of the units that store energy, in unit order."""
        return np.array([i for i, k in enumerate(self.kinds) if KINDS[k].stores], int)

    @cached_property
    def storage(self) -> slice | IndexArray:
        """The same rows, as a slice where they follow each other: a view in the place of a copy."""
        rows = self.storage_rows
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
            return slice(int(rows[0]), int(rows[-1]) + 1)
        return rows

    @cached_property
    def inverters(self) -> Inverters:
        """How the reactive power of units is decided."""
        return Inverters(tuple(unit.reactive for unit in self.units))

    @cached_property
    def gives_less(self) -> BoolArray:
        """Which units may give less than their plan says, by the voltage, (U,)."""
        return np.array([unit.gives_less for unit in self.units], dtype=bool)

    @cached_property
    def decides_further(self) -> bool:
        """Say whether anything besides sites, sizes and stores follows from decisions."""
        inverters = self.inverters.any or bool(self.gives_less.any())
        decided = inverters or self.curtails or bool(self.switched.any())
        return decided or self.switches is not None

    @cached_property
    def switched(self) -> BoolArray:
        """Which units are capacitors that are switched by hour, (U,)."""
        return np.array([unit.switched for unit in self.units], dtype=bool)

    @cached_property
    def curtailable(self) -> BoolArray:
        """Which units may give less than sun and wind give, (U,)."""
        return np.array([bool(unit.curtail) for unit in self.units], dtype=bool)

    @cached_property
    def curtails(self) -> bool:
        """Say whether any unit may give less than sun and wind give."""
        return bool(self.curtailable.any())

    @cached_property
    def planned_rows(self) -> IndexArray:
        """Positions of the units whose power of each step is a plan's own, in unit order."""
        stores = np.array([KINDS[kind].stores for kind in self.kinds], dtype=bool)
        return np.flatnonzero(stores | self.curtailable)

    @cached_property
    def candidates(self) -> tuple[IndexArray, ...]:
        """Candidate buses of each unit, as arrays."""
        return tuple(np.array(u.candidates, dtype=np.intp) for u in self.units)

    @cached_property
    def sites(self) -> dict[UnitKind, Sites]:
        """Which units of each kind have to stand at different buses, and where they may."""
        return {kind: sites_of(self.units, rows) for kind, rows in self.rows.items()}

    @cached_property
    def plain_sites(self) -> tuple[Sites, ...]:
        """Those of kinds whose units always find a free candidate."""
        return tuple(sites for sites in self.sites.values() if sites.plain)

    @cached_property
    def kw_per_size(self) -> FloatArray:
        """The kW of each unit per unit of size, shape (U,)."""
        return np.array([u.kw_per_size for u in self.units])

    @cached_property
    def worth(self) -> FloatArray:
        """What makes one unit larger than another per unit of size, (U,): its kW, if it has any."""
        return np.where(self.kw_per_size > 0.0, self.kw_per_size, 1.0)

    @cached_property
    def kwh_per_size(self) -> FloatArray:
        """The kWh of each unit per unit of size, shape (U,)."""
        return np.array([u.kwh_per_size for u in self.units])
