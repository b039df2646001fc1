"""The optimizers of several goals that ship: budget, seeds, bounds, and a front to find."""

import random

import numpy as np
import pytest

from toolkit.model.fronts import dominated, hypervolume
from toolkit.optimizer import FrontOptimizer, FrontScores
from toolkit.optimizer.several import FRONTS, FrontLedger, find
from toolkit.space import Space, Variable

pytest.importorskip("pymoo")
NAMES = ("nsga2", "nsga3")
SPACE = Space(tuple(Variable(f"x{i}", "real", 0.0, 1.0) for i in range(10)))


def two_goals(x):
    """Score by ZDT1 (Zitzler, Deb and Thiele 2000), its front where all but x0 are 0; x1 <= 0.9."""
    rest = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
    second = rest * (1.0 - np.sqrt(x[:, 0] / rest))
    return FrontScores(np.column_stack([x[:, 0], second]), np.maximum(x[:, 1] - 0.9, 0.0))


def run(optimizer, budget=400, seed=1, evaluate=two_goals, **how):
    rows, scores = [], []

    def watched(x):
        rows.append(x.copy())
        scores.append(evaluate(x))
        return scores[-1]

    ledger = FrontLedger(SPACE, ("a", "b"), watched, budget, **how)
    ending = find(optimizer, ledger, np.random.default_rng(seed))
    costs = np.concatenate([one.objectives for one in scores])
    return ending, ledger, np.concatenate(rows), costs


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("budget", [1, 7, 211])
def test_the_budget_is_spent_to_the_last_evaluation(name, budget):
    ending, ledger, rows, _ = run(FRONTS.build(name, {"population": "10"}), budget)
    assert (ending, ledger.spent, len(rows)) == ("spent", budget, budget)
    assert ((rows >= 0.0) & (rows <= 1.0)).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_gives_the_same_points_and_leaves_other_numbers_alone(name):
    def states():
        return np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002

    before = states()
    first, again, other = (run(FRONTS.build(name, {}), 150, seed)[2] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert states() == before


@pytest.mark.parametrize("name", NAMES)
def test_it_covers_more_of_the_front_than_random_points(name):
    class Sampling(FrontOptimizer):
        description = "uniform"

        def search(self, problem, rng):
            while True:
                problem.evaluate(rng.random((20, len(problem.space))))

    def covered(optimizer):
        _, _, rows, costs = run(optimizer, 2000)
        kept = costs[rows[:, 1] <= 0.9]
        return hypervolume(kept[~dominated(kept)], np.array([1.0, 1.0]))

    # All that can be is 2 / 3, the area above 1 - sqrt(f1).
    assert covered(FRONTS.build(name, {"population": 20})) > covered(Sampling()) + 0.3
    assert covered(FRONTS.build(name, {"population": 20})) < 2.0 / 3.0


def test_a_search_is_stopped_and_may_come_back_early():
    optimizer = FRONTS.build("nsga2", {"population": 10})
    assert run(optimizer, should_stop=iter([False] * 3 + [True] * 9).__next__)[0] == "stopped"

    class Early(FrontOptimizer):
        description = "asks once"

        def search(self, problem, rng):
            problem.evaluate(np.full((1, 10), 0.5))

    assert run(Early())[0] == "returned"


@pytest.mark.parametrize("rows", [np.zeros((1, 3)), np.full((1, 10), 1.5), np.zeros((0, 10))])
def test_points_outside_the_space_are_refused(rows):
    ledger = FrontLedger(SPACE, ("a", "b"), two_goals, 5)
    with pytest.raises(ValueError, match="candidates"):
        ledger.evaluate(rows)
