"""The variables of curtailment: the largest share of its rating that a unit gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.decisions import Decisions
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.optimizer.space import Variable


def variables(operation: Operation) -> list[Variable]:
    """Return one share, or one for each step, of each unit that may be curtailed."""
    steps = range(1, operation.steps + 1)
    found: list[Variable] = []
    for unit in operation.fleet.units:
        if unit.curtail == "once":
            found.append(Variable(f"{unit.name}.given", "real", 0.0, 1.0))
        elif unit.curtail:
            found += [Variable(f"{unit.name}.given[{t}]", "real", 0.0, 1.0) for t in steps]
    return found


def count(operation: Operation) -> int:
    """Return how many variables there are."""
    own = {"": 0, "once": 1, "per step": operation.steps}
    return sum(own[unit.curtail] for unit in operation.fleet.units)


def decided(values: FloatArray, operation: Operation, decisions: Decisions) -> Decisions:
    """Return decisions with the shares that values of the variables stand for, (n, K)."""
    given = np.ones((len(values), len(operation.fleet.units), operation.steps))
    begin = 0
    for u, unit in enumerate(operation.fleet.units):
        if unit.curtail:
            count = 1 if unit.curtail == "once" else operation.steps
            given[:, u] = values[:, begin : begin + count]
            begin += count
    return replace(decisions, given=given)


def values(plan: Plan, operation: Operation) -> FloatArray:
    """Return the shares of a plan, (K,); 1 where none is decided."""
    given = plan.further.given
    parts = [np.zeros(0)]
    for u, unit in enumerate(operation.fleet.units):
        count = 1 if unit.curtail == "once" else operation.steps * bool(unit.curtail)
        parts.append(np.ones(count) if given is None else given[u, :count])
    return np.concatenate(parts)
