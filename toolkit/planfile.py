"""Plans as JSON files, and back again with every claim checked."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import InputError, nearest
from toolkit.fleet import Fleet, FleetUnit
from toolkit.plan import Plan, schedule

FloatArray = NDArray[np.float64]


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
    given = np.array([p[2] for p in parts]).reshape(len(parts), fleet.steps)
    own = size[fleet.storage_rows, None]
    per_size = np.zeros((len(fleet.storage_rows), fleet.steps))
    np.divide(given[fleet.storage_rows], own, out=per_size, where=own > 0.0)
    plan = schedule(bus, size, per_size, fleet)
    _check_given(given, [p[3] for p in parts], plan, fleet, where)
    return plan


def _check_given(
    given: FloatArray, claimed: list[float], plan: Plan, fleet: Fleet, where: str
) -> None:
    for unit, kwh, own in zip(fleet.units, claimed, plan.kwh, strict=True):
        if abs(kwh - own) > 1e-6 * max(own, 1.0):
            raise InputError(
                f"{where}: unit '{unit.name}', kwh: found {kwh:g}; expected {own:g}, which is what "
                "a unit of this size holds in this study."
            )
    off = np.abs(plan.p_kw - given).max(axis=1)
    for unit, gap, kw in zip(fleet.units, off, plan.kw, strict=True):
        if gap > 1e-6 * max(kw, 1.0):
            raise InputError(
                f"{where}: unit '{unit.name}': p_kw cannot be carried out (off by {gap:.3g} kW): "
                "it breaks a power, energy, end-of-day or weather limit of this study."
            )


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
) -> tuple[int, float, list[float], float]:
    """Return (bus index, size, p_kw, kwh) of one unit."""
    if unit.name not in entries:
        raise InputError(f"{where}: unit '{unit.name}' is missing.")
    entry = entries[unit.name]
    try:
        bus, kw, p_kw = str(entry["bus"]), float(entry["kw"]), [float(p) for p in entry["p_kw"]]
        kwh = float(entry["kwh"])
        size = float(entry["vehicles"]) if unit.kind == "bev" else kw / unit.kw_per_size
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{where}: unit '{unit.name}': bad or missing field: {error}.") from error
    if bus not in fleet.buses:
        raise InputError(
            f"{where}: unit '{unit.name}': unknown bus '{bus}'.{nearest(bus, fleet.buses)}"
        )
    if len(p_kw) != fleet.steps:
        raise InputError(
            f"{where}: unit '{unit.name}', p_kw: found {len(p_kw)} values; expected {fleet.steps}."
        )
    return fleet.buses.index(bus), size, p_kw, kwh
