"""Reactive power that a study decides: the engine injects what plans say, in every circuit."""

import numpy as np
import pytest
from helpers.batch_flow import batch_flow

import toolkit
from toolkit.grid.agreement import agreement
from toolkit.grid.opendss import export_feeder, replay
from toolkit.model.plan import base_plan
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

WAYS = {
    "fixed": {"power_factor": 0.9},
    "absorbing": {"power_factor": -0.95, "kva_per_kw": 1.02},
    "searched": {"power_factor": "optimised", "power_factor_min": 0.6},
    "steps": {"reactive": "per step", "kva_per_kw": 1.1},
}


@pytest.fixture(scope="module", params=WAYS)
def problem(request):
    return Problem(prepare(toolkit.load_study("ieee12", inverters=WAYS[request.param])))


@pytest.fixture(scope="module")
def plans(problem):
    setting = problem.setting
    return setting.decode(np.random.default_rng(5).random((4, len(setting.space))))


def test_each_unit_injects_what_the_plan_says(problem, plans):
    for i in range(4):
        for grid in (problem.search_grid, problem.grid):
            day = grid.day(plans.row(i))
            off = day.unit_kva.T - (plans.p_kw[i] + 1j * plans.q_kvar[i])
            assert np.abs(off).max() < 1e-4
            assert np.abs(plans.q_kvar[i]).max() > 1.0


def test_both_solvers_agree(problem, plans):
    batch = batch_flow(problem.setting.feeder, problem.setting.operation)
    found = agreement(batch.days(plans), problem.search_grid.days(plans))
    assert found.holds, str(found)


def test_plans_a_b_a_give_a_twice(problem, plans):
    for grid in (problem.search_grid, problem.grid):
        first, _, again = (grid.day(plans.row(i)) for i in (0, 1, 0))
        assert np.array_equal(first.v_pu, again.v_pu)
        assert np.array_equal(first.unit_kva, again.unit_kva)


def test_plain_opendss_solves_the_same_day(problem, plans, tmp_path):
    setting, plan = problem.setting, plans.row(2)
    export_feeder(plan, setting.operation, setting.feeder, tmp_path)
    day = replay(tmp_path / "Master.dss", setting.scenario.steps)
    own = problem.grid.day(plan)
    assert day.units == tuple(unit.element.lower() for unit in setting.feeder.units)
    assert day.loss_kw == pytest.approx(own.loss_kw, rel=1e-9)
    assert day.unit_kva.imag == pytest.approx(own.unit_kva.imag, abs=1e-6)


def test_the_base_case_has_the_power_factor_that_is_fixed():
    study = toolkit.load_study("ieee12", inverters={"power_factor": 0.8})
    plan = base_plan(prepare(study).operation)
    assert plan.q_kvar == pytest.approx(0.75 * plan.p_kw)


def test_a_unit_s_own_words_go_before_those_for_all():
    fleet = {"units": {"pv1": {"reactive": "per step"}, "wt1": {"power_factor": -0.9}}}
    common = {"power_factor": 0.95, "kva_per_kw": 2.0}
    study = toolkit.load_study("ieee12", inverters=common, fleet=fleet)
    own = {u.name: u.reactive for u in prepare(study).fleet.units}
    assert (own["pv1"].searched, own["pv1"].kva_per_kw) == ("kvar", 2.0)
    assert [own[name].power_factor for name in ("wt1", "bess1")] == [-0.9, 0.95]


def test_reactive_power_may_go_first_at_the_rating_of_panels():
    fleet = {"units": {"pv1": {"power_factor": 0.8, "kva_per_kw": 1.0, "priority": "reactive"}}}
    problem = Problem(prepare(toolkit.load_study("ieee12", fleet=fleet)))
    plan = base_plan(problem.setting.operation)
    day = problem.grid.day(plan)
    pv1 = problem.setting.fleet.units.index(
        next(u for u in problem.setting.fleet.units if u.name == "pv1")
    )
    assert day.unit_kva[:, pv1].imag == pytest.approx(plan.q_kvar[pv1], abs=1e-4)
    assert day.unit_kva[:, pv1].real == pytest.approx(plan.p_kw[pv1], abs=1e-4)
    assert np.abs(day.unit_kva[:, pv1]).max() == pytest.approx(plan.kw[pv1], rel=1e-6)
