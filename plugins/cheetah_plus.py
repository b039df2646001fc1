"""The Cheetah Optimizer with structured moves, success-history steps and short hunts.

Its hunting moves, leader, prey, neighbours, sitting and waiting and leaving the prey are those of
Akbari, Zare, Azizipanah-Abarghooee, Mirjalili and Deriche, "The cheetah optimizer", Scientific
Reports 12:10953 (2022), doi 10.1038/s41598-022-14338-z. Step sizes adapt by a history of success as
in Tanabe and Fukunaga, "Success-history based parameter adaptation for differential evolution",
CEC 2013, doi 10.1109/CEC.2013.6557555. Short hunts from a disturbed prey are iterated local search:
Lourenco, Martin and Stuetzle (2003), doi 10.1007/0-306-48056-5_11. See docs/cheetah-plus.md.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from pydantic import Field

from toolkit.optimizer import Optimizer, OptimizerOptions, ProblemView
from toolkit.space import FloatArray

from .block_moves import Weighted, structured_moves
from .spots import Scout, Spot, best_of, first_population, return_inside, turn

#: How often in a row a move may change nothing before the leader tries a random position.
PATIENT_DRAWS = 50
#: Smallest and largest step size, as a share of a variable's range.
STEPS = (1e-12, 0.5)


class CheetahPlus(Optimizer):
    """Short hunts of one leader after another around the prey."""

    description = "Cheetah Optimizer with moves on series and choices, and steps that adapt"
    reference = (
        "Akbari et al. (2022), doi 10.1038/s41598-022-14338-z; Tanabe and Fukunaga (2013), "
        "doi 10.1109/CEC.2013.6557555; extended here"
    )

    class Options(OptimizerOptions):
        """Options of the extended Cheetah Optimizer."""

        members: int = Field(30, ge=2, le=1000, description="cheetahs in the first population")
        patience: float = Field(
            0.2, gt=0, le=100, description="share of T without success that ends the first hunt"
        )
        hunt: float = Field(0.5, gt=0, le=100, description="share of T that a later hunt takes")
        memory: int = Field(10, ge=1, le=1000, description="step sizes remembered")
        rows: bool = Field(True, description="moves on series of steps")
        choices: bool = Field(True, description="moves on choices")
        hunting: bool = Field(True, description="the cheetah's own moves, search and attack")
        leave: bool = Field(True, description="leave the prey when the hunt stalls")

    def minimize(self, problem: ProblemView, rng: np.random.Generator) -> None:
        """Hunt until the budget is spent."""
        pack = Pack(problem, rng, self.options)
        pack.first_hunt()
        while True:
            pack.next_hunt()


class Steps:
    """Sizes of search steps, learnt from those that succeeded."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.rng = rng
        self.memory = np.full(size, 0.1)
        self.used = 0
        self.last = 0.1

    def draw(self) -> float:
        """Return a size near a remembered one, and remember which."""
        self.used = int(self.rng.integers(len(self.memory)))
        size = self.memory[self.used] * math.exp(self.rng.standard_normal())
        self.last = float(np.clip(size, *STEPS))
        return self.last

    def reward(self) -> None:
        """Draw the remembered size half way, in decades, to the one that succeeded."""
        self.memory[self.used] = math.sqrt(self.memory[self.used] * self.last)


