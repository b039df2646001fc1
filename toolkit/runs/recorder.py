"""Between a ledger and its evaluator: what a journal holds is served, the rest made and written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from toolkit.common.errors import Stopped, ToolkitError
from toolkit.common.types import ByteArray, FloatArray
from toolkit.optimizer.scores import Scores, joined, sanitised
from toolkit.runs.journal import Journal
from toolkit.runs.records import ENGINE
from toolkit.runs.referee import Referee

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

    With a ``referee`` what becomes best is as OpenDSS says.

    Batches that take long are made in parts of at least ``lanes`` rows, as many as can be made at
    once; ``should_stop`` is asked before each. ``unreturned`` counts rows of batches that ended in
    the middle: the journal holds them, and no ledger has seen them. When the journal fails,
    ``fault`` says why and the search is stopped, whatever an optimizer library makes of errors.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        journal: Journal | None = None,
        lanes: int = 1,
        should_stop: Callable[[], bool] | None = None,
        referee: Referee | None = None,
    ) -> None:
        self.fault: ToolkitError | None = None
        self.unreturned = 0
        self._evaluator = evaluator
        self._journal = journal
        self._lanes = lanes
        self._should_stop = should_stop or (lambda: False)
        self._referee = referee
        self._at = 0
        self._row_s = np.inf

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""
        return self._scored(x, None)

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, each of which has to beat a feasible objective, (n,), or NaN."""
        return self._scored(x, incumbent)

    def _scored(self, x: FloatArray, incumbent: FloatArray | None) -> Scores:
        parts: list[Scores] = []
        started = self._at
        try:
            while self._at - started < len(x):
                done = self._at - started
                left = None if incumbent is None else incumbent[done:]
                parts.append(self._scored_part(x[done:], left))
        except BaseException:
            self.unreturned += self._at - started
            raise
        return parts[0] if len(parts) == 1 else joined(parts)

    def _scored_part(self, x: FloatArray, incumbent: FloatArray | None) -> Scores:
        """Score the first rows of a batch, as many as are replayed or made at once."""
        if self.fault is not None or self._should_stop():
            raise Stopped
        journal = self._journal
        replayed = 0 if journal is None else journal.held - self._at
        count = min(len(x), replayed if replayed > 0 else self._part())
        x, incumbent = x[:count], None if incumbent is None else incumbent[:count]
        if journal is not None and replayed > 0:
            found: Scores = self._of_journal(journal.scores, self._at, x)
            if self._referee is not None:
                self._referee.saw(found, journal.solvers(self._at, count))
        else:
            found, by = self._made(x, incumbent)
            if journal is not None:
                self._of_journal(journal.append, x, found, by)
        self._at += count
        return found

    def _part(self) -> int:
        """Return how many rows to make before they are written."""
        return max(self._lanes, int(PART_S / self._row_s))

    def _made(self, x: FloatArray, incumbent: FloatArray | None) -> tuple[Scores, ByteArray]:
        """Evaluate rows, remember how long one takes, and say what solved each."""
        started = time.perf_counter()
        found = self._evaluated(x, incumbent)
        found = sanitised(
            found.objective, found.violation, found.ceiling, found.skipped, found.reasons
        )
        if self._referee is None:
            by = np.full(len(x), ENGINE, dtype=np.uint8)
        else:
            found, by = self._referee.judged(x, incumbent, found)
        self._row_s = max((time.perf_counter() - started) / len(x), 1e-9)
        return found, by

    def _evaluated(self, x: FloatArray, incumbent: FloatArray | None) -> Scores:
        if self._referee is not None and not self._referee.trusts:
            return self._referee.evaluate(x, incumbent)
        if incumbent is None:
            return self._evaluator.evaluate(x)
        return self._evaluator.evaluate_against(x, incumbent)

    def _of_journal(self, action: Callable[..., Any], *given: Any) -> Any:
        """Ask something of the journal; stop the search when it fails."""
        try:
            return action(*given)
        except ToolkitError as error:
            self.fault = error
            raise Stopped from error
