"""Settlement: three prosumers and two steps by hand, and what holds in any market."""

import numpy as np
import pytest
from helpers.settled import OURS, settle
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InputError, ToolkitError
from toolkit.model.market import (
    Tariffs,
    Terms,
    clear,
    cost_alone,
    exchange,
    seeded_limits,
    series,
)
from toolkit.testing import check_mechanism

#: Step 1: prosumer 0 has 6 kWh, 1 and 2 need 4 and 8. Step 2: 0 and 1 have 10 and 2, 2 needs 6.
DONE = exchange(np.array([[6.0, -4.0, -8.0], [10.0, 2.0, -6.0]]), 1.0)
#: Energy is worth 0.24 to a buyer and 0.10 to a seller.
TARIFFS = Tariffs(np.full(2, 0.30), np.full(2, 0.10), np.full(2, 0.06))
#: What each pays alone: needs at 0.30, surpluses at 0.10.
ALONE = [[-0.6, 1.2, 2.4], [-1.0, -0.2, 1.8]]
#: In which nobody is worse off in any step than alone.
FAIR = ("mid-market", "sdr", "auction", "bilateral")


def check(found, paid, received, network, grid):
    near = {"abs": 1e-12}
    assert found.paid == pytest.approx(np.array(paid), **near)
    assert found.received == pytest.approx(np.array(received), **near)
    assert found.network == pytest.approx(network, **near)
    assert found.grid == pytest.approx(grid, **near)


def test_alone_everything_goes_through_the_grid():
    assert cost_alone(DONE, TARIFFS) == pytest.approx(np.array(ALONE))


def test_mid_market_by_hand():
    # 0.17 to the seller, 0.17 + 0.06 from the buyer; half of each need is imported in step 1,
    # half of each surplus exported in step 2.
    found = settle("mid-market", DONE, TARIFFS)
    assert found.price == pytest.approx([0.17, 0.17])
    check(
        found,
        paid=[[0.0, 2 * 0.23 + 2 * 0.30, 4 * 0.23 + 4 * 0.30], [0.0, 0.0, 6 * 0.23]],
        received=[[6 * 0.17, 0.0, 0.0], [5 * 0.17 + 5 * 0.10, 0.17 + 0.10, 0.0]],
        network=[12 * 0.06, 6 * 0.06],
        grid=[6 * 0.24, -6 * 0.10],
    )
    assert found.bill.sum(axis=0) == pytest.approx([-2.37, 0.79, 3.50])


def test_supply_demand_ratio_by_hand():
    # Ratio 6/12: 0.10 * 0.24 / (0.14 * 0.5 + 0.10) = 0.024 / 0.17; ratio 12/6: feed-in.
    price = 0.024 / 0.17
    found = settle("sdr", DONE, TARIFFS)
    assert found.price == pytest.approx([price, 0.10])
    check(
        found,
        paid=[[0.0, 2 * (price + 0.36), 4 * (price + 0.36)], [0.0, 0.0, 6 * 0.16]],
        received=[[6 * price, 0.0, 0.0], [1.0, 0.2, 0.0]],
        network=[0.72, 0.36],
        grid=[1.44, -0.60],
    )


def test_supply_demand_ratio_is_the_published_one_without_a_network_charge():
    retail, feed_in = 0.30, 0.10
    free = Tariffs(np.full(2, retail), np.full(2, feed_in), np.zeros(2))
    found = settle("sdr", DONE, free)
    ratio = 0.5
    sell = feed_in * retail / ((retail - feed_in) * ratio + feed_in)
    buy = sell * ratio + retail * (1.0 - ratio)
    assert found.price[0] == pytest.approx(sell)
    assert found.paid[0] == pytest.approx([0.0, 4 * buy, 8 * buy])


def test_bill_sharing_by_hand():
    # Costs 6 * 0.30 + 12 * 0.06 = 2.52 over 18 kWh needed: 0.14; revenue 0.60 over 18 kWh given.
    found = settle("bill-sharing", DONE, TARIFFS)
    check(
        found,
        paid=[[0.0, 0.56, 1.12], [0.0, 0.0, 0.84]],
        received=[[0.2, 0.0, 0.0], [1 / 3, 1 / 15, 0.0]],
        network=[0.72, 0.36],
        grid=[1.44, -0.60],
    )
    assert np.isnan(found.price).all()
    # The seller would have had 1.60 from the grid: bill sharing gives it all to the buyers.
    assert found.received[:, 0].sum() == pytest.approx(8 / 15)


