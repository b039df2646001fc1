"""Scores, and the one place where two of them are compared: feasible first, then objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray

#: Violation of a candidate that could not be scored at all (no convergence, NaN). Finite, so that
#: optimizer libraries can do arithmetic with it, and above any violation of a solved day.
UNSOLVED = 1e9
#: A violation up to this counts as none.
FEASIBLE = 1e-6


@dataclass(frozen=True)
class Scores:
    """Objective and violation of n candidates, both to be minimised, each of shape (n,).

    ``violation`` is 0 for a feasible candidate. ``ceiling`` is a value no better than any feasible
    objective; it serves the scalar form only. ``skipped``, shape (n,), is True where the incumbent
    could not be beaten whatever the violation, which was therefore not worked out (it reads
    UNSOLVED); None when nothing was skipped. ``reasons`` are words for each candidate on why it
    has no score of its own, empty where it has one; None when nobody says.
    """

    objective: FloatArray
    violation: FloatArray
    ceiling: float = 0.0
    skipped: BoolArray | None = None
    reasons: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.objective)

    def penalised(self) -> FloatArray:
        """Return one scalar a candidate, shape (n,): the objective, or ceiling + violation.

        No penalty weight: every feasible candidate is below every infeasible one.
        """
        return np.where(self.violation > 0.0, self.ceiling + self.violation, self.objective)

    def order(self) -> IndexArray:
        """Return the indices from best to worst, shape (n,); ties keep their order."""
        key = np.where(self.violation > 0.0, 0.0, self.objective)
        return np.lexsort((key, self.violation))


def sanitised(
    objective: FloatArray,
    violation: FloatArray,
    ceiling: float = 0.0,
    skipped: BoolArray | None = None,
    reasons: tuple[str, ...] | None = None,
) -> Scores:
    """Return scores in which NaN or infinity can never become best and 1e-6 counts as feasible."""
    objective = np.array(objective, dtype=float).reshape(-1)
    violation = np.array(violation, dtype=float).reshape(-1)
    broken = ~np.isfinite(objective) | ~np.isfinite(violation)
    objective[broken] = ceiling
    violation[broken] = UNSOLVED
    violation = np.where(violation <= FEASIBLE, 0.0, np.minimum(violation, UNSOLVED))
    if skipped is not None and not skipped.any():
        skipped = None
    if skipped is not None:
        violation = np.where(skipped, UNSOLVED, violation)
    return Scores(objective, violation, ceiling, skipped, reasons)


def joined(parts: Sequence[Scores]) -> Scores:
    """Return the scores of one batch that was scored in parts, as if it had been scored at once."""
    skipped = reasons = None
    if any(part.skipped is not None for part in parts):
        skipped = np.concatenate(
            [np.zeros(len(p), dtype=bool) if p.skipped is None else p.skipped for p in parts]
        )
    if any(part.reasons is not None for part in parts):
        reasons = tuple(word for p in parts for word in p.reasons or ("",) * len(p))
    return Scores(
        np.concatenate([part.objective for part in parts]),
        np.concatenate([part.violation for part in parts]),
        max(part.ceiling for part in parts),
        skipped,
        reasons,
    )


def better(
    objective: float, violation: float, than_objective: float, than_violation: float
) -> bool:
    """Say whether the first candidate is strictly better than the second."""
    if violation != than_violation:
        return violation < than_violation
    return violation == 0.0 and objective < than_objective
