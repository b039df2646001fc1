import dataclasses

import numpy as np
import pytest

from toolkit.inputs import study_files
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.solving import solve
from toolkit.runs.run import Task, run
from toolkit.scores import UNSOLVED


@pytest.fixture(scope="module")
def problem():
    return Problem(prepare(study_files.load("ieee12")))


def without_skipping(problem, monkeypatch):
    monkeypatch.setattr(problem, "loads_as_scheduled", False)


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


def test_generators_stand_in_for_storage_without_a_difference(problem):
    """The search's circuit and the circuit of record give the same day."""
    setting = problem.setting
    x = np.random.default_rng(8).random((5, len(setting.space)))
    plans = decode(x, setting.operation, setting.space)
    scores = problem.evaluate(x)
    for i in range(len(x)):
        quick = problem.search_grid.day(plans.row(i))
        record = problem.grid.day(plans.row(i))
        assert quick.v_pu == pytest.approx(record.v_pu, abs=1e-8)
        assert quick.unit_kva == pytest.approx(record.unit_kva, abs=1e-5)
        assert quick.load_kva == pytest.approx(record.load_kva, abs=1e-5)
        assert quick.loss_kw == pytest.approx(record.loss_kw, abs=1e-5)
        case = solve(problem, "plan", plans.row(i))
        assert case.summary["traded_kwh"] == pytest.approx(-scores.objective[i], abs=1e-6)
        assert case.summary["violation"] == pytest.approx(scores.violation[i], abs=1e-6)


def test_nothing_is_skipped_where_load_depends_on_voltage(problem):
    for band in ((0.97, 1.05), (0.5, 1.02), (np.inf, -np.inf)):
        feeder = dataclasses.replace(problem.setting.feeder, constant_power_band=band)
        careful = Problem(dataclasses.replace(problem.setting, feeder=feeder))
        x = np.random.default_rng(5).random((1, len(problem.space)))
        found = careful.evaluate_against(x, np.array([-1e9]))
        assert found.skipped is None
        assert found.violation[0] < UNSOLVED
