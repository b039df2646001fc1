"""What a study of separate days seeks: the sum, the worst day, or the mean of the worst."""

import numpy as np
import pytest
from helpers.unlike_days import DAYS, HOURS, STEPS, WEIGHTS, by_hand, of_days, study

from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.problem.sought import goal_of

RISKS = [("worst", 0.95), ("cvar", 0.7), ("cvar", 0.3)]
GOALS_OF_DAYS = ("traded", "traded_to_load", "losses", "community_cost", "voltage_deviation")


def lines(name, level):
    weights = f"weights = {[w * len(DAYS) / sum(WEIGHTS) for w in WEIGHTS]}"
    asked = f'risk = "{name}"' + (f"\nrisk_level = {level}" if name == "cvar" else "")
    return f"{weights}\n{asked}"


def problem(folder, goal, name="mean", level=0.0, more=""):
    asked = f'[market]\nobjective = "{goal}"\n{more}'
    return Problem(prepare(study(folder, lines(name, level), asked)))


def points(made, count, seed=3):
    return np.random.default_rng(seed).random((count, len(made.space)))


def alone(folder, goal, x, made, more=""):
    """Return the objective of each day of some points when the day is a study, (n, D)."""
    asked = f'[market]\nobjective = "{goal}"\n{more}'
    found = []
    for d, day in enumerate(DAYS):
        one = Problem(prepare(study(folder, "", asked, horizon=f"day = {day}")))
        found.append(one.evaluate_by_engine(of_days(x, made.setting, d)).objective)
    return np.stack(found, axis=1)


@pytest.mark.parametrize("goal", GOALS_OF_DAYS)
def test_days_count_by_how_bad_each_is_when_it_is_a_study_alone(tmp_path, goal):
    made = problem(tmp_path, goal)
    x = points(made, 3)
    days = alone(tmp_path, goal, x, made)
    whole = 1.0 if goal == "voltage_deviation" else len(DAYS)
    for name, level in RISKS:
        found = problem(tmp_path, goal, name, level).evaluate_by_engine(x).objective
        wanted = [by_hand(whole * row, WEIGHTS, name, level) for row in days]
        assert found == pytest.approx(wanted, rel=1e-6), (name, level)


@pytest.mark.parametrize("goal", ["npv", "annual_cost", "peak_import", "co2"])
def test_a_day_of_a_year_like_it_is_compared_with_a_reference_of_days_like_it(tmp_path, goal):
    more = "[costs.pv]\nper_kw = 900\n[tariffs]\ndemand = 2.0\ndemand_at_head = 1.0\nco2 = 0.4"
    made = problem(tmp_path, goal, more=more)
    x = points(made, 3)
    days = alone(tmp_path, goal, x, made, more)
    for name, level in RISKS:
        found = problem(tmp_path, goal, name, level, more).evaluate_by_engine(x).objective
        wanted = [by_hand(row, WEIGHTS, name, level) for row in days]
        assert found == pytest.approx(wanted, rel=1e-6), (name, level)


@pytest.mark.parametrize("goal", GOALS_OF_DAYS)
def test_mean_cvar_and_worst_stand_in_this_order_whichever_way_is_better(tmp_path, goal):
    made = [problem(tmp_path, goal, *risk) for risk in (("mean",), *RISKS[::-1])]
    x = points(made[0], 4)
    found = np.array([each.evaluate(x).objective for each in made])
    assert (np.diff(found, axis=0) >= -1e-9 * np.abs(found[:-1])).all()
    assert (found[-1] > found[0]).all()


def test_a_level_near_to_none_is_the_sum(tmp_path):
    x = points(problem(tmp_path, "traded"), 3)
    mean = problem(tmp_path, "traded").evaluate(x).objective
    cvar = problem(tmp_path, "traded", "cvar", 1e-12).evaluate(x).objective
    assert cvar == pytest.approx(mean, rel=1e-9)


def test_of_a_weighted_sum_the_days_are_ranked_by_their_sum(tmp_path):
    more = "[market.weights]\ntraded = 1.0\nlosses = 3.0\nvoltage_deviation = 0.5"
    made = problem(tmp_path, "weighted", "cvar", 0.7, more)
    x = points(made, 3)
    found = made.evaluate_by_engine(x).objective
    sums = np.zeros((3, len(DAYS)))
    for goal, weight in (("traded", 1.0), ("losses", 3.0), ("voltage_deviation", 0.5)):
        whole = 1.0 if goal == "voltage_deviation" else len(DAYS)
        scale = GOALS[goal].scale(made.aim.conditions)
        sums += weight / scale * whole * alone(tmp_path, goal, x, made)
    assert found == pytest.approx([by_hand(row, WEIGHTS, "cvar", 0.7) for row in sums], rel=1e-6)


def test_the_worst_share_of_own_energy_is_that_of_the_worst_day(tmp_path):
    made = problem(tmp_path, "self_sufficiency", "worst")
    x = points(made, 3)
    days = alone(tmp_path, "self_sufficiency", x, made)
    assert made.evaluate_by_engine(x).objective == pytest.approx(days.max(axis=1), rel=1e-6)


@pytest.mark.parametrize("more", ["", "[market.weights]\nself_sufficiency = 1.0\nlosses = 1.0"])
def test_a_mean_of_shares_is_refused(tmp_path, more):
    with pytest.raises(InputError, match='expected risk = "worst" or "mean"'):
        problem(tmp_path, "weighted" if more else "self_sufficiency", "cvar", 0.5, more)


