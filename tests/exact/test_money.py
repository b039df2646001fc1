"""Costs, investments and emissions as the goal of the exact model, and as its limits."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.priced import asked, conditions_of, figure, random_conditions, with_prices
from helpers.tiny_studies import TIGHT, few, lossless, operation_of, sites, studies, unit
from hypothesis import assume, example, given
from hypothesis import strategies as st

from toolkit.exact.asked import HELD, SOUGHT
from toolkit.exact.branch_and_bound import prove
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.program import Effort
from toolkit.model.costs import Charges, UnitCost
from toolkit.problem.encoding import decode, encode, space_of
from toolkit.problem.goals import GOALS

#: Two hours are a year's 8,760 so many times.
TIMES = 4380.0


def best(operation, load, conditions, goal="annual_cost", effort=TIGHT, **limits):
    """Return the proven bound on a goal's figure, and the best plan."""
    what = asked(goal, conditions, **limits)
    found = prove(operation, load, "traded", effort, asked=what)
    assert found.ended in ("proven", "loose")
    return what.sign * found.kwh, found.found[0].plan if found.found else None


def one_pv(price):
    """Return a study of PV of 4 kW at most beside 4 kW of load, in sun every other hour."""
    operation = operation_of(unit("pv", 4.0, (0,)), pv=[1.0, 0.0], buses=1)
    operation = with_prices(operation, 0.3)
    load = np.full((2, 1), 4.0)
    return operation, load, conditions_of(operation, load, [UnitCost(price, lifetime=10.0)])


@pytest.mark.parametrize(("price", "size"), [(13_100.0, 4.0), (13_180.0, 0.0)])
def test_pv_is_built_exactly_when_a_kw_costs_less_a_year_than_it_saves(price, size):
    """A kW saves 0.3 x 4,380 = 1,314 a year and costs a tenth of its price: 10 years, no rate."""
    cost, plan = best(*one_pv(price))
    assert plan.size[0] == pytest.approx(size)
    assert cost == pytest.approx(0.3 * 8.0 * TIMES + size * (price / 10.0 - 1314.0), rel=4e-6)
    npv, _ = best(*one_pv(price), "npv")
    assert npv == pytest.approx((1000.0 - cost) * 10.0, rel=1e-5)


def one_battery(price, cycle_life=np.inf, fixed=0.0):
    """Return a study of a battery of 2 kWh at most and 5 kW of load, at 0.1 and 0.3 in turn."""
    operation = operation_of(
        unit("bess", 2.0, (0,), 1.0), pv=[0.0, 0.0], bess=lossless(0.0), buses=1
    )
    operation = with_prices(operation, [0.1, 0.3])
    load = np.full((2, 1), 5.0)
    cost = UnitCost(price, fixed, lifetime=10.0, cycle_life=cycle_life)
    return operation, load, conditions_of(operation, load, [cost])


@pytest.mark.parametrize(
    ("price", "cycle_life", "fixed", "size"),
    [
        (8_700.0, np.inf, 0.0, 2.0),
        (8_800.0, np.inf, 0.0, 0.0),
        # 4,380 cycles a year are a tenth of 43,800, which time uses up anyway; of 21,900 a fifth.
        (8_700.0, 43_800.0, 0.0, 2.0),
        (8_700.0, 21_900.0, 0.0, 0.0),
        (4_300.0, 21_900.0, 0.0, 2.0),
        # A unit of any size costs 1,000: 100 a year, more than two kWh leave over.
        (8_700.0, np.inf, 1_000.0, 0.0),
        (8_000.0, np.inf, 1_000.0, 2.0),
    ],
)
def test_a_battery_is_built_exactly_when_it_saves_more_than_it_costs(
    price, cycle_life, fixed, size
):
    """A kWh saves 0.2 x 4,380 = 876 a year."""
    operation, load, conditions = one_battery(price, cycle_life, fixed)
    cost, plan = best(operation, load, conditions)
    assert plan.size[0] == pytest.approx(size, abs=1e-6)
    share = 0.1 + max(TIMES / cycle_life - 0.1, 0.0)
    units = size * (price * share - 876.0) + (0.1 * fixed if size else 0.0)
    assert cost == pytest.approx(0.4 * 5.0 * TIMES + units, rel=4e-6)
    assert figure(plan, conditions, "annual_cost") == pytest.approx(cost, rel=1e-5)


