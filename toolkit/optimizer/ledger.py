"""The referee: counts evaluations, keeps their history and the best candidate.

A plug-in sees a view of it as its ``problem``. It cannot overspend, misreport or lose the best: the
ledger scores exactly as many rows as the budget allows and remembers every score itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import numpy as np

from toolkit.common.errors import BudgetSpent, InputError, Stopped
from toolkit.common.types import FloatArray
from toolkit.optimizer.contract import Optimizer, SkippingView
from toolkit.optimizer.scores import Scores, better, sanitised
from toolkit.optimizer.space import Space

#: How a search ended: the budget was used up, the user stopped it, the plug-in came back early, it
#: broke with an error of its own, or what it left behind does not agree and so counts nowhere.
Ending = Literal["spent", "stopped", "returned", "failed", "invalid"]
#: Signals to stop a plug-in gets before it counts as one that swallows them. Some libraries
#: evaluate once more while they clean up; none does so this often.
SIGNALS = 100


class Ledger:
    """Budget, history and best candidate of one run, feasible first.

    ``evaluate`` scores candidates of shape (n, d) in the unit cube; ``evaluate_against``, where
    given, does so knowing what each has to beat. ``starts`` are points that a search begins from.
    ``should_stop`` is asked before each call,
    ``on_progress`` told the evaluations spent after each call.

    The best is the first candidate that no later one strictly beats: a feasible one if there was
    any, else the least violated. A candidate whose score is NaN or infinite counts as violated by
    ``scores.UNSOLVED``, so it is kept as best only while nothing else has been seen.
    """

    def __init__(
        self,
        space: Space,
        evaluate: Callable[[FloatArray], Scores],
        budget: int,
        *,
        evaluate_against: Callable[[FloatArray, FloatArray], Scores] | None = None,
        on_progress: Callable[[int], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        starts: FloatArray | None = None,
    ) -> None:
        if budget < 1:
            raise InputError(f"budget: found {budget}, expected a whole number of at least 1.")
        self._space = space
        self._evaluate = evaluate
        self._evaluate_against = evaluate_against
        self._on_progress = on_progress
        self._should_stop = should_stop
        self._starts = np.empty((0, len(space))) if starts is None else starts
        self._objective = np.empty(budget)
        self._violation = np.empty(budget)
        self._spent = 0
        self._best_index = -1
        self._best_x = np.full(len(space), np.nan)
        self._best = (np.nan, np.inf)

    @property
    def space(self) -> Space:
        """The variables, normalised to [0, 1]."""
        return self._space

    @property
    def budget(self) -> int:
        """Evaluations allowed in all."""
        return len(self._objective)

    @property
    def spent(self) -> int:
        """Evaluations made so far."""
        return self._spent

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""
        return len(self._objective) - self._spent

    @property
    def starts(self) -> FloatArray:
        """Points that a search begins from, shape (n, d)."""
        return self._starts.copy()

    @property
    def objective(self) -> FloatArray:
        """Objective of every evaluation in order, shape (spent,)."""
        return self._objective[: self._spent].copy()

    @property
    def violation(self) -> FloatArray:
        """Violation of every evaluation in order, shape (spent,); 0 is feasible, NaN skipped."""
        return self._violation[: self._spent].copy()

    @property
    def best_so_far(self) -> FloatArray:
        """Best feasible objective after each evaluation, shape (spent,); NaN until there is one."""
        return best_so_far(self.objective, self.violation)

    @property
    def best_index(self) -> int:
        """Position of the best candidate in the history, from 0; -1 before the first score."""
        return self._best_index

    @property
    def best_x(self) -> FloatArray:
        """The best candidate in the unit cube, shape (d,); NaN before the first score."""
        return self._best_x.copy()

    @property
    def best_objective(self) -> float:
        """Objective of the best candidate; NaN before the first score."""
        return self._best[0]

    @property
    def best_violation(self) -> float:
        """Violation of the best candidate; infinite before the first score."""
        return self._best[1]

    def evaluate(self, x: FloatArray) -> Scores:
        """Score candidates of shape (n, d) in the unit cube; ``x`` is not written to.

        When fewer than n evaluations are left, the first rows are scored and ``BudgetSpent`` is
        raised. Asking for exactly the rows that are left returns; the next call raises.
        """
        return self._spend(x, None)

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score candidates that each have to beat an objective, see ``optimizer.SkippingView``."""
        return self._spend(x, incumbent)

    def _spend(self, x: FloatArray, incumbent: FloatArray | None) -> Scores:
        if self._should_stop is not None and self._should_stop():
            raise Stopped
        rows = _checked(x, len(self._space))
        left = self.remaining
        if left == 0:
            raise BudgetSpent
        scores = self._score(rows[:left], None if incumbent is None else incumbent[:left])
        if len(rows) > left:
            raise BudgetSpent
        return scores

    def _score(self, rows: FloatArray, incumbent: FloatArray | None) -> Scores:
        # The evaluator gets a copy of its own: it may write to it, the best must not change.
        if incumbent is None or self._evaluate_against is None:
            found = self._evaluate(rows.copy())
        else:
            found = self._evaluate_against(rows.copy(), incumbent)
        scores = sanitised(found.objective, found.violation, found.ceiling, found.skipped)
        if len(scores.objective) != len(rows) or len(scores.violation) != len(rows):
            raise ValueError(f"the evaluator gave {len(scores)} scores for {len(rows)} candidates")
        self._record(rows, scores)
        if self._on_progress is not None:
            self._on_progress(self._spent)
        return scores

    def _record(self, rows: FloatArray, scores: Scores) -> None:
        start, end = self._spent, self._spent + len(rows)
        self._objective[start:end] = scores.objective
        self._violation[start:end] = scores.violation
        if scores.skipped is not None:
            self._violation[start:end][scores.skipped] = np.nan
        self._spent = end
        top = int(scores.order()[0]) if len(rows) > 1 else 0
        challenger = (float(scores.objective[top]), float(scores.violation[top]))
        if self._best_index < 0 or better(*challenger, *self._best):
            self._best = challenger
            self._best_index = start + top
            self._best_x = rows[top].copy()


