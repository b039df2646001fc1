"""Who pays whom: nothing is lost, whatever the mechanism and whoever owns what."""

import numpy as np
import pytest
from helpers.settled import OURS, settle
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.market import (
    GRID,
    MARKET,
    NETWORK,
    SUPPLIERS,
    Tariffs,
    Terms,
    balances,
    energy_payments,
    exchange,
    further_payments,
    seeded_limits,
    through_the_grid,
    with_others,
)
from toolkit.model.ownership import Owners


def test_a_step_by_hand():
    """6 kWh sold at 0.17, network 0.06 a kWh, one of the 7 needed from the grid at 0.30."""
    tariffs = Tariffs(np.array([0.30]), np.array([0.10]), np.array([0.06]))
    done = settle("mid-market", exchange(np.array([[6.0, -7.0]]), 1.0), tariffs)
    found = balances(
        (
            *energy_payments(done, ["a", "b"], 2.0),
            *further_payments(["a", "b"], {"upkeep": np.array([5.0, 0.0])}, SUPPLIERS),
        )
    )
    assert found == pytest.approx(
        {
            "a": 2 * 6 * 0.17 - 5.0,
            "b": -2 * (6 * 0.23 + 0.30),
            NETWORK: 2 * 7 * 0.06,
            GRID: 2 * 0.24,
            SUPPLIERS: 5.0,
            MARKET: 0.0,
        }
    )


@st.composite
def communities(draw):
    """Random owners of random units, tariffs, terms and members, and yearly costs of units."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps, buses, units = draw(st.integers(1, 4)), draw(st.integers(2, 6)), draw(st.integers(1, 4))
    third = tuple(f"third-party:{k}" for k in range(draw(st.integers(0, 2))))
    parties = buses + len(third)
    apart = rng.random(units) < 0.8
    shares = rng.random((units, parties)) * (rng.random((units, parties)) < 0.6)
    shares[:, 0] += 1e-6
    owners = Owners(apart, shares / shares.sum(axis=1, keepdims=True) * apart[:, None], third)
    size = 10.0 ** draw(st.integers(-3, 3))
    kw, bus = rng.normal(0.0, size, (units, steps)), rng.integers(0, buses, units)
    net = owners.net(size * rng.random((steps, buses)), kw, bus)
    feed_in, network = rng.uniform(0.0, 0.2, steps), rng.uniform(0.0, 0.2, steps)
    tariffs = Tariffs(feed_in + network + rng.uniform(0.0, 0.3, steps), feed_in, network)
    member = np.concatenate([rng.random(buses) < 0.8, np.ones(len(third), dtype=bool)])
    costs = owners.spread(rng.random((units, 3)) * 1000.0, bus)[:, :]
    return net, tariffs, member, costs, rng.integers(0, 2**31)


@pytest.mark.parametrize("mechanism", OURS)
@settings(max_examples=50)
@given(case=communities())
def test_what_all_pay_and_receive_sums_to_nothing(mechanism, case):
    net, tariffs, member, costs, seed = case
    steps, members = len(net), int(member.sum())
    ask, bid = seeded_limits(tariffs, members, int(seed))
    charge = np.random.default_rng(seed).uniform(-0.1, 0.3, (steps, members, members))
    inside = settle(
        mechanism, exchange(net[:, member], 0.5), tariffs, Terms(ask, bid, charge), **{}
    )
    rest = 0.5 * net[:, ~member]
    others = through_the_grid(np.maximum(rest, 0.0), np.maximum(-rest, 0.0))
    done = with_others(inside, others, member, tariffs)
    names = [f"p{i}" for i in range(len(member))]
    of_units = dict(zip(("capital", "upkeep", "wear"), costs, strict=True))
    found = balances(
        (*energy_payments(done, names, 365.0), *further_payments(names, of_units, SUPPLIERS))
    )
    scale = 1.0 + 365.0 * np.abs(done.paid).sum() + costs.sum()
    assert abs(sum(found.values())) <= 1e-9 * scale
    # The market keeps nothing, and everybody has what its bill and its shares of units say.
    assert abs(found[MARKET]) <= 1e-9 * scale
    bill = 365.0 * done.bill.sum(axis=0) + costs.sum(axis=0)
    assert [-found[name] for name in names] == pytest.approx(bill.tolist(), abs=1e-9 * scale)
    assert found[SUPPLIERS] == pytest.approx(costs.sum())
