"""What the greedy optimizers share: scored positions, and how a cheetah moves.

A spot has to beat another, feasible first; where a problem can spare the work on a candidate that
cannot, it is told what that has to beat (``optimizer.SkippingView``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from toolkit.optimizer import ProblemView
from toolkit.scores import Scores, better
from toolkit.space import FloatArray


class Spot(NamedTuple):
    """A position in the unit cube, shape (d,), with its score; ``cost`` is the penalised scalar."""

    x: FloatArray
    objective: float
    violation: float
    cost: float

    def beats(self, other: Spot) -> bool:
        """Say whether this spot is strictly better, feasible first."""
        return better(self.objective, self.violation, other.objective, other.violation)


def best_of(spots: Sequence[Spot]) -> Spot:
    """Return the first spot that no later one beats."""
    best = spots[0]
    for spot in spots[1:]:
        if spot.beats(best):
            best = spot
    return best


class Scout:
    """Evaluates positions of one problem as spots."""

    def __init__(self, problem: ProblemView) -> None:
        self.problem = problem
        # Only the toolkit's own problems can spare the work on a move that cannot be kept.
        self.evaluate_against = getattr(problem, "evaluate_against", None)

    def settle(self, x: FloatArray) -> list[Spot]:
        """Evaluate positions of shape (n, d) that are taken as they are."""
        return _spots(x, self.problem.evaluate(x))

    def challenge(self, x: FloatArray, against: Spot) -> Spot:
        """Evaluate one position, shape (d,), that has to beat a spot."""
        row = x[np.newaxis]
        if self.evaluate_against is None:
            return self.settle(row)[0]
        incumbent = against.objective if against.violation == 0.0 else math.nan
        return _spots(row, self.evaluate_against(row, np.array([incumbent])))[0]


def _spots(x: FloatArray, scores: Scores) -> list[Spot]:
    columns = (scores.objective, scores.violation, scores.penalised())
    return [Spot(*row) for row in zip(x, *(c.tolist() for c in columns), strict=True)]


def first_population(problem: ProblemView, x: FloatArray) -> FloatArray:
    """Return random positions, shape (n, d), with points to begin from in the first places."""
    starts = problem.starts[: len(x)]
    x[: len(starts)] = starts
    return x


def turn(r: FloatArray) -> FloatArray:
    """Return the cheetah's turning factor for r ~ N(0, 1): |r|^exp(r/2) * sin(2 pi r)."""
    turned: FloatArray = np.abs(r) ** np.exp(r / 2) * np.sin(2 * np.pi * r)
    return turned


def return_inside(z: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw the coordinates that left the unit cube anew, in place, and return z."""
    outside = ~((z >= 0.0) & (z <= 1.0))
    if outside.any():
        z[outside] = rng.random(int(outside.sum()))
    return z
