"""Plans as JSON files, and back again with every claim checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from toolkit.common.errors import InputError, nearest
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.names import lowered
from toolkit.common.types import FloatArray
from toolkit.common.validation import explain
from toolkit.model import curtailed_entries, plan_decisions
from toolkit.model.decisions import NOTHING_DECIDED
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.kinds import KINDS
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, on_arrival, schedule
from toolkit.model.plan_entries import Follow, Followed, GivenEntry, Parsed, check_steps
from toolkit.model.plan_switches import open_lines, with_open_lines
from toolkit.model.plan_text import loaded
from toolkit.model.scenario import Scenario


def to_json(
    plan: Plan, operation: Operation, followed: Followed | None = None, names: Sequence[str] = ()
) -> str:
    """Return the plan as JSON: per unit name, kind, bus, kw, kwh, vehicles and p_kw[T].

    With them what its days are called where they have names, and what separate days stand for.
    followed, names: the policy, and what its parameters are called; said of plans that follow it.
    """
    follows = plan.parameters is not None and followed is not None
    units = [
        {
            "name": unit.name,
            "kind": unit.kind,
            "bus": operation.fleet.buses[plan.bus[u]],
            "kw": float(plan.kw[u]),
            "kwh": float(plan.kwh[u]),
            "vehicles": int(plan.size[u]) if KINDS[unit.kind].in_vehicles else 0,
            "p_kw": [float(p) for p in plan.p_kw[u]],
            **plan_decisions.said_of_unit(plan, operation, u),
            **_store(unit),
            **curtailed_entries.of_unit(plan, operation, u),
            **(_parameters(plan, operation, u, names) if follows else {}),
        }
        for u, unit in enumerate(operation.fleet.units)
    ]
    head = _time(operation.scenario)
    if follows and followed is not None:
        head["dispatch"] = followed.model_dump(exclude_defaults=True)
    head |= open_lines(plan, operation)
    return json.dumps({**head, "units": units}, indent=1) + "\n"


def _parameters(
    plan: Plan, operation: Operation, u: int, names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return the parameters by which a store follows a policy; nothing of what is no store."""
    (rows,) = np.nonzero(operation.fleet.storage_rows == u)
    if plan.parameters is None or not len(rows):
        return {}
    own = plan.parameters[rows[0]].tolist()
    return {"parameters": dict(zip(names, own, strict=True))}


def _time(scenario: Scenario) -> dict[str, object]:
    """Return what a plan file says of its steps."""
    time: dict[str, object] = {"step_h": scenario.dt}
    if scenario.day_names:
        time["days"] = list(scenario.day_names)
    if scenario.separate is not None:
        time["weights"] = [float(w) for w in scenario.separate.weights]
    return time


def _store(unit: FleetUnit) -> dict[str, dict[str, float]]:
    """Return what a store of its own allows, as shares of its kWh; nothing for the study's."""
    return (
        {} if unit.store is None else {"store": {n: float(v) for n, v in vars(unit.store).items()}}
    )


