"""Limits of goals: shares and words worked out by hand, and what of a study is refused."""

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.grid.solution import stacked
from toolkit.inputs import study_files
from toolkit.problem.goal_limits import BrokenGoal, HeldGoal
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem
from toolkit.problem.setting import check_searchable
from toolkit.problem.sought import limits_in_words
from toolkit.results.solving import solve

HEAD = 'name = "mine"\nfeeder = "ieee12"\n'
WIDE = {"v_min": 0.8, "v_max": 1.2, "loading_max": 1000.0}


def held(name, at_most, limit, scale):
    return HeldGoal.of(name, GOALS[name], at_most, limit, scale)


def limits(**goals):
    return {"limits": {**WIDE, "goals": goals}}


def test_a_violation_is_the_share_by_which_a_figure_is_beyond_its_limit():
    most = held("annual_cost", at_most=True, limit=20000.0, scale=20000.0)
    # 2,000 of 20,000 too much is a tenth; 0.01 of it is 5e-7, which counts as none.
    found = most.share(np.array([22000.0, 20000.0, 19000.0, 20000.01]))
    assert found == pytest.approx([0.1, 0.0, 0.0, 0.0])
    least = held("self_sufficiency", at_most=False, limit=40.0, scale=40.0)
    assert least.share(np.array([30.0, 40.0, 100.0])) == pytest.approx([0.25, 0.0, 0.0])


def test_a_figure_is_clear_of_the_edge_up_to_half_of_what_counts_as_none():
    most = held("annual_cost", at_most=True, limit=20000.0, scale=20000.0)
    # A millionth of 20,000 is 0.02.
    assert [most.is_clear(np.array([x])) for x in (19000.0, 20000.009, 20000.011)] == [1, 1, 0]
    least = held("npv", at_most=False, limit=-500.0, scale=500.0)
    assert [least.is_clear(np.array([x])) for x in (0.0, -500.0002, -500.0003)] == [1, 1, 0]


def test_a_negative_limit_has_shares_of_its_size():
    least = held("npv", at_most=False, limit=-500.0, scale=500.0)
    assert least.share(np.array([-600.0, -400.0])) == pytest.approx([0.2, 0.0])


def test_a_day_without_a_figure_breaks_no_limit_of_a_goal():
    """It has the violation of a day that cannot be solved; a sum with NaN would be that as well."""
    most = held("losses", at_most=True, limit=1.0, scale=1.0)
    assert most.share(np.array([np.nan])).tolist() == [0.0]


def test_words_say_figure_limit_and_distance_in_units():
    most = held("annual_cost", at_most=True, limit=20000.0, scale=20000.0)
    assert most.words(22345.6) == (
        "cost over the year 22,346 money (limit at most 20,000 money, 2,346 money too much)"
    )
    least = held("self_sufficiency", at_most=False, limit=40.0, scale=40.0)
    assert least.words(39.9999) == (
        "self-sufficiency 39.9999 % (limit at least 40.0000 %, 0.0001 % too little)"
    )
    assert least.words(12.5) == (
        "self-sufficiency 12.50 % (limit at least 40.00 %, 27.50 % too little)"
    )


def test_words_of_a_figure_known_to_a_share_are_those_it_may_read():
    least = held("self_sufficiency", at_most=False, limit=40.0, scale=40.0)
    texts = BrokenGoal(least, 12.5).may_read(1e-3)
    shown = [text.split(" % ")[0].split()[-1] for text in texts]
    assert shown == ["12.50", "12.49", "12.51"]


def test_a_limit_of_nothing_counts_in_hundredths_of_the_goal(make_setting):
    setting = make_setting(**limits(losses={"max": 0.0}, self_sufficiency={"min": 0.5}))
    found = {one.name: one for one in Problem(setting).aim.held}
    load = setting.scenario.loads.kw.sum()
    assert found["losses"].scale == pytest.approx(0.01 * load)
    assert found["self_sufficiency"].scale == 1.0
    assert found["losses"].share(np.array([0.02 * load])) == pytest.approx([2.0])


