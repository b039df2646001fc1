"""Optimizers of which each breaks one promise; other processes import them from here."""

import contextlib
import sys
import time

import numpy as np
from pydantic import Field

from toolkit.errors import BudgetSpent
from toolkit.optimizer import Optimizer, OptimizerOptions


class Blind(Optimizer):
    """Sample at random; the classes below spoil one thing each."""

    description = "uniform sampling"
    reference = "none"

    def minimize(self, problem, rng):
        while True:
            problem.evaluate(self.propose(rng, len(problem.space)))

    def propose(self, rng, d):
        return rng.random((7, d))


class Baseline(Blind):
    baseline = True


class Gridded(Blind):
    """The same points whatever the seed, and says so."""

    baseline = True
    stochastic = False

    def propose(self, rng, d):
        return np.random.default_rng(1).random((1500, d))


class ReturnsEarly(Baseline):
    def minimize(self, problem, rng):
        problem.evaluate(rng.random((problem.remaining // 2 + 1, len(problem.space))))


class LeavesBounds(Baseline):
    def propose(self, rng, d):
        return rng.normal(0.5, 0.3, (7, d))


class RoundsDown(Baseline):
    def propose(self, rng, d):
        return 0.6 * rng.random((7, d))


class Unseeded(Baseline):
    def propose(self, rng, d):
        return np.random.default_rng().random((7, d))


class IgnoresSeed(Gridded):
    stochastic = True


class ProcessBound(Baseline):
    """Alike within a process only: the start of this module is part of the seed."""

    born = time.time_ns() % 2**31

    def propose(self, rng, d):
        return (rng.random((7, d)) + self.born / 2**31) % 1.0


class Swallows(Baseline):
    def minimize(self, problem, rng):
        for _ in range(400):
            try:
                problem.evaluate(self.propose(rng, len(problem.space)))
            except BudgetSpent:
                continue


class NeverStops(Baseline):
    """Takes every signal for an error of the evaluation and tries again."""

    def minimize(self, problem, rng):
        while True:
            with contextlib.suppress(BaseException):
                problem.evaluate(self.propose(rng, len(problem.space)))


class Broods(Baseline):
    """Takes its time once the objective is flat."""

    def minimize(self, problem, rng):
        while True:
            scores = problem.evaluate(self.propose(rng, len(problem.space)))
            while len(scores) > 1 and np.ptp(scores.objective) == 0.0:
                time.sleep(0.01)


class WidensSpace(Baseline):
    def minimize(self, problem, rng):
        problem.space.upper[:] += 1.0
        super().minimize(problem, rng)


class NamesNoOption(Baseline):
    @classmethod
    def choices(cls):
        return {"algorithm": {"": ["A"]}}


class Talks(Baseline):
    def propose(self, rng, d):
        print("generation done", file=sys.stderr)
        return super().propose(rng, d)


class Remembers(Baseline):
    calls = 0

    def propose(self, rng, d):
        type(self).calls += 1
        return (rng.random((7, d)) + type(self).calls * 1e-3) % 1.0


class Fragile(Baseline):
    """Divides by the spread of the scores."""

    def minimize(self, problem, rng):
        while True:
            scores = problem.evaluate(self.propose(rng, len(problem.space)))
            spread = float(np.ptp(scores.objective))
            if len(scores) > 1 and 1 / spread < 0:
                return


class WantsFeasible(Baseline):
    """Gives up where nothing is feasible."""

    def minimize(self, problem, rng):
        while (problem.evaluate(self.propose(rng, len(problem.space))).violation == 0.0).any():
            pass


class WantsNumbers(Baseline):
    """Stays away from where most evaluations of the NaN check have a value."""

    def propose(self, rng, d):
        return np.column_stack([0.49 * rng.random(7), rng.random((7, d - 1))])


class NeedsTwo(Baseline):
    def propose(self, rng, d):
        return np.column_stack([rng.random((7, 2)), rng.random((7, d - 2))])


class Stuck(Baseline):
    def propose(self, rng, d):
        return np.full((7, d), 0.5)


class Unlabelled(Baseline):
    class Options(OptimizerOptions):
        size: int = Field(3)


class Lenient(Baseline):
    class Options(OptimizerOptions, extra="allow"):
        pass


class NoReference(Baseline):
    reference = ""