def test_auction_by_hand():
    # Step 1: 6 kWh asked at 0.12 go to the bid of 0.20 (4 kWh) and to that of 0.14 (2 of 8).
    # Step 2: the bid of 0.15 takes the 2 kWh asked at 0.11, not those at 0.18.
    terms = Terms(
        ask=np.array([[0.12, 0.10, 0.10], [0.18, 0.11, 0.10]]),
        bid=np.array([[0.24, 0.20, 0.14], [0.24, 0.24, 0.15]]),
    )
    found = settle("auction", DONE, TARIFFS, terms)
    assert found.price == pytest.approx([0.13, 0.13])
    assert found.exchange.traded == pytest.approx([6.0, 2.0])
    check(
        found,
        paid=[[0.0, 4 * 0.19, 2 * 0.19 + 6 * 0.30], [0.0, 0.0, 2 * 0.19 + 4 * 0.30]],
        received=[[6 * 0.13, 0.0, 0.0], [10 * 0.10, 2 * 0.13, 0.0]],
        network=[6 * 0.06 + 6 * 0.06, 2 * 0.06 + 4 * 0.06],
        grid=[6 * 0.24, 4 * 0.24 - 10 * 0.10],
    )
    assert found.traded[0] == pytest.approx(np.array([[0, 4, 2], [0, 0, 0], [0, 0, 0]]))
    assert found.traded[1] == pytest.approx(np.array([[0, 0, 0], [0, 0, 2], [0, 0, 0]]))


def test_equal_limits_share_in_proportion():
    terms = Terms(ask=np.full((2, 3), 0.12), bid=np.full((2, 3), 0.20))
    found = settle("auction", DONE, TARIFFS, terms)
    assert found.exchange.sell == pytest.approx(DONE.sell)
    assert found.exchange.buy == pytest.approx(DONE.buy)
    assert found.price == pytest.approx([0.16, 0.16])


def test_nobody_bids_against_the_own_interest():
    # Asking less than feed-in, bidding more than retail less network: taken as those.
    terms = Terms(ask=np.zeros((2, 3)), bid=np.full((2, 3), 9.0))
    found = settle("auction", DONE, TARIFFS, terms)
    assert found.price == pytest.approx([0.17, 0.17])


def test_bilateral_by_hand():
    # Step 1: the way 0 -> 2 costs less than 0 -> 1, so 2 buys all; the gain of 0.18 is halved.
    # Step 2: 0 -> 2 costs more than the 0.20 to be gained; 1 -> 2 lowers losses and is paid.
    charge = np.zeros((2, 3, 3))
    charge[0, 0, 1:] = 0.08, 0.02
    charge[1, :2, 2] = 0.25, -0.02
    found = settle("bilateral", DONE, TARIFFS, Terms(charge=charge))
    assert found.exchange.traded == pytest.approx([6.0, 2.0])
    assert found.price == pytest.approx([0.19, 0.21])
    check(
        found,
        paid=[[0.0, 4 * 0.30, 6 * 0.21 + 2 * 0.30], [0.0, 0.0, 2 * 0.19 + 4 * 0.30]],
        received=[[6 * 0.19, 0.0, 0.0], [10 * 0.10, 2 * 0.21, 0.0]],
        network=[6 * 0.02 + 6 * 0.06, -2 * 0.02 + 4 * 0.06],
        grid=[6 * 0.24, 4 * 0.24 - 10 * 0.10],
    )
    assert found.value[1, 1, 2] == pytest.approx(2 * 0.21)


def test_prices_may_change_by_step():
    tariffs = Tariffs(np.array([0.30, 0.20]), np.array([0.10, 0.04]), np.array([0.0, 0.02]))
    found = settle("mid-market", DONE, tariffs)
    assert found.price == pytest.approx([0.20, 0.11])
    assert found.paid[1, 2] == pytest.approx(6 * 0.13)


