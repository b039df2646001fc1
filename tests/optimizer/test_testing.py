"""The shipped suite over every optimizer there is, and over some that must fail it."""

import contextlib
import random
import sys
import time

import numpy as np
import pytest
from pydantic import Field

from toolkit.errors import BudgetSpent, InputError
from toolkit.optimizer import Optimizer, OptimizerOptions, registry
from toolkit.optimizer.ledger import Ledger, search
from toolkit.optimizer.minimizing import minimize
from toolkit.optimizer.testing import trial
from toolkit.scores import Scores
from toolkit.space import Space, Variable
from toolkit.testing import check_optimizer

NAMES = registry.names()
CHECKS = {
    "declares itself",
    "unknown option refused",
    "exact budget",
    "stays in bounds",
    "whole numbers solved",
    "one variable",
    "frozen variable",
    "flat objective",
    "NaN objective",
    "all infeasible",
    "inputs not written to",
    "same seed, same history",
    "same history in another process",
    "stop signal not swallowed",
    "quiet",
    "different seeds differ",
    "beats random on a sphere",
}


def test_there_is_something_to_check():
    assert {"cheetah", "pygad", "mealpy", "cma", "random"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_conformance(name):
    results = check_optimizer(name)
    expected = CHECKS - {"beats random on a sphere"} if name == "random" else CHECKS
    assert {result.name for result in results} == expected
    assert [result for result in results if not result.passed] == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cheetah", {"variant": "text"}),
        ("pygad", {"elite": "0", "parents": "0.5"}),
        ("pygad", {"selection": "sss", "crossover": "two_points", "population": "8"}),
        ("mealpy", {"algorithm": "OriginalGWO", "population": "20"}),
        ("cma", {"sigma": "0.3", "population": "12", "growth": "1"}),
    ],
)
def test_conformance_with_other_options(name, options):
    assert [result for result in check_optimizer(name, options) if not result.passed] == []


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


# What single built-ins promise beyond the suite.

MIXED = Space(
    (
        Variable("bus", "choice", 0, 10),
        Variable("size", "real", 5.0, 9.0),
        Variable("count", "integer", 1, 4),
    )
)


def batches_of(name, options, budget=300):
    batches = []

    def evaluate(x):
        batches.append(x.copy())
        values = MIXED.values(x)
        return Scores(np.abs(values - [7, 6.5, 3]).sum(axis=1), np.zeros(len(x)), ceiling=30.0)

    ledger = Ledger(MIXED, evaluate, budget)
    search(registry.build(name, options), ledger, np.random.default_rng(0))
    assert ledger.spent == budget
    return batches, ledger


def test_pygad_hands_over_whole_generations_of_whole_number_genes():
    batches, ledger = batches_of("pygad", {"population": 20})
    assert len(batches[0]) == 20
    assert np.median([len(batch) for batch in batches]) > 10
    rows = np.concatenate(batches)
    assert np.array_equal(rows[:, 0], MIXED.unit(MIXED.values(rows))[:, 0])
    assert np.array_equal(rows[:, 2], MIXED.unit(MIXED.values(rows))[:, 2])
    assert len(np.unique(rows[:, 1])) > 50
    assert MIXED.values(ledger.best_x)[[0, 2]].tolist() == [7, 3]


def test_pygad_options_reach_the_library():
    histories = [
        batches_of("pygad", options)[1].objective.tolist()
        for options in (
            {},
            {"tournament": 2},
            {"crossover": "single_point"},
            {"mutated_genes": 2},
            {"elite": 4},
            {"parents": 0.5},
            {"selection": "rank"},
        )
    ]
    assert len({tuple(history) for history in histories}) == len(histories)


@pytest.mark.parametrize("name", NAMES)
def test_the_global_random_states_are_left_alone(name):
    def states():
        return np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002

    before = states()
    batches_of(name, {})
    assert states() == before


