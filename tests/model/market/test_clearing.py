"""Clearing: numbers worked by hand, and what holds for any net positions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from toolkit.model.market import clear, contributions, traded_to_load

nets = hnp.arrays(
    float, hnp.array_shapes(min_dims=1, max_dims=3, max_side=6), elements=st.floats(-1e4, 1e4)
)


def test_a_shortage_is_shared_in_proportion():
    trades = clear(np.array([30.0, -20.0, -40.0]))
    assert trades.sell == pytest.approx([30.0, 0.0, 0.0])
    assert trades.buy == pytest.approx([0.0, 10.0, 20.0])
    assert (trades.traded, trades.imported, trades.exported) == pytest.approx((30.0, 30.0, 0.0))


def test_a_glut_is_shared_in_proportion():
    trades = clear(np.array([30.0, -20.0, 10.0]))
    assert trades.sell == pytest.approx([15.0, 0.0, 5.0])
    assert trades.buy == pytest.approx([0.0, 20.0, 0.0])
    assert (trades.traded, trades.imported, trades.exported) == pytest.approx((20.0, 0.0, 20.0))


@pytest.mark.parametrize("net", [[0.0, 0.0, 0.0], [5.0, 0.0, 1.0], [-5.0, -1.0, 0.0]])
def test_one_side_alone_trades_nothing(net):
    trades = clear(np.array(net))
    assert trades.traded == 0.0
    assert not trades.sell.any()
    assert not trades.buy.any()


def test_steps_are_cleared_one_by_one():
    trades = clear(np.array([[30.0, -20.0, -40.0], [30.0, -20.0, 10.0]]))
    assert trades.traded == pytest.approx([30.0, 20.0])
    assert trades.sell == pytest.approx(np.array([[30.0, 0.0, 0.0], [15.0, 0.0, 5.0]]))


@given(nets)
def test_sales_equal_purchases_and_the_grid_takes_the_rest(net):
    trades = clear(net)
    surplus, deficit = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    supply, demand = surplus.sum(axis=-1), deficit.sum(axis=-1)
    near = {"rel": 1e-9, "abs": 1e-9}
    assert trades.traded == pytest.approx(np.minimum(supply, demand), **near)
    assert trades.sell.sum(axis=-1) == pytest.approx(trades.traded, **near)
    assert trades.buy.sum(axis=-1) == pytest.approx(trades.traded, **near)
    assert trades.exported == pytest.approx(supply - trades.traded, **near)
    assert trades.imported == pytest.approx(demand - trades.traded, **near)
    assert np.all(trades.imported >= 0.0)
    assert np.all(trades.exported >= 0.0)
    assert np.all(trades.sell >= 0.0)
    assert np.all(trades.sell <= surplus * (1 + 1e-12))
    assert np.all(trades.buy >= 0.0)
    assert np.all(trades.buy <= deficit * (1 + 1e-12))
    left_over = (supply > demand)[..., None] & (trades.buy < deficit * (1 - 1e-9))
    assert not left_over.any()


@given(nets, st.randoms(use_true_random=False))
def test_the_order_of_buses_does_not_matter(net, random):
    order = list(range(net.shape[-1]))
    random.shuffle(order)
    plain, mixed = clear(net), clear(net[..., order])
    assert mixed.traded == pytest.approx(plain.traded, rel=1e-9, abs=1e-9)
    assert mixed.sell == pytest.approx(plain.sell[..., order], rel=1e-9, abs=1e-9)
    assert mixed.buy == pytest.approx(plain.buy[..., order], rel=1e-9, abs=1e-9)


def test_only_what_serves_load_counts_as_traded_to_load():
    # Bus 1 uses 30 kW and charges with 20; 3/5 of its purchase of 10 serve load.
    found = traded_to_load(
        np.array([10.0, 4.0, 0.0]), np.array([30.0, 7.0, 0.0]), np.array([20.0, 0.0, 0.0])
    )
    assert found == pytest.approx(10.0)


@given(nets, st.integers(0, 2**32 - 1))
def test_traded_to_load_is_never_above_traded(net, seed):
    rng = np.random.default_rng(seed)
    load = rng.random(net.shape) * 100.0
    charging = rng.random(net.shape) * 100.0 * (rng.random(net.shape) < 0.5)
    trades = clear(net)
    to_load = traded_to_load(trades.buy, load, charging)
    assert np.all(to_load <= trades.traded * (1 + 1e-9) + 1e-9)
    assert np.all(to_load >= 0.0)
    alone = traded_to_load(trades.buy, load, np.zeros_like(charging))
    assert alone == pytest.approx(trades.traded, rel=1e-9, abs=1e-9)


def test_a_sale_is_split_over_the_injecting_units_of_its_bus():
    # Bus 0 sells 12: 30 kW of pv and 10 kW of wind share it 9 to 3, the charging battery has none.
    shares = contributions(
        np.array([12.0, 5.0, 0.0]),
        np.array([30.0, 10.0, -8.0, 6.0, 0.0]),
        np.array([0, 0, 0, 1, 2]),
    )
    assert shares == pytest.approx([9.0, 3.0, 0.0, 5.0, 0.0])


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 8))
def test_contributions_add_up_to_the_sales(seed, buses, units):
    rng = np.random.default_rng(seed)
    at = rng.integers(buses, size=units)
    injected = rng.normal(size=(4, units)) * 50.0
    net = np.zeros((4, buses))
    np.add.at(net, (slice(None), at), injected)
    net -= rng.random((4, buses)) * 60.0
    sell = clear(net).sell
    shares = contributions(sell, injected, at)
    summed = np.zeros_like(sell)
    np.add.at(summed, (slice(None), at), shares)
    assert summed == pytest.approx(sell, abs=1e-9)
    assert np.all(shares[injected <= 0.0] == 0.0)
    for first in range(units):
        for second in range(first):
            if at[first] == at[second]:
                both = np.maximum(injected[:, [first, second]], 0.0)
                crossed = shares[:, first] * both[:, 1], shares[:, second] * both[:, 0]
                assert crossed[0] == pytest.approx(crossed[1], abs=1e-9)
