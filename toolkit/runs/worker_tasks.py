"""What a worker has at hand, whichever kind it is, and how it scores some rows of a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.optimizer.scores import Scores
from toolkit.problem.problem import Problem


@dataclass(frozen=True)
class Place:
    """What is at hand where work is done.

    tell: takes the number of a run and the evaluations it has spent; stopped: asks whether to stop;
    urgent: whether to do so without ending anything properly.
    """

    problem: Problem
    tell: Callable[[int, int], None]
    stopped: Callable[[], bool]
    urgent: Callable[[], bool] = lambda: False


class Pulse:
    """Says yes at most so often: drawing a bar or asking for news costs system calls."""

    def __init__(self, seconds: float = 0.1) -> None:
        self._seconds = seconds
        self._last = -np.inf

    def __call__(self) -> bool:
        """Say whether it is time again."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def score(at: Place, x: FloatArray, incumbent: FloatArray | None) -> Scores:
    """Score n points, shape (n, d), each against an incumbent if there are any, (n,)."""
    if incumbent is None:
        return at.problem.evaluate(x)
    return at.problem.evaluate_against(x, incumbent)
