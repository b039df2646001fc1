"""What a study searches for: its goal, and of which days."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.problem.goals import GOALS, Goal

if TYPE_CHECKING:
    from toolkit.inputs.study import Study


def goal_of(study: Study) -> Goal:
    """Return what a study searches for; where days count by how bad they are, ranked by score.

    The columns of energies, losses and costs are sums over all days whatever is sought.
    """
    goal, risk = GOALS[study.market.objective], study.horizon.over_days
    if not risk.averse:
        return goal
    return replace(goal, column="score", ranked="score", short=risk.short, risk=risk)
