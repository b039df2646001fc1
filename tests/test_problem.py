import dataclasses

import numpy as np
import pytest

from toolkit import study
from toolkit.problem import Problem, prepare
from toolkit.run import Task, run
from toolkit.scores import UNSOLVED


@pytest.fixture(scope="module")
def problem():
    return Problem(prepare(study.load("ieee12")))


def without_skipping(problem, monkeypatch):
    monkeypatch.setattr(problem, "_can_skip", False)


def test_skipping_changes_no_step_of_the_search(problem, monkeypatch):
    task = Task("cheetah", 3, 400, {})
    quick = run(problem, task)
    without_skipping(problem, monkeypatch)
    full = run(problem, task)
    assert np.array_equal(quick.best_x, full.best_x)
    assert np.array_equal(quick.best_objective, full.best_objective, equal_nan=True)
    skipped = np.isnan(quick.violation)
    assert skipped.sum() > 50
    assert not np.isnan(full.violation).any()
    assert np.array_equal(quick.violation[~skipped], full.violation[~skipped])
    assert quick.objective == pytest.approx(full.objective, abs=1e-2)
    assert len(quick.objective) == 400


def test_only_what_loses_whatever_its_voltages_is_skipped(problem):
    x = np.random.default_rng(5).random((6, len(problem.space)))
    solved = problem.evaluate(x)
    incumbent = solved.objective + np.array([-1.0, 1.0, -1.0, 1.0, np.nan, 1e-4])
    found = problem.evaluate_against(x, incumbent)
    assert found.skipped.tolist() == [True, False, True, False, False, False]
    assert (found.violation[found.skipped] == UNSOLVED).all()
    kept = ~found.skipped
    assert found.objective[kept] == pytest.approx(solved.objective[kept], abs=1e-9)
    assert np.array_equal(found.violation[kept], solved.violation[kept])


def test_nothing_is_skipped_where_load_depends_on_voltage(problem):
    for band in ((0.97, 1.05), (0.5, 1.02), (np.inf, -np.inf)):
        feeder = dataclasses.replace(problem.setting.feeder, constant_power_band=band)
        careful = Problem(dataclasses.replace(problem.setting, feeder=feeder))
        x = np.random.default_rng(5).random((1, len(problem.space)))
        found = careful.evaluate_against(x, np.array([-1e9]))
        assert found.skipped is None
        assert found.violation[0] < UNSOLVED
