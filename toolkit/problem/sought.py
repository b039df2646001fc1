"""What a study searches for: its goal, of which days, and within which limits of goals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.common.errors import InputError, ToolkitError, listed
from toolkit.problem.goal_plugins import registry
from toolkit.problem.goals import GOALS, Goal
from toolkit.problem.own_goals import OWN

if TYPE_CHECKING:
    from toolkit.inputs.limit_sections import Limits
    from toolkit.inputs.study import Study


def goal_of(study: Study) -> Goal:
    """Return what a study searches for; where days count by how bad they are, ranked by score.

    The columns of energies, losses and costs are sums over all days whatever is sought.
    """
    goal, risk = GOALS[study.market.objective], study.horizon.over_days
    if not risk.averse:
        return goal
    return replace(goal, column="score", ranked="score", short=risk.short, risk=risk)


def goal_told(study: Study) -> Goal:
    """Return what a study searches for, its money by the name that the study gives it."""
    return goal_of(study).in_money(study.tariffs.currency)


def asked_of(study: Study) -> tuple[str, ...]:
    """Return the goals that a study seeks, weighs, limits or measures."""
    market = study.market
    sought = market.weights if market.objective == "weighted" else (market.objective,)
    return tuple(dict.fromkeys((*sought, *study.limits.of_goals, *(market.measured or ()))))


def check_goals(study: Study) -> None:
    """Refuse goals of others that cannot be used, and wrong options of goals. Raises InputError."""
    options, asked = study.market.options or {}, asked_of(study)
    for name in options:
        if name not in asked:
            raise InputError(
                f"study {study.name}: 'market.options.{name}': found options of a goal that the "
                f"study does not ask for; expected any of {listed(asked)}."
            )
    for name in asked:
        if name in options or name not in OWN:
            try:
                registry.check(name, options.get(name, {}))
            except ToolkitError as error:
                raise InputError(f"study {study.name}: 'market': {error}") from error


def check_limits(study: Study) -> None:
    """Raise InputError for the first limit of a goal that no plan can keep, whatever it decides."""
    for name, bound in study.limits.of_goals.items():
        goal = GOALS[name]
        where, unit = f"study {study.name}: 'limits.goals.{name}", goal.unit
        if bound.max is not None and bound.max < goal.least:
            raise InputError(
                f"{where}.max': found {bound.max:g} {unit}, but {goal.about} is never below "
                f"{goal.least:g} {unit}; expected at least that."
            )
        if bound.min is not None and bound.min > goal.most:
            raise InputError(
                f"{where}.min': found {bound.min:g} {unit}, but {goal.about} is never above "
                f"{goal.most:g} {unit}; expected at most that."
            )


def limits_in_words(limits: Limits) -> str:
    """Return the limits of goals in one text, blank without any."""
    texts = []
    for name, bound in limits.of_goals.items():
        goal = GOALS[name]
        ends = (("at most", bound.max), ("at least", bound.min))
        ways = [f"{way} {limit:,.6g} {goal.unit}" for way, limit in ends if limit is not None]
        texts.append(f"{goal.about} {' and '.join(ways)}")
    return "; ".join(texts)
