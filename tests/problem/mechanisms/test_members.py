"""Members and others: four buses by hand, and what holds for any set of members."""

import numpy as np
import pytest
from helpers.settled import OURS, settle
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.market import (
    Tariffs,
    Terms,
    clear,
    cost_alone,
    exchange,
    seeded_limits,
    traded,
)
from toolkit.problem.local_market import LocalMarket
from toolkit.problem.mechanisms.registry import asked

#: One step, kW: bus 0 has 6, 1 needs 4, 2 has 3 and 3 needs 5; bus 2 is no member.
NET = np.array([[6.0, -4.0, 3.0, -5.0]])
MEMBER = np.array([True, True, False, True])
TARIFFS = Tariffs(np.array([0.30]), np.array([0.10]), np.array([0.06]))


def market_of(mechanism, net, tariffs, member, terms=None, dt=1.0):
    hours = np.full(net.shape[-2], dt)
    everyone = np.arange(net.shape[-1])
    return LocalMarket(everyone, tariffs, asked(mechanism, {}), terms or Terms(), hours, member)


def test_clearing_by_hand():
    """6 of members meet 9: 6 traded, 3 imported; the other's 3 go to the grid."""
    found = clear(NET, MEMBER)
    assert found.sell.tolist() == [[6.0, 0.0, 0.0, 0.0]]
    assert found.buy[0] == pytest.approx([0.0, 6 * 4 / 9, 0.0, 6 * 5 / 9])
    assert (found.traded[0], found.imported[0], found.exported[0]) == pytest.approx((6, 3, 3))
    assert traded(NET, MEMBER).tolist() == [6.0]
    # With all of them 9 meet 9.
    assert traded(NET).tolist() == [9.0]


def test_mid_market_by_hand():
    """0.17 to the seller, 0.23 from buyers, who import a third; bus 2 gets 0.10 for its 3."""
    found = market_of("mid-market", NET, TARIFFS, MEMBER).settle(NET)
    bill = [-6 * 0.17, 4 * (2 / 3 * 0.23 + 1 / 3 * 0.30), -3 * 0.10, 5 * (2 / 3 * 0.23 + 0.10)]
    assert found.bill[0] == pytest.approx(bill)
    assert found.network == pytest.approx([9 * 0.06])
    assert found.grid == pytest.approx([3 * 0.24 - 3 * 0.10])
    assert found.exchange.exported[0] == pytest.approx([0.0, 0.0, 3.0, 0.0])


@st.composite
def communities(draw):
    """Random net positions, tariffs, terms and members: (net, tariffs, terms, member)."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps, prosumers = draw(st.integers(1, 4)), draw(st.integers(1, 7))
    net = rng.normal(size=(steps, prosumers)) * 10.0 ** draw(st.integers(-3, 3))
    net[rng.random(net.shape) < 0.2] = 0.0
    feed_in, room, network = rng.random((3, steps)) * (rng.random((3, 1)) < 0.8)
    tariffs = Tariffs(feed_in + room + network, feed_in, network)
    member = np.array(draw(st.lists(st.booleans(), min_size=prosumers, max_size=prosumers)))
    ask, bid = seeded_limits(tariffs, int(member.sum()), draw(st.integers(0, 99)))
    charge = rng.normal(0.3, 0.5, size=(steps, int(member.sum()), int(member.sum())))
    return net, tariffs, Terms(ask, bid, charge), member


@pytest.mark.parametrize("mechanism", OURS)
@given(communities())
def test_what_members_others_network_and_grid_pay_and_receive_is_nothing(mechanism, drawn):
    net, tariffs, terms, member = drawn
    found = market_of(mechanism, net, tariffs, member, terms, 0.5).settle(net)
    total = found.bill.sum() - found.network.sum() - found.grid.sum()
    assert abs(total) <= 1e-9 * max(1.0, np.abs(found.paid).sum())


@pytest.mark.parametrize("mechanism", OURS)
@given(communities())
def test_others_are_billed_as_alone_and_members_as_if_there_were_no_others(mechanism, drawn):
    net, tariffs, terms, member = drawn
    found = market_of(mechanism, net, tariffs, member, terms, 0.5).settle(net)
    alone = cost_alone(found.exchange, tariffs)
    assert found.bill[:, ~member] == pytest.approx(alone[:, ~member], rel=1e-12, abs=1e-12)
    assert not found.exchange.sell[:, ~member].any()
    assert not found.exchange.buy[:, ~member].any()
    assert found.traded[:, ~member].sum() == found.traded[:, :, ~member].sum() == 0.0
    inside = settle(mechanism, exchange(net[:, member], 0.5), tariffs, terms)
    assert np.array_equal(found.bill[:, member], inside.bill)
    assert np.array_equal(found.price, inside.price, equal_nan=True)
    assert found.value[:, member][:, :, member] == pytest.approx(
        inside.value, nan_ok=True, rel=1e-12
    )


@given(communities())
def test_energy_of_members_and_others_is_conserved(drawn):
    net, _, _, member = drawn
    found = clear(net, member)
    scale = 1.0 + np.abs(net).sum()
    assert found.sell.sum(axis=-1) == pytest.approx(found.buy.sum(axis=-1), abs=1e-12 * scale)
    through = found.exported - found.imported
    assert through == pytest.approx(net.sum(axis=-1), abs=1e-12 * scale)
    assert traded(net, member) == pytest.approx(found.traded, abs=1e-12 * scale)
    assert np.all(found.traded <= traded(net) + 1e-12 * scale)


@given(communities())
def test_a_population_is_settled_as_each_of_its_plans_to_the_last_digit(drawn):
    net, tariffs, terms, member = drawn
    market = market_of("bill-sharing", net, tariffs, member, terms)
    both = market.settle(np.stack([net, 2.0 * net])).bill.sum(axis=(-2, -1))
    each = [market.settle(part[None]).bill.sum(axis=(-2, -1))[0] for part in (net, 2.0 * net)]
    assert both.tolist() == each