class Pack:
    """The state of one run: members, the prey, and the moves with their weights.

    T = 60 * ceil(d / 10) is the cheetah's own period.
    """

    def __init__(self, problem: ProblemView, rng: np.random.Generator, options: Any) -> None:
        self.rng, self.options = rng, options
        self.scout = Scout(problem)
        space = self.space = problem.space
        self.period = 60 * math.ceil(len(space) / 10)
        self.free = np.flatnonzero(space.free)
        self.choices = np.flatnonzero(space.free & space.choice)
        self.cells = np.where(space.discrete, space.upper - space.lower + 1.0, 1.0)
        self.steps = Steps(options.memory, rng)
        self.moves = self._moves()
        weights = np.cumsum([move.weight for move in self.moves])
        self.odds = weights / weights[-1]
        drawn = rng.random((options.members, len(space)))
        self.members = self.scout.settle(first_population(problem, drawn))
        self.prey = best_of(self.members)

    def first_hunt(self) -> None:
        """Follow the best member until nothing was gained for a while."""
        patience = math.ceil(self.options.patience * self.period) if self.options.leave else None
        self.prey = self._hunt(self.prey, quota=None, patience=patience)

    def next_hunt(self) -> None:
        """Leave the prey for a short hunt near it, and keep what is no worse."""
        quota = math.ceil(self.options.hunt * self.period)
        start = self.scout.settle(self._leave(self.prey.x)[np.newaxis])[0]
        leader = self._hunt(start, quota=quota, patience=None)
        if not self.prey.beats(leader):
            self.prey = leader
        self.members[int(self.rng.integers(len(self.members)))] = leader

    def _moves(self) -> list[Weighted]:
        options = self.options
        moves = structured_moves(self.space, rows=options.rows, choices=options.choices)
        if not options.hunting or not self.free.size:
            return moves
        return [*moves, Weighted("search", 2, self._search), Weighted("attack", 1, self._attack)]

    def _hunt(self, leader: Spot, quota: int | None, patience: int | None) -> Spot:
        """Move the leader, keeping what is no worse, for a number of tries or until it stalls."""
        tries = idle = 0
        while (quota is None or tries < quota) and (patience is None or idle < patience):
            name, z = self._draw(leader.x)
            spot = self.scout.challenge(z, leader)
            tries += 1
            gained = spot.beats(leader)
            idle = 0 if gained else idle + 1
            if gained and name == "search":
                self.steps.reward()
            if not leader.beats(spot):
                leader = spot
        return leader

    def _draw(self, x: FloatArray) -> tuple[str, FloatArray]:
        """Return a move's name and a position that differs from x, a random one if need be."""
        for _ in range(PATIENT_DRAWS):
            drawn = self.moves[int(np.searchsorted(self.odds, self.rng.random()))]
            z = drawn.move(x, self.rng)
            if self._differs(z, x):
                return drawn.name, z
        return "random", self.rng.random(len(x))

    def _differs(self, z: FloatArray, x: FloatArray) -> bool:
        """Say whether any free variable differs; a whole number only when it is another one."""
        j = np.flatnonzero((z != x) & self.space.free)
        moved = np.floor(z[j] * self.cells[j]) != np.floor(x[j] * self.cells[j])
        return bool((moved | ~self.space.discrete[j]).any())

    def _search(self, x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Step from the own position, z = X + alpha / rhat, in a few variables; others wait."""
        count = min(len(self.free), 1 + int(rng.poisson(1.0)))
        j = rng.choice(self.free, size=count, replace=False)
        rhat = rng.standard_normal(count)
        z = x.copy()
        # Held away from zero, where the step would be as good as infinite.
        z[j] += self.steps.draw() / np.where(np.abs(rhat) < 0.01, 0.01, rhat)
        return return_inside(z, rng)

    def _attack(self, x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Strike at the prey, z = prey + turn * (a - X), in some variables; others wait."""
        r = rng.standard_normal(len(x))
        neighbour = self.members[int(rng.integers(len(self.members)))].x
        active = rng.random(len(x)) < rng.random()
        return return_inside(np.where(active, self.prey.x + turn(r) * (neighbour - x), x), rng)

    def _leave(self, x: FloatArray) -> FloatArray:
        """Return a start near the prey: one or two choices changed, else some variables drawn."""
        z, rng = x.copy(), self.rng
        if not self.choices.size:
            count = min(math.ceil(len(x) / 10 * rng.random()), len(self.free))
            j = rng.choice(self.free, size=count, replace=False)
            z[j] = rng.random(count)
            return z
        for j in rng.choice(self.choices, size=int(rng.integers(1, 3))):
            z[j] = x[rng.choice(self.choices)] if rng.random() < 0.5 else rng.random()
        return z
