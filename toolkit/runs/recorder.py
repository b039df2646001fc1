"""Between a ledger and its evaluator: what a journal holds is served, the rest made and written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from toolkit.common.errors import Stopped, ToolkitError
from toolkit.common.types import FloatArray
from toolkit.optimizer.scores import Scores, joined, sanitised
from toolkit.runs.journal import Journal

#: Seconds' worth of evaluations that are made before they are written.
PART_S = 0.5


class Evaluator(Protocol):
    """What scores points: a problem, or many processes with one each.

    A row's score must not depend, bit for bit, on the rows beside it.
    """

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, each of which has to beat a feasible objective, (n,), or NaN."""


class Recorder:
    """An evaluator that goes on where a journal ends; replayed evaluations cost nothing.

    Batches that take long are made in parts of at least ``lanes`` rows, as many as can be made at
    once; ``should_stop`` is asked before each. ``unreturned`` counts rows of batches that ended in
    the middle: the journal holds them, and no ledger has seen them. When the journal fails,
    ``fault`` says why and the search is stopped, whatever an optimizer library makes of errors.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        journal: Journal,
        lanes: int = 1,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.fault: ToolkitError | None = None
        self.unreturned = 0
        self._evaluator = evaluator
        self._journal = journal
        self._lanes = lanes
        self._should_stop = should_stop or (lambda: False)
        self._at = 0
        self._row_s = np.inf

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""
        return self._scored(x, lambda rows: self._evaluator.evaluate(x[rows]))

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, each of which has to beat a feasible objective, (n,), or NaN."""
        return self._scored(
            x, lambda rows: self._evaluator.evaluate_against(x[rows], incumbent[rows])
        )

    def _scored(self, x: FloatArray, evaluate: Callable[[slice], Scores]) -> Scores:
        parts: list[Scores] = []
        started = self._at
        try:
            while self._at - started < len(x):
                parts.append(self._scored_part(x, self._at - started, evaluate))
        except BaseException:
            self.unreturned += self._at - started
            raise
        return parts[0] if len(parts) == 1 else joined(parts)

    def _scored_part(self, x: FloatArray, done: int, evaluate: Callable[[slice], Scores]) -> Scores:
        """Score rows of a batch from ``done`` on, as many as are replayed or made at once."""
        if self.fault is not None or self._should_stop():
            raise Stopped
        replayed = self._journal.held - self._at
        rows = slice(done, min(len(x), done + (replayed if replayed > 0 else self._part())))
        if replayed > 0:
            found: Scores = self._of_journal(self._journal.scores, self._at, x[rows])
        else:
            found = self._made(rows, evaluate)
            self._of_journal(self._journal.append, x[rows], found)
        self._at += rows.stop - rows.start
        return found

    def _part(self) -> int:
        """Return how many rows to make before they are written."""
        return max(self._lanes, int(PART_S / self._row_s))

    def _made(self, rows: slice, evaluate: Callable[[slice], Scores]) -> Scores:
        """Evaluate rows, and remember how long one takes."""
        started = time.perf_counter()
        found = evaluate(rows)
        self._row_s = max((time.perf_counter() - started) / (rows.stop - rows.start), 1e-9)
        return sanitised(
            found.objective, found.violation, found.ceiling, found.skipped, found.reasons
        )

    def _of_journal(self, action: Callable[..., Any], *given: Any) -> Any:
        """Ask something of the journal; stop the search when it fails."""
        try:
            return action(*given)
        except ToolkitError as error:
            self.fault = error
            raise Stopped from error
