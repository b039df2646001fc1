"""Limits on units together: held by the decoder for any point, by hand, and by the exact model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit
from toolkit.errors import InputError
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.program import Effort
from toolkit.model.fleet_caps import broken, capped
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import decode, encode
from toolkit.problem.setting import prepare

FLEET = {
    "at_most": {"pv": 1, "all": 5},
    "kw_at_most": {"wt": 70.0, "bev": 50.0, "all": 200.0},
    "units": {"pv1": {"sizes": [50, 0, 100]}, "wt1": {"size": [20, 80]}},
}


@pytest.fixture(scope="module")
def setting():
    return prepare(toolkit.load_study("ieee12", fleet=FLEET))


def sizes_of(setting, **sizes):
    names = [unit.name for unit in setting.fleet.units]
    return np.array([[sizes.get(name, 0.0) for name in names]])


def test_the_largest_stay_and_kw_are_given_up_by_shares(setting):
    size = capped(sizes_of(setting, pv1=50.0, pv2=60.0, wt1=60.0, wt2=40.0), setting.fleet)
    found = dict(zip([unit.name for unit in setting.fleet.units], size[0], strict=True))
    # One PV unit stays, the larger. Of wind 100 kW are 30 too many: wt1 has 40 above its smallest
    # size and wt2 as much, so each gives up 15.
    assert (found["pv1"], found["pv2"]) == (0.0, 60.0)
    assert (found["wt1"], found["wt2"]) == pytest.approx((45.0, 25.0))


def test_what_keeps_all_limits_stays_to_the_bit(setting):
    size = sizes_of(setting, pv2=60.1, wt1=20.0, bess1=3.3)
    assert np.array_equal(capped(size, setting.fleet), size)


def test_vehicles_and_listed_sizes_are_what_can_be_had(setting):
    size = capped(sizes_of(setting, bev1=5.0, bev2=6.0, wt1=20.0), setting.fleet)[0]
    vehicles = size[[u for u, kind in enumerate(setting.fleet.kinds) if kind == "bev"]]
    assert np.array_equal(vehicles, np.round(vehicles))
    assert 7.4 * vehicles.sum() <= 50.0


def test_capacitors_have_no_kw_to_give_up():
    """Of 100 kW of PV 40 stay; 33 kvar and the 12 of one that keeps its size stay as they are."""
    added = [
        {"name": "c1", "kind": "capacitor", "bus": "5", "kvar": 50.0},
        {"name": "c2", "kind": "capacitor", "bus": "6", "kvar": 12.0, "fixed": True},
    ]
    made = prepare(toolkit.load_study("ieee12", fleet={"add": added, "kw_at_most": {"all": 40.0}}))
    size = capped(sizes_of(made, pv1=100.0, c1=33.0, c2=12.0), made.fleet)
    assert size == pytest.approx(sizes_of(made, pv1=40.0, c1=33.0, c2=12.0))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_point_keeps_them(setting, seed):
    x = np.random.default_rng(seed).random((5, len(setting.space)))
    plans = decode(x, setting.operation, setting.space)
    for i in range(5):
        plan = plans.row(i)
        assert broken(plan.size, setting.fleet) == ""
        assert plan.size[0] in (0.0, 50.0, 100.0)
        again = decode(
            encode(plan, setting.operation, setting.space)[None], setting.operation, setting.space
        ).row(0)
        assert again.size == pytest.approx(plan.size)


def test_no_plan_found_is_above_the_bound(setting):
    """One candidate bus each, so that the model is solved; the engine's plans lie below it."""
    capped_at = {"kw_at_most": {"all": 120.0}, "at_most": {"all": 3}}
    bounds = {}
    for name, limits in (("with", capped_at), ("without", {})):
        sections = {"fleet": {"buses": None, **limits}, "market": {"objective": "traded"}}
        made = prepare(toolkit.load_study("ieee12", **sections))
        operation = settled(made.operation, base_plan(made.operation).bus)
        bounds[name] = Dispatch(
            operation, ModelDay(made.scenario.loads.kw, made.scenario, "traded")
        )
    best = {name: model.solve(Effort(20.0, 0.05)) for name, model in bounds.items()}
    assert best["with"].bound < best["without"].bound
    plan = bounds["with"].plan(best["with"].x)
    assert (plan.size > 0.0).sum() <= 3
    assert plan.kw.sum() <= 120.0 * (1.0 + 1e-6)


@pytest.mark.parametrize(
    ("fleet", "message"),
    [
        (
            {"at_most": {"wt": 0}, "units": {"wt1": {"size": [5, 9]}}},
            r"at_most.wt': found 0, but 1",
        ),
        ({"kw_at_most": {"pv": 50}, "fixed": ["pv*"]}, r"kw_at_most.pv': found 50 kW, but the sm"),
        ({"at_most": {"pw": 3}}, r"at_most"),
        ({"kw_at_most": {"pv": -3}}, r"kw_at_most.pv"),
        ({"units": {"pv1": {"sizes": [5, 5]}}}, r"sizes: found \[5.0, 5.0\], one twice"),
        ({"units": {"bev1": {"sizes": [1.5]}}}, r"found 1.5 vehicles; expected whole numbers"),
        ({"units": {"pv1": {"sizes": [5], "size": [0, 5]}}}, r"found size and sizes"),
        ({"max_units": 3}, r"unknown key|at_most"),
    ],
)
def test_what_cannot_be_kept_is_said(fleet, message):
    with pytest.raises(InputError, match=message):
        prepare(toolkit.load_study("ieee12", fleet=fleet))
