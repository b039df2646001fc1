"""The Cheetah Optimizer (CO).

Akbari, Zare, Azizipanah-Abarghooee, Mirjalili and Deriche, "The cheetah optimizer: a
nature-inspired metaheuristic algorithm for large-scale optimization problems", Scientific Reports
12:10953 (2022), doi 10.1038/s41598-022-14338-z.

The paper's text and the authors' released program differ; ``variant`` picks one. All positions
are in the unit cube, so a variable's range is 1 and the program's absolute kick of 0.001 is a
thousandth of each range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView
from toolkit.scores import UNSOLVED
from toolkit.space import FloatArray

from .spots import Scout, Spot, best_of, first_population, return_inside, turn

#: Random numbers are drawn for this many moves at once: the same law, far fewer calls.
BLOCK = 128


class Chance(NamedTuple):
    """The random numbers of one move, one per variable, each of shape (d,)."""

    push: FloatArray  # 1 / rhat, rhat ~ N(0, 1)
    turn: FloatArray  # |r|^exp(r/2) * sin(2 pi r), r ~ N(0, 1)
    swing: FloatArray  # 2 r1 - 1, r1 ~ U(0, 1)
    r2: FloatArray  # U(0, 1)
    r3: FloatArray  # U(0, 1), before kk is added
    r4: FloatArray  # 3 U(0, 1)
    kick: FloatArray  # 0.001 with probability 0.1, else 0


def chances(rng: np.random.Generator, d: int) -> Iterator[Chance]:
    """Yield the random numbers of one move after another."""
    while True:
        rhat, r = rng.standard_normal((2, BLOCK, d))
        r1, r2, r3, r4, b = rng.random((5, BLOCK, d))
        # A draw of exactly zero would divide by zero; the smallest number acts like it.
        push = 1.0 / np.where(rhat == 0.0, np.finfo(float).tiny, rhat)
        kick = 0.001 * (b < 0.1)
        yield from map(Chance, push, turn(r), 2 * r1 - 1, r2, r3, 3 * r4, kick)


class Cheetah(Optimizer):
    """The Cheetah Optimizer, as released by its authors or as their paper words it."""

    description = "Cheetah Optimizer (CO): search, sit and wait, attack, leave the prey and go home"
    reference = "Akbari et al. (2022), Scientific Reports 12:10953, doi 10.1038/s41598-022-14338-z"

    class Options(OptimizerOptions):
        """Options of the Cheetah Optimizer."""

        variant: Literal["released", "text"] = Field(
            "released", description="the authors' program, or the formulas as the paper words them"
        )
        members: int = Field(6, ge=2, le=1000, description="cheetahs in the population")
        hunters: int = Field(2, ge=2, le=1000, description="members that move in an iteration")

        @model_validator(mode="after")
        def _enough_members(self) -> Self:
            if self.hunters > self.members:
                raise ValueError(f"hunters ({self.hunters}) exceed members ({self.members})")
            return self

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Hunt until the budget is spent."""
        hunt = Hunt(problem, rng, self.options)
        while True:
            hunt.iterate()


