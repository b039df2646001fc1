"""Pattern search after Hooke and Jeeves, with random restarts.

Hooke and Jeeves, "Direct search solution of numerical and statistical problems", Journal of the ACM
8(2):212-229 (1961), doi 10.1145/321062.321069.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydantic import Field
from toolkit import Optimizer, OptimizerOptions, Space
from toolkit.scores import better


@dataclass(frozen=True)
class Point:
    """A row of the unit cube, shape (d,), with its score."""

    x: np.ndarray
    objective: float
    violation: float

    def beats(self, other: Point) -> bool:
        """Say whether it is strictly better: feasible first, then by objective."""
        return better(self.objective, self.violation, other.objective, other.violation)


class PatternSearch(Optimizer):
    """Feel along one variable after the other, then leap on in the direction that helped.

    Real variables step by a share of their range, which shrinks once no step helps. A count steps
    by at least one; a choice, whose order means nothing, jumps to some other of its values.
    """

    description = "Pattern search after Hooke and Jeeves, restarted at random"
    reference = (
        "Hooke and Jeeves (1961), Journal of the ACM 8(2):212-229, doi 10.1145/321062.321069"
    )

    class Options(OptimizerOptions):
        """Options of pattern search."""

        step: float = Field(0.25, gt=0, le=1, description="first step, as a share of each range")
        shrink: float = Field(
            0.5, gt=0, lt=1, description="factor on the step when no step has helped"
        )
        finest: float = Field(
            1e-4, gt=0, le=0.1, description="step below which the search starts anew"
        )

    def minimize(self, problem, rng):
        """Search from one random point after another until the budget is spent."""
        while True:
            base, step = _score(problem, rng.random(len(problem.space))), self.options.step
            while step > self.options.finest:
                found = _explore(problem, rng, base, step)
                if found.beats(base):
                    base = _follow(problem, rng, base, found, step)
                else:
                    step *= self.options.shrink


def _score(problem, x: np.ndarray) -> Point:
    scores = problem.evaluate(x[np.newaxis])
    return Point(x, float(scores.objective[0]), float(scores.violation[0]))


def _follow(problem, rng, base: Point, found: Point, step: float) -> Point:
    """Go on as far again in the direction that helped, as long as that helps."""
    while True:
        leap = _score(problem, np.clip(2.0 * found.x - base.x, 0.0, 1.0))
        further = _explore(problem, rng, leap, step)
        if not further.beats(found):
            return found
        base, found = found, further


def _explore(problem, rng, point: Point, step: float) -> Point:
    """Try a step either way along each variable, in random order; keep every step that helps."""
    for column in rng.permutation(len(problem.space)):
        for value in _neighbours(problem.space, rng, point.x[column], column, step):
            x = point.x.copy()
            x[column] = value
            tried = _score(problem, x)
            if tried.beats(point):
                point = tried
                break
    return point


def _neighbours(space: Space, rng, value: float, column: int, step: float) -> Iterator[float]:
    """Yield the values to try along one variable, all in [0, 1] and none the same as now."""
    variable = space.variables[column]
    count = round(variable.upper - variable.lower) + 1
    if variable.lower == variable.upper:
        return
    if variable.kind == "real":
        for way in rng.permutation([-step, step]):
            moved = min(max(value + way, 0.0), 1.0)
            if moved != value:
                yield moved
        return
    cell = min(int(value * count), count - 1)
    if variable.kind == "choice":
        yield (int((cell + rng.integers(1, count)) % count) + 0.5) / count
        return
    hop = max(1, round(step * count))
    for way in rng.permutation([-hop, hop]):
        moved = min(max(cell + int(way), 0), count - 1)
        if moved != cell:
            yield (moved + 0.5) / count