def test_highest_imports_are_paid_at_meters_and_at_the_head_by_month():
    """A battery of 2 kW takes 1 kW off a peak of 5 after 3: 4 and 4, at 12 x (10 + 5) a kW."""
    operation = operation_of(
        unit("bess", 2.0, (0,), 1.0), pv=[0.0, 0.0], bess=lossless(0.0), buses=2
    )
    operation = with_prices(operation, 0.2)
    load = np.array([[3.0, 1.0], [5.0, 1.0]])
    charges = Charges(demand=10.0, at_head=5.0, standing=7.0)
    conditions = conditions_of(operation, load, [UnitCost()], charges)
    cost, plan = best(operation, load, conditions)
    demand = 12.0 * (10.0 * (4.0 + 1.0) + 5.0 * 5.0)
    assert cost == pytest.approx(0.2 * 10.0 * TIMES + demand + 14.0, rel=4e-6)
    assert figure(plan, conditions, "annual_cost") == pytest.approx(cost, rel=1e-5)
    peak, _ = best(operation, load, conditions, "peak_import")
    assert peak == pytest.approx(5.0, rel=4e-6)
    # Of two months each has its own: nothing is to be had from moving 1 kW.
    apart = replace(conditions, economy=replace(conditions.economy, months=np.array([1.0, 2.0])))
    cost, _ = best(operation, load, apart)
    demand = 12.0 * (10.0 * (4.0 + 1.0) + 5.0 * 5.0)
    assert cost == pytest.approx(0.2 * 10.0 * TIMES + demand + 14.0, rel=4e-6)


def test_a_limit_of_the_investment_binds():
    operation, load, conditions = one_pv(10_000.0)
    cost, plan = best(operation, load, conditions, investment=(True, 25_000.0))
    # A limit counts as kept up to a millionth of it.
    assert plan.size[0] == pytest.approx(2.5, rel=3e-6)
    assert cost == pytest.approx(0.3 * 8.0 * TIMES - 2.5 * 314.0, rel=3e-6)


def test_a_limit_of_self_sufficiency_has_pv_built_that_does_not_pay():
    """2 kWh of 8 are a quarter: 2 kW, at 86 a year more than they save."""
    operation, load, conditions = one_pv(14_000.0)
    cost, plan = best(operation, load, conditions, self_sufficiency=(False, 25.0))
    assert plan.size[0] == pytest.approx(2.0, rel=3e-6)
    assert cost == pytest.approx(0.3 * 8.0 * TIMES + 2.0 * 86.0, rel=3e-6)
    assert figure(plan, conditions, "self_sufficiency") == pytest.approx(25.0, rel=3e-6)


def test_what_neighbours_sell_each_other_is_own_in_self_sufficiency():
    """2 kWh of 8 are bought of the neighbour who has the sun: a quarter, at no meter's own."""
    operation, load, conditions = neighbours()
    cost, plan = best(operation, load, conditions, self_sufficiency=(False, 25.0))
    assert plan.size[0] == pytest.approx(2.0, rel=3e-6)
    assert cost == pytest.approx(0.3 * 8.0 * TIMES + 2.0 * 224.0, rel=4e-6)
    assert figure(plan, conditions, "self_sufficiency") == pytest.approx(25.0, rel=3e-6)


