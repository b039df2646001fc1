"""Who takes part in a study's market, and that every way to measure a plan says the same."""

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.grid.solution import stacked
from toolkit.model.plan import base_plan
from toolkit.problem import energy, objectives
from toolkit.problem.problem import Problem

#: Half of the buses of the 12-bus feeder.
MEMBERS = ["2", "4", "6", "8", "1?"]


@pytest.fixture(scope="module")
def among(make_setting):
    """The 12-bus study with some members."""
    return make_setting(market={"members": MEMBERS})


def names_of(setting):
    at = setting.market.prosumers[setting.market.trades]
    return [setting.feeder.buses[bus] for bus in at]


def test_names_and_patterns_say_who_takes_part(among, make_setting):
    assert names_of(among) == ["2", "4", "6", "8", "10", "11", "12"]
    everyone = make_setting()
    assert everyone.market.member is None
    assert everyone.scenario.members is None
    assert len(names_of(everyone)) == len(everyone.market.prosumers)


def test_a_voltage_level_may_say_who_takes_part(make_setting):
    setting = make_setting(market={"members": ["kv:11"]})
    assert setting.market.trades.all()


def test_it_is_said_who_does_not(among, make_setting):
    said = [str(notice) for notice in among.feeder.notices if "members" in str(notice)]
    assert said == [
        "market.members: 7 of 11 prosumers trade with each other; 4 deal with the grid alone: "
        "3, 5, 7, 9."
    ]
    assert not [n for n in make_setting().feeder.notices if "members" in str(n)]


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"market": {"members": ["13"]}}, "'market.members': no bus '13' in feeder ieee12"),
        ({"market": {"members": ["kv:9"]}}, "'market.members': found 'kv:9', but no bus"),
        ({"market": {"members": []}}, "market.members: found nobody; expected two buses"),
        ({"market": {"members": ["2"]}}, "market.members: found 2; expected two buses at least"),
        ({"market": {"members": ["1", "2", "3"]}}, "market.members: found '1', where no load is"),
        (
            {
                "market": {"members": ["2", "3"]},
                "settlement": {"mechanism": "auction", "bids": {"4": {"ask": 0.1, "bid": 0.2}}},
            },
            "unknown bus in settlement.bids '4'. Known: 2, 3.",
        ),
    ],
)
def test_members_that_cannot_be_are_refused(make_setting, sections, said):
    with pytest.raises(InputError) as error:
        make_setting(**sections)
    assert said in str(error.value)
    assert str(error.value).startswith("study test: ")


def test_limits_of_an_auction_do_not_depend_on_who_takes_part(make_setting):
    auction = {"mechanism": "auction"}
    some = make_setting(market={"members": MEMBERS}, settlement=auction).market
    everyone = make_setting(settlement=auction).market
    assert np.array_equal(some.terms.ask, everyone.terms.ask[:, some.trades])


@pytest.mark.parametrize("goal", ["traded", "traded_to_load"])
def test_schedule_batch_and_engine_agree(make_setting, goal):
    setting = make_setting(market={"members": MEMBERS, "objective": goal})
    problem = Problem(setting)
    x = np.random.default_rng(3).random((6, len(setting.space)))
    plans = setting.decode(x)
    scheduled = energy.scheduled(plans, setting.operation, problem.load_kw, goal)
    batch, engine = problem.evaluate(x), problem.evaluate_by_engine(x)
    assert batch.objective == pytest.approx(engine.objective, rel=1e-6)
    solved = engine.violation < 1e6
    assert scheduled[solved] == pytest.approx(engine.objective[solved], rel=1e-6)
    # By the positions of members alone.
    day = problem.search_grid.day(plans.row(0))
    at = objectives.solved(stacked([day]), plans.row(0).row(None), problem.aim).at
    net = at.net[0][:, setting.scenario.members]
    most = np.minimum(net.clip(min=0.0).sum(axis=1), (-net).clip(min=0.0).sum(axis=1))
    if goal == "traded":
        assert -engine.objective[0] == pytest.approx(most.sum() * setting.scenario.dt)


def test_separate_days_keep_their_members(among):
    assert np.array_equal(among.scenario.part(slice(0, 4)).members, among.scenario.members)


def test_nobody_who_takes_no_part_is_worse_off(make_setting):
    market = {"members": MEMBERS, "nobody_worse_off": True}
    setting = make_setting(market=market, settlement={"mechanism": "mid-market"})
    problem = Problem(setting)
    plan = base_plan(setting.operation).row(None)
    measured = objectives.solved(problem.search_grid.days(plan, False), plan, problem.aim)
    assert measured.worsening.tolist() == [0.0]
