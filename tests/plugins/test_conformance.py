"""Every optimizer that is installed passes the shipped suite."""

import random

import numpy as np
import pytest
from helpers.batches import batches_of
from helpers.suite import CHECKS, NAMES

from toolkit.optimizer import registry
from toolkit.optimizer.ledger import Ledger, search
from toolkit.scores import Scores
from toolkit.space import Space, Variable
from toolkit.testing import check_optimizer


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


@pytest.mark.parametrize("name", NAMES)
def test_the_global_random_states_are_left_alone(name):
    def states():
        return np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002

    before = states()
    batches_of(name, {})
    assert states() == before


@pytest.mark.parametrize("name", [n for n in NAMES if n != "random"])
def test_an_optimizer_begins_from_the_point_it_is_given(name):
    """The optimum lies in a corner where hardly any random point does."""
    space = Space(tuple(Variable(f"x{i}", "real", 0.0, 1.0) for i in range(8)))
    start, seen = np.full((1, 8), 0.02), []

    def bowl(x):
        seen.append(x.copy())
        return Scores((x**2).sum(axis=1), np.zeros(len(x)), ceiling=8.0)

    ledger = Ledger(space, bowl, 150, starts=start)
    search(registry.build(name, {}), ledger, np.random.default_rng(0))
    assert np.array_equal(seen[0], start)
    population = np.concatenate(seen[1:])[:60]
    near = np.abs(population - start).max(axis=1)
    # CMA-ES samples round it; the others put it into their first population.
    assert near.min() < 0.5 if name == "cma" else near.min() == 0.0
    assert ledger.best_objective <= 8 * 0.02**2