def test_several_plans_and_one_give_the_same_bits(tmp_path):
    for goal in ("traded_to_load", "community_cost"):
        made = problem(tmp_path, goal, "cvar", 0.7)
        x = points(made, 5)
        every = made.evaluate(x).objective
        assert [made.evaluate(row[None]).objective[0] for row in x] == every.tolist()


@pytest.mark.parametrize("goal", ["traded", "losses"])
def test_one_day_of_weight_one_gives_the_bits_of_that_day_whatever_the_risk(goal):
    def of(**horizon):
        asked = study_files.load("ieee12").model_dump()
        asked |= {"market": {"objective": goal}, "horizon": horizon}
        return Problem(prepare(study_files.Study.model_validate(asked)))

    day = of()
    x = points(day, 3)
    for risk in ({"risk": "worst"}, {"risk": "cvar", "risk_level": 0.4}):
        one = of(days=[1], weights=[1], **risk)
        assert (one.evaluate(x).objective == day.evaluate(x).objective).all()
        assert not goal_of(one.setting.study).risk.averse


@pytest.mark.parametrize("goal", ["traded", "traded_to_load"])
@pytest.mark.parametrize("risk", RISKS)
def test_a_plan_is_skipped_only_where_it_loses(tmp_path, goal, risk):
    """The power flow is left out where the schedule already loses by the risk, not by the sum."""
    made = problem(tmp_path, goal, *risk)
    x = points(made, 12)
    full = made.evaluate(x)
    incumbent = np.full(12, np.median(full.objective))
    quick = made.evaluate_against(x, incumbent)
    assert 0 < quick.skipped.sum() < 12
    assert (full.objective[quick.skipped] > incumbent[quick.skipped]).all()
    kept = ~quick.skipped
    assert (quick.objective[kept] == full.objective[kept]).all()
    assert quick.objective == pytest.approx(full.objective, abs=1e-2)


@pytest.mark.parametrize("goal", ["losses", "community_cost", "voltage_deviation"])
def test_no_plan_is_above_the_ceiling_of_the_worst_day(tmp_path, goal):
    made = problem(tmp_path, goal, "worst")
    assert made.aim.ceiling >= problem(tmp_path, goal).aim.ceiling
    assert (made.evaluate(points(made, 6)).objective < made.aim.ceiling).all()


def test_the_ceiling_is_that_of_the_day_that_has_most(tmp_path):
    made = problem(tmp_path, "losses", "worst")
    sizes = sum(u.size_max * u.kw_per_size for u in made.setting.fleet.units)
    kw = made.load_kw.sum(axis=1).reshape(len(DAYS), STEPS) + sizes
    assert made.aim.ceiling == pytest.approx(len(DAYS) * HOURS * kw.sum(axis=1).max())


def told(made):
    return [str(n) for n in made.setting.feeder.notices if n.about == "horizon.risk"]


def test_a_notice_says_what_is_sought_and_where_a_cvar_is_the_worst_day(tmp_path):
    assert not told(problem(tmp_path, "traded"))
    worst, lone, several = (
        told(problem(tmp_path, "traded", *risk))
        for risk in (("worst",), ("cvar", 0.96), ("cvar", 0.5))
    )
    assert "if every day were like the worst;" in worst[0]
    assert "like the worst 4 % of days in the mean" in lone[0]
    assert "this is the worst day alone" in lone[0]
    assert "this is the worst day alone" not in several[0]


def test_what_is_sought_is_named_with_its_days(tmp_path):
    goal = goal_of(study(tmp_path, lines("cvar", 0.8)))
    assert goal.ranked == goal.column == "score"
    assert goal.sought("4 days") == (
        "the most energy sold to neighbours over the 4 days if every day were like the worst 20 % "
        "of days in the mean"
    )
    losses = goal_of(study(tmp_path, lines("worst", 0.0), '[market]\nobjective = "losses"'))
    assert losses.figure({"score": -3.0}) == 3.0
    assert goal.figure({"score": 3.0}) == 3.0
    assert goal_of(study(tmp_path)) is GOALS["traded"]


@pytest.mark.parametrize(
    ("horizon", "message"),
    [
        ('day = 1\nrisk = "worst"', "for one day; expected separate days"),
        ('risk = "cvar"', "for all days in a row; expected separate days"),
        ("days = [1, 2]\nrisk_level = 0.9", 'expected it with risk = "cvar" alone'),
        ('days = [1, 2]\nrisk = "worst"\nrisk_level = 0.9', 'expected it with risk = "cvar" alone'),
        ('days = [1, 2]\nrisk = "cvar"\nrisk_level = 1.0', "risk_level"),
        ('days = [1, 2]\nrisk = "cvar"\nrisk_level = 0', "risk_level"),
        ('days = [1, 2]\nrisk = "cvr"', "risk"),
    ],
)
def test_a_risk_that_means_nothing_is_refused_with_one_message(tmp_path, horizon, message):
    with pytest.raises(InputError) as caught:
        study(tmp_path, horizon=horizon)
    assert message in str(caught.value)
    assert "study.toml" in str(caught.value)
    assert str(caught.value).count("\n") == 0
