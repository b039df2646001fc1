"""cheetah-plus on the study it is made for, and the structure it reads from a space."""

from functools import cache

import numpy as np
import pytest

from toolkit.runs.run import Task, run
from toolkit.space import Space, Variable


@cache
def best_of(problem, optimizer, seed, **options):
    """Return the best feasible traded energy, kWh, of a short run."""
    found = run(problem, Task(optimizer, seed, 1200, options))
    assert found.evaluations == 1200
    return -found.best_objective[-1]


@pytest.mark.statistical
def test_it_beats_cheetah_on_the_study_in_every_one_of_three_seeds(problem):
    for seed in (1, 2, 3):
        assert best_of(problem, "cheetah-plus", seed) > best_of(problem, "cheetah", seed)


@pytest.mark.statistical
def test_moves_on_series_pay(problem):
    with_rows = np.median([best_of(problem, "cheetah-plus", seed) for seed in (1, 2, 3)])
    without = np.median([best_of(problem, "cheetah-plus", seed, rows=False) for seed in (1, 2, 3)])
    assert with_rows > without


def test_a_series_is_an_unbroken_row_of_numbered_variables():
    names = ["a.p[2]", "a.p[1]", "a.p[3]", "b[1]", "c[1]", "c[3]", "d", "e[1]", "e[2]", "e[2]"]
    space = Space(tuple(Variable(name, "real", 0.0, 1.0) for name in names))
    found = {name: index.tolist() for name, index in space.series.items()}
    assert found == {"a.p": [1, 0, 2]}
