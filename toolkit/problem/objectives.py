"""The objective of a study measured on solved days, and the score an optimizer gets for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.model.risk import MEAN, Risk
from toolkit.optimizer.scores import Scores, sanitised
from toolkit.problem import accounts, energy
from toolkit.problem.conditions import Conditions, Solved
from toolkit.problem.goal_limits import HeldGoal, held_goals
from toolkit.problem.goals import GOALS, shown

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid.solution import Days
    from toolkit.inputs.sections import Market
    from toolkit.model.plan import Plan


@dataclass(frozen=True)
class Aim:
    """What a study searches for, its section ``asked``, under which conditions.

    risk: how the figures of separate days become one.
    """

    asked: Market
    conditions: Conditions
    risk: Risk = MEAN

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Weight of each goal in its own unit; one goal alone counts as it is."""
        if self.asked.objective != "weighted":
            return {self.asked.objective: 1.0}
        weights = self.asked.weights.items()
        return {name: weight / GOALS[name].scale(self.conditions) for name, weight in weights}

    @cached_property
    def ceiling(self) -> float:
        """A value that no feasible plan's objective exceeds; see :func:`score`."""
        return max(map(self._ceiling, self.days if self.risk.averse else [self.conditions]))

    def _ceiling(self, conditions: Conditions) -> float:
        weights = self.weights.items()
        return sum(weight * GOALS[name].worst(conditions) for name, weight in weights)

    @cached_property
    def days(self) -> tuple[Conditions, ...]:
        """The conditions of each separate day, as if every day were like it."""
        days = range(self.conditions.operation.scenario.stretches)
        return tuple(self.conditions.on_day(number) for number in days)

    @cached_property
    def needs_losses(self) -> bool:
        """Say whether a goal, or a limit of one or of the head, needs the engine's losses."""
        connections = self.conditions.operation.scenario.connections
        if connections is not None and connections.needs_losses:
            return True
        return any(GOALS[name].needs_losses for name in self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the goals that are sought or have a limit."""
        return (*self.weights, *self.conditions.limits.of_goals)

    @cached_property
    def held(self) -> tuple[HeldGoal, ...]:
        """The limits of goals."""
        return held_goals(self.conditions, GOALS)


def solved(days: Days, plans: Plan, aim: Aim) -> Solved:
    """Return n days of n plans with the positions of their buses."""
    units = days.unit_kva.real
    at = energy.positions(days.load_kva.real, units, plans.bus)
    return Solved(days, plans, at, units, aim.conditions)


def score(days: Days, plans: Plan, aim: Aim) -> Scores:
    """Return objective and violation of n solved plans; see :func:`scored`."""
    return scored(solved(days, plans, aim), aim)


def scored(measured: Solved, aim: Aim) -> Scores:
    """Return objective and violation of n solved days.

    The objective is cut off at the aim's ceiling, so that the scalar form holds whatever a plan
    does; only plans that no one would call feasible reach it.
    """
    total = _at_risk(measured, aim) if aim.risk.averse else _sum(measured, aim)
    ceiling, violated = aim.ceiling, measured.network_violation
    if aim.asked.nobody_worse_off:
        violated = violated + measured.worsening + accounts.worsening(measured)
    for limit in aim.held:
        violated = violated + limit.share(GOALS[limit.name].figures(measured))
    return sanitised(np.minimum(total, ceiling), violated, ceiling, reasons=measured.days.reasons)


def clear(measured: Solved, aim: Aim) -> bool:
    """Say whether solved days are not on the edge of a limit of a goal."""
    return all(limit.is_clear(GOALS[limit.name].figures(measured)) for limit in aim.held)


def _sum(measured: Solved, aim: Aim) -> FloatArray:
    """Return the weighted sum of the goals that is minimised, (n,)."""
    total = np.zeros(len(measured.days))
    for name, weight in aim.weights.items():
        total += weight * GOALS[name].sign * GOALS[name].figures(measured)
    return total


def _at_risk(measured: Solved, aim: Aim) -> FloatArray:
    """Return what is minimised over separate days that count by how bad they are, (n,).

    A day's figure is that of the whole time, were every day like it; a sum of goals is ranked as
    a sum.
    """
    separate = aim.conditions.operation.scenario.separate
    assert separate is not None
    return aim.risk.of(by_day(measured, aim, lambda day: _sum(day, aim)), separate.weights)


def by_day(measured: Solved, aim: Aim, figure: Callable[[Solved], FloatArray]) -> FloatArray:
    """Return a figure of each separate day, as if every day were like it, (n, D)."""
    stretch = aim.conditions.operation.scenario.stretch
    days = [figure(measured.part(stretch(k), own)) for k, own in enumerate(aim.days)]
    return np.stack(days, axis=-1)


def figures(measured: Solved, aim: Aim) -> dict[str, float]:
    """Return the figure of every goal for one solved day, by its column of summary.csv."""
    names = shown(measured.conditions, (*aim.names, *(aim.asked.measured or ())))
    return {GOALS[name].column: float(GOALS[name].figures(measured)[0]) for name in names}
