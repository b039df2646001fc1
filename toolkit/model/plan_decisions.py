"""What plan files say of what is decided besides sites, sizes and what stores do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import BoolArray, FloatArray
from toolkit.model.decisions import NOTHING_DECIDED, Decisions
from toolkit.model.fleet import FleetUnit
from toolkit.model.kinds import KINDS
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, completed
from toolkit.model.plan_entries import GivenEntry, check_steps
from toolkit.model.reactive import Reactive, kvar_left

#: How far, as a share of its size, a number may be from what follows from others.
CLOSE = 1e-6


def said_of_unit(plan: Plan, operation: Operation, u: int) -> dict[str, Any]:
    """Return what a plan file says of a unit's inverter; nothing where scripts declare it.

    volt_watt: the inverter may give less than p_kw, by the voltage.
    """
    fleet = operation.fleet
    if KINDS[fleet.units[u].kind].in_kvar:
        return _said_of_capacitor(plan, operation, u)
    own, less = fleet.units[u].reactive, {"volt_watt": True} if fleet.units[u].gives_less else {}
    if own is None or own.by_voltage or plan.q_kvar is None:
        return less
    series = [float(q) for q in plan.q_kvar[u]]
    if own.searched == "kvar":
        return {"q_kvar": series, **less}
    factors = fleet.inverters.factors(plan.further.power_factor)
    return {"power_factor": float(factors[u]), "q_kvar": series, **less}


def _said_of_capacitor(plan: Plan, operation: Operation, u: int) -> dict[str, Any]:
    """Return the size of a capacitor and, where it is switched, in which steps it is on."""
    size, on = {"kvar": float(plan.size[u])}, plan.further.on
    if not operation.fleet.units[u].switched or on is None:
        return size
    return {**size, "on": [bool(each) for each in on[u]]}


def with_inverters(
    plan: Plan, entries: Sequence[GivenEntry], operation: Operation, where: str
) -> Plan:
    """Return a plan with the power factors and the reactive power that its entries state.

    Raises InputError for what no inverter of the study can do.
    """
    found = decisions_of(entries, plan.kw, plan.p_kw, operation, where)
    on = _on(entries, operation, where)
    if found is NOTHING_DECIDED and on is None:
        return plan
    factor, kvar = found.power_factor, found.kvar
    further = replace(plan.further, power_factor=factor, kvar=kvar, on=on)
    return completed(replace(plan, further=further), operation, relieved=False)


def _on(entries: Sequence[GivenEntry], operation: Operation, where: str) -> BoolArray | None:
    """Return in which steps capacitors are on, (U, T), None where no entry says it."""
    on = np.ones((len(entries), operation.steps), dtype=bool)
    for u, (entry, unit) in enumerate(zip(entries, operation.fleet.units, strict=True)):
        here = f"{where}: unit '{entry.name}'"
        if entry.on is not None and not unit.switched:
            raise InputError(
                f"{here}, on: found it of a unit that is not switched; expected switched = 'per "
                "step' of a capacitor in the study."
            )
        if entry.kvar is not None and not KINDS[unit.kind].in_kvar:
            raise InputError(f"{here}, kvar: found it of a {unit.kind} unit; expected kw.")
        if entry.on is not None:
            check_steps(entry.on, operation.steps, f"{here}, on")
            on[u] = entry.on
    return None if all(entry.on is None for entry in entries) else on


def decisions_of(
    entries: Sequence[GivenEntry],
    kw: FloatArray,
    p_kw: FloatArray,
    operation: Operation,
    where: str,
) -> Decisions:
    """Return the further decisions of a plan that is handed in, its entries in the fleet's order.

    kw: ratings, (U,); p_kw: injection, (U, T). Raises InputError for what no inverter can do.
    """
    inverters = operation.fleet.inverters
    for entry, unit in zip(entries, operation.fleet.units, strict=True):
        _check(entry, unit, operation.steps, where)
    if not inverters.any:
        return NOTHING_DECIDED
    left = kvar_left(p_kw, inverters.kva(kw)[:, None])
    factor, share = np.full(len(entries), np.nan), np.full(p_kw.shape, np.nan)
    for u, (entry, own) in enumerate(zip(entries, inverters.units, strict=True)):
        if own is None:
            continue
        if own.searched == "power_factor" and entry.power_factor is not None:
            factor[u] = entry.power_factor
        if own.searched == "kvar":
            share[u] = _share(entry, left[u], f"{where}: unit '{entry.name}', q_kvar")
    stated = [values if np.isfinite(values).any() else None for values in (factor, share)]
    if all(values is None for values in stated):
        return NOTHING_DECIDED
    return Decisions(power_factor=stated[0], kvar=stated[1])


def _check(entry: GivenEntry, unit: FleetUnit, steps: int, where: str) -> None:
    here, own = f"{where}: unit '{entry.name}'", unit.reactive
    if entry.volt_watt and not unit.gives_less:
        raise InputError(
            f"{here}, volt_watt: found it of a unit that follows no curve; expected volt_watt in "
            "the study, or a control in the scripts."
        )
    if own is None or own.by_voltage:
        said = [name for name in ("power_factor", "q_kvar") if getattr(entry, name) is not None]
        if said:
            raise InputError(
                f"{here}, {said[0]}: found it for a unit whose reactive power no plan decides in "
                "this study; expected power_factor or reactive in [inverters] or in the unit's "
                "section of the study."
            )
        return
    check_steps(entry.q_kvar, steps, f"{here}, q_kvar")
    if entry.power_factor is not None and not _allows(own, entry.power_factor):
        raise InputError(
            f"{here}, power_factor: found {entry.power_factor:g}; expected {_expected(own)}."
        )


def _allows(own: Reactive, factor: float) -> bool:
    """Say whether a unit may have a power factor."""
    if own.searched == "power_factor":
        return abs(factor) >= own.least * (1.0 - CLOSE)
    return own.searched == "" and abs(factor - own.power_factor) <= CLOSE


def _expected(own: Reactive) -> str:
    if own.searched == "power_factor":
        return f"a size from {own.least:g} to 1"
    if own.searched == "kvar":
        return "q_kvar alone, since the study decides each step"
    return f"{own.power_factor:g}, which the study says"


def _share(entry: GivenEntry, left: FloatArray, here: str) -> FloatArray:
    """Return reactive power as a share of what the rating leaves, (T,)."""
    wanted = np.zeros(len(left)) if entry.q_kvar is None else np.array(entry.q_kvar)
    over = np.abs(wanted) - left
    if over.max(initial=0.0) > CLOSE * max(left.max(initial=0.0), 1.0):
        step = int(np.argmax(over))
        raise InputError(
            f"{here}: found {wanted[step]:g} kvar in step {step + 1}; expected at most "
            f"{left[step]:g}, which its rating leaves."
        )
    share = np.divide(wanted, left, out=np.zeros_like(left), where=left > 0.0)
    return np.clip(share, -1.0, 1.0)


def check_kvar(entries: Sequence[GivenEntry], plan: Plan, where: str) -> None:
    """Refuse reactive power that is not what follows from a plan's power factors and ratings."""
    for u, entry in enumerate(entries):
        if entry.q_kvar is None or plan.q_kvar is None:
            continue
        off = np.abs(np.array(entry.q_kvar) - plan.q_kvar[u])
        if off.max(initial=0.0) > CLOSE * max(float(plan.kw[u]), 1.0):
            step = int(np.argmax(off))
            raise InputError(
                f"{where}: unit '{entry.name}', q_kvar: found {entry.q_kvar[step]:g} in step "
                f"{step + 1}; expected {plan.q_kvar[u][step]:g}, which its power factor and rating "
                "give."
            )
