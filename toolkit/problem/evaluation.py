"""A plan measured on the engine's day of it: all that a report says of both, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from toolkit.grid.solution import Day, stacked
from toolkit.model.plan import Plan
from toolkit.optimizer.scores import sanitised
from toolkit.problem import objectives
from toolkit.problem.accounts import worsening
from toolkit.problem.conditions import Solved
from toolkit.problem.energy import TradingDay, trading_day
from toolkit.problem.goal_limits import BrokenGoal, broken_goals
from toolkit.problem.limit_violations import Places, worst_violations
from toolkit.problem.limit_words import LimitViolation
from toolkit.problem.objectives import Aim


@dataclass(frozen=True)
class Evaluation:
    """One plan and its solved day, measured.

    figures: the figure of every goal, ``score`` and ``violation`` by their column of summary.csv;
    limit_violations: the worst of each kind of limit, empty where all limits of the network hold;
    goals_broken: the limits of goals that it breaks; worse_off: whether trading raises somebody's
    bill where the study does not allow it, and worse_in_year: whether somebody pays more in a year
    than without new units; solved: the day as arrays of one plan, of which figures are measured.
    """

    plan: Plan
    day: Day
    trading: TradingDay
    figures: Mapping[str, float]
    limit_violations: tuple[LimitViolation, ...]
    goals_broken: tuple[BrokenGoal, ...]
    worse_off: bool
    worse_in_year: bool
    solved: Solved


def evaluate(day: Day, plan: Plan, aim: Aim, places: Places) -> Evaluation:
    """Measure a plan on its day, which the engine has solved; ``places`` names the day's parts."""
    solved = objectives.solved(stacked([day]), plan.row(None), aim)
    scenario = aim.conditions.operation.scenario
    scores = objectives.scored(solved, aim)
    network = sanitised(np.zeros(1), solved.network_violation).violation[0]
    figures = {
        **objectives.figures(solved, aim),
        "score": -float(scores.objective[0]),
        "violation": float(scores.violation[0]),
    }
    return Evaluation(
        plan=plan,
        day=day,
        trading=trading_day(solved.at.row(0), scenario.dt, scenario.parties, scenario.owners),
        figures=figures,
        limit_violations=worst_violations(
            day,
            plan,
            aim.conditions.limits,
            places,
            scenario.connections,
        )
        if network
        else (),
        goals_broken=broken_goals(figures, aim.held),
        worse_off=bool(aim.asked.nobody_worse_off and solved.worsening[0] > 0.0),
        worse_in_year=bool(aim.asked.nobody_worse_off and worsening(solved)[0] > 0.0),
        solved=solved,
    )
