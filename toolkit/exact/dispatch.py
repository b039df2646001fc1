"""The best dispatch, and the best sizes, of units whose buses are given."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.exact import cuts
from toolkit.exact.cap_rows import cap_rows
from toolkit.exact.days import ModelDay
from toolkit.exact.figures import Figures
from toolkit.exact.formulation import formulate
from toolkit.exact.program import (
    NONE,
    Effort,
    Program,
    Solution,
)
from toolkit.exact.site_classes import Slot, UnitClass, classes_of
from toolkit.exact.total import NOTHING_LOST, hold_goals, total
from toolkit.model.decisions import NOTHING_DECIDED, Decisions
from toolkit.model.fleet_caps import to_be_had
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, schedule

#: A share of what a unit could give that the solver's tolerance takes of it.
WHOLE = 1e-7


@dataclass(frozen=True)
class Linear:
    """R linear limits on the powers of U units: lower <= value + effect @ (p - p0) <= upper.

    step: the step each belongs to, (R,); value, lower, upper: (R,); effect: per kW, (R, U); p0:
    kW, (U, T), the powers at which the values hold.
    """

    step: IndexArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    effect: FloatArray
    p0: FloatArray


def settled(
    operation: Operation,
    bus: IndexArray,
    size: FloatArray | None = None,
    absent: Collection[int] = (),
) -> Operation:
    """Return the operation with every unit held to its bus, and to its size when given.

    absent: units that have no size.
    """
    units = [
        replace(unit, candidates=(int(b),), stays=True)
        for unit, b in zip(operation.fleet.units, bus, strict=True)
    ]
    for u in absent:
        units[u] = replace(units[u], size_min=0.0, size_max=0.0, sizes=())
    if size is not None:
        units = [
            replace(unit, size_min=float(s), size_max=float(s), sizes=())
            for unit, s in zip(units, size, strict=True)
        ]
    return operation.with_units(units)


class Dispatch:
    """A mixed-integer program of one layout: a plan for it, and a bound on all of them."""

    def __init__(
        self,
        operation: Operation,
        day: ModelDay,
        threads: int = 0,
        further: Decisions = NOTHING_DECIDED,
    ) -> None:
        """``operation``: one candidate bus per unit, see :func:`settled`.

        further: what its plans decide besides, of which the model knows nothing.
        """
        self.operation, self.day = operation, day
        self._further = further
        self._program = Program(threads)
        classes = classes_of(operation, day.asked.differing)
        self._form = formulate(
            self._program, classes, _slots(classes), day, fixed=True, whole_sizes=True
        )
        cap_rows(self._program, self._form, operation.fleet)
        #: Slot of each unit; each is a class of its own, since its bus is its only candidate.
        self._slot = (self._form.present != NONE).argmax(axis=1)
        self._items = cuts.items_of(self._form)
        self._figures = Figures(self._program, self._form) if day.asked.any else None
        self._total = total(self._program, self._form, self._figures)
        sides = [self._either_side()] if day.asked.sides else []
        self._decisions = np.concatenate([*sides, self._either_way()])
        self._separated = not day.asked.sides
        self._rows = 0

    def _either_side(self) -> IndexArray:
        """Let a bus sell or buy in a step, not both; return the binaries."""
        form, program = self._form, self._program
        most = self._items.most[~self._items.turned].sum(axis=0) - form.load
        sells = program.variables(most.shape, 0.0, (most > 1e-9).astype(float), integer=True)
        most_sold, cap = np.maximum(most, 0.0), self._items.cap
        program.rows(most.shape, [(1.0, form.surplus), (-most_sold, sells)], upper=0.0)
        program.rows(most.shape, [(1.0, form.deficit), (cap, sells)], upper=cap)
        return sells.ravel()

    def _either_way(self) -> IndexArray:
        """Let a store charge or discharge in a step, not both; return the binaries."""
        form, program = self._form, self._program
        out = np.array([c.most_out for c in form.classes])[:, None, :]
        into = np.array([c.size_max * c.discharge for c in form.classes])[:, None, :]
        both = (form.charge != NONE) & (out > 0.0) & (into > 0.0)
        out, into = np.broadcast_to(out, both.shape)[both], np.broadcast_to(into, both.shape)[both]
        gives = program.variables(out.shape, 0.0, 1.0, integer=True)
        program.rows(out.shape, [(1.0, form.charge[both]), (out, gives)], upper=out)
        program.rows(out.shape, [(1.0, form.discharge[both]), (-into, gives)], upper=0.0)
        return gives

    def solve(
        self,
        effort: Effort,
        *,
        at_least: float | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Solution:
        """Maximise what is asked for; the first call adds the cuts that the relaxation breaks.

        at_least: what only better plans are asked for; where there is none, the solution has no
        ``x``, and what was asked for is a bound.
        """
        started = time.monotonic()
        floor = self._form.day.floor
        self._program.limit(self._total, floor if at_least is None else at_least, np.inf)
        if not self._separated:
            relaxation = self._separate(effort, should_stop)
            if not self._separated:
                return relaxation
        left = replace(effort, seconds=effort.seconds - (time.monotonic() - started))
        return self._program.solve(left, should_stop=should_stop)

    def _separate(self, effort: Effort, should_stop: Callable[[], bool] | None = None) -> Solution:
        """Solve the relaxation and add the cuts that it breaks, until it breaks none."""
        started = time.monotonic()
        while True:
            left = replace(effort, seconds=effort.seconds - (time.monotonic() - started))
            solution = self._program.solve(left, relaxed=True, should_stop=should_stop)
            if solution.x is None or not solution.optimal:
                return solution
            if not cuts.separate(self._program, self._form, self._items, solution.x):
                self._separated = True
                return solution

    def ceiling(self) -> float:
        """Return a bound on the traded energy of every plan of the layout, kWh, without searching.

        It is the maximum of the relaxation with its cuts, in which stores may charge and discharge
        at once: 4 to 5 % above the best plan on the 12-bus feeder, at a hundredth of the time.
        """
        self._program.limit(self._total, self._form.day.floor, np.inf)
        return self._separate(Effort()).bound

    def hold(self, limits: Linear, lost: Mapping[str, float] = NOTHING_LOST) -> None:
        """Keep linear limits from the next solve on, in the place of those kept so far.

        lost: by how much figures that have limits come out worse than the model's.
        """
        program, form = self._program, self._form
        if self._rows:
            program.drop(self._rows)
        self._rows = program.height
        units = np.arange(len(self._slot))
        output = np.array([c.output for c in form.classes])[:, limits.step]
        at = (units[:, None], self._slot[:, None], limits.step[None, :])
        effect = limits.effect.T
        size = np.broadcast_to(form.size[units, self._slot][:, None], effect.shape)
        offset = limits.value - (effect * limits.p0[:, limits.step]).sum(axis=0)
        program.rows(
            limits.step.shape,
            [
                (effect * output, size),
                (effect, form.discharge[at]),
                (-effect, form.charge[at]),
            ],
            limits.lower - offset,
            limits.upper - offset,
        )
        if self._figures is not None:
            hold_goals(program, form, self._figures, lost)

    def decide(self, x: FloatArray) -> None:
        """Hold who sells and which way stores go, in every step, to a solution."""
        values = np.round(x[self._decisions])
        self._program.limit(self._decisions, values, values)

    def undecide(self) -> None:
        """Leave who sells and which way stores go open again."""
        self._program.release(self._decisions)

    def plan(self, x: FloatArray) -> Plan:
        """Return the plan that a solution stands for."""
        form, operation = self._form, self.operation
        units = np.arange(len(operation.fleet.units))
        low = np.array([unit.size_min for unit in operation.fleet.units])
        high = np.array([unit.size_max for unit in operation.fleet.units])
        size = np.clip(x[form.size[units, self._slot]], low, high)
        whole = np.array([c.whole for c in form.classes])
        size = np.where(whole, np.round(size), size)
        if operation.fleet.listed:
            rows = np.array(operation.fleet.listed, dtype=np.intp)
            size[rows] = to_be_had(size[None, rows], operation.fleet, rows)[0]
        stores = operation.fleet.storage_rows
        at = (stores, self._slot[stores])
        power = x[form.discharge[at]] - x[form.charge[at]]
        each = size[stores, None]
        wanted = np.divide(power, each, out=np.zeros_like(power), where=each > 0.0)
        bus = np.array([unit.candidates[0] for unit in operation.fleet.units], dtype=np.intp)
        return schedule(bus, size, wanted, operation, self._given(x, size))

    def _given(self, x: FloatArray, size: FloatArray) -> Decisions:
        """Return what is decided besides, with the shares that curtailable units give.

        size: of each unit, (U,).
        """
        fleet = self.operation.fleet
        if not fleet.curtails:
            return self._further
        given = np.ones((len(size), self.operation.steps))
        for u in np.flatnonzero(fleet.curtailable):
            power = x[self._form.discharge[u, self._slot[u]]]
            kw = size[u] * fleet.kw_per_size[u]
            most = kw * self.operation.generation[u]
            share = np.divide(power, kw, out=np.ones_like(power), where=kw > 0.0)
            given[u] = np.where(power < most * (1.0 - WHOLE), np.clip(share, 0.0, 1.0), 1.0)
        return replace(self._further, given=given)


def _slots(classes: Sequence[UnitClass]) -> tuple[Slot, ...]:
    """Return a slot for each bus with all that stand there."""
    at: dict[int, list[int]] = {}
    for k, unit in enumerate(classes):
        at.setdefault(unit.candidates[0], []).append(k)
    return tuple(Slot(bus, tuple(members)) for bus, members in at.items())
