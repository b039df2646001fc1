"""What plan files say of units that may be curtailed: what is decided, and what each gives less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.model import relief
from toolkit.model.decisions import Decisions
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, completed
from toolkit.model.plan_entries import GivenEntry

#: How far a stated power may be from what it can be, as a share of the rating of at least 1 kW.
APART = 1e-6


def of_unit(plan: Plan, operation: Operation, u: int) -> dict[str, object]:
    """Return what a plan file says besides of a unit; nothing of what gives all it can."""
    unit, given = operation.fleet.units[u], plan.further.given
    if not unit.curtail:
        return {}
    available = plan.kw[u] * operation.generation[u]
    less: dict[str, object] = {"curtailed_kw": (available - plan.p_kw[u]).tolist()}
    if given is None:
        return less
    once = bool((given[u] == given[u, 0]).all())
    return {"given": float(given[u, 0]) if once else given[u].tolist(), **less}


def decided(
    entries: Sequence[GivenEntry], operation: Operation, where: str, further: Decisions
) -> Decisions:
    """Return decisions with the shares that a plan states. Raises InputError for what is none."""
    for entry, unit in zip(entries, operation.fleet.units, strict=True):
        said = [name for name in ("given", "curtailed_kw") if getattr(entry, name) is not None]
        if said and not unit.curtail:
            raise InputError(
                f"{where}: unit '{entry.name}', {said[0]}: found it of a unit that gives all it "
                "can; expected none, or curtail = true of this unit in the study."
            )
    if all(entry.given is None for entry in entries):
        return further
    given = np.array([_shares(entry, operation.steps, where) for entry in entries])
    return replace(further, given=given)


def _shares(entry: GivenEntry, steps: int, where: str) -> FloatArray:
    """Return the shares of one unit, (T,); 1 where none is stated."""
    values = np.atleast_1d(np.asarray(1.0 if entry.given is None else entry.given, dtype=float))
    if len(values) not in (1, steps):
        raise InputError(
            f"{where}: unit '{entry.name}', given: found {len(values)} values; expected one, or "
            f"{steps}, one per step."
        )
    return np.array(np.broadcast_to(values, steps))


def taken(plan: Plan, entries: Sequence[GivenEntry], operation: Operation, where: str) -> Plan:
    """Return a plan whose curtailable units give what is stated, the others what limits leave.

    Raises InputError where a unit would give more than it can, or take power.
    """
    p_kw, units = plan.p_kw.copy(), list(operation.fleet.units)
    for u, (entry, unit) in enumerate(zip(entries, operation.fleet.units, strict=True)):
        if unit.curtail and entry.p_kw is not None:
            p_kw[u] = _stated(entry, plan.p_kw[u], max(float(plan.kw[u]), 1.0), where)
            units[u] = replace(unit, curtail="")
    if operation.scenario.connections is not None:
        at = plan.bus, plan.size, p_kw, plan.stored
        p_kw, _ = relief.relieved(*at, operation.with_units(units), by_stores=False)
    found = completed(replace(plan, p_kw=p_kw), operation, relieved=False)
    _check_less(found, entries, operation, where)
    return found


def _stated(entry: GivenEntry, most: FloatArray, scale: float, where: str) -> FloatArray:
    """Return the power that a unit is stated to give, kW, (T,), no more than it can."""
    power = np.array(entry.p_kw, dtype=float)
    off = np.flatnonzero((power > most + APART * scale) | (power < -APART * scale))
    if off.size:
        t = off[0]
        raise InputError(
            f"{where}: unit '{entry.name}', p_kw: found {power[t]:g} in step {t + 1}; expected 0 "
            f"to {most[t]:g}, which is what sun or wind and its decided share give."
        )
    return np.asarray(np.clip(power, 0.0, most))


def _check_less(
    plan: Plan, entries: Sequence[GivenEntry], operation: Operation, where: str
) -> None:
    """Refuse what is said to be curtailed where it is not what is left of what could be given."""
    for u, entry in enumerate(entries):
        if entry.curtailed_kw is None:
            continue
        less = plan.kw[u] * operation.generation[u] - plan.p_kw[u]
        said = np.array(entry.curtailed_kw, dtype=float)
        if len(said) != len(less) or np.abs(said - less).max() > APART * max(plan.kw[u], 1.0):
            raise InputError(
                f"{where}: unit '{entry.name}', curtailed_kw: expected {len(less)} values, what "
                "sun or wind would give without p_kw."
            )


def nothing_said(entries: Sequence[GivenEntry]) -> bool:
    """Say whether a plan leaves the power of every unit to the study."""
    return all(entry.p_kw is None for entry in entries)
