"""Every optimizer that is installed passes the shipped suite."""

import random

import numpy as np
import pytest
from helpers.batches import batches_of
from helpers.suite import CHECKS, NAMES

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
