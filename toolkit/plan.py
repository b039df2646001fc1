"""Plans: where each unit stands, how large it is and what it does all day.

Any point of the unit cube decodes to a plan that can be carried out: sites are made distinct
within a kind, and dispatch is repaired against power, energy and end-of-day limits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit import devices
from toolkit.devices import StorageParameters
from toolkit.errors import InputError, nearest
from toolkit.feeders import KINDS, UnitKind
from toolkit.space import Space, Variable

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]


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
        return {k: np.array([i for i, u in enumerate(self.units) if u.kind == k], int) for k in KINDS}

    @cached_property
    def storage_rows(self) -> IndexArray:
        """Positions of the units that store energy, in unit order."""
        return np.array([i for i, k in enumerate(self.kinds) if k in ("bess", "bev")], int)

    @cached_property
    def kw_per_size(self) -> FloatArray:
        """The kW of each unit per unit of size, shape (U,)."""
        return np.array([u.kw_per_size for u in self.units])

    @cached_property
    def kwh_per_size(self) -> FloatArray:
        """The kWh of each unit per unit of size, shape (U,)."""
        return np.array([u.kwh_per_size for u in self.units])


@dataclass(frozen=True)
class Plan:
    """One plan, or n of them when every array has a leading axis n.

    bus: index into the feeder's buses, shape (..., U); size: kW or vehicles; kw: power rating;
    kwh: energy capacity (0 for pv and wt), all (..., U); p_kw: scheduled injection, (..., U, T);
    stored: energy at the start of each step and at the end, kWh, (..., U, T + 1), 0 for pv and wt.
    """

    bus: IndexArray
    size: FloatArray
    kw: FloatArray
    kwh: FloatArray
    p_kw: FloatArray
    stored: FloatArray

    def row(self, i: int) -> Plan:
        """Return plan i of a population."""
        return Plan(
            self.bus[i], self.size[i], self.kw[i], self.kwh[i], self.p_kw[i], self.stored[i]
        )


def space_of(fleet: Fleet) -> Space:
    """Return the search space: site and size of every unit, then a value a step of each store."""
    variables: list[Variable] = []
    for unit in fleet.units:
        kind = "integer" if unit.kind == "bev" else "real"
        variables.append(Variable(f"{unit.name}.site", "choice", 0, len(unit.candidates) - 1))
        variables.append(Variable(f"{unit.name}.size", kind, unit.size_min, unit.size_max))
    for row in fleet.storage_rows:
        name = fleet.units[row].name
        variables += [Variable(f"{name}.p[{t + 1}]", "real", -1, 1) for t in range(fleet.steps)]
    return Space(tuple(variables))


def decode(x: FloatArray, fleet: Fleet, space: Space) -> Plan:
    """Turn points of the unit cube, shape (n, d), into n plans that can be carried out."""
    values = space.values(x)
    units, stores = len(fleet.units), len(fleet.storage_rows)
    bus = place(values[:, 0 : 2 * units : 2].astype(int), fleet)
    size = values[:, 1 : 2 * units : 2]
    wanted = np.zeros((len(x), units, fleet.steps))
    wanted[:, fleet.storage_rows] = values[:, 2 * units :].reshape(len(x), stores, fleet.steps)
    return schedule(bus, size, wanted * (size * fleet.kw_per_size)[..., None], fleet)


def place(choice: IndexArray, fleet: Fleet) -> IndexArray:
    """Turn chosen candidates, shape (n, U), into bus indices, distinct within each kind.

    A taken bus falls to the nearest free candidate in the unit's own list, the earlier one first.
    """
    bus = np.empty(choice.shape, dtype=np.intp)
    everyone = np.arange(len(choice))
    for rows in fleet.rows.values():
        taken = np.zeros((len(choice), len(fleet.buses)), dtype=bool)
        for u in rows:
            candidates = np.asarray(fleet.units[u].candidates)
            bus[:, u] = candidates[choice[:, u]]
            clash = np.flatnonzero(taken[everyone, bus[:, u]])
            if clash.size:
                distance = np.abs(np.arange(len(candidates)) - choice[clash, u, None]).astype(float)
                distance[taken[clash][:, candidates]] = np.inf
                bus[clash, u] = candidates[distance.argmin(axis=1)]
            taken[everyone, bus[:, u]] = True
    return bus


def schedule(bus: IndexArray, size: FloatArray, wanted: FloatArray, fleet: Fleet) -> Plan:
    """Return the plan that comes nearest to the wanted dispatch, kW of shape (..., U, T).

    PV and wind rows of ``wanted`` are ignored: they inject what sun and wind give.
    """
    kw = size * fleet.kw_per_size
    kwh = size * fleet.kwh_per_size
    p_kw = np.zeros(wanted.shape)
    stored = np.zeros((*wanted.shape[:-1], fleet.steps + 1))
    p_kw[..., fleet.rows["pv"], :] = kw[..., fleet.rows["pv"], None] * fleet.pv
    p_kw[..., fleet.rows["wt"], :] = kw[..., fleet.rows["wt"], None] * fleet.wt
    for kind, parameters in (("bess", fleet.bess), ("bev", fleet.bev)):
        rows = fleet.rows[kind]
        if rows.size:
            charge, discharge, trip = storage_limits(kind, kw[..., rows], size[..., rows], fleet)
            p_kw[..., rows, :], stored[..., rows, :] = devices.repair(
                wanted[..., rows, :], kwh[..., rows], charge, discharge, trip, parameters, fleet.dt
            )
    return Plan(bus, size, kw, kwh, p_kw, stored)


def storage_limits(
    kind: UnitKind, kw: FloatArray, size: FloatArray, fleet: Fleet
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return (most charging kW, most discharging kW, trip kWh), each of shape (..., T)."""
    if kind == "bess":
        power = np.repeat(kw[..., None], fleet.steps, axis=-1)
        return power, power, np.zeros_like(power)
    power = kw[..., None] * fleet.plugged
    return power, power * float(fleet.v2g), size[..., None] * fleet.trip


