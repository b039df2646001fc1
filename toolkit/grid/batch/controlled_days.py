"""Days of plans under regulators and capacitor controls: steps in turn, all plans side by side.

Each plan is solved for some steps ahead in the state that its controls are in. Where one acts in
one of them, the steps before it stand, and this one is solved again in the state that follows. A
column has the same bits whatever stands beside it, so it does not matter how far ahead is looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.control_queue import ControlState, acted, begin_day, sampled
from toolkit.grid.batch.controlled_columns import ControlledColumns, Solved, together
from toolkit.grid.batch.fixed_point import LEAST, FixedPoint
from toolkit.grid.batch.solved_block import GROUP, Block, Part, Value, filled
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
        alone = self._solved(np.zeros((ports, 1, steps), dtype=complex))
        if alone.converged.all():
            self._start = Start(np.ascontiguousarray(alone.volts[:, 0]), _steps_to(alone.acts[0]))

    def blocks(self, injected: Injected) -> Iterator[Block]:
        """Solve n plans, block by block."""
        ports, count, steps = injected.power.shape
        at_once = max(min(self._most, VALUES // (ports * steps)), 1)
        for first in range(0, count, at_once):
            plans = slice(first, min(first + at_once, count))
            yield from self._solved(injected.power[:, plans]).blocks(first)

    def acting(self, injected: ComplexArray) -> float:
        """Return the share of the steps of plans, (P, n, T), in which a control acts."""
        return float(self._solved(injected).acts.mean())

    def _solved(self, injected: ComplexArray) -> _Days:
        days = _Days(self._columns, self._start, injected)
        days.solve(begin_day(self._rules, injected.shape[1]))
        return days


def _steps_to(acts: BoolArray) -> IndexArray:
    """Return how many steps, from each on, it takes to the next that acts or the last, (T + 1,)."""
    steps: IndexArray = np.zeros(len(acts) + 1, dtype=np.intp)
    for t in range(len(acts) - 1, -1, -1):
        steps[t] = 1 if acts[t] else steps[t + 1] + 1
    return steps


class _Days:
    """The days of n plans that are solved side by side."""

    def __init__(self, of: ControlledColumns, start: Start, injected: ComplexArray) -> None:
        self._of, self._start, self._injected = of, start, injected
        ports, count, steps = injected.shape
        self._steps = steps
        shape = ports, count, steps
        self.volts: ComplexArray = np.full(shape, np.nan, dtype=complex)
        self.current: ComplexArray = self.volts.copy()
        self.taps = np.full((len(of.rules.regulators), count, steps), np.nan)
        self.converged = np.zeros((count, steps), dtype=bool)
        #: In which steps a control acts.
        self.acts = np.zeros((count, steps), dtype=bool)
        self._at = np.zeros(count, dtype=np.intp)
        self._ahead = np.ones(count, dtype=np.intp)
        self._rounds = np.zeros(count, dtype=np.intp)
        self._begin = np.empty((ports, count), dtype=complex)
        self._again = np.zeros(count, dtype=bool)

    def solve(self, state: ControlState) -> None:
        """Solve all steps, from the state in which the days begin."""
        self._state = state
        self._m = self._of.compensation.matrices(state)
        while len(plans := np.flatnonzero(self._at < self._steps)):
            self._round(plans)

    def _round(self, plans: IndexArray) -> None:
        """Solve some steps ahead of each plan, and let controls act in the first where one does."""
        of = self._of
        ahead = np.maximum(self._ahead[plans], LEAST // len(plans))
        at = self._at[plans]
        # Controls act about when they do on the day of loads alone; what is behind would be waste.
        calm = self._start.calm
        calm = np.where(self._again[plans], 1 + calm[at + 1], calm[at])
        ahead = np.minimum(np.minimum(ahead, calm), self._steps - at)
        plan = np.repeat(plans, ahead)
        first = np.cumsum(ahead) - ahead
        step = np.arange(len(plan)) - np.repeat(first - at, ahead)
        solved = self._solved(plan, step, first).first(len(plan))
        state = self._state.some(plan)
        fresh = np.ones(len(plan), dtype=bool)
        fresh[first[self._again[plans]]] = False
        state.begin_step(np.flatnonzero(fresh))
        hour = (step + 1.0) * of.rules.step_h
        with np.errstate(all="ignore"):
            seen = of.fixed_point.impedance.port_volts(solved.volts)
            state = sampled(of.rules, state, seen, hour)
        stops = state.armed.any(axis=0) | ~solved.converged
        stop = np.minimum.reduceat(np.where(stops, np.arange(len(plan)), len(plan)), first)
        end = np.minimum(stop, first + ahead)
        stands = np.arange(len(plan)) < np.repeat(end, ahead)
        self._keep(plan[stands], step[stands], stands, solved, state)
        done = end - first
        self._at[plans] += done
        self._rounds[plans] = np.where(done > 0, 0, self._rounds[plans])
        self._again[plans] = False
        self._ahead[plans] = np.where(stop < first + ahead, 1, 2 * self._ahead[plans])
        acting = np.flatnonzero(stop < first + ahead)
        self._act(plans[acting], stop[acting], state, solved, hour)

    def _keep(
        self,
        plan: IndexArray,
        step: IndexArray,
        columns: BoolArray,
        solved: Solved,
        state: ControlState,
    ) -> None:
        """Write some columns to where their plans and steps stand."""
        self.volts[:, plan, step] = solved.volts[:, columns]
        self.current[:, plan, step] = solved.current[:, columns]
        self.taps[:, plan, step] = state.taps[:, columns]
        self.converged[plan, step] = True

    def _solved(self, plan: IndexArray, step: IndexArray, first: IndexArray) -> Solved:
        """Solve columns, the last repeated to fill the last group."""
        fill = -len(plan) % GROUP
        plan, step = (np.concatenate([of, np.repeat(of[-1:], fill)]) for of in (plan, step))
        point = self._of.fixed_point
        begin = np.take(self._start.begin, step, axis=1)
        again = first[self._again[plan[first]]]
        begin[:, again] = self._begin[:, plan[again]]
        parts: list[Solved] = []
        for at in range(0, len(plan), point.most):
            part = slice(at, at + point.most)
            own, when = plan[part], step[part]
            injected = np.ascontiguousarray(self._injected[:, own, when])
            start = np.ascontiguousarray(begin[:, part])
            parts.append(self._of.solve(injected, when, start, self._m[own]))
        return together(parts)

    def _act(
        self,
        plans: IndexArray,
        columns: IndexArray,
        state: ControlState,
        solved: Solved,
        hour: FloatArray,
    ) -> None:
        """Let controls act in one column of each of some plans; a plan that fails is left."""
        self.acts[plans, self._at[plans]] = True
        self._rounds[plans] += 1
        goes_on = solved.converged[columns] & (self._rounds[plans] < ROUNDS)
        self._at[plans[~goes_on]] = self._steps
        plans, columns = plans[goes_on], columns[goes_on]
        if not len(plans):
            return
        after = acted(self._of.rules, state.some(columns), hour[columns])
        self._state.put(plans, after)
        self._m[plans] = self._of.compensation.matrices(after)
        self._begin[:, plans], self._again[plans] = solved.volts[:, columns], True

    def blocks(self, first: int) -> Iterator[Block]:
        """Yield the days in blocks, the first of which is of plan number ``first``."""
        count, point = len(self._at), self._of.fixed_point
        for begin in range(0, count, point.at_once):
            plans = slice(begin, min(begin + point.at_once, count))
            for start in range(0, self._steps, point.most):
                steps = slice(start, min(start + point.most, self._steps))
                yield self._block(plans, steps, first)

    def _block(self, plans: slice, steps: slice, first: int) -> Block:
        point = self._of.fixed_point
        width, count = filled(steps.stop - steps.start), plans.stop - plans.start
        one = np.minimum(np.arange(steps.start, steps.start + width), steps.stop - 1)

        volts, step = self._columns(self.volts, plans, one), np.tile(one, count)
        with np.errstate(all="ignore"):
            excess = point.draws.excess(volts, step, point.buses)
        return Block(
            Part(slice(first + plans.start, first + plans.stop), steps, width),
            volts,
            self._columns(self.current, plans, one),
            excess,
            self.converged[plans][:, one].reshape(-1),
            self._columns(self.taps, plans, one),
        )

    @staticmethod
    def _columns(values: Value, plans: slice, steps: IndexArray) -> Value:
        """Return values of some plans and steps, (X, n, T), as columns, (X, C)."""
        count = plans.stop - plans.start
        return values[:, plans][:, :, steps].reshape(len(values), count * len(steps))