@st.composite
def markets(draw):
    """Random net positions, tariffs and terms: (exchange, tariffs, terms, net)."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps, prosumers = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    net = rng.normal(size=(steps, prosumers)) * 10.0 ** draw(st.integers(-3, 4))
    net[rng.random(net.shape) < 0.2] = 0.0
    feed_in, room, network = rng.random((3, steps)) * (rng.random((3, 1)) < 0.8)
    tariffs = Tariffs(feed_in + room + network, feed_in, network)
    ask, bid = seeded_limits(tariffs, prosumers, draw(st.integers(0, 99)))
    if draw(st.booleans()):  # ties, and limits outside the tariffs
        ask, bid = np.round(ask, 1), np.round(bid, 1)
    charge = rng.normal(0.3, 0.5, size=(steps, prosumers, prosumers))
    return exchange(net, 0.5), tariffs, Terms(ask, bid, charge), net


every_mechanism = pytest.mark.parametrize("mechanism", OURS)


@every_mechanism
@given(markets())
def test_money_is_conserved(mechanism, market):
    done, tariffs, terms, _ = market
    found = settle(mechanism, done, tariffs, terms)
    paid, received = found.paid.sum(axis=-1), found.received.sum(axis=-1)
    got = received + found.network + found.grid
    if mechanism == "bill-sharing":  # one bill over all steps
        paid, got = paid.sum(), got.sum()
    scale = 1.0 + np.abs(cost_alone(done, tariffs)).sum()
    assert paid == pytest.approx(got, abs=1e-12 * scale)


@every_mechanism
@given(markets())
def test_energy_is_conserved_and_the_physical_clearing_is_the_most(mechanism, market):
    done, tariffs, terms, net = market
    found = settle(mechanism, done, tariffs, terms)
    near = {"rel": 1e-9, "abs": 1e-9}
    energy = found.exchange
    assert energy.sell.sum(axis=-1) == pytest.approx(energy.buy.sum(axis=-1), **near)
    assert energy.surplus - energy.deficit == pytest.approx(0.5 * net, **near)
    for part in (energy.sell, energy.buy, energy.exported, energy.imported):
        assert part.min() >= 0.0
    most = clear(net).traded * 0.5
    assert np.all(energy.traded <= most * (1 + 1e-9) + 1e-12)
    if mechanism in ("mid-market", "sdr", "bill-sharing"):
        assert energy.traded == pytest.approx(most, **near)


@every_mechanism
@given(markets())
def test_pairs_add_up_to_what_each_sold_and_bought(mechanism, market):
    done, tariffs, terms, _ = market
    found = settle(mechanism, done, tariffs, terms)
    near = {"rel": 1e-9, "abs": 1e-9}
    assert found.traded.sum(axis=-1) == pytest.approx(found.exchange.sell, **near)
    assert found.traded.sum(axis=-2) == pytest.approx(found.exchange.buy, **near)
    assert np.all(np.diagonal(found.traded, axis1=-2, axis2=-1) == 0.0)
    if mechanism != "bill-sharing":
        earned = found.received - tariffs.feed_in[:, None] * found.exchange.exported
        assert found.value.sum(axis=-1) == pytest.approx(earned, **near)


@pytest.mark.parametrize("mechanism", FAIR)
@given(markets())
def test_nobody_is_worse_off_than_alone(mechanism, market):
    done, tariffs, terms, _ = market
    found = settle(mechanism, done, tariffs, terms)
    alone = cost_alone(done, tariffs)
    assert np.all(found.bill <= alone + 1e-9 * (1.0 + np.abs(alone)))


@given(markets())
def test_bill_sharing_saves_the_community_as_much_as_any_pool(market):
    done, tariffs, terms, _ = market
    shared, mid = (settle(m, done, tariffs, terms) for m in ("bill-sharing", "mid-market"))
    near = {"rel": 1e-9, "abs": 1e-9}
    assert shared.bill.sum() == pytest.approx(mid.bill.sum(), **near)
    saved = (cost_alone(done, tariffs) - mid.bill).sum()
    assert saved == pytest.approx((tariffs.room * done.traded).sum(), **near)


@given(markets())
def test_bids_at_their_limits_trade_all_there_is(market):
    done, tariffs, _, _ = market
    terms = Terms(np.zeros_like(done.sell), np.full_like(done.sell, 1e3))
    found = settle("auction", done, tariffs, terms)
    assert found.exchange.traded == pytest.approx(done.traded, rel=1e-9, abs=1e-9)


@every_mechanism
@given(markets(), markets())
def test_several_markets_at_once_are_each_settled_by_itself(mechanism, market, other):
    _, tariffs, terms, net = market
    second = np.resize(other[3], net.shape)
    both = settle(mechanism, exchange(np.stack([net, second]), 0.5), tariffs, terms)
    for i, each in enumerate((net, second)):
        one = settle(mechanism, exchange(each, 0.5), tariffs, terms)
        for name in ("paid", "received", "network", "grid", "traded"):
            found, wanted = getattr(both, name)[i], getattr(one, name)
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), name


def test_seeded_limits_lie_between_the_tariffs_and_repeat():
    first, again, other = (np.array(seeded_limits(TARIFFS, 40, seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.min() >= 0.10
    assert first.max() <= 0.24
    assert np.ptp(first) > 0.12


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ((0.2, 0.1, 0.15), "retail 0.2, feed_in 0.1 and network 0.15 in step 1"),
        ((0.2, -0.1, 0.0), "tariffs.feed_in: found -0.1 in step 1"),
    ],
)
def test_tariffs_that_leave_no_room_are_refused(prices, said):
    with pytest.raises(InputError, match=said):
        Tariffs(*(np.full(3, price) for price in prices))


def test_a_series_is_one_number_or_one_a_step():
    assert series(0.3, 2, "x").tolist() == [0.3, 0.3]
    assert series([0.3, 0.2], 2, "x").tolist() == [0.3, 0.2]
    with pytest.raises(
        InputError, match=r"tariffs.retail: found 3 values; expected one number, or"
    ):
        series([1, 2, 3], 2, "tariffs.retail")


def test_an_unknown_mechanism_gets_the_nearest_name():
    with pytest.raises(InputError, match="Did you mean 'mid-market'"):
        settle("midmarket", DONE, TARIFFS)


@pytest.mark.parametrize("mechanism", ["auction", "bilateral"])
def test_a_mechanism_says_what_terms_it_lacks(mechanism):
    with pytest.raises(ToolkitError, match=f"mechanism '{mechanism}': ValueError: found no"):
        settle(mechanism, DONE, TARIFFS)


@pytest.mark.parametrize("mechanism", OURS)
def test_the_suite_is_passed(mechanism):
    assert [check for check in check_mechanism(mechanism) if not check.passed] == []
