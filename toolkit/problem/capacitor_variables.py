"""The variables of capacitors that are switched: whether each is on in each step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.decisions import Decisions
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.optimizer.space import Variable


def variables(operation: Operation) -> list[Variable]:
    """Return one choice, off or on, for each step of each capacitor that is switched."""
    steps = range(1, operation.steps + 1)
    units = [unit for unit in operation.fleet.units if unit.switched]
    return [Variable(f"{unit.name}.on[{t}]", "choice", 0, 1) for unit in units for t in steps]


def count(operation: Operation) -> int:
    """Return how many variables there are."""
    return int(operation.fleet.switched.sum()) * operation.steps


def decided(values: FloatArray, operation: Operation, decisions: Decisions) -> Decisions:
    """Return decisions with what values of the variables stand for, (n, K)."""
    fleet, steps = operation.fleet, operation.steps
    on = np.ones((len(values), len(fleet.units), steps), dtype=bool)
    rows = np.flatnonzero(fleet.switched)
    on[:, rows] = values.reshape(len(values), len(rows), steps) > 0.5
    return replace(decisions, on=on)


def values(plan: Plan, operation: Operation) -> FloatArray:
    """Return the choices of a plan, (K,); on where none is made."""
    rows = np.flatnonzero(operation.fleet.switched)
    if plan.further.on is None:
        return np.ones(len(rows) * operation.steps)
    return np.asarray(plan.further.on[rows].reshape(-1), dtype=float)
