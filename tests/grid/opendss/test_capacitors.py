"""Capacitors that a study sites and sizes, fixed or switched by hour, and generators."""

import json

import numpy as np
import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.grid.opendss import export_feeder, replay
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem import plan_files
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

FIXED = {"name": "bank", "kind": "capacitor", "bus": "9", "kvar": 100, "buses": ["*"]}
SWITCHED = {**FIXED, "name": "hourly", "bus": "7", "switched": "per step"}
CHP = {"name": "chp", "kind": "generator", "bus": "5", "kw": 30}


@pytest.fixture(scope="module")
def problem():
    fleet = {"add": [{**FIXED, "sizes": [0, 50, 100, 150]}, SWITCHED, CHP]}
    sections = {"market": {"objective": "losses"}, "fleet": fleet}
    return Problem(prepare(toolkit.load_study("ieee12", **sections)))


@pytest.fixture(scope="module")
def plans(problem):
    setting = problem.setting
    return setting.decode(np.random.default_rng(8).random((4, len(setting.space))))


def of(problem, name):
    return [unit.name for unit in problem.setting.feeder.units].index(name)


def test_kvar_follow_size_hour_and_voltage_squared(problem, plans):
    plan, grid = plans.row(1), problem.grid
    day = grid.day(plan)
    for name in ("bank", "hourly"):
        u = of(problem, name)
        bus = problem.setting.feeder.buses[plan.bus[u]]
        rows = [i for i, node in enumerate(grid.nodes) if node.startswith(f"{bus}.")]
        squared = (day.v_pu[:, rows] ** 2).mean(axis=1)
        expected = plan.size[u] * plan.further.on[u] * squared
        assert day.unit_kva[:, u].imag == pytest.approx(expected, rel=1e-6, abs=1e-6)
        assert np.abs(day.unit_kva[:, u].real).max() < 1e-6
    assert 0 < plan.further.on[of(problem, "hourly")].sum() < problem.setting.scenario.steps
    assert plan.size[of(problem, "bank")] in (0.0, 50.0, 100.0, 150.0)


def test_a_generator_without_a_series_gives_its_rating(problem, plans):
    u = of(problem, "chp")
    day = problem.grid.day(plans.row(0))
    assert day.unit_kva[:, u].real == pytest.approx(plans.kw[0, u], rel=1e-6)


def test_plans_a_b_a_give_a_twice(problem, plans):
    for grid in (problem.search_grid, problem.grid):
        first, _, _, again = (grid.day(plans.row(i)) for i in (0, 1, 2, 0))
        assert np.array_equal(first.v_pu, again.v_pu)
        assert np.array_equal(first.unit_kva, again.unit_kva)


def test_search_record_and_export_are_one_day(problem, plans, tmp_path):
    setting, plan = problem.setting, plans.row(2)
    searched, own = problem.search_grid.day(plan), problem.grid.day(plan)
    assert searched.v_pu == pytest.approx(own.v_pu, abs=1e-7)
    export_feeder(plan, setting.operation, setting.feeder, tmp_path)
    names = [unit.element for unit in setting.feeder.units if unit.kind == "capacitor"]
    day = replay(tmp_path / "Master.dss", setting.scenario.steps, capacitors=names)
    order = [day.units.index(unit.element.lower()) for unit in setting.feeder.units]
    assert day.unit_kva[:, order] == pytest.approx(own.unit_kva, abs=1e-5)
    assert day.loss_kw == pytest.approx(own.loss_kw, abs=1e-7)


def test_the_engine_searches_and_the_batch_solver_says_why(problem):
    assert problem.search.solver == "opendss"
    assert "capacitor bank changes its admittances" in problem.search.why


def test_a_plan_is_read_back_as_it_was(problem, plans):
    setting = problem.setting
    text = plan_files.to_json(plans.row(3), setting)
    said = {unit["name"]: unit for unit in json.loads(text)["units"]}
    assert said["bank"]["kvar"] == plans.size[3, of(problem, "bank")]
    assert "on" not in said["bank"]
    assert len(said["hourly"]["on"]) == setting.scenario.steps
    again = plan_files.from_json(text, setting, "plan.json")
    assert plan_files.to_json(again, setting) == text
    assert np.array_equal(again.further.on, plans.further.on[3])


def test_a_generator_follows_a_column_of_its_own(tmp_path):
    hours = [f"{h},1,0,0,1,0,{0.25 if h < 12 else 1.0}" for h in range(24)]
    head = "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
    head += "trip_energy [kWh/vehicle],output.chp [pu]"
    path = tmp_path / "day.csv"
    path.write_text("\n".join([head, *hours]) + "\n", encoding="utf-8")
    study = toolkit.load_study("ieee12", profiles=str(path), fleet={"add": [CHP]})
    problem = Problem(prepare(study))
    u = of(problem, "chp")
    day = problem.grid.day(base_plan(problem.setting.operation))
    assert day.unit_kva[:, u].real == pytest.approx(30.0 * np.repeat([0.25, 1.0], 12), rel=1e-6)


def test_a_generator_of_the_scripts_may_be_one_that_follows_no_wind():
    fleet = {"units": {"wt1": {"kind": "generator"}}, "shapes": "study"}
    problem = Problem(prepare(toolkit.load_study("ieee12", fleet=fleet)))
    u = of(problem, "wt1")
    day = problem.grid.day(base_plan(problem.setting.operation))
    assert day.unit_kva[:, u].real == pytest.approx(problem.setting.feeder.units[u].kw, rel=1e-6)


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        ({"name": "c", "kind": "capacitor", "bus": "9", "kw": 5}, "a capacitor unit takes kvar"),
        ({**CHP, "switched": "per step"}, "expected it of a capacitor alone"),
        ({**FIXED, "power_factor": 0.9}, "has no inverter"),
        ({**CHP, "kvar": 5}, "a generator unit takes kw"),
        ({**CHP, "volt_var": "B"}, "follows no curve"),
    ],
)
def test_what_a_unit_cannot_be_is_said(unit, message):
    given = {"name": "s", "feeder": "ieee12", "fleet": {"add": [unit]}}
    with pytest.raises((InputError, ValueError), match=message):
        prepare(Study.model_validate(given))
