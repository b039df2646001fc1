"""Capacitors that a study adds, as lines of OpenDSS script: fixed, or switched by hour.

One that is switched has a control that follows a load shape: on where that is not 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from toolkit.inputs.scripts.writing import Value, statement
from toolkit.model.kinds import KINDS

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.model.feeder import DeclaredUnit, Feeder
    from toolkit.model.operation import Operation
    from toolkit.model.plan import Plan

#: What the names of controls and shapes of capacitors begin with.
PREFIX = "p2p_on_"
#: The least size of a capacitor, kvar: by its reactance the engine divides.
LEAST = 1e-6


def is_capacitor(declared: DeclaredUnit) -> bool:
    """Say whether a unit is a capacitor."""
    return KINDS[declared.kind].in_kvar


def capacitors(feeder: Feeder) -> list[int]:
    """Return the positions of the units that are capacitors."""
    return [u for u, unit in enumerate(feeder.units) if is_capacitor(unit)]


def switched(feeder: Feeder) -> list[int]:
    """Return the positions of the units that are capacitors switched by hour."""
    return [u for u, unit in enumerate(feeder.units) if unit.switched]


def on_shape(declared: DeclaredUnit) -> str:
    """Return the full name of the load shape that says in which steps a capacitor is on."""
    return f"LoadShape.{PREFIX}{declared.name}"


def capacitor_preamble(
    declared: DeclaredUnit,
    feeder: Feeder,
    at: Mapping[str, str],
    shape: Mapping[str, Value],
    steps: int,
) -> list[str]:
    """Return the lines that make a capacitor where it stands in the base case, and its control."""
    new = statement("New", declared.element, {**at, "kvar": repr(max(declared.kvar, LEAST))})
    if not declared.switched:
        return [new]
    name = f"{PREFIX}{declared.name}"
    properties: dict[str, Value] = {
        # It looks at nothing there, but has to stand somewhere.
        "element": feeder.branches[0].name,
        "terminal": "1",
        "capacitor": declared.name,
        "type": "follow",
        "controlsignal": name,
        **{"delay": "0", "delayoff": "0", "deadtime": "0"},
    }
    return [
        statement("New", on_shape(declared), {**shape, "mult": np.ones(steps)}),
        new,
        statement("New", f"CapControl.{name}", properties),
    ]


def hours_of(plan: Plan, operation: Operation, declared: DeclaredUnit, u: int) -> list[str]:
    """Return the line that says in which steps a capacitor is on, where it is switched by hour."""
    if not declared.switched:
        return []
    return [statement("Edit", on_shape(declared), {"mult": on_of(plan, operation, u)})]


def kvar_of(plan: Plan, u: int) -> float:
    """Return the size of a capacitor, kvar."""
    return max(float(plan.size[u]), LEAST)


def on_of(plan: Plan, operation: Operation, u: int) -> FloatArray:
    """Return 1 for the steps in which a capacitor is on, 0 for the others, (T,)."""
    if plan.further.on is None:
        return np.ones(operation.steps)
    return np.asarray(plan.further.on[u], dtype=float)


def capacitor_start(feeder: Feeder) -> list[str]:
    """Return the lines that switch capacitors on before a day, whose first step may switch them."""
    return [
        statement("Edit", feeder.units[u].element, {"states": ("1",)}) for u in switched(feeder)
    ]