@few(20)
@given(st.floats(0.5, 8.0), st.floats(0.0, 4.0), st.sampled_from([0.0, -5.0, 1e-9]))
@example(4.0, 1.0, 0.0)
def test_a_limit_of_no_self_sufficiency_leaves_in_what_stores_give_away(kwh, kw, least):
    """4 kWh bought at 0.1 beside 1 kWh of load; 3 of them sold at 0.25: nothing is generated."""
    operation = operation_of(
        unit("bess", kwh, (0,), 1.0), pv=[0.0, 0.0], bess=lossless(0.0), buses=1
    )
    operation, load = with_prices(operation, [0.1, 0.3], [0.0, 0.25]), np.full((2, 1), kw)
    conditions, limit = conditions_of(operation, load, [UnitCost()]), (False, least)
    cost, plan = best(operation, load, conditions, "community_cost", self_sufficiency=limit)
    sold, bought = max(kwh - kw, 0.0), max(kw - kwh, 0.0)
    assert cost == pytest.approx(0.1 * (kwh + kw) - 0.25 * sold + 0.3 * bought, abs=2e-5)
    assert figure(plan, conditions, "self_sufficiency") == 0.0


def neighbours():
    """Return PV of 6 kW at most beside no load, and a neighbour with 4 kW."""
    operation = operation_of(unit("pv", 6.0, (0,)), pv=[1.0, 0.0], buses=2)
    operation = with_prices(operation, 0.3, 0.05, 0.1)
    load = np.array([[0.0, 4.0], [0.0, 4.0]])
    return operation, load, conditions_of(operation, load, [UnitCost(11_000.0, lifetime=10.0)])


def test_the_most_that_is_traded_within_a_cost_is_proven():
    """A kW traded saves 0.2 x 4,380 = 876 a year and costs 1,100: 2 kW are 448 more."""
    operation, load, conditions = neighbours()
    none = 0.3 * 8.0 * TIMES
    what = asked("", conditions, annual_cost=(True, none + 448.0))
    found = prove(operation, load, "traded", TIGHT, asked=what)
    # A limit counts as kept up to a millionth of it, which is worth this much here.
    assert found.kwh == pytest.approx(2.0, abs=(none + 448.0) / 224.0 * 1.1e-6 + 4e-6)
    spent = figure(found.found[0].plan, conditions, "annual_cost")
    assert spent <= (none + 448.0) * (1.0 + 1.1e-6)
    cost, plan = best(operation, load, conditions, traded=(False, 3.0))
    assert cost == pytest.approx(none + 3.0 * 224.0, rel=4e-6)
    assert plan.size[0] == pytest.approx(3.0)


def test_limits_that_no_plan_keeps_are_proven_to_be_such():
    operation, load, conditions = neighbours()
    what = asked("annual_cost", conditions, traded=(False, 5.0))
    found = prove(operation, load, "traded", TIGHT, asked=what)
    assert (found.kwh, found.found, found.ended) == (-np.inf, (), "proven")


def priced(study, seed, fixed=True):
    operation, load = study
    return (*random_conditions(np.random.default_rng(seed), operation, load, fixed), load)


SEED = st.integers(0, 2**32 - 1)


@few(12)
@given(studies(most_units=3), SEED, st.sampled_from(SOUGHT))
def test_the_model_s_figure_of_a_plan_is_that_of_the_plan(study, seed, goal):
    operation, conditions, load = priced(study, seed, fixed=False)
    rng = np.random.default_rng(seed)
    plan = decode(rng.random((1, len(space_of(operation)))), operation, space_of(operation)).row(0)
    held = settled(operation, plan.bus, plan.size)
    what = asked(goal, conditions)
    found = Dispatch(held, ModelDay(load, held.scenario, "traded", asked=what), 1).solve(TIGHT)
    own = what.value(Dispatch(held, ModelDay(load, held.scenario, "traded"), 1).plan(found.x))
    scale = max(abs(own), what.scale)
    assert found.objective == pytest.approx(own, abs=2e-6 * scale)
    # No other dispatch of these sites and sizes has a better figure.
    assert what.value(plan) <= found.bound + 2e-6 * scale


