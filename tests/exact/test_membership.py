"""The exact model where some buses are no members of the market: nothing there counts."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_studies import (
    OBJECTIVES,
    TIGHT,
    best_of_all_layouts,
    case,
    few,
    operation_of,
    studies,
    traded,
    unit,
)
from hypothesis import given
from hypothesis import strategies as st

from toolkit.exact.branch_and_bound import prove
from toolkit.exact.site_classes import classes_of, dominators
from toolkit.problem.encoding import decode, space_of


def among(operation, members):
    """Return an operation in whose market some buses take part, (B,)."""
    scenario = replace(operation.scenario, members=np.asarray(members, dtype=bool))
    return replace(operation, scenario=scenario)


@pytest.mark.parametrize(
    ("members", "kwh"),
    [
        # 4 kW at the bus with least load of those that trade, sold to the rest of them.
        ((1, 1, 1, 1), 4.0),
        # Bus 0 takes no part, so that the plant stands at bus 1, uses 1 there and sells 3.
        ((0, 1, 1, 1), 3.0),
        # The plant sells to bus 2 alone.
        ((1, 0, 1, 0), 2.0),
        # Nobody is there to buy.
        ((1, 0, 0, 0), 0.0),
    ],
)
def test_four_buses_and_a_step_by_hand(members, kwh):
    operation = operation_of(unit("pv", 4.0, (0, 1, 2, 3)), pv=[1.0], buses=4)
    load = np.array([[0.0, 1.0, 2.0, 5.0]])
    bound = prove(among(operation, members), load, "traded", TIGHT)
    assert bound.best_kwh == pytest.approx(kwh, abs=1e-9)
    assert kwh <= bound.kwh <= kwh * (1.0 + 1e-5) + 1e-9


def test_buses_that_trade_dominate_those_that_do_not_where_they_have_no_load():
    every = (0, 1, 2, 3)
    units = [unit("pv", 1.0, every), unit("wt", 1.0, every), unit("bess", 1.0, every, 1.0)]
    classes = classes_of(operation_of(*units, pv=[1.0], buses=4))
    load = np.array([[0.0, 1.0, 3.0, 5.0]])
    trades = np.array([True, True, False, False])
    # Of buses 2 and 3 it is all the same which one is taken, whatever their load.
    assert dominators(classes, load, trades) == {0: [], 2: [0], 3: [0, 2], 1: [0]}


@few(20)
@given(studies(), st.lists(st.booleans(), min_size=4, max_size=4), st.sampled_from(OBJECTIVES))
def test_no_plan_beats_the_bound(study, members, objective):
    operation, load = study
    operation = among(operation, members[: len(operation.fleet.buses)])
    bound = prove(operation, load, objective, TIGHT)
    space = space_of(operation)
    x = np.random.default_rng(0).random((200, len(space)))
    kwh = traded(decode(x, operation, space), operation, load, objective)
    assert kwh.max() <= bound.kwh + 1e-9
    assert bound.best_kwh <= bound.kwh + 1e-9


@pytest.mark.parametrize(
    ("members", "objective"),
    [
        ((1, 1, 0), "traded"),
        ((1, 0, 1), "traded_to_load"),
        ((0, 1, 1), "traded"),
        ((1, 0, 0), "traded_to_load"),
    ],
)
@pytest.mark.parametrize("name", ["one of each", "two stores that trade back and forth"])
def test_the_bound_is_that_of_the_best_layout(name, objective, members):
    operation, load, _ = case(name)
    operation = among(operation, members)
    bound = prove(operation, load, objective, TIGHT)
    best = best_of_all_layouts(operation, load, objective)
    assert bound.kwh == pytest.approx(best, rel=1e-4, abs=1e-6)
