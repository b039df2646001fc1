"""OpenDSS as the referee of a search by another solver: what becomes best is what it says."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ByteArray, FloatArray
from toolkit.model.solver import BATCH, COMPILED, OPENDSS, Solver
from toolkit.optimizer.scores import Scores, better, joined, sanitised
from toolkit.problem.problem import Problem
from toolkit.runs.records import AT_ONCE, BY_KERNEL, ENGINE, ENGINE_SINCE, NOTHING

#: How a record says what solved an evaluation.
CODES: dict[Solver, int] = {OPENDSS: ENGINE, BATCH: AT_ONCE, COMPILED: BY_KERNEL}


class Referee:
    """Has every plan that would become the best of a run solved by OpenDSS before it counts.

    Rows are looked at in the order of the run, so that nothing depends on how they are grouped. One
    on which the solvers do not agree ends the use of the batch solver: ``trusts`` is False from
    there on. ``beside`` counts rows that were scored a second time for that.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.trusts = True
        self.beside = 0
        self._best = (np.inf, np.inf)

    def evaluate(self, x: FloatArray, incumbent: FloatArray | None) -> Scores:
        """Score n points by OpenDSS, each against an incumbent if there are any, (n,)."""
        return self._problem.evaluate_by_engine(x, incumbent)

    def judged(
        self, x: FloatArray, incumbent: FloatArray | None, scores: Scores
    ) -> tuple[Scores, ByteArray]:
        """Return the scores of a search's next points as they count, and what solved each."""
        by = self._solvers(scores)
        if self.trusts and self._problem.search.solver != OPENDSS:
            scores = self._refereed(x, incumbent, scores, by)
        self._remember(scores, by)
        return scores, by

    def saw(self, scores: Scores, by: ByteArray) -> None:
        """Take note of evaluations that were made before."""
        self.trusts = self.trusts and ENGINE_SINCE not in by
        self._remember(scores, by)

    def _solvers(self, scores: Scores) -> ByteArray:
        usual = CODES[self._problem.search.solver]
        by = np.full(len(scores), usual if self.trusts else ENGINE_SINCE, dtype=np.uint8)
        if scores.skipped is not None:
            by[scores.skipped] = NOTHING
        return by

    def _refereed(
        self, x: FloatArray, incumbent: FloatArray | None, scores: Scores, by: ByteArray
    ) -> Scores:
        """Have what would be best solved by OpenDSS, and all that follows where it disagrees."""
        told = zip(scores.objective.tolist(), scores.violation.tolist(), strict=True)
        if not any(better(*one, *self._best) for one in told):
            return scores
        objective, violation = scores.objective.copy(), scores.violation.copy()
        reasons = list(scores.reasons or ("",) * len(scores))
        best = self._best
        for i in np.flatnonzero(by != NOTHING).tolist():
            if not better(objective[i], violation[i], *best):
                continue
            found, agrees = self._problem.referee(x[i])
            own = _sanitised(found)
            objective[i], violation[i] = own.objective[0], own.violation[0]
            reasons[i] = (own.reasons or ("",))[0]
            by[i] = ENGINE if agrees else ENGINE_SINCE
            if better(objective[i], violation[i], *best):
                best = float(objective[i]), float(violation[i])
            if not agrees:
                self.trusts = False
                break
        mine = Scores(objective, violation, scores.ceiling, scores.skipped, tuple(reasons))
        return mine if self.trusts else self._again(x, incumbent, mine, by, i + 1)

    def _again(
        self, x: FloatArray, incumbent: FloatArray | None, scores: Scores, by: ByteArray, start: int
    ) -> Scores:
        """Score the rows from ``start`` on once more, by OpenDSS."""
        if start == len(x):
            return scores
        self.beside += len(x) - start
        against = None if incumbent is None else incumbent[start:]
        own = _sanitised(self.evaluate(x[start:], against))
        by[start:][by[start:] != NOTHING] = ENGINE_SINCE
        return joined([_until(scores, start), own])

    def _remember(self, scores: Scores, by: ByteArray) -> None:
        """Keep the best of what counts."""
        told = zip(scores.objective.tolist(), scores.violation.tolist(), by.tolist(), strict=True)
        for objective, violation, solver in told:
            if solver != NOTHING and better(objective, violation, *self._best):
                self._best = objective, violation


def _sanitised(scores: Scores) -> Scores:
    """Return scores in which no broken candidate can become best."""
    rest = (scores.ceiling, scores.skipped, scores.reasons)
    return sanitised(scores.objective, scores.violation, *rest)


def _until(scores: Scores, end: int) -> Scores:
    """Return the scores of the first candidates."""
    skipped = None if scores.skipped is None else scores.skipped[:end]
    reasons = None if scores.reasons is None else scores.reasons[:end]
    first = slice(end)
    return Scores(
        scores.objective[first], scores.violation[first], scores.ceiling, skipped, reasons
    )
