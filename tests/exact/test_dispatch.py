"""The best dispatch of a fleet at its sites: what it trades, and limits held while it is solved."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import (
    OBJECTIVES,
    TIGHT,
    case,
    few,
    operation_of,
    sites,
    studies,
    traded,
    unit,
)
from hypothesis import given
from hypothesis import strategies as st

from toolkit.exact import cuts
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, Linear, settled
from toolkit.model.devices import StorageParameters
from toolkit.problem.encoding import decode, space_of


@few(8)
@given(studies(most_units=3, most_steps=3), st.sampled_from(OBJECTIVES))
def test_cuts_change_no_layouts_best_dispatch(study, objective):
    operation, load = study
    with pytest.MonkeyPatch.context() as patch:
        for bus in sites(operation)[::5]:
            day = ModelDay(load, operation.scenario, objective)
            patch.undo()
            cut = Dispatch(settled(operation, bus), day, 1).solve(TIGHT)
            patch.setattr(cuts, "separate", lambda *args: 0)
            plain = Dispatch(settled(operation, bus), day, 1).solve(TIGHT)
            assert cut.objective == pytest.approx(plain.objective, rel=1e-4, abs=1e-6)
            assert cut.bound == pytest.approx(plain.bound, rel=1e-4, abs=1e-6)


def test_a_dispatch_that_presolve_made_worse_is_the_best():
    """HiGHS 1.15.1 presolved it to 3.684 and called that optimal; 4.506 can be traded."""
    operation = operation_of(
        unit("pv", 3.0, [3]),
        unit("bess", 3.0, [3], 2.0),
        unit("bess", 3.0, [0], 2.0),
        pv=[0.73629651, 0.99736325],
        bess=StorageParameters(0.08172407, 0.81511277, 0.4035159, 0.84513826, 0.68499222),
    )
    load = np.array([[0.5, 0.0, 0.0, 1.0], [1.5, 0.0, 1.0, 1.0]])
    dispatch = Dispatch(operation, ModelDay(load, operation.scenario, "traded"), 1)
    found = dispatch.solve(TIGHT)
    assert found.objective == pytest.approx(4.506283, abs=1e-5)
    plan = dispatch.plan(found.x)
    assert traded(plan.row(None), operation, load, "traded")[0] == pytest.approx(
        found.objective, abs=1e-5
    )


@few(10)
@given(studies(most_units=4, most_steps=3), st.integers(0, 2**32 - 1))
def test_a_layouts_plan_trades_what_its_dispatch_says(study, seed):
    operation, load = study
    rng = np.random.default_rng(seed)
    bus = (
        decode(rng.random((1, len(space_of(operation)))), operation, space_of(operation)).row(0).bus
    )
    dispatch = Dispatch(settled(operation, bus), ModelDay(load, operation.scenario, "traded"), 1)
    found = dispatch.solve(TIGHT)
    plan = dispatch.plan(found.x)
    assert np.array_equal(plan.bus, bus)
    kwh = traded(plan.row(None), operation, load, "traded")[0]
    assert kwh == pytest.approx(found.objective, rel=1e-4, abs=1e-4)
    sized = Dispatch(
        settled(operation, bus, plan.size), ModelDay(load, operation.scenario, "traded"), 1
    )
    again = sized.solve(TIGHT)
    assert again.objective == pytest.approx(found.objective, rel=1e-4, abs=1e-4)
    assert sized.plan(again.x).size == pytest.approx(plan.size)


def test_who_sells_and_which_way_stores_go_can_be_held_and_left_open_again():
    operation, load, _ = case("two stores that trade back and forth")
    dispatch = Dispatch(
        settled(operation, np.array([0, 1])), ModelDay(load, operation.scenario, "traded"), 1
    )
    first = dispatch.solve(TIGHT)
    dispatch.decide(first.x)
    assert dispatch.solve(TIGHT).objective == pytest.approx(first.objective)
    dispatch.hold(cap(0, 0.5, dispatch))
    held = dispatch.solve(TIGHT)
    dispatch.undecide()
    free = dispatch.solve(TIGHT)
    assert held.objective < free.objective + 1e-9 < first.objective
    assert np.abs(dispatch.plan(free.x).p_kw[0]).max() <= 0.5 + 1e-6


def cap(unit, most, dispatch, least=None):
    """Return limits to one unit's power in each step, kW, as values around some other powers."""
    units, steps = len(dispatch.operation.fleet.units), dispatch.operation.steps
    p0 = np.random.default_rng(1).uniform(-3.0, 3.0, (units, steps))
    effect, none = np.zeros((steps, units)), np.zeros(steps)
    effect[:, unit] = 2.0
    lower = none - 2.0 * (most if least is None else -least)
    return Linear(np.arange(steps), 2.0 * p0[unit], lower, none + 2.0 * most, effect, p0)


def test_a_stores_power_is_limited_each_way_by_itself():
    operation, load, _ = case("two stores that trade back and forth")
    dispatch = Dispatch(
        settled(operation, np.array([0, 1])), ModelDay(load, operation.scenario, "traded"), 1
    )
    assert dispatch.solve(TIGHT).objective == pytest.approx(4.0)
    for least, most, kwh in ((-0.25, 9.0, 1.75), (-9.0, 0.25, 2.5)):
        dispatch.hold(cap(0, most, dispatch, least))
        found = dispatch.solve(TIGHT)
        assert found.objective == pytest.approx(kwh)
        p_kw = dispatch.plan(found.x).p_kw[0]
        assert np.all((p_kw >= least - 1e-6) & (p_kw <= most + 1e-6))


def test_limits_held_later_take_the_place_of_earlier_ones():
    operation, load, _ = case("two generators and a store")
    dispatch = Dispatch(
        settled(operation, np.array([0, 1, 2])), ModelDay(load, operation.scenario, "traded"), 1
    )
    first = dispatch.solve(TIGHT).objective
    dispatch.hold(cap(0, 1.0, dispatch))
    held = dispatch.solve(TIGHT)
    assert held.objective < first - 0.1
    assert dispatch.plan(held.x).p_kw[0].max() <= 1.0 + 1e-6
    dispatch.hold(cap(0, 50.0, dispatch))
    assert dispatch.solve(TIGHT).objective == pytest.approx(first)
    nothing = cap(0, 0.0, dispatch)
    empty = replace(
        nothing,
        **{name: getattr(nothing, name)[:0] for name in ("step", "value", "lower", "upper")},
        effect=nothing.effect[:0],
    )
    dispatch.hold(empty)
    assert dispatch.solve(TIGHT).objective == pytest.approx(first)
