"""Goals of others at work: in a process of their own, checked, and the same as here."""

import sys

import numpy as np
import pytest
from helpers.strange_goals import WORDS, installing

from toolkit.common.plugins import letting
from toolkit.errors import InputError, ToolkitError
from toolkit.model.plan import base_plan, joined
from toolkit.problem import objectives
from toolkit.problem.goal_plugins import host, registry
from toolkit.problem.goals import GOALS


@pytest.fixture
def stranger(install, monkeypatch):
    """Install a goal of somebody else."""
    with installing(install, monkeypatch) as add:
        yield add


@pytest.fixture(scope="module")
def solved(problem, random_plan):
    """Three solved plans of the bundled study."""
    setting = problem.setting
    plans = joined(
        [
            base_plan(setting.operation).row(None),
            *(random_plan(setting, s).row(None) for s in (1, 2)),
        ]
    )
    return objectives.solved(problem.search_grid.days(plans, True), plans, problem.aim)


def test_the_toolkits_own_are_ours_and_others_are_not(stranger):
    stranger()
    assert registry.is_ours("npv")
    assert not registry.is_ours("others")


EVERYTHING = "highest = 1e9; needs = ('trades', 'losses', 'voltages', 'loadings', 'bills', 'costs')"
SUMS = """total = np.nansum(solved.v_pu, axis=(1, 2)) + solved.loading_pct.std(axis=(1, 2))
        total = total + solved.sold_to_load_kwh.sum(axis=1) + solved.party_kw.mean(axis=(1, 2))
        total = total + solved.net_kw.mean(axis=(1, 2)) + solved.loss_kw @ solved.given.hours
        return total + solved.bill.sum(axis=(1, 2)) + solved.unit_cost.sum(axis=1)"""


def test_apart_and_here_are_the_same_to_the_last_digit(stranger, solved, monkeypatch):
    module = stranger(SUMS, extra=EVERYTHING)
    goal = GOALS["others"]
    apart, worst = goal.figures(solved), goal.worst(solved.conditions)
    assert len(host._hosts) == 1
    assert module not in sys.modules
    monkeypatch.setattr(letting, "_here", [True])
    assert goal.figures(solved).tolist() == apart.tolist()
    assert goal.worst(solved.conditions) == worst == 1e9
    assert host._made


def test_a_plan_has_the_same_figure_alone_as_among_others(stranger, solved, monkeypatch):
    stranger(SUMS, extra=EVERYTHING)
    monkeypatch.setattr(letting, "_here", [True])
    together = GOALS["others"].figures(solved)
    for i in range(len(together)):
        alone = objectives.solved(
            solved.days.rows(slice(i, i + 1)),
            solved.plans.row(slice(i, i + 1)),
            objectives.Aim(None, solved.conditions),
        )
        assert GOALS["others"].figures(alone)[0] == together[i]


def test_its_words_and_numbers_are_those_of_its_record(stranger, solved):
    stranger(extra="highest = 7.5; lowest = -1.0; needs = ('losses',)")
    goal = GOALS["others"]
    said = (goal.column, goal.about, goal.unit, goal.sign, goal.least, goal.most, goal.needs_losses)
    assert said == ("goal_others", "largest load", "kW", 1.0, -1.0, 7.5, True)
    assert goal.worst(solved.conditions) == 7.5
    assert goal.scale(solved.conditions) == 1.0
    assert list(GOALS)[-1] == "weighted"


def test_a_day_that_was_not_solved_has_no_figure(stranger, solved, monkeypatch):
    stranger("return np.ones(len(solved))")
    reasons = ("", "step 3 did not converge", "")
    broken = objectives.solved(
        type(solved.days)(**{**vars(solved.days), "reasons": reasons}),
        solved.plans,
        objectives.Aim(None, solved.conditions),
    )
    assert np.array_equal(GOALS["others"].figures(broken), [1.0, np.nan, 1.0], equal_nan=True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise RuntimeError('no idea')", "goal 'others': RuntimeError: no idea"),
        ("return 'much'", "figure: found str; expected an array of shape"),
        ("return np.ones(3)", r"figure: found an array of shape \(3,\); expected \(1,\)"),
        ("return np.full(1, np.nan)", "figure: found nan; expected finite numbers"),
        ("solved.load_kw[:] = 0.0", "read-only"),
        ("return solved.loss_kw.sum(axis=1)", "found no loss_kw; expected 'losses' among the"),
        ("import os; os._exit(3)", "goal 'others': its process ended by itself"),
    ],
)
def test_what_is_no_figure_is_refused_in_one_message(stranger, solved, body, said):
    stranger(body)
    with pytest.raises(ToolkitError, match=said) as error:
        GOALS["others"].figures(solved)
    assert str(error.value).startswith("goal 'others': ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("words", "extra", "said"),
    [
        (WORDS.replace("'kW'", "''"), "highest = 1.0", "its unit is ''; expected one line of"),
        (WORDS.replace("'largest load'", "'a\\nb'"), "highest = 1.0", "its label is "),
        (WORDS.replace("'min'", "'down'"), "highest = 1.0", "its direction is 'down'; expected"),
        (WORDS, "pass", "its highest is inf; expected a finite number, or a method worst"),
        (WORDS, "lowest = 'low'", "its lowest and highest are "),
        (WORDS, "highest = 1.0; needs = ('weather',)", "its needs are ('weather',); expected"),
    ],
)
def test_what_says_too_little_of_itself_cannot_be_used(stranger, words, extra, said):
    stranger(words=words, extra=extra)
    with pytest.raises(InputError) as error:
        GOALS["others"]
    assert "goal 'others' (of_others_module:Mine of of-others) cannot be used: " in str(error.value)
    assert said in str(error.value)


def test_the_toolkits_own_say_of_themselves_what_results_call_them():
    names = registry.GOAL_PLUGINS.names()
    assert {*names} == {name for name, goal in GOALS.items() if goal.plugin}
    for name in names:
        said, goal = registry.declared(name), GOALS[name]
        assert (said.label, said.unit) == (goal.about, goal.unit)
        assert (said.direction == "min", said.lowest, said.highest) == (
            goal.sign > 0.0,
            goal.least,
            goal.most,
        )
        assert ("costs" in said.needs) == goal.needs_costs
