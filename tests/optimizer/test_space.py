"""The unit cube's map to natural values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.space import Space, Variable

SPACE = Space(
    (
        Variable("size", "real", -2.0, 5.0),
        Variable("count", "integer", -1, 3),
        Variable("bus", "choice", 0, 10),
        Variable("frozen", "real", 4.0, 4.0),
        Variable("only", "choice", 7, 7),
    )
)


def test_the_cube_maps_by_hand():
    low, middle, high = SPACE.values(np.array([[0.0] * 5, [0.5] * 5, [1.0] * 5]))
    assert low.tolist() == [-2.0, -1.0, 0.0, 4.0, 7.0]
    assert middle.tolist() == [1.5, 1.0, 5.0, 4.0, 7.0]
    assert high.tolist() == [5.0, 3.0, 10.0, 4.0, 7.0]


def test_points_outside_the_cube_count_as_its_border():
    assert np.array_equal(SPACE.values(np.full(5, -3.0)), SPACE.values(np.zeros(5)))
    assert np.array_equal(SPACE.values(np.full(5, 3.0)), SPACE.values(np.ones(5)))


def test_whole_numbers_are_equally_likely():
    x = np.tile((np.arange(5500)[:, None] + 0.5) / 5500, 5)
    values = SPACE.values(x)
    assert np.unique(values[:, 1], return_counts=True)[1].tolist() == [1100] * 5
    assert np.unique(values[:, 2], return_counts=True)[1].tolist() == [500] * 11


def test_frozen_variables_stay_and_map_to_the_middle():
    assert SPACE.unit(SPACE.lower)[3:].tolist() == [0.5, 0.5]


@given(st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5))
def test_values_survive_the_round_trip(x):
    values = SPACE.values(np.array(x))
    assert np.all(values >= SPACE.lower)
    assert np.all(values <= SPACE.upper)
    again = SPACE.values(SPACE.unit(values))
    assert again[SPACE.discrete].tolist() == values[SPACE.discrete].tolist()
    assert again == pytest.approx(values, abs=1e-12)


@given(st.floats(-1e3, 1e3), st.floats(0.0, 1e3), st.integers(-50, 50), st.integers(0, 200))
def test_values_stay_in_any_bounds(low, width, first, more):
    space = Space(
        (
            Variable("r", "real", low, low + width),
            Variable("i", "integer", first, first + more),
        )
    )
    for x in (0.0, 1.0 / 3.0, np.nextafter(1.0, 0.0), 1.0):
        real, whole = space.values(np.array([x, x]))
        assert low - 1e-9 <= real <= low + width + 1e-9
        assert first <= whole <= first + more
        assert whole == round(whole)
    for whole in {first, first + more // 2, first + more}:
        unit = space.unit(np.array([low, whole]))
        assert 0.0 <= unit[1] <= 1.0
        assert space.values(unit)[1] == whole


@pytest.mark.parametrize(
    ("kind", "lower", "upper", "word"),
    [
        ("real", 2.0, 1.0, "above"),
        ("real", 0.0, np.inf, "finite"),
        ("real", np.nan, 1.0, "finite"),
        ("integer", 0.5, 2.0, "whole"),
    ],
)
def test_bad_bounds_are_refused_by_name(kind, lower, upper, word):
    with pytest.raises(ValueError, match=f"bus7.*{word}"):
        Variable("bus7", kind, lower, upper)
