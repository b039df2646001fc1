"""Points of the unit cube scored by several goals at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from toolkit.optimizer.scores import UNSOLVED
from toolkit.optimizer.several import FrontScores
from toolkit.problem import objectives
from toolkit.problem.goals import GOALS

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.problem.problem import Problem

#: Rows that are solved together, so that the days of a large population fit into memory.
TOGETHER = 64


def scored(problem: Problem, goals: Sequence[str], x: FloatArray) -> FrontScores:
    """Score n points, shape (n, d), by the solver of the search; the study's own limits count."""
    parts = [_part(problem, goals, x[i : i + TOGETHER]) for i in range(0, len(x), TOGETHER)]
    return FrontScores(
        np.concatenate([part.objectives for part in parts]),
        np.concatenate([part.violation for part in parts]),
    )


def _part(problem: Problem, goals: Sequence[str], x: FloatArray) -> FrontScores:
    aim = problem.aim
    needs_losses = aim.needs_losses or any(GOALS[name].needs_losses for name in goals)
    plans = problem.setting.decode(x)
    measured = objectives.solved(problem.search.flow.days(plans, needs_losses), plans, aim)
    violation = objectives.scored(measured, aim).violation
    figures = [GOALS[name].sign * GOALS[name].figures(measured) for name in goals]
    found = np.stack(figures, axis=-1)
    broken = ~np.isfinite(found).all(axis=1)
    worst = np.array([GOALS[name].worst(aim.conditions) for name in goals])
    # Finite, so that a library can do arithmetic with it; no one takes it for a plan.
    found[broken] = worst
    return FrontScores(found, np.where(broken, UNSOLVED, violation))
