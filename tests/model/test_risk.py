"""What counts of days that are unlike: by hand, and what holds of any days."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.risk import MEAN, Risk

COSTS, WEIGHTS = np.array([1.0, 4.0, 2.0]), np.array([5.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("level", "cost"),
    [
        (0.9, 4.0),  # 1 of the 2 days of cost 4
        (0.8, 4.0),  # both of them
        (0.6, 3.0),  # both, and 2 of the 3 days of cost 2: (8 + 4) / 4
        (0.5, 2.8),  # both, and all 3: (8 + 6) / 5
        (0.25, 16.5 / 7.5),  # and 2.5 of the 5 days of cost 1
    ],
)
def test_a_cvar_by_hand_with_part_of_the_day_at_its_edge(level, cost):
    assert Risk("cvar", level).of(COSTS, WEIGHTS) == pytest.approx(cost, rel=1e-14)


def test_the_worst_is_the_highest_cost_and_the_mean_is_weighted():
    several = np.array([COSTS, -COSTS])
    assert Risk("worst").of(several, WEIGHTS).tolist() == [4.0, -1.0]
    assert MEAN.of(several, WEIGHTS) == pytest.approx([1.9, -1.9])
    assert Risk("cvar", 0.6).of(several, WEIGHTS) == pytest.approx([3.0, -1.0])


def test_a_day_that_was_not_solved_leaves_no_figure():
    costs = np.array([1.0, np.nan, 2.0])
    for risk in (MEAN, Risk("worst"), Risk("cvar", 0.9), Risk("cvar", 0.1)):
        assert np.isnan(risk.of(costs, WEIGHTS))


costs_and_weights = st.lists(
    st.tuples(st.floats(-1e6, 1e6), st.floats(0.1, 365.0)), min_size=1, max_size=8
).map(lambda pairs: tuple(np.array(each) for each in zip(*pairs, strict=True)))


@given(costs_and_weights, st.floats(0.001, 0.999))
def test_a_cvar_is_the_least_of_edge_and_mean_excess(days, level):
    """The minimum that defines it: over the edge, the edge plus the mean excess over the tail."""
    costs, weights = days
    share = weights / weights.sum()
    excess = np.maximum(costs[None] - costs[:, None], 0.0)
    least = (costs + (excess * share).sum(axis=1) / (1.0 - level)).min()
    scale = np.abs(costs).max() + 1.0
    found = Risk("cvar", level).of(costs, weights)
    assert found == pytest.approx(least, abs=1e-9 * scale / (1.0 - level))


@given(costs_and_weights, st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_cvar_lies_between_mean_and_worst_and_rises_with_its_level(days, one, other):
    costs, weights = days
    low, high = (Risk("cvar", level).of(costs, weights) for level in sorted((one, other)))
    slack = 1e-9 * (np.abs(costs).max() + 1.0)
    mean, worst = MEAN.of(costs, weights), Risk("worst").of(costs, weights)
    assert mean - slack <= low <= high + slack
    assert high <= worst + slack


@given(costs_and_weights)
def test_the_ends_of_the_level_are_mean_and_worst(days):
    costs, weights = days
    slack = 1e-5 * (np.abs(costs).max() + 1.0)
    mean, worst = MEAN.of(costs, weights), Risk("worst").of(costs, weights)
    assert Risk("cvar", 1e-9).of(costs, weights) == pytest.approx(mean, abs=slack)
    assert Risk("cvar", 1.0 - 1e-9).of(costs, weights) == pytest.approx(worst, abs=slack)