class Hunt:
    """The state of one run: members, home, leader, prey and the cost histories of this hunt.

    Lists of costs are indexed by the hunting time t, which starts at 0 and again at 1.
    """

    def __init__(self, problem: ProblemView, rng: np.random.Generator, options: Any) -> None:
        self.rng, self.options = rng, options
        self.scout = Scout(problem)
        self.d = len(problem.space)
        self.period = 60 * math.ceil(self.d / 10)
        self.chances = chances(rng, self.d)
        self.span = {True: (math.inf, -math.inf), False: (math.inf, -math.inf)}
        drawn = rng.random((options.members, self.d))
        self.members = self._settle(first_population(problem, drawn))
        self.home = list(self.members)
        self.leader = best_of(self.members)
        self.prey = self.leader
        self.t = 0
        self.leader_costs = [self.leader.cost]
        self.prey_costs = [self.prey.cost]

    def iterate(self) -> None:
        """Let the picked members move, go home if the hunt leads nowhere, and keep the prey."""
        picked = self._pick()
        for k in range(len(picked)):
            self._move(picked, k)
        self.t += 1
        if self._stalled():
            self._go_home(last=picked[-1])
        if self.leader.beats(self.prey):
            self.prey = self.leader
        del self.leader_costs[self.t :], self.prey_costs[self.t :]
        self.leader_costs.append(self.leader.cost)
        self.prey_costs.append(self.prey.cost)

    def _settle(self, x: FloatArray) -> list[Spot]:
        """Evaluate positions of shape (n, d) that are taken as they are."""
        spots = self.scout.settle(x)
        for spot in spots:
            self._note(spot)
        return spots

    def _note(self, spot: Spot) -> None:
        """Widen the span of costs taken, kept apart for feasible and violated candidates."""
        if spot.violation < UNSOLVED:
            low, high = self.span[spot.violation == 0.0]
            if not low <= spot.cost <= high:
                self.span[spot.violation == 0.0] = (min(low, spot.cost), max(high, spot.cost))

    def _pick(self) -> list[int]:
        """Return the members that move now, from 0; only the released program may repeat one."""
        n, m = self.options.members, self.options.hunters
        if self.options.variant == "released":
            return [int(i) for i in self.rng.integers(n, size=m)]
        return [int(i) for i in self.rng.choice(n, size=m, replace=False)]

    def _move(self, picked: list[int], k: int) -> None:
        """Move the k-th picked member and keep the new position if it is strictly better."""
        i = picked[k]
        neighbour = self.members[picked[k - 1 if k == len(picked) - 1 else k + 1]].x
        plan = self._released if self.options.variant == "released" else self._text
        z = plan(i, k == 0, neighbour, next(self.chances))
        spot = self.scout.challenge(return_inside(z, self.rng), self.members[i])
        if spot.beats(self.members[i]):
            self._note(spot)
            self.members[i] = spot
            if spot.beats(self.leader):
                self.leader = spot

    def _released(self, i: int, first: bool, neighbour: FloatArray, c: Chance) -> FloatArray:
        """Return the position member i tries, by the released program."""
        x, kk = self._base(i)
        age = self.t / self.period
        if first:
            alpha: float | FloatArray = 0.0001 * age
        else:
            alpha = 0.0001 * age * np.abs(self.leader.x - x) + c.kick
        search = np.abs(self._h(c)) > c.r4
        z = np.where(search, x + alpha * c.push, self.prey.x + c.turn * (neighbour - x))
        return np.where(c.r2 <= kk + c.r3, z, x)

    def _base(self, i: int) -> tuple[FloatArray, float]:
        """Return the position member i starts from and its bias kk towards moving."""
        t, back = self.t, math.ceil(0.2 * self.period + 1)
        if i < 2 and t > back:
            change = abs(self.leader_costs[t - 2] - self.leader_costs[t - back])
            if change <= 1e-4 * self._scale(self.prey_costs[t - 1]):
                return self.prey.x, 0.0
        if i == 2:
            return self.leader.x, -0.1 * self.rng.random() * t / self.period
        return self.members[i].x, 0.25

    def _text(self, i: int, first: bool, neighbour: FloatArray, c: Chance) -> FloatArray:
        """Return the position member i tries, as the paper words it."""
        x = self.members[i].x
        reach: float | FloatArray = 1.0 if first else np.abs(neighbour - x)
        alpha = 0.001 * self.t / self.period * reach
        attack = self._h(c) >= c.r4
        z = np.where(attack, self.prey.x + c.turn * (neighbour - x), x + alpha * c.push)
        return np.where(c.r2 < c.r3, z, x)

    def _h(self, c: Chance) -> FloatArray:
        return math.exp(2.0 * (1.0 - self.t / self.period)) * c.swing

    def _stalled(self) -> bool:
        """Say whether the leader gained no more than 1 % over the last period."""
        t, before = self.t, self.t - self.period - 1
        if before < 1:
            return False
        latest = self.leader_costs[t - 1]
        return abs(latest - self.leader_costs[before]) <= 0.01 * self._scale(latest)

    def _scale(self, cost: float) -> float:
        """Return what a change of cost is held against: its size, but no more than the span seen.

        The released program takes the size alone, which an offset in the fitness swells.
        """
        low, high = self.span[self.leader.violation == 0.0]
        return min(abs(cost), high - low) if low <= high else abs(cost)

    def _go_home(self, last: int) -> None:
        """Leave the prey: a new leader near it, some members back home, one at the prey."""
        x = self.prey.x.copy()
        redrawn = max(1, math.ceil(self.d / 10 * self.rng.random()))
        x[self.rng.choice(self.d, size=redrawn, replace=False)] = self.rng.random(redrawn)
        self.leader = self._settle(x[np.newaxis])[0]
        n, m = self.options.members, self.options.hunters
        for i, j in zip(self.rng.integers(n, size=m), self.rng.integers(n, size=m), strict=True):
            self.members[i] = self.home[j]
        self.members[last] = self.prey
        self.t = 1
