"""Inverters as lines of OpenDSS script: power factors, ratings, and reactive power step by step.

A PVSystem and a Storage keep a power factor within their kVA by themselves, a Generator keeps one
without a rating. What no element can do by itself, a series of reactive power, is injected by a
Generator beside it that has no real power.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from toolkit.grid.opendss.connections import WIDE
from toolkit.inputs.scripts.writing import Value, statement
from toolkit.model.kinds import KINDS

if TYPE_CHECKING:
    from toolkit.model.feeder import DeclaredUnit, Feeder
    from toolkit.model.operation import Operation
    from toolkit.model.plan import Plan
    from toolkit.model.reactive import Reactive

#: What the names of sources of reactive power begin with.
PREFIX = "p2p_kvar_"


def is_generator(declared: DeclaredUnit, stand_ins: bool) -> bool:
    """Say whether a unit is a Generator in one of the circuits."""
    if KINDS[declared.kind].stores:
        return stand_ins
    return declared.element.lower().startswith("generator.")


def priority(declared: DeclaredUnit, decided: Reactive | None) -> dict[str, str]:
    """Return the properties that say which power gives way at an inverter's rating."""
    if decided is None or is_generator(declared, stand_ins=False):
        return {}
    return {"wattpriority": "no" if decided.reactive_first else "yes", "pfpriority": "no"}


def inverter_ratings(
    plan: Plan, operation: Operation, declared: DeclaredUnit, u: int, stand_ins: bool
) -> dict[str, float]:
    """Return the power factor and the rating of a unit, as far as a study decides them."""
    fleet = operation.fleet
    decided, kw = fleet.units[u].reactive, float(plan.kw[u])
    if decided is None:
        return _begun_anew(declared)
    if has_kvar_source(declared, decided, stand_ins):
        return {"pf": 1.0}
    factor = float(fleet.inverters.factors(plan.further.power_factor)[u])
    if is_generator(declared, stand_ins):
        return {"pf": factor}
    kva = float(fleet.inverters.kva(plan.kw)[u])
    # What nothing is built of keeps a rating, by which the engine divides.
    return {"kVA": (kva if np.isfinite(kva) else 2.0 * kw / abs(factor)) or 1.0, "pf": factor}


def _begun_anew(declared: DeclaredUnit) -> dict[str, float]:
    """Return what an inverter begins each day with that a control of the scripts works on."""
    if not declared.control:
        return {}
    pf = 1.0 if declared.panels is None else declared.panels.inverter.pf
    return {} if np.isnan(pf) else {"pf": pf}


def has_kvar_source(declared: DeclaredUnit, decided: Reactive | None, stand_ins: bool) -> bool:
    """Say whether a unit's reactive power is a series, which a Generator beside it injects."""
    if decided is None:
        return False
    limited = bool(np.isfinite(min(decided.kva, decided.kva_per_kw)))
    return decided.searched == "kvar" or (limited and is_generator(declared, stand_ins))


def kvar_sources(
    feeder: Feeder, operation: Operation, stand_ins: bool
) -> list[tuple[int, DeclaredUnit]]:
    """Return the units whose reactive power a Generator beside them injects, by position."""
    pairs = enumerate(zip(feeder.units, operation.fleet.units, strict=True))
    return [(u, d) for u, (d, own) in pairs if has_kvar_source(d, own.reactive, stand_ins)]


def kvar_source(declared: DeclaredUnit) -> str:
    """Return the full name of the Generator that injects a unit's reactive power."""
    return f"Generator.{PREFIX}{declared.name}"


def served_by(element: str) -> str:
    """Return the name of the unit whose reactive power an element injects, blank for none."""
    _, _, name = element.lower().partition(f"generator.{PREFIX}")
    return name


def kvar_shape(declared: DeclaredUnit) -> str:
    """Return the full name of the load shape that holds a unit's reactive power, kvar."""
    return f"LoadShape.{PREFIX}{declared.name}"


def kvar_source_preamble(
    declared: DeclaredUnit, at: Mapping[str, str], shape: Mapping[str, Value], steps: int
) -> list[str]:
    """Return the lines that make a unit's source of reactive power, of 0 kvar."""
    none = np.zeros(steps)
    plain = {"kW": "0", "kvar": "1", "model": "1", **WIDE}
    follows = {"status": "variable", "daily": f"{PREFIX}{declared.name}"}
    return [
        statement("New", kvar_shape(declared), {**shape, "mult": none, "qmult": none}),
        statement("New", kvar_source(declared), {**at, **plain, **follows}),
    ]


def kvar_source_commands(
    plan: Plan, declared: DeclaredUnit, u: int, at: Mapping[str, str]
) -> list[str]:
    """Return the lines that write a plan into a unit's source of reactive power."""
    assert plan.q_kvar is not None
    return [
        statement("Edit", kvar_shape(declared), {"qmult": plan.q_kvar[u]}),
        statement("Edit", kvar_source(declared), at),
    ]
