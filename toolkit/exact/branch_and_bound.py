"""Branch and bound over layouts: what no plan can exceed, and the best plan seen on the way."""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.common.monitor import SILENT, Monitor, Progress
from toolkit.common.types import FloatArray
from toolkit.exact import cuts
from toolkit.exact.asked import ENERGY_ALONE, Asked
from toolkit.exact.bounds import Bound, Found
from toolkit.exact.cap_rows import cap_rows
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch
from toolkit.exact.figures import Figures
from toolkit.exact.formulation import forbid, formulate, order_rows
from toolkit.exact.layouts import homes, layout_of, nearest_layout
from toolkit.exact.program import Effort, Program, Solution
from toolkit.exact.shares import better
from toolkit.exact.site_classes import classes_of, slots_of
from toolkit.exact.total import total
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.risk import MEAN, Risk
from toolkit.problem import energy

#: The bound is raised by this share: the solver keeps its rows to about 1e-7, relatively.
TOLERANCE = 1e-6
#: Longest search for the dispatch of one layout, as a share of all time and of what is left.
SHARE = 0.25
#: Plans looked for where relaxations have most of each unit, and the share of time left of each.
TRIES, TRY = 24, 0.05
#: What all presences cost, as a share of the scale of what is maximised.
TILT = 1e-6


@dataclass(order=True)
class Node:
    """Layouts still to be looked at: those with some slots taken (1) and others not (0)."""

    neg_bound: float
    number: int
    fixed: dict[int, int] = field(compare=False)


@dataclass(frozen=True)
class Hard:
    """A layout whose dispatch has not been proven well enough yet, and its bound, kWh."""

    bound: float
    dispatch: Dispatch


def prove(
    operation: Operation,
    load_kw: FloatArray,
    objective: EnergyGoal,
    effort: Effort,
    *,
    risk: Risk = MEAN,
    asked: Asked = ENERGY_ALONE,
    known: Sequence[Plan] = (),
    threads: int = 0,
    monitor: Monitor = SILENT,
) -> Bound:
    """Bound the energy that any plan of a fleet can trade, network limits left out.

    load_kw: scheduled load of each bus, (T, B), 0 or more; risk: how the energies of separate days
    become one; asked: a goal other than energy, of which the bound is then, and limits of goals.
    It ends at a relative distance ``effort.gap`` of bound and best plan; ``effort.nodes`` limits
    nodes, and those of a dispatch. known: plans that keep every limit; threads: see ``Program``.
    """
    day = ModelDay(load_kw, operation.scenario, objective, risk, asked)
    return _Search(operation, day, effort, threads, monitor).run(known)


