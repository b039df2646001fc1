"""Following a policy: what it is told, what it wants, and that energy is kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toolkit
from toolkit.errors import InputError, ToolkitError
from toolkit.model.devices import StorageParameters, StoreStep, repair
from toolkit.model.market import Tariffs
from toolkit.model.operation import can_serve
from toolkit.model.plan import schedule
from toolkit.model.scenario import SeparateDays
from toolkit.problem.encoding import decode
from toolkit.problem.policies.dispatch import Dispatch, schedule_of
from toolkit.problem.policies.following import followed
from toolkit.problem.policies.registry import POLICIES
from toolkit.problem.policies.session import Session
from toolkit.problem.policies.testing.checks import check_energy
from toolkit.problem.policies.testing.scenes import (
    DAY,
    YEAR,
    Scene,
    Subject,
    community,
    followed_in,
    plan_in,
    scene,
)

few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Asks(toolkit.Policy):
    """Keeps what it is told and wants what a function of it says."""

    description, reference = "asks", "none"

    def __init__(self, wants):
        super().__init__()
        self.wants, self.told = wants, []

    def power(self, now):
        self.told.append(now)
        return self.wants(now)


def idle(now):
    return np.zeros_like(now.stored)


def asked(wants, at):
    policy = Asks(wants)
    subject = Subject(Asks, {})
    power = followed_in(subject, at, policy, dispatch=Dispatch("asks", {}, ()))
    return policy.told, power


@pytest.fixture
def at():
    operation = community(DAY)
    count = len(operation.fleet.units)
    size = np.array([[80.0, 40.0, 20.0, 10.0, 4.0], [10.0, 5.0, 30.0, 20.0, 6.0]])
    bus = np.tile(np.arange(count) % 4, (2, 1)).astype(np.intp)
    return Scene(operation, bus, size, np.zeros((2, 3, DAY)))


def test_net_is_sun_and_wind_less_load_by_hand(at):
    told, _ = asked(idle, at)
    scenario, step = at.operation.scenario, 12
    now = told[step]
    # pv1 stands at bus 1 and wt1 at bus 2 of four.
    assert now.net[-1, 0, 0] == pytest.approx(80.0 * scenario.pv[12] - scenario.loads.kw[12, 0])
    assert now.net[-1, 0, 1] == pytest.approx(40.0 * scenario.wt[12] - scenario.loads.kw[12, 1])
    assert now.net[-1, 1, 2] == -scenario.loads.kw[12, 2]
    assert now.load[-1].tolist() == scenario.loads.kw[12].tolist()


def test_shapes_grow_with_what_has_been_and_the_hour_goes_round(at):
    told, _ = asked(idle, at)
    assert [now.hour for now in told] == [float(t) for t in range(DAY)]
    for t, now in enumerate(told):
        assert now.load.shape == (t + 1, 4)
        assert now.net.shape == (t + 1, 2, 4)
        assert now.sun.shape == now.wind.shape == (t + 1,)
        assert now.stored.shape == now.lowest.shape == now.highest.shape == (2, 3)
        assert now.plugged.shape == (DAY - t, 3)
        assert now.trips.shape == (DAY - t, 2, 3)
        assert now.ahead is None


def test_trips_are_announced_a_day_ahead_and_no_further(at):
    operation = community(7 * DAY)
    longer = Scene(operation, at.bus, at.size, np.zeros((2, 3, 7 * DAY)))
    told, _ = asked(idle, longer)
    assert told[0].trips.shape[0] == told[0].plugged.shape[0] == 24
    # Vehicles leave at 8 h: of 4 in the first plan, 6 in the second.
    assert told[0].trips[8, :, 2] == pytest.approx(
        operation.scenario.trip[8] * np.array([4.0, 6.0])
    )


def test_nothing_that_is_told_can_be_written_to(at):
    def writes(now):
        now.net[0, 0, 0] = 1.0

    with pytest.raises(ToolkitError, match="read-only"):
        asked(writes, at)


def test_the_powers_told_are_carried_out_as_they_are(at):
    for end in ("lowest", "highest"):
        told, power = asked(lambda now, end=end: getattr(now, end), at)
        plan = schedule(at.bus, at.size, power, at.operation)
        rows = at.operation.fleet.storage_rows
        wanted = np.moveaxis([getattr(now, end) for now in told], 0, -1)
        assert np.abs(plan.p_kw[:, rows] - wanted).max() < 1e-9
        stored = np.moveaxis([now.stored for now in told], 0, -1)
        assert np.abs(plan.stored[:, rows, :-1] - stored).max() < 1e-9


def test_what_a_store_can_do_by_hand():
    """10 kWh of which 6 are stored, 1 to keep: 5 kWh out at 80 % are 4 kW, 4 in at 80 % 5 kW."""
    parameters = StorageParameters(0.1, 1.0, 0.6, 0.8, 0.8)
    now, one = np.array([6.0]), np.array([1.0])
    wide = np.array([50.0])
    step = StoreStep(one, 10.0 * one, wide, wide, 0.0 * one, parameters, 1.0)
    low, high = step.possible(now)
    assert (low[0], high[0]) == (pytest.approx(-5.0), pytest.approx(4.0))
    # It has to hold 8 kWh at the end: 2 more kWh, which take 2.5 kW, at least.
    low, high = replace(step, low=8.0 * one).possible(now)
    assert (low[0], high[0]) == (pytest.approx(-5.0), pytest.approx(-2.5))


def test_a_series_followed_step_by_step_is_the_plan_that_is_decoded(ieee12):
    x = np.random.default_rng(3).random((8, len(ieee12.space)))
    operation, dispatch = ieee12.operation, schedule_of(ieee12.operation)
    plan = decode(x, operation, ieee12.space)
    stores = len(operation.fleet.storage_rows)
    values = ieee12.space.values(x)[:, 2 * len(operation.fleet.units) :]
    own = values.reshape(8, stores, operation.steps)
    session = Session(POLICIES.build("schedule"), "schedule")
    wanted = followed(session, dispatch, operation, plan.bus, plan.size, own)
    again = schedule(plan.bus, plan.size, wanted, operation)
    assert np.abs(again.p_kw - plan.p_kw).max() < 1e-9
    assert np.abs(again.stored - plan.stored).max() < 1e-9


def test_what_is_wanted_wildly_is_repaired_as_a_schedule_is(at):
    rng = np.random.default_rng(5)
    draws = rng.normal(0.0, 100.0, (DAY, 2, 3))
    told, power = asked(lambda now: draws[now.step], at)
    stores, size = at.operation.stores, at.size[:, 2:, None]
    wanted = np.moveaxis(draws, 0, -1) / size
    _, stored = repair(
        wanted,
        stores.capacity,
        stores.charge,
        stores.discharge,
        stores.trip,
        stores.parameters,
        1.0,
        stores.low[:, 0],
    )
    seen = np.moveaxis([now.stored for now in told], 0, -1)
    assert np.abs(seen - (stored * size)[..., :-1]).max() < 1e-9
    assert np.array_equal(power, wanted)


@few
@given(
    seed=st.integers(0, 2**31),
    name=st.sampled_from(["surplus", "schedule"]),
    wild=st.floats(0.0, 300.0),
)
def test_energy_is_kept_whatever_is_wanted(seed, name, wild):
    at = scene(Subject(POLICIES.load(name), {}), 3, DAY, seed)
    assert can_serve(at.operation)
    check_energy(plan_in(Subject(POLICIES.load(name), {}), at), at)
    draws = np.random.default_rng(seed).normal(0.0, wild, (DAY, 3, 3))
    _, power = asked(lambda now: draws[now.step], at)
    check_energy(schedule(at.bus, at.size, power, at.operation), at)


def test_energy_is_kept_over_a_year():
    subject = Subject(POLICIES.load("surplus"), {})
    at = scene(subject, 2, YEAR)
    plan = plan_in(subject, at)
    check_energy(plan, at)
    assert np.abs(plan.p_kw[:, 3:]).sum() > 1000.0


def test_separate_days_are_followed_each_from_its_beginning():
    """Two days side by side are what each is alone, whatever was stored when the first ended."""
    subject = Subject(POLICIES.load("surplus"), {})
    week = scene(subject, 3, 2 * DAY)
    days = SeparateDays(("a", "b"), np.ones(2))
    scenario = replace(week.operation.scenario, separate=days)
    apart = replace(week, operation=replace(week.operation, scenario=scenario))
    plan = plan_in(subject, apart)
    for day in range(2):
        within = slice(day * DAY, (day + 1) * DAY)
        one = plan_in(subject, replace(week, operation=only(week.operation, within)))
        assert np.array_equal(plan.p_kw[..., within], one.p_kw)
        ends = slice(day * DAY + 1, (day + 1) * DAY + 1)
        assert np.array_equal(plan.stored[..., ends], one.stored[..., 1:])


def only(operation, within):
    """Return an operation of some steps alone."""
    scenario = operation.scenario
    tariffs = Tariffs(*(values[within] for values in vars(scenario.tariffs).values()))
    series = {n: getattr(scenario, n)[within] for n in ("pv", "wt", "plugged", "trip")}
    loads = replace(scenario.loads, kw=scenario.loads.kw[within])
    return replace(operation, scenario=replace(scenario, **series, loads=loads, tariffs=tariffs))


@pytest.mark.parametrize(
    ("wants", "told"),
    [
        (lambda now: np.full_like(now.stored, np.nan), "found nan for store 1 of plan 1"),
        (lambda now: now.stored[:, 0], r"found an array of shape \(2,\); expected \(2, 3\)"),
        (lambda now: None, "expected"),
        (lambda now: "x", "expected powers in kW"),
        (lambda now: 1 / 0, "ZeroDivisionError"),
        (lambda now: now.no_such_thing, "AttributeError"),
    ],
)
def test_what_is_no_power_is_told_with_policy_and_step(at, wants, told):
    def later(now):
        return wants(now) if now.step == 4 else idle(now)

    with pytest.raises(ToolkitError, match=told) as caught:
        asked(later, at)
    assert str(caught.value).startswith("policy 'Asks', step 5: ")


def test_a_parameter_needs_bounds_that_hold_its_default():
    with pytest.raises(InputError, match="expected it within 0 to 1"):
        toolkit.Parameter("reserve", 0.0, 1.0, 2.0)
    with pytest.raises(InputError, match="finite"):
        toolkit.Parameter("reserve", 0.0, np.inf, 2.0)
