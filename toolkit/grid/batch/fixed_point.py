"""The power flow of many plans at once: V = V0 - Z I(V), all steps as columns of one product.

A plan is the same bits whatever stands beside it: its columns fill whole groups, in which BLAS sums
alike, and it ends by its own convergence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.currents import squares
from toolkit.grid.batch.draws import Draws, Injections, Powers
from toolkit.grid.batch.impedance import Impedance
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.network import Network

Value = TypeVar("Value", FloatArray, ComplexArray)
#: Largest move of a voltage, pu, over two iterations at which a plan has converged.
TOLERANCE = 1e-8
#: Pairs of iterations after which a plan counts as not converged.
MOST = 50
#: Columns of a group; those of a plan are filled up to whole groups.
GROUP = 8
#: Values of a block, and columns at most: more leave the cache.
VALUES, COLUMNS = 1 << 15, 1536
#: Columns of a block at least.
LEAST = 24


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
    """Solved columns: voltages across ports, pu, and currents, VA at 1 pu, (P, C).

    whole: which plans and steps; excess: what loads draw beside their power, VA, (B, C) at each
    bus, None for nothing; converged: (C,); taps: of regulators, pu, (R, C), None where nothing is
    under control.
    """

    whole: Part
    volts: ComplexArray
    current: ComplexArray
    excess: ComplexArray | None
    converged: BoolArray
    taps: FloatArray | None = None

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


@dataclass(frozen=True)
class _Columns:
    """The columns of n plans over some steps: the step of each, (C,), and what it begins with.

    drawn: what loads draw while they hold, VA, and begin: voltages to begin with, pu, (P, C).
    """

    plans: int
    width: int
    step: IndexArray
    drawn: ComplexArray
    begin: ComplexArray

    def some(self, plans: BoolArray) -> _Columns:
        """Return the columns of some of the plans."""
        kept = np.repeat(plans, self.width)
        drawn, begin = (np.compress(kept, a, axis=1) for a in (self.drawn, self.begin))
        arrays = (self.step[kept], drawn, begin)
        return _Columns(int(plans.sum()), self.width, *arrays)


class FixedPoint:
    """Solves plans of T steps on one network of so many buses."""

    def __init__(self, network: Network, rotation: Rotation, buses: int) -> None:
        self.impedance = Impedance(network, rotation)
        self.draws = Draws(network, rotation, self.impedance.base_v)
        self.buses = buses
        ports, self._steps = self.draws.power.shape
        self.most = min(max(VALUES // ports, LEAST), COLUMNS) // GROUP * GROUP
        self.at_once = max(self.most // filled(self._steps), 1)
        #: Voltages from which a search begins, pu, (P, T): those of loads alone, where there are.
        self.begin = np.repeat(self.impedance.start, self._steps, axis=1)
        #: Whether loads draw their power where nothing else loads the network.
        self._plain = self.draws.plain and bool(self.draws.hold(self.begin).all())
        self._held: dict[tuple[int, int], _Columns] = {}
        alone = list(self.blocks(np.zeros((ports, 1, self._steps), dtype=complex)))
        self._held.clear()
        if all(block.converged.all() for block in alone):
            own = [block.volts[:, : block.steps.stop - block.steps.start] for block in alone]
            self.begin = np.concatenate(own, axis=1)

    def blocks(self, injected: ComplexArray) -> Iterator[Block]:
        """Solve n plans whose units inject so many VA at each port, (P, n, T), block by block."""
        for first in range(0, injected.shape[1], self.at_once):
            plans = slice(first, min(first + self.at_once, injected.shape[1]))
            for begin in range(0, self._steps, self.most):
                steps = slice(begin, min(begin + self.most, self._steps))
                yield self._block(injected[:, plans, steps], plans, steps)

    def _block(self, injected: ComplexArray, plans: slice, steps: slice) -> Block:
        ports, n, count = injected.shape
        columns = self._columns(n, steps)
        if columns.width > count:
            injected = injected[:, :, columns.step[: columns.width] - steps.start]
        injected = injected.reshape(ports, n * columns.width)
        with np.errstate(all="ignore"):
            solved = self._solved(injected, columns)
        return Block(Part(plans, steps, columns.width), *solved)

    def _columns(self, n: int, steps: slice) -> _Columns:
        """Return the columns of n plans over some steps, made once while their number stays."""
        key = n, steps.start
        if key not in self._held:
            width = filled(steps.stop - steps.start)
            one = np.minimum(np.arange(steps.start, steps.start + width), steps.stop - 1)
            step = np.tile(one, n)
            arrays = (step, *(np.take(a, step, axis=1) for a in (self.draws.power, self.begin)))
            if len(self._held) > 1:
                self._held.clear()
            self._held[key] = _Columns(n, width, *arrays)
        return self._held[key]

    def _solved(
        self, injected: ComplexArray, columns: _Columns
    ) -> tuple[ComplexArray, ComplexArray, ComplexArray | None, BoolArray]:
        """Solve columns, first as if all loads drew their power where they usually do."""
        if not self._plain:
            return self._generally(injected, columns)
        drawn = columns.drawn - injected
        volts, converged = self._plainly(drawn, columns)
        current = np.conj(drawn / volts)
        within = self.draws.hold(volts) & converged
        holds: BoolArray = np.asarray(within.reshape(columns.plans, -1).all(axis=1))
        if holds.all():
            return volts, current, None, converged
        off = np.repeat(~holds, columns.width)
        again = self._generally(np.compress(off, injected, axis=1), columns.some(~holds))
        volts[:, off], current[:, off], excess, converged[off] = again
        whole = np.zeros((self.buses, len(off)), dtype=complex)
        whole[:, off] = 0.0 if excess is None else excess
        return volts, current, whole, converged

    def _plainly(self, drawn: ComplexArray, columns: _Columns) -> tuple[ComplexArray, BoolArray]:
        """Return voltages where all draw their power, VA, (P, C), and which columns converged.

        A current is conj(S / V). Every other iteration works with all values conjugated instead.
        """
        impedance, start = self.impedance, self.impedance.start
        start_conj, drawn_conj = np.conj(start), np.conj(drawn)
        search = _Search(columns.begin, columns.plans)
        current = np.empty_like(drawn)
        conj = np.empty_like(drawn)
        for k in range(MOST):
            np.divide(drawn, search.volts, out=current)
            impedance.drop_conj(current, conj)
            np.subtract(start_conj, conj, out=conj)
            np.divide(drawn_conj, conj, out=current)
            impedance.drop(current, search.moved)
            np.subtract(start, search.moved, out=search.moved)
            if search.ends(k, current):
                break
        return search.found()

    def _generally(
        self, injected: ComplexArray, columns: _Columns
    ) -> tuple[ComplexArray, ComplexArray, ComplexArray | None, BoolArray]:
        """Return voltages, currents, excess and which columns converged, whatever loads do."""
        impedance, start, step = self.impedance, self.impedance.start, columns.step
        search = _Search(columns.begin, columns.plans)
        injections, current = Injections.of(injected), np.empty_like(injected)
        powers = self.draws.powers(step)
        for k in range(MOST):
            for volts in (search.volts, search.moved):
                self.currents(volts, injections, powers, current)
                impedance.drop(current, search.moved)
                np.subtract(start, search.moved, out=search.moved)
            if search.ends(k, current):
                break
        volts, converged = search.found()
        self.currents(volts, injections, powers, current)
        return volts, current, self.draws.excess(volts, step, self.buses), converged

    def currents(
        self, volts: ComplexArray, injections: Injections, powers: Powers, out: ComplexArray
    ) -> None:
        """Write what loads, of these powers, draw less what units inject, VA at 1 pu."""
        out[:] = 0.0
        own = np.take(volts, injections.rows, axis=0)
        squared = squares(own)
        own *= injections.drawn_conj
        own /= squared
        out[injections.rows] = own
        self.draws.currents(volts, powers, out)


class _Search:
    """The voltages of n plans on their way; each plan is kept as it first converged."""

    def __init__(self, begin: ComplexArray, plans: int) -> None:
        self.volts, self.moved = begin, np.empty_like(begin)
        self._plans, self._columns = plans, begin.shape[1]
        self._kept = np.zeros(plans, dtype=bool)
        self._found: ComplexArray | None = None

    def ends(self, k: int, spare: ComplexArray) -> bool:
        """Take ``moved`` as the voltages; say whether all have converged. The first pair never."""
        if k == 0:
            # Where it began is not its own to write to.
            self.volts, self.moved = self.moved, np.empty_like(self.moved)
            return False
        np.subtract(self.moved, self.volts, out=spare)
        self.volts, self.moved = self.moved, self.volts
        parts = np.abs(spare.view(np.float64), out=spare.view(np.float64))
        most = parts.reshape(len(parts), self._plans, -1).max(axis=(0, 2))
        converged = most <= TOLERANCE
        if self._found is None and converged.all():
            self._kept = converged
            return True
        converged &= ~self._kept
        if converged.any():
            self._keep(converged)
        return bool(self._kept.all())

    def _keep(self, plans: BoolArray) -> None:
        if self._found is None:
            self._found = np.full_like(self.volts, np.nan)
        columns = np.repeat(plans, self._columns // self._plans)
        self._found[:, columns] = self.volts[:, columns]
        self._kept = self._kept | plans

    def found(self) -> tuple[ComplexArray, BoolArray]:
        """Return the voltages as they converged, NaN for columns that did not, and which did."""
        volts = self._found
        if volts is None:
            volts = self.volts if self._kept.all() else np.full_like(self.volts, np.nan)
        return volts, np.repeat(self._kept, self._columns // self._plans)


def filled(steps: int) -> int:
    """Return the columns of so many steps, filled up to whole groups."""
    return -(-steps // GROUP) * GROUP
