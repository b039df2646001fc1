"""The variables of reactive power: an angle for each power factor, a share for each step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.decisions import Decisions
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.reactive import Reactive, Searched
from toolkit.optimizer.space import Variable


def variables(operation: Operation) -> list[Variable]:
    """Return one angle, degrees, for each power factor, then the shares of each step."""
    found = []
    for u, own in _searched(operation, "power_factor"):
        most = float(np.degrees(np.arccos(own.least)))
        found.append(Variable(f"{operation.fleet.units[u].name}.angle", "real", -most, most))
    for u, _ in _searched(operation, "kvar"):
        name = operation.fleet.units[u].name
        steps = range(1, operation.steps + 1)
        found += [Variable(f"{name}.kvar[{t}]", "real", -1.0, 1.0) for t in steps]
    return found


def count(operation: Operation) -> int:
    """Return how many variables there are."""
    by_step = len(_searched(operation, "kvar"))
    return len(_searched(operation, "power_factor")) + by_step * operation.steps


def decided(values: FloatArray, operation: Operation, decisions: Decisions) -> Decisions:
    """Return decisions with power factors and shares, of values of the variables, (n, K)."""
    n, units, steps = len(values), len(operation.fleet.units), operation.steps
    by_angle = [u for u, _ in _searched(operation, "power_factor")]
    by_step = [u for u, _ in _searched(operation, "kvar")]
    if by_angle:
        angles = values[:, : len(by_angle)]
        factor = np.full((n, units), np.nan)
        factor[:, by_angle] = np.where(angles < 0.0, -1.0, 1.0) * np.cos(np.radians(angles))
        decisions = replace(decisions, power_factor=factor)
    if by_step:
        share = np.full((n, units, steps), np.nan)
        share[:, by_step] = values[:, len(by_angle) :].reshape(n, len(by_step), steps)
        decisions = replace(decisions, kvar=share)
    return decisions


def values(plan: Plan, operation: Operation) -> FloatArray:
    """Return the angles and shares of a plan, (K,)."""
    further = plan.further
    parts = [np.zeros(0)]
    for u, own in _searched(operation, "power_factor"):
        factor = own.power_factor if further.power_factor is None else further.power_factor[u]
        parts.append(np.atleast_1d(np.degrees(np.arccos(np.abs(factor))) * np.sign(factor)))
    for u, _ in _searched(operation, "kvar"):
        parts.append(np.zeros(operation.steps) if further.kvar is None else further.kvar[u])
    return np.concatenate(parts)


def _searched(operation: Operation, by: Searched) -> list[tuple[int, Reactive]]:
    """Return the units whose reactive power is decided by variables of a kind, by position."""
    own = enumerate(operation.fleet.inverters.units)
    return [(u, unit) for u, unit in own if unit is not None and unit.searched == by]
