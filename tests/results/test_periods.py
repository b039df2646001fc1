"""Periods of a day: the share of each step in them, and energy divided by it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.results.paper_tables import _means
from toolkit.results.periods import PERIODS, shares_of


def test_a_step_across_a_border_belongs_to_both_periods_by_its_time():
    # Steps of 3 h: 6 to 9 o'clock has 2 h before 8 o'clock, 15 to 18 has 1 h before 16.
    third = [[1, 0, 0], [1, 0, 0], [2 / 3, 1 / 3, 0], [0, 1, 0], [0, 1, 0], [0, 1 / 3, 2 / 3]]
    assert shares_of(8, 3.0) == pytest.approx(np.array([*third, [0, 0, 1], [0, 0, 1]]))
    # Of 45 min: 7:30 to 8:15 is the eleventh.
    assert shares_of(32, 0.75)[10] == pytest.approx([2 / 3, 1 / 3, 0])
    assert shares_of(32, 0.75)[21] == pytest.approx([0, 1 / 3, 2 / 3])


def test_steps_within_periods_count_wholly():
    for steps, dt in ((24, 1.0), (288, 1 / 12), (12, 2.0), (3, 8.0), (48, 1.0)):
        shares = shares_of(steps, dt)
        began = ((np.arange(steps) * dt + 1e-9) % 24.0 // 8.0).astype(int)
        assert np.array_equal(shares, np.eye(3)[began])


def test_a_longer_time_begins_anew_each_day():
    # 9.6 h do not fit a day; five of them are two days.
    shares = shares_of(5, 9.6)
    assert shares.sum(axis=0) * 9.6 == pytest.approx([16.0, 16.0, 16.0])
    assert shares[2] * 9.6 == pytest.approx([4.8, 0.0, 4.8])  # 19:12 to 4:48


def test_a_mean_weighs_each_step_by_its_share():
    means = _means(np.array([1.0, 1.0, 4.0, 7.0, 7.0, 1.0, 1.0, 1.0]), np.ones(8), 3.0)
    assert len(means) == len(PERIODS)
    # (3*1 + 3*1 + 2*4) / 8, (1*4 + 3*7 + 3*7 + 1*1) / 8, all 1.
    assert means == pytest.approx([14 / 8, 47 / 8, 1.0])


def test_a_period_that_no_step_touches_has_no_mean():
    assert np.isnan(_means(np.array([5.0]), np.ones(1), 1.0)).tolist() == [False, True, True]


@given(st.integers(1, 96), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_nothing_is_lost_or_counted_twice(steps, days, seed):
    dt = 24.0 * days / steps
    shares = shares_of(steps, dt)
    assert shares.sum(axis=1) == pytest.approx(np.ones(steps))
    assert shares.sum(axis=0) * dt == pytest.approx([8.0 * days] * 3)
    assert (shares >= 0.0).all()
    energy = np.random.default_rng(seed).random(steps)
    assert (shares.T @ energy).sum() == pytest.approx(energy.sum())
    assert np.mean(_means(energy, np.ones(len(energy)), dt)) == pytest.approx(energy.mean())


def test_a_step_counts_as_often_as_its_day_stands_for_days():
    """Two days of three steps of 8 h: the second counts three times."""
    values, weight = np.array([1.0, 2.0, 3.0, 5.0, 6.0, 7.0]), np.repeat([1.0, 3.0], 3)
    assert _means(values, weight, 8.0) == pytest.approx([4.0, 5.0, 6.0])
