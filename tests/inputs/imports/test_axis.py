"""Series brought from one axis onto another: energy kept, days by their dates or calendar."""

import datetime

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.inputs.imports.axis import Axis, onto, stepped


def dated(first, days, dt=1.0):
    return Axis(datetime.datetime.fromisoformat(first), dt, round(days * 24 / dt))


def calendar(days, dt=1.0):
    return Axis(None, dt, round(days * 24 / dt))


HOURS = np.arange(8760, dtype=float)


@pytest.mark.parametrize("dt", [0.25, 0.5, 1.0, 2.0, 8.0, 1 / 3])
def test_energy_is_kept_in_steps_of_any_length(dt):
    values = np.random.default_rng(1).random(72)
    moved = onto(values, calendar(3), calendar(3, dt), "f")
    assert moved.sum() * dt == pytest.approx(values.sum(), rel=1e-12)
    back = onto(moved, calendar(3, dt), calendar(3), "f")
    if dt <= 1.0:
        assert back == pytest.approx(values, rel=1e-9)


def test_steps_within_one_step_take_its_value_to_the_bit():
    values = np.array([0.1, 1 / 3, 1e-17] * 8)
    assert np.array_equal(onto(values, calendar(1), calendar(1, 0.25), "f"), np.repeat(values, 4))


def test_dates_are_found_in_a_longer_series_and_offsets_count():
    own = dated("2025-01-01T00:00+00:00", 365)
    cut = onto(HOURS, own, dated("2025-03-01T00:00+00:00", 2), "f")
    assert cut.tolist() == list(range(59 * 24, 61 * 24))
    local = onto(HOURS, own, dated("2025-03-01T00:00+02:00", 1), "f")
    assert local[0] == 59 * 24 - 2
    year = onto(HOURS, own, dated("2025-01-01T00:00+02:00", 365), "f")
    assert year[:3].tolist() == [8758.0, 8759.0, 0.0]


@pytest.mark.parametrize("first", ["2024-12-31T00:00+00:00", "2025-12-31T00:00+00:00"])
def test_days_that_a_series_has_not_are_refused(first):
    own = dated("2025-01-01T00:00+00:00", 30)
    with pytest.raises(InputError, match=r"expected the days of the profiles, .*2 days|2025"):
        onto(HOURS[:720], own, dated(first, 2), "f")


def test_a_year_without_dates_serves_for_days_of_any_year():
    cut = onto(HOURS, calendar(365), dated("2025-03-01T00:00+01:00", 2), "f")
    assert cut[0] == 59 * 24
    # After its 29 February a leap year has the days of any other, and so around New Year.
    assert onto(HOURS, calendar(365), dated("2024-03-01T00:00+01:00", 2), "f")[0] == 59 * 24
    over = onto(HOURS, calendar(365), dated("2024-12-31T00:00+01:00", 2), "f")
    assert over[[0, 24]].tolist() == [364 * 24, 0.0]


def test_the_29_february_needs_a_year_that_has_it():
    with pytest.raises(InputError, match="365 days without dates; expected one of 366"):
        onto(HOURS, calendar(365), dated("2024-02-01T00:00+01:00", 60), "f")
    leap = np.arange(8784, dtype=float)
    cut = onto(leap, calendar(366), dated("2024-02-29T00:00+01:00", 2), "f")
    assert cut[0] == 59 * 24
    with pytest.raises(InputError, match="366 days without dates; expected one of 365"):
        onto(leap, calendar(366), dated("2025-02-01T00:00+01:00", 60), "f")


def test_dates_for_a_year_without_have_to_begin_with_it():
    assert onto(HOURS, dated("2025-01-01T00:00+01:00", 365), calendar(365), "f")[5] == 5.0
    with pytest.raises(InputError, match="expected days from 1 January on"):
        onto(HOURS, dated("2025-02-01T00:00+01:00", 365), calendar(365), "f")


@pytest.mark.parametrize("minutes", [7.0, 0.0, -15.0, 600.0, float("nan")])
def test_steps_that_fill_no_day_are_refused(minutes):
    with pytest.raises(InputError, match="--step: found"):
        stepped(calendar(1), minutes, "f")
