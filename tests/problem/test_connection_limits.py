"""Limits of connections: measured on the engine's solution, told, and refused where hopeless."""

import numpy as np
import pytest
from helpers.roofs import BATTERY, FIXED, written

from toolkit.errors import InputError
from toolkit.grid.solution import stacked
from toolkit.model.plan import base_plan
from toolkit.problem.connection_limits import excess_of, passing
from toolkit.problem.limit_violations import (
    Places,
    broken_steps,
    violation,
    worst_violations,
)
from toolkit.problem.problem import Problem
from toolkit.problem.setting import check_searchable, prepare

CURTAILED = "[fleet]\ncurtail = true\n" + FIXED


def problem_of(folder, text, units=""):
    return Problem(prepare(written(folder, text, units)))


def random_plans(problem, count=6, seed=0):
    x = np.random.default_rng(seed).random((count, len(problem.space)))
    return problem.setting.decode(x)


def broken(problem, plan):
    day = problem.grid.day(plan)
    setting = problem.setting
    places = Places.of(setting.feeder, problem.grid.nodes)
    limits, connections = setting.study.limits, setting.scenario.connections
    return worst_violations(day, plan, limits, places, connections)


def test_never_more_than_the_limit_leaves_the_head(tmp_path):
    problem = problem_of(tmp_path, CURTAILED + "[limits]\nexport_max = 5\n")
    plans = random_plans(problem)
    days = problem.grid.days(plans)
    out = passing(days, plans, problem.setting.scenario.connections)
    assert out.max() <= 5.0
    assert out.max() > 4.0
    assert (excess_of(days, plans, problem.setting.scenario.connections) == 0.0).all()
    scores = problem.evaluate(np.random.default_rng(0).random((6, len(problem.space))))
    assert (scores.violation == 0.0).all()


def test_energy_is_balanced_with_what_is_curtailed(tmp_path):
    problem = problem_of(tmp_path, CURTAILED + "[limits]\nexport_max = 5\n")
    plan = random_plans(problem, 1).row(0)
    day = problem.grid.day(plan)
    problem.grid.engine.Circuit.SetActiveElement("line.l1")
    into = sum(problem.grid.engine.CktElement.Powers()[0:6:2])
    last = day.load_kva.real[-1].sum() + day.loss_kw[-1] - day.unit_kva.real[-1].sum()
    assert last == pytest.approx(into, rel=1e-6)
    available = plan.kw[:, None] * problem.setting.operation.generation
    assert available.sum() == pytest.approx(40.0 * 8)
    assert plan.p_kw.sum() < available.sum()


def test_the_base_case_is_as_declared_and_tells_what_it_breaks(tmp_path):
    problem = problem_of(tmp_path, CURTAILED + "[limits]\nexport_max = 5\nv_max = 1.2\n")
    plan = base_plan(problem.setting.operation)
    assert plan.p_kw.max() == 40.0
    (told,) = broken(problem, plan)
    # 23 kW of surplus, less what is lost on the way.
    assert (told.kind, told.limit, told.steps) == ("export", 5.0, 8)
    assert str(told).startswith("21.2")
    assert "kW leave at the feeder head, step" in str(told)
    assert str(told).endswith("(limit 5 kW; 1 connection, 8 steps)")


def test_a_figure_and_words_agree(tmp_path):
    text = "[limits]\nexport_max = 5\nimport_max = 16\nv_max = 1.2\n[limits.at.c]\nexport_max = 3\n"
    problem = problem_of(tmp_path, text)
    plan, connections = base_plan(problem.setting.operation), problem.setting.scenario.connections
    day, limits = problem.grid.day(plan), problem.setting.study.limits
    out = passing(stacked([day]), plan.row(None), connections)[0]
    most, least = connections.most_out.T, connections.most_in.T
    by_hand = np.maximum((out - most) / most, 0.0).sum()
    head = np.isfinite(least)
    by_hand += np.maximum((-out - least)[head] / least[head], 0.0).sum()
    hours = problem.setting.scenario.step_hours
    assert violation(day, plan, limits, hours, connections) == pytest.approx(by_hand)
    assert violation(day, plan, limits, hours) == 0.0
    assert broken_steps(day, plan, limits, connections).all()
    assert not broken_steps(day, plan, limits).any()
    assert [(k.kind, k.place) for k in broken(problem, plan)] == [
        ("export", "bus c"),
        ("import", "the feeder head"),
    ]


