"""The shipped suite passes honest optimizers, and fails each that breaks one promise."""

import contextlib
import sys
import time

import numpy as np
import pytest
from helpers.suite import CHECKS
from pydantic import Field

from toolkit.errors import BudgetSpent
from toolkit.optimizer import Optimizer, OptimizerOptions
from toolkit.optimizer.testing import trial
from toolkit.testing import check_optimizer


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


def failed(kind):
    return {result.name for result in check_optimizer(kind) if not result.passed}


@pytest.mark.parametrize("kind", [Baseline, Gridded])
def test_an_honest_optimizer_passes(kind):
    assert failed(kind) == set()


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (Blind, "beats random on a sphere"),
        (ReturnsEarly, "exact budget"),
        (LeavesBounds, "stays in bounds"),
        (RoundsDown, "whole numbers solved"),
        (Unseeded, "same seed, same history"),
        (IgnoresSeed, "different seeds differ"),
        (ProcessBound, "same history in another process"),
        (Swallows, "stop signal not swallowed"),
        (NeverStops, "stop signal not swallowed"),
        (NeverStops, "exact budget"),
        (WidensSpace, "inputs not written to"),
        (NamesNoOption, "declares itself"),
        (Talks, "quiet"),
        (Remembers, "inputs not written to"),
        (Fragile, "flat objective"),
        (WantsFeasible, "all infeasible"),
        (WantsNumbers, "NaN objective"),
        (NeedsTwo, "one variable"),
        (Stuck, "frozen variable"),
        (Unlabelled, "declares itself"),
        (NoReference, "declares itself"),
        (Lenient, "unknown option refused"),
    ],
)
def test_the_suite_catches(kind, check):
    assert check in failed(kind)


def test_an_endless_loop_that_swallows_every_signal_is_told_apart_at_once():
    started = time.monotonic()
    reasons = {result.name: result.reason for result in check_optimizer(NeverStops)}
    assert time.monotonic() - started < 60
    assert "swallows the stop signal" in reasons["stop signal not swallowed"]
    assert "swallows the stop signal" in reasons["exact budget"]
    assert reasons["declares itself"] == ""


def test_a_run_that_never_comes_back_fails_its_check_and_ends_the_suite(monkeypatch):
    monkeypatch.setattr(trial, "PATIENCE", 3.0)
    results = {result.name: result for result in check_optimizer(Broods)}
    assert results["exact budget"].passed
    assert "did not come back within 3 s" in results["frozen variable"].reason
    assert "7 of 100 evaluations" in results["frozen variable"].reason
    assert results["quiet"].reason == "not run: in 'frozen variable' it never came back"
    assert set(results) == CHECKS - {"beats random on a sphere"}


def test_a_flag_takes_a_check_out_and_nothing_else():
    names = {result.name for result in check_optimizer(Gridded)}
    assert names == CHECKS - {"different seeds differ", "beats random on a sphere"}
