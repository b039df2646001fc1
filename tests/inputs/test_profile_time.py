"""The column of times: what it says, and one message for what cannot be a time of a step."""

import datetime

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.inputs.horizon import profiles_on, shapes_day
from toolkit.inputs.profiles import read


def file(tmp_path, times, hours=None):
    names = ["time", *(["hour [h]"] if hours else []), "load [pu]"]
    cells = [times, *([hours] if hours else []), range(len(times))]
    rows = [",".join(map(str, row)) for row in zip(*cells, strict=True)]
    path = tmp_path / "dated.csv"
    path.write_text("\n".join([",".join(names), *rows]) + "\n", encoding="utf-8")
    return path


def hourly(day="2025-03-30", zone="+01:00", count=24):
    first = datetime.datetime.fromisoformat(f"{day}T00:00{zone}")
    return [(first + datetime.timedelta(hours=h)).isoformat() for h in range(count)]


def test_times_give_step_and_start(tmp_path):
    day = read(file(tmp_path, hourly()))
    assert (day.dt, day.steps, day.days) == (1.0, 24, 1)
    assert day.start == datetime.datetime.fromisoformat("2025-03-30T00:00+01:00")
    assert day.lacking == ("irradiance", "wind_speed", "plugged_in", "trip_energy")


def test_steps_of_five_minutes_and_z(tmp_path):
    first = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
    times = [
        (first + datetime.timedelta(minutes=5 * i)).strftime("%Y-%m-%d %H:%MZ") for i in range(288)
    ]
    assert read(file(tmp_path, times)).dt == pytest.approx(1 / 12, abs=1e-15)


def test_hours_beside_times_have_to_agree(tmp_path):
    assert read(file(tmp_path, hourly(), list(range(24)))).dt == 1.0
    with pytest.raises(InputError, match=r"row 5, column 'hour \[h\]': found 9; expected 3"):
        read(file(tmp_path, hourly(), [0, 1, 2, 9, *range(4, 24)]))


def test_a_step_that_changes_is_named(tmp_path):
    times = hourly()
    times[7] = times[7].replace(":00:00+", ":30:00+")
    with pytest.raises(InputError, match=r"row 9, column 'time': found 7.5; expected 7"):
        read(file(tmp_path, times))


@pytest.mark.parametrize(
    ("at", "cell", "words"),
    [
        (
            3,
            "2025-03-30T03:00",
            "row 5, column 'time'.*, which has no zone",
        ),
        (3, "30.03.2025 03:00", "row 5, column 'time': found '30.03.2025 03:00'; expected a date"),
        (3, "2025-03-30T04:00+02:00", "row 5.*another offset.*Clocks"),
        (0, "2025-03-30T00:30+01:00", "row 2.*expected the first row at 00:00"),
    ],
)
def test_what_is_no_time_of_the_file_is_named(tmp_path, at, cell, words):
    times = hourly()
    times[at] = cell
    with pytest.raises(InputError, match=words):
        read(file(tmp_path, times))


def test_a_date_counts_whole_where_profiles_have_dates(tmp_path):
    week = read(file(tmp_path, hourly(count=7 * 24)))
    cut = profiles_on("2025-04-02", week, "week")
    assert (cut.load[0], cut.start.date().isoformat()) == (72.0, "2025-04-02")
    assert np.array_equal(profiles_on(4, week, "week").load, cut.load)
    # Shapes of a year begin with that date also where the day was picked by number.
    assert shapes_day(4, profiles_on(4, week, "week")) == "2025-04-02"
    for day in ("2024-04-02", "2025-04-06", "2025-03-29"):
        with pytest.raises(InputError, match="expected a date from 2025-03-30 to 2025-04-05"):
            profiles_on(day, week, "week")
