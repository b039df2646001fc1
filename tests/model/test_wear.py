"""What cycling uses up of a life, by the example of ASTM E1049-85."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.model.wear import life_used

#: The course of section 5.4.5.2 (Fig. 6), from -4 to 5, as shares of 9.
ASTM = (np.array([-2.0, 1.0, -3.0, 5.0, -1.0, 3.0, -4.0, 4.0, -2.0]) + 4.0) / 9.0
#: Its table of ranges and counts.
COUNTS = {3.0: 0.5, 4.0: 1.5, 6.0: 0.5, 8.0: 1.0, 9.0: 0.5}


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0, 3.0])
def test_the_example_of_the_standard(exponent):
    wanted = sum(count * (depth / 9.0) ** exponent for depth, count in COUNTS.items()) / 100.0
    assert life_used(ASTM, 100.0, exponent) == pytest.approx(wanted, rel=1e-12)


def test_by_hand():
    """Ten cycles to 60 % at 1,000 cycles of full depth: 0.6 squared, ten times, over 1,000."""
    course = np.array([1.0, *([0.4, 1.0] * 10)])
    assert life_used(course, 1000.0, 2.0) == pytest.approx(10 * 0.36 / 1000.0)
    assert life_used(course, 1000.0, 1.0) == pytest.approx(10 * 0.6 / 1000.0)
    assert life_used(np.full(5, 0.5), 1000.0, 2.0) == 0.0


@example([1.0, 2.3e-308, 0.0, 3.9e-140, 1.0])
@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=30))
def test_depths_that_count_as_they_are_sum_to_half_the_way(course):
    soc = np.array(course)
    counted = life_used(soc, 1.0, 1.0 + 1e-12)
    assert life_used(soc, 1.0, 1.0) == pytest.approx(counted, rel=1e-6, abs=1e-9)


@given(st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6), st.sampled_from([1.0, 2.0]))
def test_several_at_once_are_each_alone(course, exponent):
    soc = np.array(course).reshape(2, 3)
    together = life_used(np.stack([soc, soc[::-1]]), 50.0, exponent)
    assert together.shape == (2, 2)
    assert together[0, 1] == life_used(soc[1], 50.0, exponent) == together[1, 0]
