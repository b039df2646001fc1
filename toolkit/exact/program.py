"""A mixed-integer linear program, built from arrays and solved by HiGHS.

Huangfu and Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
Computation 10:119-142 (2018), doi 10.1007/s12532-017-0130-5.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import highspy
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from toolkit.common.errors import EngineError
from toolkit.common.types import BoolArray, FloatArray, IndexArray

#: A coefficient and the variables it belongs to; they broadcast against each other.
Term = tuple[ArrayLike, IndexArray]
#: In a term, the place of no variable: nothing is added there.
NONE = -1
#: No limit on the nodes of the tree.
MANY = 2**31 - 1
#: What HiGHS says of a program that nothing keeps.
IMPOSSIBLE = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)
#: The first version of HiGHS whose presolve is trusted with integers.
SOUND = (1, 16)


@dataclass(frozen=True)
class Effort:
    """When a solve may stop: seconds, which depend on the machine, relative gap, nodes."""

    seconds: float = np.inf
    gap: float = 1e-4
    nodes: int | None = None


@dataclass(frozen=True)
class Solution:
    """What a solve found: ``bound`` is proven never below the maximum.

    ``x`` holds every variable, None when no solution was found (``objective`` is then -inf).
    """

    objective: float
    bound: float
    x: FloatArray | None
    optimal: bool


class _Quiet(highspy.Highs):  # type: ignore[misc]
    """HiGHS without a word; as it comes, it prints a line before it can be told not to."""

    def enableCallbacks(self) -> None:
        self.silent()
        super().enableCallbacks()


@cache
def _presolve_errs() -> bool:
    """Say whether this HiGHS, presolving a mixed-integer program, may call less the maximum.

    Its issue 3094 is of 1.14; with 1.15.1 three of 453 small dispatches came out up to a tenth too
    low and were called optimal, which would make their bounds none. With 1.16 none did.
    """
    return tuple(map(int, _Quiet().version().split(".")[:2])) < SOUND


class Program:
    """A program to be maximised: variables first, then rows; more rows may follow a solve."""

    #: Threads asked for by the program solved last: HiGHS keeps one pool of them a process, and
    #: refuses to run with another number.
    _pool: ClassVar[int | None] = None

    def __init__(self, threads: int = 0, *, interior: bool = False) -> None:
        """``threads``: 0 leaves their number to HiGHS; with 1 a solve is the same everywhere.

        interior: solve the first relaxation by an interior point, much quicker if large.
        """
        self._threads, self._interior = threads, interior
        self._columns: list[tuple[FloatArray, FloatArray, FloatArray]] = []
        self._integer: list[BoolArray] = []
        self.size = 0
        self._rows = 0
        self._pending: list[tuple[IndexArray, IndexArray, FloatArray]] = []
        self._limits: list[tuple[FloatArray, FloatArray]] = []
        self._handed = 0
        self._engine: Any = None

    def variables(
        self,
        shape: tuple[int, ...],
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        *,
        integer: bool = False,
        gain: ArrayLike = 0.0,
    ) -> IndexArray:
        """Add variables, each of which adds ``gain`` to the objective; return their positions."""
        count = int(np.prod(shape))
        index = np.arange(self.size, self.size + count).reshape(shape)
        self._columns.append((_flat(lower, shape), _flat(upper, shape), _flat(gain, shape)))
        self._integer.append(np.full(count, integer))
        self.size += count
        return index

    def rows(
        self,
        shape: tuple[int, ...],
        terms: Sequence[Term],
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> None:
        """Add rows ``lower <= sum of coefficient * variable <= upper``, one per entry of shape.

        Axes that a term has before those of ``shape`` are summed over.
        """
        count = int(np.prod(shape))
        row = np.arange(self._rows, self._rows + count).reshape(shape)
        for coefficient, index in terms:
            full = np.broadcast_shapes(np.shape(coefficient), np.shape(index), shape)
            where = np.broadcast_to(index, full).ravel()
            there = where != NONE
            parts = (np.broadcast_to(row, full).ravel(), where, _flat(coefficient, full))
            self._pending.append((parts[0][there], parts[1][there], parts[2][there]))
        self._limits.append((_flat(lower, shape), _flat(upper, shape)))
        self._rows += count

    @property
    def height(self) -> int:
        """Number of rows."""
        return self._rows

    def drop(self, first: int) -> None:
        """Take the rows from ``first`` on out again."""
        self._update()
        gone = np.arange(first, self._rows, dtype=np.int32)
        if len(gone):
            self._engine.deleteRows(len(gone), gone)
        self._rows = self._handed = first

    def release(self, index: IndexArray) -> None:
        """Give variables the limits they were made with again."""
        lower, upper, _ = (np.concatenate(part) for part in zip(*self._columns, strict=True))
        self.limit(index, lower[index], upper[index])

    def limit(self, index: IndexArray, lower: ArrayLike, upper: ArrayLike) -> None:
        """Give variables other limits from the next solve on."""
        self._update()
        flat = index.ravel().astype(np.int32)
        bounds = _flat(lower, index.shape), _flat(upper, index.shape)
        self._engine.changeColsBounds(len(flat), flat, *bounds)

    def solve(
        self,
        effort: Effort,
        *,
        relaxed: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> Solution:
        """Maximise; ``relaxed``: all may be fractional. Raises EngineError when HiGHS cannot."""
        self._update()
        engine = self._engine
        if Program._pool != self._threads:
            highspy.Highs.resetGlobalScheduler(True)
            Program._pool = self._threads
        self._set_integrality(relaxed)
        engine.setOptionValue("presolve", "off" if self._whole and _presolve_errs() else "choose")
        engine.setOptionValue("solver", "ipm" if relaxed and self._interior else "choose")
        engine.setOptionValue("mip_rel_gap", effort.gap)
        # HiGHS times a mixed-integer solve from 0, linear ones from the first one's start.
        since = 0.0 if self._whole else engine.getRunTime()
        engine.setOptionValue("time_limit", since + max(effort.seconds, 0.01))
        engine.setOptionValue("mip_max_nodes", MANY if effort.nodes is None else effort.nodes)
        with _interruptible(engine, should_stop):
            if not self._ran() or self._contradicts_itself() or self._impossible():
                engine.setOptionValue("presolve", "off")
                engine.setOptionValue("solver", "choose" if self._whole else "simplex")
                engine.clearSolver()
                if not self._ran():
                    raise EngineError(f"HiGHS failed: {engine.getModelStatus()}")
        self._interior = self._interior and not relaxed
        return self._solution()

    def _ran(self) -> bool:
        """Run HiGHS; say whether it came to an end of its own."""
        return bool(self._engine.run() != highspy.HighsStatus.kError)

    def _contradicts_itself(self) -> bool:
        """Say whether the objective told is not that of the solution told.

        Seen with HiGHS 1.16 after presolve: neither that value nor its bound is one.
        """
        info = self._engine.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return False
        x = np.array(self._engine.getSolution().col_value)
        told = float(self._engine.getObjectiveValue())
        return not np.isclose(self._gain() @ x, told, rtol=1e-5, atol=1e-5)

    def _impossible(self) -> bool:
        """Say whether HiGHS calls it infeasible; its presolve does where its tolerance does not."""
        return self._engine.getModelStatus() in IMPOSSIBLE

    def _solution(self) -> Solution:
        engine = self._engine
        status, info = engine.getModelStatus(), engine.getInfo()
        optimal = status == highspy.HighsModelStatus.kOptimal
        if self._impossible():
            return Solution(-np.inf, -np.inf, None, True)
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        x = np.array(engine.getSolution().col_value) if found else None
        objective = float(engine.getObjectiveValue()) if found else -np.inf
        if x is not None and self._contradicts_itself():
            return Solution(float(self._gain() @ x), np.inf, x, False)
        proven = float(info.mip_dual_bound) if self._whole else np.inf
        bound = objective if optimal and not self._whole else proven
        return Solution(objective, bound, x, optimal)

    def _gain(self) -> FloatArray:
        return np.concatenate([gain for _, _, gain in self._columns])

    def _update(self) -> None:
        """Hand what is new to HiGHS."""
        if self._engine is None:
            self._begin()
        if not self._limits:
            return
        lower, upper = (np.concatenate(part) for part in zip(*self._limits, strict=True))
        row, index, value = (np.concatenate(part) for part in zip(*self._pending, strict=True))
        shape = (self._rows - self._handed, self.size)
        matrix = sparse.csr_matrix((value, (row - self._handed, index)), shape=shape)
        matrix.sum_duplicates()
        starts, columns = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        self._engine.addRows(
            len(lower), lower, upper, matrix.nnz, starts, columns, matrix.data.astype(float)
        )
        self._handed = self._rows
        self._pending, self._limits = [], []

    def _begin(self) -> None:
        self._engine = _Quiet()
        self._engine.setOptionValue("threads", self._threads)
        lower, upper, gain = (np.concatenate(part) for part in zip(*self._columns, strict=True))
        none = np.empty(0, dtype=np.int32)
        self._engine.addCols(self.size, gain, lower, upper, 0, none, none, np.empty(0))
        self._engine.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._whole = False

    def _set_integrality(self, relaxed: bool) -> None:
        integer = np.concatenate(self._integer) & (not relaxed)
        self._whole = bool(integer.any())
        whole, real = (
            int(kind) for kind in (highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous)
        )
        kinds = np.where(integer, whole, real)
        every = np.arange(self.size, dtype=np.int32)
        self._engine.changeColsIntegrality(self.size, every, kinds.astype(np.uint8))


@contextmanager
def _interruptible(engine: Any, should_stop: Callable[[], bool] | None) -> Iterator[None]:
    """Ask a few times a second whether HiGHS should stop.

    The bounds its events carry are not used: some are those of searches it makes on the side.
    """
    if should_stop is None:
        yield
        return
    due = 0.0

    def ask(event: Any) -> None:
        nonlocal due
        now = time.monotonic()
        if now >= due:
            due = now + 0.1
            event.data_in.user_interrupt = should_stop()

    engine.cbMipInterrupt += ask
    engine.cbSimplexInterrupt += ask
    engine.cbIpmInterrupt += ask
    try:
        yield
    finally:
        engine.clearCallbacks()


def _flat(values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    return np.broadcast_to(np.asarray(values, dtype=float), shape).ravel()
