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
    """Objective and violation of n candidates, both to be minimised.

    Attributes
    ----------
    objective : numpy.ndarray of shape (n,)
        What is minimised: minus the energy traded, kWh, or as the study says.
    violation : numpy.ndarray of shape (n,)
        Sum of normalised excesses over the limits, without unit; 0 for a feasible candidate.
    ceiling : float
        A value no better than any feasible objective; it serves the scalar form only.
    skipped : numpy.ndarray of bool of shape (n,), or None
        True where the incumbent could not be beaten whatever the violation. The violation was
        then not computed and reads ``UNSOLVED``. None when nothing was skipped.
    reasons : tuple of str, or None
        Why a candidate has no score of its own, one text per candidate, empty where it has one.
        None when no reasons are known.

    Examples
    --------
    >>> import numpy as np
    >>> from toolkit import Scores
    >>> scores = Scores(np.array([-70.0, -90.0, -80.0]), np.array([0.0, 0.2, 0.0]))
    >>> scores.order().tolist()
    [2, 0, 1]
    >>> scores.penalised().tolist()
    [-70.0, 0.2, -80.0]
    """

    objective: FloatArray
    violation: FloatArray
    ceiling: float = 0.0
    skipped: BoolArray | None = None
    reasons: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.objective)

    def penalised(self) -> FloatArray:
        """Return one scalar per candidate, for methods that know only one.

        Returns
        -------
        numpy.ndarray of shape (n,)
            The objective of a feasible candidate, ``ceiling + violation`` of any other.

        Notes
        -----
        There is no penalty weight to tune: every feasible candidate is below every infeasible one.
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
    """Return scores in which no broken candidate can become best.

    Parameters
    ----------
    objective, violation : array_like of shape (n,)
        Raw scores, both to be minimised.
    ceiling, skipped, reasons
        As in ``Scores``.

    Returns
    -------
    Scores
        Candidates with NaN or infinity have the violation ``UNSOLVED``; a violation of at most
        ``FEASIBLE`` is 0.

    Examples
    --------
    >>> from toolkit.scores import sanitised
    >>> sanitised([float("nan"), -5.0], [0.0, 1e-7]).violation.tolist()
    [1000000000.0, 0.0]
    """
    objective = np.array(objective, dtype=float).reshape(-1)
    violation = np.array(violation, dtype=float).reshape(-1)
    if not (np.isfinite(objective).all() and np.isfinite(violation).all()):
        broken = ~(np.isfinite(objective) & np.isfinite(violation))
        objective[broken] = ceiling
        violation[broken] = UNSOLVED
    np.minimum(violation, UNSOLVED, out=violation)
    violation[violation <= FEASIBLE] = 0.0
    if skipped is not None and not skipped.any():
        skipped = None
    if skipped is not None:
        violation[skipped] = UNSOLVED
    return Scores(objective, violation, ceiling, skipped, reasons)


def joined(parts: Sequence[Scores]) -> Scores:
    """Join the scores of one batch that was scored in parts.

    Parameters
    ----------
    parts : sequence of Scores
        At least one part, in the order of the candidates.

    Returns
    -------
    Scores
        The same as if the batch had been scored at once.

    Examples
    --------
    >>> from toolkit.scores import joined, sanitised
    >>> joined([sanitised([-1.0], [0.0]), sanitised([-2.0], [0.0])]).objective.tolist()
    [-1.0, -2.0]
    """
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
    """Say whether the first candidate is strictly better than the second.

    Parameters
    ----------
    objective, violation : float
        Scores of the first candidate, both to be minimised.
    than_objective, than_violation : float
        Scores of the second.

    Returns
    -------
    bool
        True for the smaller violation, and between feasible candidates for the smaller objective.

    Examples
    --------
    >>> from toolkit.scores import better
    >>> better(-10.0, 0.0, -90.0, 0.2)
    True
    """
    if violation != than_violation:
        return violation < than_violation
    return violation == 0.0 and objective < than_objective
