"""Who sells to whom, as a matrix."""

import pandas as pd
from helpers.drawings import changed

from toolkit.results.figures.groups import (
    groups_of,
)
from toolkit.results.figures.maps import (
    MOST_TRADERS,
    trade_matrix,
    traded_between,
)
from toolkit.results.store import read_results


def trades(*rows):
    return pd.DataFrame(rows, columns=["seller", "buyer", "kwh"])


def test_who_sells_to_whom_in_the_order_people_count():
    found = traded_between(trades(("10", "2", 5.0), ("2", "10", 3.0), ("2", "11", 1.0)))
    assert list(found.index) == ["2", "10"]
    assert list(found.columns) == ["2", "10", "11"]
    assert found.to_numpy().tolist() == [[0.0, 3.0, 1.0], [5.0, 0.0, 0.0]]


def test_of_many_traders_the_smaller_ones_stand_together_and_nothing_is_lost():
    many = MOST_TRADERS + 10
    found = traded_between(trades(*((f"b{i}", "c", 1.0 + i) for i in range(many))))
    assert len(found) == MOST_TRADERS
    assert found.index[-1] == "11 others"
    assert found.loc["11 others", "c"] == sum(1.0 + i for i in range(11))
    assert found.to_numpy().sum() == sum(1.0 + i for i in range(many))


def test_nobody_trades_no_matrix(ieee12_results):
    group = groups_of(read_results(ieee12_results))[0]
    assert trade_matrix(changed(group, trades=group.median.trades.head(0))) is None
