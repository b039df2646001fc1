"""Owners in a study: every way to measure a plan says the same, and it is said whose units are."""

import numpy as np
import pytest

from toolkit.grid.solution import stacked
from toolkit.problem import accounts, energy, objectives, yearly
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem

OWNERS = {
    "pv": "community",
    "wt": "third-party:Stadtwerke",
    "units": {"bess1": "bus:3", "bess2": "third-party:Speicher"},
    "shares": {"2": 0.5, "4": 0.3, "10": 0.2},
}
MEMBERS = ["2", "4", "6", "8", "1?"]
COSTS = {"pv": {"per_kw": 1000.0}, "bess": {"per_kwh": 300.0, "cycle_life": 4000.0}}
TARIFFS = {"demand": 2.0, "demand_at_head": 1.0, "standing": 60.0}


def asked(goal, **more):
    market = {"members": MEMBERS, "objective": goal}
    return {"market": market, "owners": OWNERS, **more}


def some_plans(setting, count):
    return np.random.default_rng(3).random((count, len(setting.space)))


@pytest.mark.parametrize("goal", ["traded", "traded_to_load"])
def test_schedule_batch_and_engine_agree(make_setting, goal):
    setting = make_setting(**asked(goal))
    problem, x = Problem(setting), some_plans(setting, 5)
    plans = setting.decode(x)
    scheduled = energy.scheduled(plans, setting.operation, problem.load_kw, goal)
    batch, engine = problem.evaluate(x), problem.evaluate_by_engine(x)
    assert batch.objective == pytest.approx(engine.objective, rel=1e-6)
    solved = engine.violation < 1e6
    assert scheduled[solved] == pytest.approx(engine.objective[solved], rel=1e-6)
    # What neighbours trade depends on whose units are.
    plain = Problem(make_setting(market=asked(goal)["market"])).evaluate(x)
    assert not np.allclose(plain.objective, batch.objective, rtol=1e-3)


def test_a_plan_costs_the_same_alone_and_its_accounts_sum_to_it(make_setting):
    setting = make_setting(**asked("annual_cost", costs=COSTS, tariffs=TARIFFS))
    problem, x = Problem(setting), some_plans(setting, 3)
    together, alone = problem.evaluate(x), [problem.evaluate(one[None]) for one in x]
    assert together.objective.tolist() == [one.objective[0] for one in alone]
    plans = setting.decode(x)
    solved = objectives.solved(problem.search_grid.days(plans, True), plans, problem.aim)
    held = accounts.accounts(solved)
    assert held.annual.sum(axis=-1) == pytest.approx(yearly.annual_cost(solved), rel=1e-12)
    assert held.units.investment.sum(axis=-1) == pytest.approx(GOALS["investment"].figures(solved))
    given_kwh = yearly.given_kwh(solved).sum(axis=-1)
    assert held.given_kwh.sum(axis=-1) == pytest.approx(given_kwh)


def test_where_a_unit_stands_does_not_change_whose_it_is(make_setting):
    """The position of bus 3 is that of bess1 less its load, wherever bess1 stands."""
    setting = make_setting(**asked("traded"))
    problem, plans = Problem(setting), setting.decode(some_plans(setting, 2))
    at = objectives.solved(
        stacked([problem.search_grid.day(plans.row(0))]), plans.row(0).row(None), problem.aim
    ).at.row(0)
    names = [unit.name for unit in setting.fleet.units]
    three = setting.feeder.bus_index["3"]
    stations = [u for u, name in enumerate(names) if name.startswith(("bess3", "bev"))]
    own = at.unit_kw[names.index("bess1")] - at.load[:, three]
    own = own + sum(at.unit_kw[u] for u in stations if at.bus[u] == three)
    net = energy.net_of_parties(at, setting.scenario.owners)
    assert net[:, three] == pytest.approx(own)
    assert setting.scenario.part(slice(0, 4)).owners is setting.scenario.owners


def test_it_is_said_whose_units_are(make_setting):
    setting = make_setting(**asked("traded"))
    said = [str(notice) for notice in setting.feeder.notices if "owners" in str(notice)]
    assert len(said) == 1
    assert "of the community, 3 members, by shares; " in said[0]
    assert "bess1 of bus:3" in said[0]
    assert "of third-party:Stadtwerke" in said[0]
    third = {"third-party:Speicher", "third-party:Stadtwerke"}
    assert {*setting.market.names[-2:]} == third
    assert not [n for n in make_setting().feeder.notices if "owners" in str(n)]
