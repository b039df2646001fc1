"""OpenDSS as the referee: what becomes best is its word, whatever the batch solver says."""

import dataclasses

import numpy as np
import pytest

from toolkit import read_journal
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.runs.journal import Journal
from toolkit.runs.recorder import Recorder
from toolkit.runs.referee import AT_ONCE, ENGINE, ENGINE_SINCE, Referee
from toolkit.runs.run import Task, run

WHOSE = {"case": "x"}


class Wrong:
    """A batch power flow that flatters some plans: their voltages are all 1 pu."""

    def __init__(self, flow, flatters):
        self._flow, self._flatters = flow, flatters

    def days(self, plans, losses=True):
        days = self._flow.days(plans, losses)
        v_pu, loading = days.v_pu.copy(), days.loading.copy()
        for i in range(len(days)):
            if self._flatters(plans.row(i)):
                v_pu[i], loading[i] = 1.0, 0.0
        return dataclasses.replace(days, v_pu=v_pu, loading=loading)


def flattered(setting, flatters):
    """Return a problem whose batch solver is wrong about some plans."""
    problem = Problem(setting)
    wrong = Wrong(problem.search.flow, flatters)
    problem.__dict__["search"] = dataclasses.replace(problem.search, flow=wrong)
    return problem


@pytest.fixture
def points(ieee12):
    return np.random.default_rng(3).random((60, len(ieee12.space)))


def judged(problem, x, parts):
    """Score points in parts as a run does; return scores and what solved each."""
    referee, objective, violation, by = Referee(problem), [], [], []
    for rows in np.array_split(np.arange(len(x)), parts):
        scores, solvers = referee.judged(x[rows], None, problem.evaluate(x[rows]))
        objective += scores.objective.tolist()
        violation += scores.violation.tolist()
        by += solvers.tolist()
    return objective, violation, by


def test_the_best_of_a_run_is_always_the_engines(ieee12, problem):
    found = run(Problem(ieee12), Task("cheetah", 1, 300, {}))
    engine = problem.evaluate_by_engine(found.best_x[None])
    assert found.best_objective[-1] == engine.objective[0]
    assert engine.violation[0] <= 1e-6


def test_how_rows_are_grouped_changes_nothing(ieee12, points):
    one = judged(Problem(ieee12), points, 1)
    assert {AT_ONCE, ENGINE} == set(one[2])
    for parts in (3, 60):
        assert judged(Problem(ieee12), points, parts) == one


def test_a_plan_that_is_flattered_never_becomes_best_and_ends_the_use_of_the_solver(
    ieee12, points, problem
):
    true = problem.evaluate_by_engine(points)
    # It would be the best so far, were it not for its voltages.
    candidate = int(np.argmin(np.where(true.violation > 1e-6, true.objective, np.inf)))
    worse = np.flatnonzero(true.objective > true.objective[candidate])[:5]
    points = points[[*worse, candidate, *(i for i in range(60) if i not in {*worse, candidate})]]
    true, bad = problem.evaluate_by_engine(points), 5
    power = decode(points[bad : bad + 1], ieee12.operation, ieee12.space).p_kw
    chosen = flattered(ieee12, lambda plan: np.array_equal(plan.p_kw, power[0]))
    assert chosen.evaluate(points).violation[bad] == 0.0
    objective, violation, by = judged(chosen, points, 1)
    assert by.index(ENGINE_SINCE) == bad
    assert set(by[bad:]) == {ENGINE_SINCE}
    assert objective[bad:] == true.objective[bad:].tolist()
    assert violation[bad:] == true.violation[bad:].tolist()
    for parts in (4, 60):
        assert judged(chosen, points, parts)[2] == by


def test_from_a_disagreement_on_opendss_searches_also_when_it_is_resumed(ieee12, points, tmp_path):
    chosen = flattered(ieee12, lambda plan: True)
    with Journal(tmp_path / "j", ieee12.space, WHOSE) as journal:
        referee = Referee(chosen)
        Recorder(chosen, journal, referee=referee).evaluate(points[:20])
        assert not referee.trusts
    with Journal(tmp_path / "j", ieee12.space, WHOSE) as journal:
        referee = Referee(chosen)
        again = Recorder(chosen, journal, referee=referee)
        again.evaluate(points)
        assert not referee.trusts
    told = read_journal(tmp_path / "j")
    assert set(told["solver"]) == {"opendss"}
    engine = Problem(ieee12).evaluate_by_engine(points)
    assert np.array_equal(told["objective"], engine.objective)


def test_a_resumed_run_remembers_what_was_best(ieee12, points, tmp_path):
    whole = judged(Problem(ieee12), points, 1)
    with Journal(tmp_path / "j", ieee12.space, WHOSE) as journal:
        problem = Problem(ieee12)
        Recorder(problem, journal, referee=Referee(problem)).evaluate(points[:25])
    with Journal(tmp_path / "j", ieee12.space, WHOSE) as journal:
        problem = Problem(ieee12)
        Recorder(problem, journal, referee=Referee(problem)).evaluate(points)
    told = read_journal(tmp_path / "j")
    assert told["objective"].tolist() == whole[0]
    names = {ENGINE: "opendss", AT_ONCE: "batch"}
    assert told["solver"].tolist() == [names[by] for by in whole[2]]
