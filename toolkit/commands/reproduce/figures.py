"""The figures of summary.csv that a day solved again gives, and the words for what it breaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.commands.reproduce.compare import RELATIVE, VOLTAGE
from toolkit.grid import Day
from toolkit.inputs.study import Study
from toolkit.model.plan import Plan
from toolkit.optimizer.scores import sanitised
from toolkit.problem import energy, limit_violations, objectives
from toolkit.problem.goals import GOALS
from toolkit.problem.limit_violations import Kind
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.results.case import WORSE_OFF

#: What a case may say it breaks: for each kind of limit every text that may stand for it; None:
#: not known here.
Words = tuple[tuple[str, ...], ...] | None


def known(
    day: Day, plan: Plan, sums: dict[str, float], study: Study, setting: Setting | None
) -> dict[str, object]:
    """Return the figures of a day by their column of summary.csv, as far as they are known.

    sums: those that follow from hourly.csv. Without the study's sources there is no cost, no
    self-sufficiency, and no score that stands on them; no violation where bills count in it.
    """
    if setting is not None:
        aim = Problem(setting).aim
        scores = objectives.score([day], plan.row(None), aim)
        violation = float(scores.violation[0])
        found: dict[str, object] = {**objectives.figures(day, plan, aim), **sums}
        return {**found, "score": -float(scores.objective[0]), **_violated(violation)}
    off = float(np.fmax.reduce(np.abs(day.v_pu - 1.0), axis=1).mean())
    figures = {**sums, "voltage_deviation_pu": off}
    found = {**figures, **_score(figures, study)}
    return (
        found
        if study.market.nobody_worse_off
        else {**found, **_violated(_broken(day, plan, study))}
    )


def _violated(violation: float) -> dict[str, object]:
    return {"violation": violation, "feasible": violation == 0.0}


def _score(figures: dict[str, float], study: Study) -> dict[str, float]:
    """Return the score where the day alone gives it; the cut-off of objectives.score included."""
    sought = study.market.objective
    goal = GOALS[sought]
    if not goal.from_day:
        return {}
    value = goal.sign * figures[goal.column]
    if sought == "voltage_deviation":
        value = min(value, study.limits.largest_deviation)
    return {"score": -value}


def _broken(day: Day, plan: Plan, study: Study) -> float:
    raw = energy.violation(day, plan, study.limits)
    return float(sanitised(np.zeros(1), np.array([raw])).violation[0])


def words(
    day: Day,
    plan: Plan,
    labels: tuple[Sequence[str], Sequence[str], Sequence[str]],
    study: Study,
    setting: Setting | None,
) -> Words:
    """Return what a case may say it breaks; labels: names of branches, units and nodes."""
    if setting is None and study.market.nobody_worse_off:
        return None
    said: list[tuple[str, ...]] = []
    if _broken(day, plan, study) > 0.0:
        kinds = limit_violations.alike(day, plan, study.limits, *labels, _near(day))
        said = [tuple(map(str, kind)) for kind in kinds]
    if setting is not None and study.market.nobody_worse_off:
        aim = Problem(setting).aim
        raised = objectives.worsening(objectives.solved([day], plan.row(None), aim))
        said += [(WORSE_OFF,)] if raised[0] > 0.0 else []
    return tuple(said)


def _near(day: Day) -> dict[Kind, float]:
    """Return how far two figures may be apart and still be the same, by kind of limit."""
    power = RELATIVE * max(float(np.abs(day.unit_kva.real).max(initial=0.0)), 1.0)
    loading = RELATIVE * max(float(np.nanmax(day.loading, initial=0.0)), 1.0)
    return {"low voltage": VOLTAGE, "high voltage": VOLTAGE, "loading": loading, "delivery": power}


def may_say(text: str, allowed: tuple[tuple[str, ...], ...]) -> bool:
    """Say whether a text is one of each kind's, in their order, "; " between them."""
    left = text
    for i, kind in enumerate(allowed):
        start = next((t for t in kind if left.startswith(t)), None)
        if start is None:
            return False
        left = left[len(start) :]
        if i < len(allowed) - 1:
            if not left.startswith("; "):
                return False
            left = left[2:]
    return not left
