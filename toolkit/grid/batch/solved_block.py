"""Columns that were solved together: whose they are, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray

Value = TypeVar("Value", FloatArray, ComplexArray)
#: Columns of a group; those of a plan are filled up to whole groups.
GROUP = 8


@dataclass(frozen=True)
class Part:
    """Columns of some plans over some steps, beginning with column ``first`` of a block.

    width: columns of a plan, of which the last ones may only fill its last group.
    """

    plans: slice
    steps: slice
    width: int
    first: int = 0

    def of(self, values: Value) -> Value:
        """Return the part's columns of a block's, (X, C)."""
        end = self.first + (self.plans.stop - self.plans.start) * self.width
        return values[:, self.first : end]

    def columns(self, plan: int) -> slice:
        """Return the columns of a plan, by its number among all, without those that fill it up."""
        begin = (plan - self.plans.start) * self.width
        return slice(begin, begin + self.steps.stop - self.steps.start)

    def by_plan(self, values: Value) -> Value:
        """Return values of the part's columns, (X, C), as (n, T, X)."""
        count = self.steps.stop - self.steps.start
        return values.reshape(len(values), -1, self.width)[:, :, :count].transpose(1, 2, 0)


@dataclass(frozen=True)
class Block:
    """Solved columns: voltages across ports, pu, and currents, VA at 1 pu, (Q, C).

    whole: which plans and steps; excess: what loads draw beside their power, VA, (B, C) at each
    bus, None for nothing; converged: (C,); taps: of regulators, pu, (R, C), None where nothing is
    under control; ports: those of each plan's units, (R, n), whose rows follow on those of loads;
    None where there is a row of each port.
    """

    whole: Part
    volts: ComplexArray
    current: ComplexArray
    excess: ComplexArray | None
    converged: BoolArray
    taps: FloatArray | None = None
    ports: IndexArray | None = None

    @property
    def plans(self) -> slice:
        """Which plans."""
        return self.whole.plans

    @property
    def steps(self) -> slice:
        """Which steps."""
        return self.whole.steps

    def plans_converged(self) -> BoolArray:
        """Say which plans have converged in all columns."""
        return np.asarray(self.converged.reshape(-1, self.whole.width).all(axis=1))

    def unit_ports(self, part: Part) -> IndexArray | None:
        """Return the ports of units of a part's plans, (R, n), where there are no others."""
        if self.ports is None:
            return None
        first = self.plans.start
        return self.ports[:, part.plans.start - first : part.plans.stop - first]

    def parts(self, columns: int) -> Iterator[Part]:
        """Yield parts of at most about so many columns: some plans, or some steps of one plan."""
        whole, width = self.whole, self.whole.width
        if width <= columns or whole.plans.stop - whole.plans.start > 1:
            at_once = max(columns // width, 1)
            for begin in range(whole.plans.start, whole.plans.stop, at_once):
                plans = slice(begin, min(begin + at_once, whole.plans.stop))
                first = (begin - whole.plans.start) * width
                yield Part(plans, whole.steps, width, first)
            return
        size = max(columns // GROUP, 1) * GROUP
        for first in range(0, width, size):
            begin = whole.steps.start + first
            steps = slice(begin, min(begin + size, whole.steps.stop))
            yield Part(whole.plans, steps, min(size, width - first), first)


def filled(steps: int) -> int:
    """Return the columns of so many steps, filled up to whole groups."""
    return -(-steps // GROUP) * GROUP
