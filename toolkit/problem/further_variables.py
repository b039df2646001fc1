"""The variables of what is decided besides sites, sizes and what stores do."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.decisions import NOTHING_DECIDED, Decisions
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.optimizer.space import Variable
from toolkit.problem import (
    capacitor_variables,
    curtailment_variables,
    inverter_variables,
    switch_variables,
)


class Part(Protocol):
    """A module that has the variables of one kind of decision, in an order of its own."""

    def variables(self, operation: Operation) -> list[Variable]:
        """Return the variables that there are."""

    def count(self, operation: Operation) -> int:
        """Return how many there are, asked for each time that points are decoded."""

    def decided(self, values: FloatArray, operation: Operation, decisions: Decisions) -> Decisions:
        """Return decisions with those that values of the variables stand for, (n, K)."""

    def values(self, plan: Plan, operation: Operation) -> FloatArray:
        """Return the values of the variables that stand for a plan, (K,)."""


#: In the order in which their variables stand in a space.
PARTS: tuple[Part, ...] = (
    inverter_variables,
    curtailment_variables,
    capacitor_variables,
    switch_variables,
)


def variables(operation: Operation) -> list[Variable]:
    """Return the variables of all parts."""
    return [variable for part in PARTS for variable in part.variables(operation)]


def decided(values: FloatArray, operation: Operation) -> Decisions:
    """Return what values of the variables stand for, (n, K)."""
    decisions, begin = NOTHING_DECIDED, 0
    for part in PARTS:
        count = part.count(operation)
        if count:
            own = values[:, begin : begin + count]
            decisions, begin = part.decided(own, operation, decisions), begin + count
    return decisions


def values(plan: Plan, operation: Operation) -> FloatArray:
    """Return the values of the variables that stand for a plan, (K,)."""
    return np.concatenate([part.values(plan, operation) for part in PARTS])
