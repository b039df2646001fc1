"""Whose energy is whose: three buses and a third party by hand, and what holds for all owners."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.ownership import Owners

#: Unit 0 is behind the meter of its bus, 1 is of buses 0 and 1 by 3/4 and 1/4, 2 of a third party.
OWNERS = Owners(
    np.array([False, True, True]),
    np.array([[0, 0, 0, 0], [0.75, 0.25, 0, 0], [0, 0, 0, 1]], dtype=float),
    ("third-party:Stadtwerke",),
)
#: One step: kW of units, which stand at buses 2, 2 and 0; load of buses 0, 1 and 2.
UNIT_KW, BUS = np.array([[5.0], [8.0], [-3.0]]), np.array([2, 2, 0])
LOAD = np.array([[2.0, 4.0, 1.0]])


def test_a_step_by_hand():
    """0: 6 - 2; 1: 2 - 4; 2: 5 - 1; the third party's battery takes 3."""
    assert OWNERS.net(LOAD, UNIT_KW, BUS).tolist() == [[4.0, -2.0, 4.0, -3.0]]
    assert OWNERS.with_third(LOAD).tolist() == [[2.0, 4.0, 1.0, 0.0]]


def test_meters_by_hand():
    """Those of buses see their loads and unit 0, those of units apart 8 given and 3 taken."""
    read = OWNERS.metered(LOAD, UNIT_KW, BUS)
    assert read.tolist() == [[-2.0, -4.0, 4.0, 0.0, 8.0, -3.0]]


def test_sales_by_unit_by_hand():
    """Bus 0 sells 2 of unit 1's energy, bus 2 sells 4 of unit 0's; bus 1 sells nothing."""
    sell = np.array([[2.0, 0.0, 4.0, 0.0]])
    assert OWNERS.sold_by_unit(sell, UNIT_KW, BUS).tolist() == [[4.0], [2.0], [0.0]]


@st.composite
def fleets(draw):
    """Random units, loads and owners: (load, unit_kw, bus, owners), of n plans."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    plans, steps, buses, units = (draw(st.integers(1, 4)) for _ in range(4))
    third = tuple(f"third-party:{k}" for k in range(draw(st.integers(0, 2))))
    apart = rng.random(units) < 0.7
    shares = rng.random((units, buses + len(third))) * (rng.random((units, 1)) < 0.9)
    shares[:, 0] += 1e-3
    shares = shares / shares.sum(axis=1, keepdims=True) * apart[:, None]
    kw = rng.normal(0.0, 10.0, (plans, units, steps))
    bus = rng.integers(0, buses, (plans, units))
    return rng.random((plans, steps, buses)) * 5.0, kw, bus, Owners(apart, shares, third)


@given(fleets())
def test_energy_is_conserved_whoever_owns_what(case):
    load, unit_kw, bus, owners = case
    whole = unit_kw.sum(axis=-2) - load.sum(axis=-1)
    assert owners.net(load, unit_kw, bus).sum(axis=-1) == pytest.approx(whole, abs=1e-9)
    assert owners.metered(load, unit_kw, bus).sum(axis=-1) == pytest.approx(whole, abs=1e-9)


@given(fleets())
def test_a_plan_has_the_same_digits_alone(case):
    load, unit_kw, bus, owners = case
    together = owners.net(load, unit_kw, bus)
    for i in range(len(unit_kw)):
        assert np.array_equal(owners.net(load[i], unit_kw[i], bus[i]), together[i])


@given(fleets())
def test_units_sell_what_their_owners_sell(case):
    load, unit_kw, bus, owners = case
    given_kw = owners.spread(np.maximum(unit_kw, 0.0), bus)
    sell = np.where(given_kw > 0.0, np.maximum(owners.net(load, unit_kw, bus), 0.0), 0.0)
    sold = owners.sold_by_unit(sell, unit_kw, bus)
    assert sold.sum(axis=-2) == pytest.approx(sell.sum(axis=-1), abs=1e-9)
    assert (sold >= 0.0).all()