def test_a_bus_keeps_its_limit_and_a_series_repeats(tmp_path):
    series = [3.0] * 12 + [6.0] * 12
    text = f"{CURTAILED}[limits.at.C]\nexport_max = {series}\n"
    problem = problem_of(tmp_path, text)
    plan = problem.setting.decode(np.ones((1, len(problem.space)))).row(0)
    assert plan.p_kw[0, 8:12].tolist() == pytest.approx([5.0] * 4)
    assert plan.p_kw[0, 12:16].tolist() == pytest.approx([8.0] * 4)
    assert broken(problem, plan) == ()


def test_a_battery_keeps_import_below_its_limit(tmp_path):
    text = CURTAILED + "[limits]\nimport_max = 16\nv_max = 1.2\n"
    problem = problem_of(tmp_path, text, BATTERY.format(bus="b", kwh=100))
    assert [each.kind for each in broken(problem, base_plan(problem.setting.operation))] == [
        "import"
    ]
    x = np.full((1, len(problem.space)), 0.5)
    assert broken(problem, problem.setting.decode(x).row(0)) == ()


def test_days_side_by_side_have_limits_of_their_own(tmp_path):
    problem = problem_of(tmp_path, CURTAILED + f"[limits]\nexport_max = {list(range(1, 25))}\n")
    connections = problem.setting.scenario.connections
    assert connections.part(slice(8, 10)).most_out.tolist() == [[9.0, 10.0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            FIXED + "[limits]\nexport_max = 5\n",
            "'limits.export_max': found 5, but at the feeder head at least 13.26 kW leave in step",
        ),
        (
            FIXED + "[limits.at.c]\nexport_max = 5\n",
            "'limits.at.c.export_max': found 5, but at bus c at least 37.8 kW leave in step 9",
        ),
        (
            "[limits]\nimport_max = 5\n",
            "'limits.import_max': found 5, but at the feeder head at least 15.34 kW enter in step",
        ),
        (
            "[limits.at.b]\nimport_max = 1\n",
            "'limits.at.b.import_max': found 1, but at bus b at least 4.513 kW enter in step 1",
        ),
    ],
)
def test_what_no_plan_can_keep_is_told_before_the_search(tmp_path, text, told):
    setting = prepare(written(tmp_path, text))
    with pytest.raises(InputError) as caught:
        check_searchable(setting)
    assert told in str(caught.value)
    assert "whatever is decided; expected" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[limits.at.cc]\nexport_max = 1\n", "'limits.at.cc': the feeder has no bus 'cc'. Did you"),
        ("[limits]\nexport_max = [1.0, 2.0]\n", "limits.export_max: found 2 values; expected one"),
        ("[limits]\nexport_max = -1.0\n", "'limits.export_max.0': found -1.0"),
        ("[limits]\nexport_max = 'much'\n", "expected one number, or a list of numbers"),
        ("[limits.at.c]\nv_max = 1.0\n", "unknown key 'limits.at.c.v_max'"),
        (
            "[limits.at.c]\nexport_max = 1\n[limits.at.C]\nexport_max = 2\n",
            "at: found 'c' and 'C'; expected one section for a bus",
        ),
        ("[fleet]\ncurtail = 'often'\n", "found 'often'; expected true, false or 'per step'"),
        ("[fleet.units.pv1]\ncurtailed = true\n", "Did you mean 'curtail'?"),
    ],
)
def test_bad_limits_are_one_message(tmp_path, text, told):
    with pytest.raises(InputError) as caught:
        prepare(written(tmp_path, text))
    assert told in str(caught.value)


def test_a_store_cannot_be_curtailed(tmp_path):
    study = written(
        tmp_path, "[fleet.units.bess1]\ncurtail = true\n", BATTERY.format(bus="b", kwh=9)
    )
    with pytest.raises(
        InputError, match="found it of a battery; expected it of units that generate"
    ):
        prepare(study)


def test_a_search_for_all_pv_leaves_stores_alone(tmp_path):
    problem = problem_of(tmp_path, "[fleet]\ncurtail = true\n", BATTERY.format(bus="b", kwh=9))
    assert [name for name in problem.space.names if "given" in name] == ["pv1.given"]
    each = problem_of(tmp_path, '[fleet.units.pv1]\ncurtail = "per step"\n')
    assert len([name for name in each.space.names if "given[" in name]) == 24
