"""What perfect foresight could have traded on a day, from the energy held at its beginning."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import TIGHT, operation_of, traded, unit

from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.foresight import daily_ceilings, on_day
from toolkit.model.plan import schedule

TWO_DAYS = [slice(0, 24), slice(24, 48)]


def two_days(seed):
    """Return an operation of two days, their load, and a random plan that runs through both."""
    rng = np.random.default_rng(seed)
    day = np.maximum(np.sin((np.arange(24) - 6) / 12 * np.pi), 0.0)
    operation = operation_of(
        unit("pv", 4.0, (0,)),
        unit("bess", 2.0, (1,), 2.0),
        unit("bev", 2.0, (2,), 3.0),
        pv=np.tile(day, 2) * rng.random(48),
        plugged=rng.choice([0.5, 1.0], 48),
        trip=0.3 * (np.arange(48) % 24 == 8),
    )
    load = rng.random((48, 3)) * [1.0, 2.0, 1.0]
    size = np.array([4.0, rng.uniform(0.5, 2.0), 2.0])
    plan = schedule(np.array([0, 1, 2]), size, rng.uniform(-1.5, 1.5, (2, 48)), operation)
    return operation, load, plan


@pytest.mark.parametrize("goal", ["traded", "traded_to_load"])
@pytest.mark.parametrize("seed", range(6))
def test_no_plan_trades_more_on_a_day_than_is_proven_of_it(seed, goal):
    operation, load, plan = two_days(seed)
    ceilings = list(daily_ceilings(operation, load, plan, TWO_DAYS, goal))
    for day, ceiling in zip(TWO_DAYS, ceilings, strict=True):
        part = operation.scenario.part(day)
        on = type(operation)(operation.fleet, part)
        assert traded(plan.part(day).row(None), on, load[day], goal)[0] <= ceiling + 1e-6


def test_without_stores_the_bound_is_what_is_traded():
    operation = operation_of(unit("pv", 4.0, (0,)), pv=[1.0, 0.5] * 12)
    load = np.ones((24, 3))
    plan = schedule(np.array([0]), np.array([4.0]), np.zeros((0, 24)), operation)
    (ceiling,) = daily_ceilings(operation, load, plan, [slice(0, 24)], "traded")
    # Two neighbours of 1 kW buy: in one hour 3 kW are left over, in the other 1 kW is.
    assert ceiling == pytest.approx(12 * 2.0 + 12 * 1.0)


@pytest.mark.parametrize(("ends_with", "sold"), [(1.0, 1.0), (0.0, 2.0), (0.5, 1.5)])
def test_what_a_day_begins_and_ends_with_is_the_plans(ends_with, sold):
    """Of 2 kWh of room half is full; filled up, it sells all above what it has to end with."""
    operation = operation_of(unit("bess", 2.0, (1,), 1.0), pv=[0.0, 0.0])
    load = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    plan = schedule(np.array([1]), np.array([2.0]), np.zeros((1, 2)), operation)
    stored = plan.stored.copy()
    stored[0, -1] = ends_with
    day = on_day(settled(operation, plan.bus, plan.size), replace(plan, stored=stored), slice(0, 2))
    found = Dispatch(day, ModelDay(load, day.scenario, "traded"), 1).solve(TIGHT)
    assert found.objective == pytest.approx(sold, abs=1e-5)


def test_the_bound_is_near_the_best_dispatch():
    operation, load, plan = two_days(3)
    one = type(operation)(operation.fleet, operation.scenario.part(slice(0, 24)))
    first = schedule(plan.bus, plan.size, np.zeros((2, 24)), one)
    (ceiling,) = daily_ceilings(one, load[:24], first, [slice(0, 24)], "traded")
    day = ModelDay(load[:24], one.scenario, "traded")
    best = Dispatch(settled(one, first.bus, first.size), day, 1).solve(TIGHT)
    assert best.objective <= ceiling + 1e-6
    assert ceiling <= 1.2 * best.bound