def climbed(operation, space, what, start, rng):
    """Return the best value of random plans and one given, improved by greedy random steps."""
    x = rng.random((6, len(space)))
    x[0] = encode(start, operation, space)
    value = np.array([what.value(plan) for plan in map(decode(x, operation, space).row, range(6))])
    for i in range(25):
        step = rng.normal(0.0, (0.5, 0.1, 0.02)[i % 3], x.shape)
        moved = np.clip(np.where(rng.random(x.shape) < 1.5 / x.shape[1], x + step, x), 0.0, 1.0)
        plans = decode(moved, operation, space)
        new = np.array([what.value(plans.row(i)) for i in range(6)])
        x, value = np.where((new > value)[:, None], moved, x), np.maximum(new, value)
    return value.max()


@few(12)
@given(studies(most_units=3), SEED, st.sampled_from(SOUGHT))
def test_no_plan_is_better_than_the_bound(study, seed, goal):
    operation, conditions, load = priced(study, seed)
    what = asked(goal, conditions)
    found = prove(operation, load, "traded", Effort(2.0, 1e-3), asked=what)
    assume(found.found)
    start, rng = found.found[0].plan, np.random.default_rng(seed)
    value = climbed(operation, space_of(operation), what, start, rng)
    assert value <= found.kwh + 1e-7 * max(abs(found.kwh), what.scale)


@few(24)
@given(studies(most_units=3), SEED, st.sampled_from(sorted(HELD)))
def test_no_plan_that_just_keeps_a_limit_is_above_the_bound(study, seed, name):
    """Whatever a plan's own figure is, as a limit it leaves the plan in."""
    operation, conditions, load = priced(study, seed)
    rng, space = np.random.default_rng(seed), space_of(operation)
    plan = decode(rng.random((1, len(space))), operation, space).row(0)
    limit = figure(plan, conditions, name)
    what = asked("", conditions, **{name: (HELD[name], limit)})
    found = prove(operation, load, "traded", Effort(2.0, 1e-3), asked=what)
    assert figure(plan, conditions, "traded") <= found.kwh + 1e-7 * max(abs(found.kwh), 1.0)


@few(8)
@given(studies(most_units=3, most_buses=3, most_steps=3), SEED, st.sampled_from(SOUGHT))
def test_the_bound_is_that_of_the_best_of_all_layouts(study, seed, goal):
    operation, conditions, load = priced(study, seed)
    what = asked(goal, conditions)
    day = ModelDay(load, operation.scenario, "traded", asked=what)
    most = max(
        Dispatch(settled(operation, bus), day, 1).solve(TIGHT).bound for bus in sites(operation)
    )
    found = prove(operation, load, "traded", TIGHT, asked=what)
    assert found.kwh == pytest.approx(most, rel=1e-4, abs=2e-6 * what.scale)


@few(4)
@given(studies(most_units=3, most_buses=3, most_steps=3), SEED)
def test_a_limit_takes_plans_away_and_no_plan_within_it_is_above_the_bound(study, seed):
    """Half way between the cheapest plan and that which trades most, in cost."""
    operation, conditions, load = priced(study, seed, fixed=False)
    most = prove(operation, load, "traded", TIGHT)
    cheapest = prove(operation, load, "traded", TIGHT, asked=asked("annual_cost", conditions))
    assume(most.found and cheapest.found)
    ends = [figure(f.found[0].plan, conditions, "annual_cost") for f in (most, cheapest)]
    what = asked("", conditions, annual_cost=(True, float(np.mean(ends))))
    found = prove(operation, load, "traded", TIGHT, asked=what)
    assert found.kwh <= most.kwh * (1.0 + 1e-6) + 1e-9
    if found.found:
        cost = figure(found.found[0].plan, conditions, "annual_cost")
        assert cost <= np.mean(ends) + 1e-5 * max(
            abs(np.mean(ends)), GOALS["annual_cost"].scale(conditions)
        )
    day = ModelDay(load, operation.scenario, "traded", asked=what)
    layouts = [Dispatch(settled(operation, b), day, 1).solve(TIGHT).bound for b in sites(operation)]
    assert found.kwh == pytest.approx(max(max(layouts), -np.inf), rel=1e-4, abs=1e-6)
