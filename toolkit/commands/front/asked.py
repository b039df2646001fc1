"""What a front is asked for: goals, points, and what is searched at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit.commands.many.folder import asked_facts
from toolkit.commands.request import Request
from toolkit.common import caps
from toolkit.common.errors import InputError, listed
from toolkit.inputs.goal_fields import goal_flaw
from toolkit.inputs.study import Study
from toolkit.optimizer.several import FRONTS

#: How many goals a front has.
FEWEST, MOST = 2, 3


@dataclass(frozen=True)
class Asked:
    """What a front is asked for.

    goals: the first is sought at every point, the others have limits; points: how many values each
    limit takes; request: what is searched at each point; several: optimizers of all goals at once,
    with their options.
    """

    goals: tuple[str, ...]
    points: int
    request: Request
    several: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def limited(self) -> tuple[str, ...]:
        """The goals that have limits at points."""
        return self.goals[1:]

    @property
    def evaluations(self) -> int:
        """Evaluations of all runs together, where no two limits are the same."""
        runs = len(self.request.optimizers) + len(self.several)
        return self.searches * self.request.runs * runs * self.request.budget

    @property
    def searches(self) -> int:
        """How many searches there are: extremes and points."""
        return len(self.goals) + int(self.points ** len(self.limited))

    def facts(self, study: Study) -> dict[str, Any]:
        """Return what front.json says was asked."""
        return asked_facts(
            study,
            goals=list(self.goals),
            points=self.points,
            several={name: dict(options) for name, options in self.several.items()},
            **self.request.facts(),
        )


def asked(goals: Sequence[str], points: int, request: Request) -> Asked:
    """Return what a front is asked for. Raises InputError for goals or points that cannot be."""
    if not FEWEST <= len(goals) <= MOST:
        raise InputError(
            f"--goal: found {len(goals)} ({listed(goals)}); expected two or three, such as --goal "
            "traded --goal annual_cost."
            if goals
            else "--goal: found none; expected two or three, such as --goal traded --goal losses."
        )
    for name in goals:
        if name == "weighted":
            raise InputError(
                "--goal: found 'weighted', a sum of goals; expected the goals that are in it."
            )
        if flaw := goal_flaw(name):
            raise InputError(f"--goal: {flaw}.")
    if len({*goals}) < len(goals):
        raise InputError(f"--goal: found {listed(goals)}; expected different goals.")
    count = points ** (len(goals) - 1) if points > 0 else 0
    if points < 2 or count > caps.POINTS:
        raise InputError(
            f"--points: found {points}; expected 2 or more, and at most {caps.POINTS:,} points in "
            "all (three goals have points x points)."
        )
    single, several = split(request.optimizers, request.options or {})
    left = {name: given for name, given in (request.options or {}).items() if name not in several}
    request = replace(request, optimizers=single, options=left)
    return Asked(tuple(goals), points, request, several)


def split(
    names: Sequence[str], options: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[str, ...], dict[str, dict[str, Any]]]:
    """Return the optimizers of a single goal, and those of several with their options.

    Raises InputError where there is none of the former, which find the extremes.
    """
    known = FRONTS.names()
    several = {name: dict(options.get(name, {})) for name in names if name in known}
    single = tuple(name for name in names if name not in several)
    if not single:
        raise InputError(
            f"--optimizer: found {listed([*several])} alone; expected an optimizer of a single "
            "goal besides, such as cheetah-plus, which finds the extreme of each goal."
        )
    return single, several


def from_facts(facts: Mapping[str, Any], where: str) -> Asked:
    """Return what front.json says was asked. Raises InputError where it does not say so."""
    goals, points = facts.get("goals"), facts.get("points")
    if not isinstance(goals, list) or not isinstance(points, int):
        raise InputError(f"{where}: 'goals' or 'points' is missing, or not of its type.")
    several = facts.get("several")
    if not isinstance(several, dict):
        raise InputError(f"{where}: 'several' is missing, or not of its type.")
    found = asked([str(name) for name in goals], points, Request.from_manifest(facts))
    return replace(found, several=several)