def parsed(text: str) -> Parsed:
    """Return a plan file as it stands, checked for its form alone.

    Raises ValueError (pydantic's included), KeyError or TypeError where it has not the form.
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return Parsed.model_validate(data)


def from_json(text: str, operation: Operation, where: str, follow: Follow | None = None) -> Plan:
    """Read a plan and check it against the fleet and the physics.

    The study's candidate buses and size bounds limit the search, not a plan that is handed in. A
    short plan has the bus of each unit and its kW, or the vehicles of a station; the rest follows
    from the study: kWh, and in the place of ``p_kw`` what sun and wind give, batteries that stay
    idle and vehicles that charge on arrival. follow: makes plans that follow a policy.

    Raises InputError naming the file, unit and field when a unit is missing, unknown or named
    twice, a value is none that a plan can have, or a dispatch cannot be carried out.
    """
    data = loaded(text, where)
    entries = _entries(data, operation, where)
    _check_stores(entries, operation, where)
    units = operation.fleet.units
    bus = np.array([operation.fleet.buses.index(lowered(e.bus)) for e in entries], dtype=np.intp)
    size = np.array([_size(e, u, where) for e, u in zip(entries, units, strict=True)], dtype=float)
    further = curtailed_entries.decided(entries, operation, where, NOTHING_DECIDED)
    asked = _followed(data, where)
    followed = None if follow is None else follow(asked, bus, size, entries, further)
    free = curtailed_entries.nothing_said(entries)
    idle = followed or schedule(bus, size, on_arrival(operation), operation, further, free)
    given = np.array(
        [idle.p_kw[u] if e.p_kw is None else e.p_kw for u, e in enumerate(entries)], dtype=float
    ).reshape(len(entries), operation.steps)
    own = size[operation.fleet.storage_rows, None]
    per_size = np.zeros((len(operation.fleet.storage_rows), operation.steps))
    np.divide(given[operation.fleet.storage_rows], own, out=per_size, where=own > 0.0)
    plan = idle if free or followed else schedule(bus, size, per_size, operation, further, False)
    if operation.fleet.curtails and not (followed or free):
        plan = curtailed_entries.taken(plan, entries, operation, where)
        given = np.where(operation.fleet.curtailable[:, None], plan.p_kw, given)
    plan = plan_decisions.with_inverters(plan, entries, operation, where)
    _check_sites(plan, operation.fleet, where)
    _check_ratings(entries, plan, operation.fleet, where)
    why = "breaks a power, energy, end-of-day or weather limit of this study"
    if followed is not None:
        why = "is not what its policy gives in this study"
    _check_dispatch(entries, given, plan, where, why)
    plan_decisions.check_kvar(entries, plan, where)
    return with_open_lines(plan, data, operation, where)


def _followed(data: Any, where: str) -> Followed | None:
    """Return the policy that a plan says it follows, None where it says nothing."""
    if "dispatch" not in data:
        return None
    try:
        return Followed.model_validate(data["dispatch"])
    except ValidationError as error:
        raise InputError(explain(error, Followed, f"{where}: 'dispatch'")) from error


def _check_stores(entries: Sequence[GivenEntry], operation: Operation, where: str) -> None:
    """Refuse a store that a plan was made for and that is not the unit's."""
    fleet = operation.fleet
    for u in fleet.storage_rows:
        given, own = entries[u].store, {n: float(v) for n, v in vars(fleet.store_of(u)).items()}
        if given is not None and given != own:
            words = ", ".join(f"{name} {value:g}" for name, value in own.items())
            raise InputError(
                f"{where}, unit {entries[u].name}, store: found {excerpt(given)}; expected {words}."
            )


def _entries(data: Any, operation: Operation, where: str) -> list[GivenEntry]:
    """Return one checked entry a unit, in fleet order."""
    try:
        raw = [(lowered(str(unit["name"])), unit) for unit in data["units"]]
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{where}: not a plan; expected JSON with 'units', each with a 'name'."
        ) from error
    if data.get("step_h", operation.dt) != operation.dt:
        raise InputError(
            f"{where}, step_h: found {excerpt(data['step_h'])}; expected {operation.dt:g}, the "
            "study's step."
        )
    by_name = dict(raw)
    known = [u.name for u in operation.fleet.units]
    for name, _ in raw:
        if name not in known:
            raise InputError(f"{where}: unknown unit '{shortened(name)}'.{nearest(name, known)}")
    if len(by_name) < len(raw):
        names = [name for name, _ in raw]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{where}: unit '{twice}' stands there twice.")
    return [_entry(by_name, unit, operation, where) for unit in operation.fleet.units]


