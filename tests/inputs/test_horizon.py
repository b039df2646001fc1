"""One day of longer profiles and shapes: by number, by date, and refusals of days there are not."""

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.inputs.horizon import day_index, profiles_on, shape_on
from toolkit.inputs.profiles import Profiles
from toolkit.model.feeder import LoadShape


def hours_of(days, dt=1.0):
    values = np.arange(round(days * 24 / dt), dtype=float)
    return Profiles(dt, values, values, values, values, values)


def shape(values, interval=1.0, hours=None):
    return LoadShape("s", interval, np.asarray(values, dtype=float), None, False, hours)


@pytest.mark.parametrize(
    ("day", "days", "index"),
    [
        (1, 7, 0),
        (181, 365, 180),
        ("2018-01-01", 365, 0),
        ("2018-07-01", 365, 181),
        ("2018-07-01", 366, 182),
        ("2020-03-01", 365, 59),
        ("2020-02-29", 366, 59),
        ("2019-12-31", 366, 365),
    ],
)
def test_days_are_found(day, days, index):
    assert day_index(day, days, "x") == index


@pytest.mark.parametrize(
    ("day", "days", "words"),
    [
        (8, 7, "found 8; expected at most 7"),
        (366, 365, "at most 365"),
        ("2018-07-01", 7, "found the date '2018-07-01'"),
        ("2020-02-29", 365, "without 29 February"),
    ],
)
def test_days_there_are_not_are_refused(day, days, words):
    with pytest.raises(InputError, match=words):
        day_index(day, days, "x")


def test_a_day_of_profiles_is_cut_out():
    cut = profiles_on(181, hours_of(365, 0.25), "p")
    assert (cut.steps, cut.load[0], cut.trip_energy[-1]) == (96, 180 * 96, 181 * 96 - 1)
    assert profiles_on("2018-07-01", hours_of(1), "p").load[0] == 0.0


def test_a_yearly_shape_begins_with_the_day_and_a_weekly_one_goes_round():
    assert shape_on(181, shape(np.arange(8760)), "s").p[:2].tolist() == [4320.0, 4321.0]
    # 180 days are 25 weeks and 5 days.
    assert shape_on(181, shape(np.arange(168)), "s").p[0] == 5 * 24
    assert shape_on(181, shape(np.arange(24)), "s").p[0] == 0.0


def test_a_shape_with_hours_of_its_own_begins_with_the_day():
    own = shape_on(2, shape([1, 2, 3, 4], 0.0, np.array([0.0, 12.0, 30.0, 48.0])), "s")
    # Hour 48 stands just before hour 0, with which the shape begins again.
    assert own.hours == pytest.approx([6.0, 24.0, 24.0, 36.0], abs=1e-6)
    assert own.p.tolist() == [3.0, 4.0, 1.0, 2.0]


def test_values_that_no_day_begins_with_are_refused():
    with pytest.raises(InputError, match="values of 16 h"):
        shape_on(2, shape(np.ones(3), 16.0), "s")
