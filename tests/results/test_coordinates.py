"""Whether coordinates are degrees, and the shape of a map."""

import numpy as np
import pytest

from toolkit.results.coordinates import in_degrees, to_scale

TOWN = [[5.101, 52.002], [5.123, 52.014], [np.nan, np.nan]]


@pytest.mark.parametrize(
    ("places", "degrees"),
    [
        (TOWN, True),
        ([[-78.48, -0.21], [-78.47, 0.02]], True),  # on the equator, not at sea
        ([[0.0, 0.0], [100.0, 20.0]], False),  # drawn by hand
        ([[0.1, 0.2], [0.9, 0.4]], False),
        ([[4.0, 50.0], [5.0, 51.0]], False),  # whole numbers
        ([[2237327.87, 286213.17], [2228377.5, 288378.78]], False),
        ([[-10.5, 40.2], [25.3, 60.1]], False),  # a continent
        ([[5.1, 52.1], [5.1, 52.1]], False),
        ([[5.1, 52.1]], False),
    ],
)
def test_degrees_are_told_from_other_places(places, degrees):
    assert in_degrees(np.array(places)) is degrees


def test_longitudes_are_shortened_by_the_cosine_of_the_latitude():
    """At 60 north a degree of longitude is half as long as one of latitude."""
    places = np.array([[10.0, 59.9], [10.2, 60.1], [10.1, 60.0]])
    width, height = np.ptp(to_scale(places), axis=0)
    assert width / height == pytest.approx(0.5, rel=1e-9)
    drawn = np.array([[0.0, 0.0], [300.0, 100.0]])
    assert to_scale(drawn) is drawn
