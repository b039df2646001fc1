"""Days of plans under regulators and capacitor controls: steps in turn, all plans side by side.

Each plan is solved for some steps ahead in the state that its controls are in. Where one acts in
one of them, the steps before it stand, and this one is solved again in the state that follows. A
column has the same bits whatever stands beside it, so it does not matter how far ahead is looked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.control_queue import ControlState, acted, begin_day, beside, sampled
from toolkit.grid.batch.controlled_columns import ControlledColumns, Solved
from toolkit.grid.batch.fixed_point import LEAST, FixedPoint
from toolkit.grid.batch.solved_block import GROUP, Block, Scattered
from toolkit.grid.batch.unit_ports import Injected
from toolkit.grid.control_rules import ControlRules

#: How often controls may act in a step; OpenDSS gives up after as many.
ROUNDS = 100
#: Values of the days that are solved at a time.
VALUES = 1 << 22


@dataclass(frozen=True)
class Start:
    """What the day of loads alone says: voltages, pu, to begin with, (P, T), and when it is calm.

    calm: how many steps it takes, from each on, to the next in which controls act, (T + 1,).
    """

    begin: ComplexArray
    calm: IndexArray


class ControlledDays:
    """Solves plans whose network is under control, and gives them in blocks."""

    def __init__(self, rules: ControlRules, fixed_point: FixedPoint) -> None:
        self._rules, self._most = rules, fixed_point.most
        self._columns = ControlledColumns(rules, fixed_point)
        ports, steps = fixed_point.begin.shape
        self._start = Start(fixed_point.begin, np.full(steps + 1, steps))
        alone = self._days(np.zeros((ports, 1, steps), dtype=complex))
        begin = np.empty((ports, steps), dtype=complex)
        for block in alone.blocks():
            begin[:, block.whole.at[1]] = block.whole.by_plan(block.volts).T
        if not alone.failed.any():
            self._start = Start(begin, _steps_to(alone.acts[0]))

    def blocks(self, injected: Injected) -> Iterator[Block]:
        """Solve n plans, block by block."""
        ports, count, steps = injected.power.shape
        at_once = max(min(self._most, VALUES // (ports * steps)), 1)
        for first in range(0, count, at_once):
            plans = slice(first, min(first + at_once, count))
            yield from self._days(injected.power[:, plans], first).blocks()

    def acting(self, injected: ComplexArray) -> float:
        """Return the share of the steps of plans, (P, n, T), in which a control acts."""
        days = self._days(injected)
        deque(days.blocks(), maxlen=0)
        return float(days.acts.mean())

    def _days(self, injected: ComplexArray, first: int = 0) -> _Days:
        return _Days(self._columns, self._start, injected, first)


def _steps_to(acts: BoolArray) -> IndexArray:
    """Return how many steps, from each on, it takes to the next that acts or the last, (T + 1,)."""
    steps: IndexArray = np.zeros(len(acts) + 1, dtype=np.intp)
    for t in range(len(acts) - 1, -1, -1):
        steps[t] = 1 if acts[t] else steps[t + 1] + 1
    return steps


@dataclass(frozen=True)
class _Ahead:
    """Columns that were solved ahead, each of a plan and a step, and what controls make of them."""

    solved: Solved
    state: ControlState

    def volts(self, column: int) -> ComplexArray:
        """Return the voltages of one column, (P,)."""
        return self.solved.volts[:, column]


class _Days:
    """The days of n plans that are solved side by side; the first is number ``first`` of all."""

    def __init__(
        self, of: ControlledColumns, start: Start, injected: ComplexArray, first: int
    ) -> None:
        self._of, self._start, self._injected, self._first = of, start, injected, first
        ports, count, self._steps = injected.shape
        #: In which steps a control acts, and which plans could not be solved.
        self.acts = np.zeros((count, self._steps), dtype=bool)
        self.failed = np.zeros(count, dtype=bool)
        self._most = max(VALUES // ports, 1)
        self._at = np.zeros(count, dtype=np.intp)
        self._ahead = np.ones(count, dtype=np.intp)
        self._rounds = np.zeros(count, dtype=np.intp)
        self._begin = np.empty((ports, count), dtype=complex)
        self._again = np.zeros(count, dtype=bool)
        self._state = begin_day(of.rules, count)
        self._m = of.compensation.matrices(self._state)

    def blocks(self) -> Iterator[Block]:
        """Solve all steps and yield what stands."""
        while len(plans := np.flatnonzero((self._at < self._steps) & ~self.failed)):
            yield from self._round(plans)
        for plan in np.flatnonzero(self.failed).tolist():
            yield from self._unsolved(plan, np.arange(self._at[plan], self._steps))

    def _round(self, plans: IndexArray) -> Iterator[Block]:
        """Solve some steps ahead of each plan, and let controls act in the first where one does."""
        ahead, at = self._looked_ahead(plans), self._at[plans]
        plan = np.repeat(plans, ahead)
        first = np.cumsum(ahead) - ahead
        step = np.arange(len(plan)) - np.repeat(first - at, ahead)
        fresh = np.ones(len(plan), dtype=bool)
        fresh[first[self._again[plans]]] = False
        parts = list(self._parts(plan, step, fresh))
        state = beside([part.state for part in parts])
        converged = np.concatenate([part.solved.converged for part in parts])
        stops = (state.armed.any(axis=0) | ~converged)[: len(plan)]
        stop = np.minimum.reduceat(np.where(stops, np.arange(len(plan)), len(plan)), first)
        end = np.minimum(stop, first + ahead)
        stands = np.arange(len(plan)) < np.repeat(end, ahead)
        done = end - first
        self._at[plans] += done
        self._rounds[plans] = np.where(done > 0, 0, self._rounds[plans])
        self._again[plans] = False
        self._ahead[plans] = np.where(stop < first + ahead, 1, 2 * self._ahead[plans])
        acting = np.flatnonzero(stop < first + ahead)
        columns = stop[acting]
        self._act(plans[acting], columns, converged[columns], state, parts)
        width = self._of.fixed_point.most
        for begin, part in zip(range(0, len(plan), width), parts, strict=True):
            own = np.flatnonzero(stands[begin : begin + width])
            if len(own):
                yield self._block(plan[begin + own], step[begin + own], part, own)

    def _looked_ahead(self, plans: IndexArray) -> IndexArray:
        """Return how many steps of each plan to solve, (n,)."""
        at, calm = self._at[plans], self._start.calm
        ahead = np.maximum(self._ahead[plans], LEAST // len(plans))
        # Controls act about when they do on the day of loads alone; what is behind would be waste.
        calm = np.where(self._again[plans], 1 + calm[at + 1], calm[at])
        most = np.minimum(calm, max(self._most // len(plans), 1))
        return np.asarray(np.minimum(np.minimum(ahead, most), self._steps - at))

    def _parts(self, plan: IndexArray, step: IndexArray, fresh: BoolArray) -> Iterator[_Ahead]:
        """Solve columns some at a time, the last repeated to fill the last group."""
        rules, point = self._of.rules, self._of.fixed_point
        filled_up = np.append(np.arange(len(plan)), np.full(-len(plan) % GROUP, len(plan) - 1))
        for at in range(0, len(plan), point.most):
            columns = filled_up[at : at + point.most]
            own, when, new = plan[columns], step[columns], fresh[columns]
            hour: FloatArray = (when + 1.0) * rules.step_h
            begin = np.take(self._start.begin, when, axis=1)
            begin[:, ~new] = self._begin[:, own[~new]]
            injected = np.ascontiguousarray(self._injected[:, own, when])
            solved = self._of.solve(injected, when, begin, self._m[own])
            state = self._state.some(own)
            state.begin_step(np.flatnonzero(new))
            with np.errstate(all="ignore"):
                seen = point.impedance.port_volts(solved.volts)
                state = sampled(rules, state, seen, hour)
            yield _Ahead(solved, state)

    def _act(
        self,
        plans: IndexArray,
        columns: IndexArray,
        converged: BoolArray,
        state: ControlState,
        parts: list[_Ahead],
    ) -> None:
        """Let controls act in one column of each of some plans; a plan that fails is left.

        converged: whether each of these columns has; state: of all columns of the parts.
        """
        self.acts[plans, self._at[plans]] = True
        self._rounds[plans] += 1
        goes_on = converged & (self._rounds[plans] < ROUNDS)
        self.failed[plans[~goes_on]] = True
        plans, columns = plans[goes_on], columns[goes_on]
        if not len(plans):
            return
        rules, width = self._of.rules, self._of.fixed_point.most
        hour = np.asarray((self._at[plans] + 1.0) * rules.step_h, dtype=float)
        after = acted(rules, state.some(columns), hour)
        self._state.put(plans, after)
        self._m[plans] = self._of.compensation.matrices(after)
        for plan, column in zip(plans.tolist(), columns.tolist(), strict=True):
            self._begin[:, plan] = parts[column // width].volts(column % width)
        self._again[plans] = True

    def _block(self, plan: IndexArray, step: IndexArray, part: _Ahead, own: IndexArray) -> Block:
        """Return some columns of a part, the last repeated to fill the last group."""
        volts, current, taps = part.solved.volts, part.solved.current, part.state.taps
        some = np.append(own, np.repeat(own[-1:], -len(own) % GROUP))
        if own[-1] >= len(own) or len(some) < volts.shape[1]:
            volts, current = np.take(volts, some, axis=1), np.take(current, some, axis=1)
            taps = np.take(taps, some, axis=1)
        step_of = np.append(step, np.repeat(step[-1:], volts.shape[1] - len(own)))
        with np.errstate(all="ignore"):
            excess = self._of.fixed_point.draws.excess(volts, step_of)
        solved = np.ones(len(step_of), dtype=bool)
        return Block(Scattered(plan + self._first, step), volts, current, excess, solved, taps)

    def _unsolved(self, plan: int, step: IndexArray) -> Iterator[Block]:
        """Yield the steps of a plan of which nothing is known."""
        width = self._of.fixed_point.most
        none = np.full((len(self._begin), width), np.nan, dtype=complex)
        taps = np.full((len(self._of.rules.regulators), width), np.nan)
        state = replace(self._state.some(np.full(width, plan)), taps=taps)
        part = _Ahead(Solved(none, none, np.zeros(width, dtype=bool)), state)
        for begin in range(0, len(step), width):
            own = step[begin : begin + width]
            plans = np.full(len(own), plan)
            block = self._block(plans, own, part, np.arange(len(own)))
            yield replace(block, converged=~block.converged)