def base_plan(fleet: Fleet) -> Plan:
    """Return the feeder as declared: batteries idle, vehicles charged on arrival."""
    size = np.array([u.base_size for u in fleet.units])
    bus = np.array([u.base_bus for u in fleet.units], dtype=np.intp)
    wanted = np.zeros((len(fleet.units), fleet.steps))
    for u in fleet.rows["bev"]:
        unit = fleet.units[u]
        charge, _, trip = storage_limits("bev", size[u] * unit.kw_per_size, size[u], fleet)
        wanted[u] = devices.charge_on_arrival(
            size[u] * unit.kwh_per_size, charge, trip, fleet.bev, fleet.dt
        )
    return schedule(bus, size, wanted, fleet)


def encode(plan: Plan, fleet: Fleet, space: Space) -> FloatArray:
    """Return a point of the unit cube, shape (d,), that decodes to the plan.

    Raises InputError when a site or size is outside the fleet's bounds.
    """
    values = np.zeros(len(space))
    units = len(fleet.units)
    for u, unit in enumerate(fleet.units):
        if int(plan.bus[u]) not in unit.candidates:
            raise InputError(f"{unit.name}: bus {fleet.buses[plan.bus[u]]} is no candidate.")
        values[2 * u] = unit.candidates.index(int(plan.bus[u]))
        values[2 * u + 1] = plan.size[u]
    kw = plan.kw[fleet.storage_rows, None]
    p_kw = plan.p_kw[fleet.storage_rows]
    values[2 * units :] = np.divide(p_kw, kw, out=np.zeros_like(p_kw), where=kw > 0).reshape(-1)
    outside = np.flatnonzero((values < space.lower - 1e-9) | (values > space.upper + 1e-9))
    if outside.size:
        at = outside[0]
        raise InputError(
            f"{space.names[at]}: found {values[at]:g}; expected {space.lower[at]:g} to "
            f"{space.upper[at]:g}."
        )
    return np.clip(space.unit(values), 0.0, 1.0)


def to_json(plan: Plan, fleet: Fleet) -> str:
    """Return the plan as JSON: per unit name, kind, bus, kw, kwh, vehicles and p_kw[T]."""
    units = [
        {
            "name": unit.name,
            "kind": unit.kind,
            "bus": fleet.buses[plan.bus[u]],
            "kw": float(plan.kw[u]),
            "kwh": float(plan.kwh[u]),
            "vehicles": int(plan.size[u]) if unit.kind == "bev" else 0,
            "p_kw": [float(p) for p in plan.p_kw[u]],
        }
        for u, unit in enumerate(fleet.units)
    ]
    return json.dumps({"step_h": fleet.dt, "units": units}, indent=1) + "\n"


def from_json(text: str, fleet: Fleet, where: str) -> Plan:
    """Read a plan and check it against the fleet and the physics.

    Raises InputError naming the file and unit when a unit is missing or unknown, a bus unknown, a
    schedule too short, or a dispatch cannot be carried out.
    """
    entries = _entries(text, where)
    known = [u.name for u in fleet.units]
    for name in entries:
        if name not in known:
            raise InputError(f"{where}: unknown unit '{name}'.{nearest(name, known)}")
    parts = [_read_unit(entries, unit, fleet, where) for unit in fleet.units]
    bus = np.array([p[0] for p in parts], dtype=np.intp)
    size = np.array([p[1] for p in parts])
    wanted = np.array([p[2] for p in parts]).reshape(len(parts), fleet.steps)
    plan = schedule(bus, size, wanted, fleet)
    off = np.abs(plan.p_kw - wanted).max(axis=1)
    for unit, gap, kw in zip(fleet.units, off, plan.kw, strict=True):
        if gap > 1e-6 * max(kw, 1.0):
            raise InputError(
                f"{where}: unit '{unit.name}': p_kw cannot be carried out (off by {gap:.3g} kW): "
                "it breaks a power, energy, end-of-day or weather limit of this study."
            )
    return plan


def _entries(text: str, where: str) -> dict[str, Any]:
    try:
        entries = {str(unit["name"]): unit for unit in json.loads(text)["units"]}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{where}: not a plan; expected JSON with 'units', each with a 'name'. ({error})"
        ) from error
    return entries


def _read_unit(
    entries: dict[str, Any], unit: FleetUnit, fleet: Fleet, where: str
) -> tuple[int, float, list[float]]:
    """Return (bus index, size, p_kw) of one unit."""
    if unit.name not in entries:
        raise InputError(f"{where}: unit '{unit.name}' is missing.")
    entry = entries[unit.name]
    try:
        bus, kw, p_kw = str(entry["bus"]), float(entry["kw"]), [float(p) for p in entry["p_kw"]]
        size = float(entry["vehicles"]) if unit.kind == "bev" else kw / unit.kw_per_size
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{where}: unit '{unit.name}': bad or missing field: {error}.") from error
    if bus not in fleet.buses:
        raise InputError(f"{where}: unit '{unit.name}': unknown bus '{bus}'.{nearest(bus, fleet.buses)}")
    if len(p_kw) != fleet.steps:
        raise InputError(
            f"{where}: unit '{unit.name}': found {len(p_kw)} values in p_kw; expected {fleet.steps}."
        )
    return fleet.buses.index(bus), size, p_kw