def _entry(
    by_name: dict[str, Any], unit: FleetUnit, operation: Operation, where: str
) -> GivenEntry:
    if unit.name not in by_name:
        raise InputError(f"{where}: unit '{unit.name}' is missing.")
    here = f"{where}: unit '{unit.name}'"
    try:
        entry = GivenEntry.model_validate(by_name[unit.name])
    except ValidationError as error:
        raise InputError(explain(error, GivenEntry, here)) from error
    if entry.kind not in (None, unit.kind):
        raise InputError(f"{here}, kind: found {excerpt(entry.kind)}; expected {unit.kind}.")
    if lowered(entry.bus) not in operation.fleet.buses:
        near = nearest(entry.bus, operation.fleet.buses)
        raise InputError(f"{here}, bus: no bus '{shortened(entry.bus)}'.{near}")
    check_steps(entry.p_kw, operation.steps, f"{here}, p_kw")
    return entry


def _size(entry: GivenEntry, unit: FleetUnit, where: str) -> float:
    """Return the kW of a unit, or the vehicles of a station, which may be given by their kW."""
    here = f"{where}: unit '{entry.name}'"
    in_vehicles = KINDS[unit.kind].in_vehicles
    if KINDS[unit.kind].in_kvar:
        if entry.kvar is None:
            raise InputError(f"{here}: 'kvar' is missing.")
        return entry.kvar
    if in_vehicles and entry.vehicles is not None:
        return float(entry.vehicles)
    if entry.kw is None:
        raise InputError(f"{here}: '{'vehicles' if in_vehicles else 'kw'}' is missing.")
    size = entry.kw / unit.kw_per_size
    if not in_vehicles:
        return size
    if abs(size - round(size)) > 1e-6:
        raise InputError(
            f"{here}, kw: found {entry.kw:g}; expected a whole number of vehicles of "
            f"{unit.kw_per_size:g} kW each."
        )
    return float(round(size))


def _check_sites(plan: Plan, fleet: Fleet, where: str) -> None:
    """Refuse two units of a kind at one bus, but for those that are declared or said to stay there.

    A unit of size 0 holds no site.
    """
    taken: dict[tuple[str, int], int] = {}
    for u in np.flatnonzero(plan.size > 0.0):
        unit, bus = fleet.units[u], int(plan.bus[u])
        other = taken.setdefault((unit.kind, bus), int(u))
        if other != u and not (_at_home(unit, bus) and _at_home(fleet.units[other], bus)):
            raise InputError(
                f"{where}: {fleet.units[other].name} and {unit.name} both stand at bus "
                f"{fleet.buses[bus]}; units of one kind stand at different buses."
            )


def _at_home(unit: FleetUnit, bus: int) -> bool:
    """Say whether a bus is where a unit is declared, or the one where it is said to stay."""
    return bus == unit.base_bus or (unit.stays and unit.candidates == (bus,))


def _check_ratings(entries: list[GivenEntry], plan: Plan, fleet: Fleet, where: str) -> None:
    for u, entry in enumerate(entries):
        vehicles = plan.size[u] if KINDS[fleet.units[u].kind].in_vehicles else 0.0
        for field, own in (("kw", plan.kw[u]), ("kwh", plan.kwh[u]), ("vehicles", vehicles)):
            given = getattr(entry, field)
            if given is not None and abs(given - own) > 1e-6 * max(own, 1.0):
                raise InputError(
                    f"{where}: unit '{entry.name}', {field}: found {given:g}; expected {own:g}, "
                    "which is what a unit of this size has in this study."
                )


def _check_dispatch(
    entries: list[GivenEntry], given: FloatArray, plan: Plan, where: str, why: str
) -> None:
    off = np.abs(plan.p_kw - given).max(axis=1, initial=0.0)
    for entry, gap, kw in zip(entries, off, plan.kw, strict=True):
        if entry.p_kw is not None and gap > 1e-6 * max(kw, 1.0):
            raise InputError(
                f"{where}: unit '{entry.name}', p_kw: cannot be carried out (off by {gap:.3g} kW): "
                f"it {why}."
            )