def test_a_limit_counts_in_the_violation_and_not_in_the_objective(make_setting, random_plan):
    plain = Problem(make_setting(limits=WIDE))
    plan = random_plan(plain.setting, 3)
    day = plain.search_grid.day(plan)
    days, row = stacked([day]), plan.row(None)
    free = plain.scored(days, row)
    figure = -free.objective[0]
    loss = solve(plain, "plan", plan).figure("loss_kwh")
    both = limits(traded={"min": 1.25 * figure}, losses={"max": loss / 1.1})
    strict = Problem(make_setting(**both))
    found = strict.scored(strict.search_grid.days(row, strict.aim.needs_losses), row)
    assert free.violation[0] == 0.0
    assert found.objective[0] == free.objective[0]
    # A fifth of the least energy is missing; losses are a tenth above their most.
    assert found.violation[0] == pytest.approx(0.2 + 0.1, rel=1e-5)


def test_a_plan_that_breaks_a_limit_says_so(make_setting, random_plan):
    setting = make_setting(**limits(traded={"min": 1e6}, peak_import={"max": 1e5}))
    case = solve(Problem(setting), "plan", random_plan(setting, 3))
    figure = case.figure("traded_kwh")
    assert not case.summary["feasible"]
    assert case.summary["violation"] == pytest.approx(1.0 - figure / 1e6)
    assert case.summary["broken"] == case.limits_broken
    assert case.limits_broken.startswith("energy traded ")
    assert "(limit at least 1,000,000 kWh, " in case.limits_broken
    # A goal that only has a limit has its figure too.
    assert case.figure("peak_import_kw") > 0.0


def test_limits_are_told_in_words(make_setting):
    study = make_setting(**limits(losses={"max": 1250.5}, traded={"min": 3, "max": 9})).study
    assert limits_in_words(study.limits) == (
        "network losses at most 1,250.5 kWh; energy traded at most 9 kWh and at least 3 kWh"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("losses = { min = 3, max = 2 }", ["limits.goals.losses", "found min 3 above max 2"]),
        ("losses = {}", ["limits.goals.losses", "found neither max nor min"]),
        ("weighted = { max = 2 }", ["limits.goals", "'weighted'", "limits of the goals"]),
        ("anual_cost = { max = 2 }", ["limits.goals", "'anual_cost'", "'annual_cost'?"]),
        ("losses = { most = 2 }", ["limits.goals.losses.most"]),
        ("losses = 5", ["limits.goals.losses"]),
        ("losses = { max = inf }", ["limits.goals.losses.max"]),
    ],
)
def test_limits_that_cannot_be_get_one_message(text, words):
    with pytest.raises(InputError) as caught:
        study_files.parse((HEAD + f"[limits.goals]\n{text}\n").encode(), "mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml")
    assert "\n" not in message
    for word in words:
        assert word in message, message


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        ({"losses": {"max": -1}}, "'limits.goals.losses.max': found -1 kWh, but network losses is"),
        ({"self_sufficiency": {"min": 101}}, "found 101 %, but self-sufficiency is never above"),
    ],
)
def test_a_limit_that_no_plan_can_keep_is_refused(goals, said, make_setting):
    setting = make_setting(**limits(**goals))
    with pytest.raises(InputError) as caught:
        check_searchable(setting)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["annual_cost", "npv", "investment", "co2"])
def test_a_limit_of_a_goal_that_nothing_makes_up_is_refused(name, make_setting):
    with pytest.raises(InputError, match=f"study test: limits.goals: found '{name}'"):
        make_setting(**limits(**{name: {"max": 5}}))


def test_the_limits_read_back_as_themselves(make_setting):
    study = make_setting(**limits(traded={"min": 3.5}, losses={"max": 9})).study
    again = study_files.parse(study_files.to_toml(study).encode(), "again.toml")
    assert again == study
    assert [*again.limits.of_goals] == ["traded", "losses"]
    assert "goals" not in study_files.to_toml(make_setting().study)


def test_every_figure_of_a_goal_is_within_what_the_goal_can_be(make_setting, random_plan):
    setting = make_setting(limits=WIDE, tariffs={"co2": 0.4}, costs={"pv": {"per_kw": 100}})
    case = solve(Problem(setting), "plan", random_plan(setting, 1))
    for goal in GOALS.values():
        if goal.column in case.summary:
            assert goal.least <= case.figure(goal.column) <= goal.most or goal.column == "score"
