"""Limits of goals: how far plans are beyond them, and which of them a plan breaks.

A limit holds for the goal's column of summary.csv: over all steps of the study, each day as often
as it stands for days, also where a study seeks what bad days give.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from toolkit.optimizer.scores import FEASIBLE

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.problem.conditions import Conditions
    from toolkit.problem.goals import Goal

#: A limit counts as no smaller than this share of what its goal has as 1 in a weighted sum: a limit
#: of 0 has no shares.
LEAST = 0.01
#: Significant digits of a figure in words, more where it takes more to tell it from its limit.
DIGITS, MOST_DIGITS = 4, 15


@dataclass(frozen=True)
class HeldGoal:
    """One limit of a goal, in its unit.

    column: of summary.csv, where its figure stands; about: what it is, in words; at_most: from
    above; scale: what excess is a share of.
    """

    name: str
    column: str
    about: str
    unit: str
    at_most: bool
    limit: float
    scale: float

    @classmethod
    def of(cls, name: str, goal: Goal, at_most: bool, limit: float, scale: float) -> HeldGoal:
        """Return a limit of a goal."""
        about = f"{goal.about} over the {goal.span}" if goal.span else goal.about
        return cls(name, goal.column, about, goal.unit, at_most, limit, scale)

    def share(self, figures: FloatArray) -> FloatArray:
        """Return how far figures are beyond the limit, as shares of its scale; 0 where it holds."""
        over = self._over(figures)
        return np.where(over > FEASIBLE, over, 0.0)

    def is_clear(self, figures: FloatArray) -> bool:
        """Say whether figures are no further beyond the limit than half of what counts as none.

        What is solved again, by another element for a store, may differ in its last digits.
        """
        return not (self._over(figures) > 0.5 * FEASIBLE).any()

    def _over(self, figures: FloatArray) -> FloatArray:
        beyond: FloatArray = (figures - self.limit) * (1.0 if self.at_most else -1.0) / self.scale
        return beyond

    def words(self, figure: float) -> str:
        """Return what a figure beyond the limit breaks."""
        value, limit, off = _apart(figure, self.limit)
        bound, way = ("at most", "much") if self.at_most else ("at least", "little")
        return (
            f"{self.about} {value} {self.unit} (limit {bound} {limit} {self.unit}, {off} "
            f"{self.unit} too {way})"
        )


def held_goals(conditions: Conditions, goals: Mapping[str, Goal]) -> tuple[HeldGoal, ...]:
    """Return the limits of goals that plans are held to; goals: all there are, by name."""
    return tuple(_held(conditions, goals))


def _held(conditions: Conditions, goals: Mapping[str, Goal]) -> Iterator[HeldGoal]:
    for name, bound in conditions.limits.of_goals.items():
        least = LEAST * goals[name].scale(conditions)
        for limit, at_most in ((bound.max, True), (bound.min, False)):
            if limit is not None:
                scale = max(abs(limit), least)
                yield HeldGoal.of(name, goals[name], at_most, limit, scale)


@dataclass(frozen=True)
class BrokenGoal:
    """A limit of a goal that a plan breaks, and the plan's figure."""

    held: HeldGoal
    figure: float

    def __str__(self) -> str:
        return self.held.words(self.figure)

    def may_read(self, near: float) -> tuple[str, ...]:
        """Return what it may read where the figure is known to a share of itself."""
        figures = [self.figure, *(self.figure * (1.0 + way * near) for way in (-1.0, 1.0))]
        return tuple(dict.fromkeys(map(self.held.words, figures)))


def broken_goals(
    figures: Mapping[str, float], held: tuple[HeldGoal, ...]
) -> tuple[BrokenGoal, ...]:
    """Return the limits that a plan breaks; figures: by their column of summary.csv."""
    found = [BrokenGoal(each, figures[each.column]) for each in held]
    return tuple(one for one in found if one.held.share(np.array(one.figure)) > 0.0)


def _apart(value: float, limit: float) -> tuple[str, str, str]:
    """Return two numbers, and their distance, with as few decimals as tell them apart."""
    size = max(abs(value), abs(limit), 1e-300)
    fewest = max(DIGITS - 1 - math.floor(math.log10(size)), 0)
    decimals = fewest
    while decimals < fewest + MOST_DIGITS - DIGITS and f"{value:.{decimals}f}" == (
        f"{limit:.{decimals}f}"
    ):
        decimals += 1
    a, b, off = (f"{x:,.{decimals}f}" for x in (value, limit, abs(value - limit)))
    return a, b, off
