"""The physics of single devices: numbers worked by hand, and what repair always keeps."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit.model.devices import (
    StorageParameters,
    charge_on_arrival,
    injection,
    least_stored,
    pv_pu,
    repair,
    stored_change,
    wind_pu,
    wind_pu_table,
)

LOSSLESS = StorageParameters(0.1, 1.0, 0.5, 1.0, 1.0)
LOSSY = StorageParameters(0.1, 0.9, 0.5, 0.9, 0.8)


def test_pv_gives_its_rating_at_1000_watts():
    assert 150.0 * pv_pu(np.array([0.0, 400.0, 1000.0])) == pytest.approx([0.0, 60.0, 150.0])


@pytest.mark.parametrize(
    ("speed", "share"),
    [
        (0.0, 0.0),
        (2.999, 0.0),
        (3.0, 0.0),
        (6.0, 189.0 / 1701.0),
        (8.0, 485.0 / 1701.0),
        (11.999999, 1.0),
        (12.0, 1.0),
        (25.0, 1.0),
        (25.001, 0.0),
        (40.0, 0.0),
    ],
)
def test_wind_curve(speed, share):
    assert wind_pu(np.array([speed]))[0] == pytest.approx(share, abs=1e-6)


def test_wind_curve_takes_other_speeds():
    assert wind_pu(np.array([4.0, 5.0, 7.0, 20.0, 20.1]), 4.0, 7.0, 20.0) == pytest.approx(
        [0.0, 61.0 / 279.0, 1.0, 1.0, 0.0]
    )


def test_wind_table_is_zero_outside_and_linear_inside():
    found = wind_pu_table(np.array([1.0, 3.0, 6.0, 12.0, 20.0, 26.0]), [3, 9, 25], [0.0, 0.8, 1.0])
    assert found == pytest.approx([0.0, 0.0, 0.4, 0.8375, 0.9375, 0.0])


def test_equation_5_by_hand():
    # Half an hour: 20 kW in store 20 * 0.9 * 0.5 = 9 kWh, 20 kW out take 20 / 0.8 * 0.5 = 12.5 kWh.
    change = stored_change(np.array([-20.0, 20.0, 0.0]), LOSSY, 0.5)
    assert change == pytest.approx([9.0, -12.5, 0.0])
    assert injection(change, LOSSY, 0.5) == pytest.approx([-20.0, 20.0, 0.0])


def can_serve(capacity, charge_max, trip, parameters, dt):
    capacity = np.array(capacity)
    need = least_stored(capacity, charge_max, trip, parameters, dt)
    start, top = parameters.soc_start * capacity, parameters.soc_max * capacity
    return bool(need[0] <= start + 1e-9 and np.all(need <= top + 1e-9))


def one(wanted, parameters, capacity=100.0, charge=50.0, discharge=50.0, trip=None, dt=1.0):
    steps = len(wanted)
    return repair(
        np.array(wanted),
        np.array([capacity]),
        np.full(steps, charge),
        np.full(steps, discharge),
        np.zeros(steps) if trip is None else np.array(trip),
        parameters,
        dt,
    )


def test_repair_stops_at_the_floor_and_refills_by_the_end():
    p_kw, stored = one([50.0, 50.0, 50.0], LOSSLESS)
    assert p_kw == pytest.approx([40.0, 0.0, -40.0])
    assert stored == pytest.approx([50.0, 10.0, 10.0, 50.0])


def test_repair_stops_at_the_ceiling():
    # 0.9 * 50 kW would store 45 kWh; 40 kWh of room take 40 / 0.9 kW.
    p_kw, stored = one([-80.0, -80.0], LOSSY)
    assert p_kw == pytest.approx([-40.0 / 0.9, 0.0])
    assert stored == pytest.approx([50.0, 90.0, 90.0])


def test_repair_saves_up_for_a_trip_and_the_end_of_the_day():
    # 30 kWh leave in step 2 and at most 0.9 * 10 kWh come in a step. Three steps are too few:
    # 50 + 27 - 30 < 50. Of four, step 1 must reach 50 - 3 * 9 + 30 = 53, the rest charge flat out.
    limit, trip = np.full(4, 10.0), np.array([0.0, 30.0, 0.0, 0.0])
    assert not can_serve([100.0], limit[:3], trip[:3], LOSSY, 1.0)
    assert can_serve([100.0], limit, trip, LOSSY, 1.0)
    p_kw, stored = one([0.0] * 4, LOSSY, charge=10.0, discharge=10.0, trip=trip)
    assert p_kw == pytest.approx([-3.0 / 0.9, -10.0, -10.0, -10.0])
    assert stored == pytest.approx([50.0, 53.0, 32.0, 41.0, 50.0])


def test_repair_leaves_alone_what_can_be_carried_out():
    wanted = np.array([-7.3, 4.1, 0.0, -0.2])
    p_kw, _ = one(wanted, LOSSLESS)
    assert np.array_equal(p_kw, wanted)


def test_charge_on_arrival_by_hand():
    # 18 kWh driven in step 2 come back at 0.9 * 10 kW an hour in steps 3 and 4.
    p_kw = charge_on_arrival(
        100.0, np.array([10.0, 0.0, 10.0, 10.0, 10.0]), np.array([0, 18.0, 0, 0, 0]), LOSSY, 1.0
    )
    assert p_kw == pytest.approx([0.0, 0.0, -10.0, -10.0, 0.0])


@st.composite
def stores(draw):
    """A storage with power limits, trips and a wanted dispatch, of any length and step."""
    low, start, high = sorted(draw(st.tuples(*[st.floats(0.0, 1.0)] * 3)))
    eta_in, eta_out = draw(st.tuples(st.floats(0.5, 1.0), st.floats(0.5, 1.0)))
    steps = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    power = draw(st.sampled_from([0.0, 0.3, 7.4, 60.0, 900.0]))
    plugged = rng.random(steps).round(1)
    trip = rng.random(steps) * (rng.random(steps) < 0.3) * draw(st.sampled_from([0.0, 1.0, 20.0]))
    reach = draw(st.sampled_from([0.1, 1.0, 3.0, 1e6]))
    return {
        "wanted": reach * power * (2.0 * rng.random(steps) - 1.0),
        "capacity": np.array([draw(st.sampled_from([0.0, 1.0, 40.0, 240.0, 1e4]))]),
        "charge_max": power * plugged,
        "discharge_max": power * plugged * draw(st.sampled_from([0.0, 1.0])),
        "trip": trip,
        "parameters": StorageParameters(low, high, start, eta_in, eta_out),
        "dt": draw(st.sampled_from([0.25, 0.5, 1.0])),
    }


def serves(store):
    names = ("capacity", "charge_max", "trip", "parameters", "dt")
    return can_serve(*(store[name] for name in names))


@given(stores())
def test_any_wanted_dispatch_becomes_one_that_can_be_carried_out(store):
    assume(serves(store))
    p_kw, stored = repair(**store)
    capacity, parameters = float(store["capacity"][0]), store["parameters"]
    slack = 1e-9 * max(capacity, 1.0)
    assert np.all(p_kw >= -store["charge_max"])
    assert np.all(p_kw <= store["discharge_max"])
    assert stored.min() >= parameters.soc_min * capacity - slack
    assert stored.max() <= parameters.soc_max * capacity + slack
    assert stored[0] == parameters.soc_start * capacity
    assert stored[-1] >= stored[0] - slack
    change = stored_change(p_kw, parameters, store["dt"]) - store["trip"]
    assert stored[1:] - stored[:-1] == pytest.approx(change, abs=slack)


@given(stores())
def test_a_repaired_dispatch_is_not_changed_again(store):
    assume(serves(store))
    p_kw, stored = repair(**store)
    again, stored_again = repair(**{**store, "wanted": p_kw})
    scale = 1e-9 * max(float(store["capacity"][0]), 1.0)
    assert again == pytest.approx(p_kw, abs=scale)
    assert stored_again == pytest.approx(stored, abs=scale)


@given(stores())
def test_a_population_is_repaired_row_by_row(store):
    assume(serves(store))
    alone, stored = repair(**store)
    rows = {
        name: np.stack([value, np.zeros_like(value)]) if name == "wanted" else value
        for name, value in store.items()
    }
    for name in ("capacity", "charge_max", "discharge_max", "trip"):
        rows[name] = np.stack([store[name], store[name]])
    together, stored_together = repair(**rows)
    assert np.array_equal(together[0], alone)
    assert np.array_equal(stored_together[0], stored)


@given(stores())
def test_charging_on_arrival_never_passes_the_start_and_respects_the_chargers(store):
    p_kw = charge_on_arrival(
        float(store["capacity"][0]),
        store["charge_max"],
        store["trip"],
        store["parameters"],
        store["dt"],
    )
    assert np.all(p_kw <= 0.0)
    assert np.all(-p_kw <= store["charge_max"])
    change = stored_change(p_kw, store["parameters"], store["dt"]) - store["trip"]
    level = np.cumsum(change)
    assert np.all(level <= 1e-9 * max(float(store["capacity"][0]), 1.0))
    # Below its start it charges all it can.
    short = level < -1e-9 * max(float(store["capacity"][0]), 1.0)
    assert np.allclose(-p_kw[short], store["charge_max"][short])


def test_charging_on_arrival_is_back_at_its_start_on_the_bundled_day(ieee12):
    bev, day = ieee12.fleet.bev, ieee12.scenario
    for vehicles in (1, 8, 16):
        p_kw = charge_on_arrival(
            40.0 * vehicles,
            7.4 * vehicles * day.plugged,
            vehicles * day.trip,
            bev,
            day.dt,
        )
        change = stored_change(p_kw, bev, day.dt) - vehicles * day.trip
        assert change.sum() == pytest.approx(0.0, abs=1e-9)