class _Search:
    def __init__(
        self,
        operation: Operation,
        day: ModelDay,
        effort: Effort,
        threads: int,
        monitor: Monitor,
    ) -> None:
        self._operation, self._day, self._effort = operation, day, effort
        self._threads, self._looked = threads, 0
        self._monitor = monitor
        self._started = time.monotonic()
        self._classes = classes_of(operation, day.asked.differing)
        ruled = homes(self._classes, day)
        self._program = Program(threads, interior=day.asked.any)
        self._form = formulate(self._program, self._classes, slots_of(self._classes, ruled), day)
        cap_rows(self._program, self._form, operation.fleet)
        if not day.summed:
            figures = Figures(self._program, self._form) if day.asked.any else None
            total(self._program, self._form, figures)
        order_rows(self._program, self._form, ruled)
        self._tilt = self._tilted() if day.asked.any else 0.0
        self._tried: set[object] = set()
        self._items = cuts.items_of(self._form)
        if day.asked.sides:
            cuts.seed(self._program, self._form, self._items)
        present = self._form.present
        self._choices = np.unique(present[self._form.member])
        self._numbers = count()
        self._open: list[Node] = []
        self._settled = -np.inf
        self._hard: list[Hard] = []
        self._found: list[Found] = []

    def _tilted(self) -> float:
        """Make every presence cost next to nothing; return what all units together cost by that.

        Where units have no size it does not matter where they are, and a relaxation would spread
        them over many buses, to be branched on in vain.
        """
        form, units = self._form, len(self._operation.fleet.units)
        scale = self._day.asked.scale if self._day.asked.goal else self._ceiling()
        most = TILT * scale
        placed = self._program.variables((1,), gain=-most / units)
        self._program.rows((1,), [(1.0, placed), (-1.0, form.present[form.member][:, None])], 0.0)
        return most

    def run(self, known: Sequence[Plan]) -> Bound:
        """Take what has the highest bound until that is near enough to the best plan."""
        self._found += [Found(plan, self._value(plan)) for plan in known]
        self._push(np.inf if self._day.asked.goal else self._ceiling(), {})
        while not (self._done() or self._late() or self._exhausted()):
            if self._hard and self._hard[-1].bound >= self._highest():
                self._prove(self._hard.pop(), self._left(), last=True)
            else:
                self._open_up(heapq.heappop(self._open))
            self._report()
        found = tuple(sorted(self._found, key=lambda f: -f.kwh))
        return Bound(self._bound(), found, self._seconds(), self._ending())

    def _ending(self) -> str:
        if self._done():
            return "proven" if self._settled <= self._enough() else "loose"
        return "stopped" if self._monitor.should_stop() else "time"

    def _ceiling(self) -> float:
        """Return what all units at their largest could sell or buy, kWh: a bound at no cost."""
        sold = sum(len(c.units) * c.most_in for c in self._classes)
        bought = self._day.demand + sum(len(c.units) * c.most_out for c in self._classes)
        return self._day.energy(np.minimum(sold, bought))

    def _open_up(self, node: Node) -> None:
        self._looked += 1
        relaxed = self._relax(node)
        if relaxed.x is None and relaxed.bound == -np.inf:
            return
        if not relaxed.optimal and not self._late():
            raise EngineError(f"HiGHS could not solve a relaxation with {len(node.fixed)} choices.")
        if relaxed.x is None or not relaxed.optimal:
            heapq.heappush(self._open, node)
            return
        bound = min(relaxed.bound + self._tilt, -node.neg_bound)
        if self._day.asked.any:
            self._try(relaxed.x)
        value = relaxed.x[self._choices]
        split = np.abs(value - 0.5)
        if split.min() > 0.5 - 1e-6:
            self._settle(relaxed, bound)
            self._push(bound, node.fixed)
        else:
            choice = int(self._choices[split.argmin()])
            for side in (1, 0):
                self._push(bound, {**node.fixed, choice: side})

    def _push(self, bound: float, fixed: dict[int, int]) -> None:
        heapq.heappush(self._open, Node(-bound, next(self._numbers), fixed))

    def _relax(self, node: Node) -> Solution:
        """Solve the relaxation of a node, with cuts until it breaks none."""
        program, chosen = self._program, self._choices
        program.limit(chosen, 0.0, 1.0)
        if node.fixed:
            index = np.array(list(node.fixed), dtype=np.intp)
            values = np.array(list(node.fixed.values()), dtype=float)
            program.limit(index, values, values)
        while True:
            effort = Effort(seconds=self._left())
            found = program.solve(effort, relaxed=True, should_stop=self._late)
            if found.x is None or not found.optimal:
                return found
            if found.bound + self._tilt <= self._enough():
                return found
            if not self._day.asked.sides or not cuts.separate(
                program, self._form, self._items, found.x
            ):
                return found

    def _settle(self, relaxed: Solution, bound: float) -> None:
        """Bound one layout by its dispatch, then rule it out of all that is left."""
        assert relaxed.x is not None
        form = self._form
        chosen = (relaxed.x[form.present] > 0.5) & form.member
        present = np.unique(form.present[chosen])
        others = np.setdiff1d(self._choices, present) if self._day.asked.any else None
        forbid(self._program, present, others)
        layout = layout_of(self._operation, form, chosen)
        if layout is None:
            self._settled = max(self._settled, bound)
            return
        dispatch = Dispatch(layout, self._day, self._threads)
        seconds = max(SHARE * self._left(), min(1.0, self._left()))
        self._prove(Hard(bound, dispatch), seconds, last=self._effort.nodes is not None)

    def _try(self, x: FloatArray) -> None:
        """Look for a plan where a relaxation has most of each unit."""
        layout = nearest_layout(self._operation, self._form, x)
        at = () if layout is None else tuple((u.candidates, u.size_max) for u in layout.fleet.units)
        if layout is None or at in self._tried or len(self._tried) >= TRIES:
            return
        self._tried.add(at)
        seconds = max(TRY * self._left(), min(1.0, self._left()))
        effort = Effort(seconds, 0.9 * self._effort.gap, self._effort.nodes)
        dispatch = Dispatch(layout, self._day, self._threads)
        enough = max(self._best(), self._day.floor)
        found = dispatch.solve(effort, at_least=enough, should_stop=self._monitor.should_stop)
        self._keep(dispatch, found)

    def _keep(self, dispatch: Dispatch, solution: Solution) -> None:
        """Keep the plan of a solution, if it has one."""
        if solution.x is not None:
            plan = dispatch.plan(solution.x)
            self._found.append(Found(plan, self._value(plan)))

    def _prove(self, layout: Hard, seconds: float, last: bool) -> None:
        """Bound a layout by its dispatch: to prove that it gives no better plan is enough."""
        enough = max(self._enough(), self._day.floor)
        solution = layout.dispatch.solve(
            Effort(seconds, 0.9 * self._effort.gap, self._effort.nodes),
            at_least=enough,
            should_stop=self._monitor.should_stop,
        )
        self._keep(layout.dispatch, solution)
        bound = min(layout.bound, max(solution.bound, enough))
        more = not solution.optimal and (not last or self._late())
        if bound > self._enough() and more:
            self._hard.append(Hard(bound, layout.dispatch))
            self._hard.sort(key=lambda layout: layout.bound)
        else:
            self._settled = max(self._settled, bound)

    def _value(self, plan: Plan) -> float:
        day, one = self._day, plan.row(None)
        if day.asked.goal:
            return day.asked.value(plan)
        of = energy.scheduled(one, self._operation, day.load, day.objective, day.risk)
        return -float(of[0])

    def _best(self) -> float:
        return max((f.kwh for f in self._found), default=-np.inf)

    def _enough(self) -> float:
        """Return the bound below which a part of the search needs no further look, kWh."""
        return better(self._best(), self._effort.gap)

    def _highest(self) -> float:
        """Return the highest bound of the nodes still open, kWh."""
        return -self._open[0].neg_bound if self._open else -np.inf

    def _unproven(self) -> float:
        """Return the highest bound of what is still open, kWh."""
        return max([self._highest(), *(layout.bound for layout in self._hard)])

    def _bound(self) -> float:
        bound = max(self._settled, self._unproven(), self._best())
        if not self._day.asked.goal or np.isinf(bound):
            return bound * (1.0 + TOLERANCE)
        return bound + TOLERANCE * max(abs(bound), self._day.asked.scale)

    def _done(self) -> bool:
        return self._unproven() <= self._enough()

    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _left(self) -> float:
        return self._effort.seconds - self._seconds()

    def _late(self) -> bool:
        return self._left() <= 0.0 or self._monitor.should_stop()

    def _exhausted(self) -> bool:
        return self._effort.nodes is not None and self._looked >= self._effort.nodes

    def _report(self) -> None:
        self._monitor.bound(Progress(self._bound(), self._best(), self._seconds()))