def best_so_far(objective: FloatArray, violation: FloatArray) -> FloatArray:
    """Return the best feasible objective after each evaluation, (n,); NaN until there is one."""
    feasible = np.where(violation == 0.0, objective, np.inf)
    running = np.minimum.accumulate(feasible)
    return np.where(np.isinf(running), np.nan, running)


def search(
    optimizer: Optimizer,
    ledger: Ledger,
    rng: np.random.Generator,
    on_swallowed: Callable[[], None] = lambda: None,
) -> Ending:
    """Let an optimizer spend a ledger's budget and say how it ended; see ``view_of``.

    Points to begin from are scored before it is asked, whatever it makes of them.
    """
    try:
        if len(ledger.starts):
            ledger.evaluate(ledger.starts)
        optimizer.minimize(view_of(ledger, on_swallowed), rng)
    except Stopped:
        return "stopped"
    except BudgetSpent:
        return ended(ledger)
    return ended(ledger)


def ended(ledger: Ledger) -> Ending:
    """Say how a search ended that nothing broke and nobody stopped."""
    return "returned" if ledger.remaining else "spent"


def view_of(ledger: Ledger, on_swallowed: Callable[[], None] = lambda: None) -> SkippingView:
    """Return what a plug-in sees of a ledger.

    It has no attribute to set or to take away, and functions that are bound by now, so that what a
    plug-in puts into the toolkit's modules does not change them. ``on_swallowed`` is called, in the
    middle of an evaluation, when the signal to stop was swallowed again and again.
    """
    space, spend, signals = ledger.space, ledger._spend, 0
    # There is one engine; a plug-in may have many threads.
    one_at_a_time = threading.RLock()

    def watched(x: FloatArray, incumbent: FloatArray | None) -> Scores:
        nonlocal signals
        try:
            with one_at_a_time:
                return spend(x, incumbent)
        except BudgetSpent:
            signals += 1
            if signals > SIGNALS:
                on_swallowed()
            raise

    class View:
        """A problem as a plug-in sees it."""

        __slots__ = ()

        @property
        def space(self) -> Space:
            """See ``optimizer.ProblemView``."""
            return space

        @property
        def remaining(self) -> int:
            """See ``optimizer.ProblemView``."""
            return ledger.remaining

        @property
        def starts(self) -> FloatArray:
            """See ``optimizer.ProblemView``."""
            return ledger.starts

        def evaluate(self, x: FloatArray) -> Scores:
            """See ``optimizer.ProblemView``."""
            return watched(x, None)

        def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
            """See ``optimizer.SkippingView``."""
            return watched(x, incumbent)

    return View()


def _checked(x: FloatArray, d: int) -> FloatArray:
    """Return a private copy of candidates after checking shape (n, d), n >= 1, and range."""
    rows = np.array(x, dtype=float)
    if rows.ndim != 2 or rows.shape[1] != d or not len(rows):
        raise ValueError(f"candidates: found shape {rows.shape}, expected (n, {d}) with n >= 1")
    # Written so that NaN fails too.
    inside = (rows >= 0.0) & (rows <= 1.0)
    if not inside.all():
        row, column = np.argwhere(~inside)[0]
        raise ValueError(
            f"candidates: found {rows[row, column]} in row {row}, column {column}, "
            "expected a number from 0 to 1"
        )
    return rows
