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

    @property
    def at(self) -> tuple[slice, slice]:
        """Where what is said of the columns stands among all plans and steps."""
        return self.plans, self.steps

    def each(self) -> Iterator[tuple[int, slice, slice]]:
        """Yield each plan's number among all, its columns and their steps."""
        count = self.steps.stop - self.steps.start
        for i, plan in enumerate(range(self.plans.start, self.plans.stop)):
            yield plan, slice(i * self.width, i * self.width + count), self.steps

    def by_plan(self, values: Value) -> Value:
        """Return values of the part's columns, (X, C), as (n, T, X)."""
        count = self.steps.stop - self.steps.start
        return values.reshape(len(values), -1, self.width)[:, :, :count].transpose(1, 2, 0)

    def add(self, values: Value, to: Value) -> None:
        """Add values of the part's columns, (X, C), to those of all plans and steps, (n, T, X)."""
        to[self.at] += self.by_plan(values)

    def note(self, converged: BoolArray, plans: BoolArray) -> None:
        """Write which of all plans, (n,), have not converged in one of the columns, (C,)."""
        plans[self.plans] &= converged.reshape(-1, self.width).all(axis=1)


@dataclass(frozen=True)
class Scattered:
    """Columns each of which stands for itself: the plan and the step of the first K, (K,) each.

    Those of a plan follow each other, and so do their steps. What is behind them only fills the
    last group.
    """

    plan: IndexArray
    step: IndexArray

    def of(self, values: Value) -> Value:
        """Return the columns of a block's, (X, C), which are all of them."""
        return values

    @property
    def at(self) -> tuple[IndexArray, IndexArray]:
        """Where what is said of the columns stands among all plans and steps."""
        return self.plan, self.step

    def each(self) -> Iterator[tuple[int, slice, slice]]:
        """Yield each plan's number among all, its columns and their steps."""
        begins = np.flatnonzero(np.diff(self.plan, prepend=-1)).tolist()
        for begin, end in zip(begins, [*begins[1:], len(self.plan)], strict=True):
            first = int(self.step[begin])
            yield int(self.plan[begin]), slice(begin, end), slice(first, first + end - begin)

    def add(self, values: Value, to: Value) -> None:
        """Add values of the columns, (X, C), to those of all plans and steps, (n, T, X)."""
        for plan, columns, steps in self.each():
            to[plan, steps] += values[:, columns].T

    def note(self, converged: BoolArray, plans: BoolArray) -> None:
        """Write which of all plans, (n,), have not converged in one of the columns, (C,)."""
        plans[self.plan[~converged[: len(self.plan)]]] = False

    def by_plan(self, values: Value) -> Value:
        """Return values of the columns, (X, C), as (K, X)."""
        return values[:, : len(self.plan)].T


@dataclass(frozen=True)
class Block:
    """Solved columns: voltages across ports, pu, and currents, VA at 1 pu, (Q, C).

    whole: which plans and steps; excess: what loads draw beside their power, VA, (B, C) at each
    bus, None for nothing; converged: (C,); taps: of regulators, pu, (R, C), None where nothing is
    under control; ports: those of each plan's units, (R, n), whose rows follow on those of loads;
    None where there is a row of each port.
    """

    whole: Part | Scattered
    volts: ComplexArray
    current: ComplexArray
    excess: ComplexArray | None
    converged: BoolArray
    taps: FloatArray | None = None
    ports: IndexArray | None = None

    def unit_ports(self, part: Part | Scattered) -> IndexArray | None:
        """Return the ports of units of a part's plans, (R, n), where there are no others."""
        if self.ports is None or isinstance(part, Scattered) or isinstance(self.whole, Scattered):
            return None
        first = self.whole.plans.start
        return self.ports[:, part.plans.start - first : part.plans.stop - first]

    def parts(self, columns: int) -> Iterator[Part | Scattered]:
        """Yield parts of at most about so many columns: some plans, or some steps of one plan."""
        whole = self.whole
        if isinstance(whole, Scattered):
            yield whole
            return
        width = whole.width
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