def test_cma_starts_anew_with_twice_the_population():
    sizes = [len(batch) for batch in batches_of("cma", {}, budget=3000)[0]]
    assert sizes[0] == 7
    assert sorted(set(sizes[:-1])) == [7 * 2**i for i in range(len(set(sizes[:-1])))]
    assert sizes[:-1] == sorted(sizes[:-1])
    assert sizes[-2] >= 28


def test_cma_options_reach_the_library():
    histories = [
        batches_of("cma", options, budget=1500)[1].objective.tolist()
        for options in ({}, {"sigma": 0.1}, {"population": 20}, {"growth": 1.0})
    ]
    assert len({tuple(history) for history in histories}) == len(histories)
    sizes = {len(batch) for batch in batches_of("cma", {"growth": 1.0}, budget=1400)[0]}
    assert sizes == {7}


@pytest.mark.parametrize("sigma", [0.01, 0.3])
def test_cma_searches_along_one_variable_from_any_first_step(sigma):
    ask = {"lower": [-1], "upper": [9], "budget": 600, "seed": 2, "options": {"sigma": sigma}}
    assert minimize("cma", lambda x: float((x[0] - 8.5) ** 2), **ask).fun < 1e-9


def test_cma_solves_turned_axes_on_which_it_is_at_home():
    """A narrow valley across the axes: CMA-ES is there long before any other we ship."""
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]

    def valley(x):
        return float((10.0 ** np.arange(6) * (turn @ (x - 0.4)) ** 2).sum())

    ask = {"lower": [0] * 6, "upper": [1] * 6, "budget": 4000, "seed": 1}
    found = {name: minimize(name, valley, **ask).fun for name in ("cma", "cheetah", "pygad")}
    assert found["cma"] < 1e-8
    assert found["cma"] < 1e-6 * min(found["cheetah"], found["pygad"])


def test_cma_reads_and_writes_no_file(tmp_path, monkeypatch):
    plain = batches_of("cma", {})[1].objective.tolist()
    monkeypatch.chdir(tmp_path)
    signals = tmp_path / "cma_signals.in"
    signals.write_text('{"timeout": 0}', encoding="utf-8")
    assert batches_of("cma", {})[1].objective.tolist() == plain
    assert list(tmp_path.iterdir()) == [signals]


@pytest.mark.parametrize(
    ("algorithm", "told"),
    [
        ("jade", "Did you mean 'JADE'?"),
        ("GWO", "Did you mean 'OriginalGWO'?"),
        ("OriginalGW0", "Did you mean 'OriginalGWO'?"),
        ("xyzzyxyzzy", "mealpy has no 'xyzzyxyzzy'."),
    ],
)
def test_mealpy_offers_the_nearest_algorithm(algorithm, told):
    with pytest.raises(InputError) as caught:
        batches_of("mealpy", {"algorithm": algorithm})
    assert told in str(caught.value)


def test_mealpy_tells_what_an_algorithm_refuses():
    with pytest.raises(InputError, match="mealpy refuses OriginalBSO: 'm_clusters'"):
        batches_of("mealpy", {"algorithm": "OriginalBSO", "population": 12})


def test_pygad_lists_no_count_of_a_hundred_million_values():
    """It would list them all, which takes gigabytes."""
    from toolkit_plugins.pygad_ga import MOST_CELLS, PygadGA, cells, unit

    space = Space(
        (
            Variable("few", "integer", 0, MOST_CELLS - 1),
            Variable("many", "integer", 0, MOST_CELLS),
            Variable("vehicles", "integer", 0, 1e8),
            Variable("size", "real", 0.0, 1.0),
        )
    )
    assert cells(space).tolist() == [True, False, False, False]
    genes = np.array([[7.0, 0.25, 1.0, 0.5]])
    assert space.values(unit(space, genes))[0].tolist() == [7, 2500, 1e8, 0.5]

    def evaluate(x):
        return Scores(np.abs(space.values(x)[:, 2] - 3e7), np.zeros(len(x)))

    ledger = Ledger(space, evaluate, 400)
    search(registry.configure(PygadGA), ledger, np.random.default_rng(1))
    assert ledger.spent == 400
    assert ledger.best_objective < 1e7
