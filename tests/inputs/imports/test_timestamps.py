"""Dates and times in the forms that people write, and marks of decimals and thousands."""

import datetime

import pytest

from toolkit.errors import InputError
from toolkit.inputs.imports.tables import decimal_mark, numbers
from toolkit.inputs.imports.timestamps import looks_like_time, read

TIME = datetime.datetime(2025, 1, 31, 15, 30)


@pytest.mark.parametrize(
    ("cell", "offset"),
    [
        ("2025-01-31T15:30", None),
        ("2025-01-31 15:30:00", None),
        ("2025-01-31T15:30:00.000Z", 0),
        ("2025-01-31T15:30+01:00", 60),
        ("2025-01-31T15:30:00-0330", -210),
        ("2025/01/31 15:30", None),
        ("31.01.2025 15:30", None),
        ("31.1.2025, 15:30:00", None),
        ("31.01.25 15.30", None),
        ("31.01.2025 15:30 MEZ", 60),
        ("31/01/2025 3:30 PM", None),
        ("01/31/2025 03:30 p.m.", None),
        ("202501311530", None),
        ("20250131 1530", None),
        ("20250131:1530", None),
        ("20250131T153000Z", 0),
    ],
)
def test_a_time_in_many_forms(cell, offset):
    assert looks_like_time(cell)
    found = read([cell], [2], "f.csv", "t").written[0]
    assert (found.wall, found.offset) == (TIME, offset)


@pytest.mark.parametrize("cell", ["31.01.2025 24:00", "2025-01-31T24:00"])
def test_24_o_clock_begins_the_next_day(cell):
    assert read([cell], [2], "f.csv", "t").written[0].wall == datetime.datetime(2025, 2, 1)


@pytest.mark.parametrize(
    "cell", ["31.02.2025 15:30", "2025-01-31 25:00", "2025-13-01", "31/01/2025 13:30 PM", "soon"]
)
def test_what_is_no_time_is_refused(cell):
    with pytest.raises(InputError, match=r"f\.csv, row 2, column 't': found .*; expected a date"):
        read([cell], [2], "f.csv", "t")


@pytest.mark.parametrize("cell", ["12.5", "1234567", "2025", "1.234.567", "", "-", "3:30"])
def test_numbers_are_no_times(cell):
    assert not looks_like_time(cell)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.25", "3"], [1.25, 3.0]),
        (["1,25", "3"], [1.25, 3.0]),
        (["1.234,5", "0,5"], [1234.5, 0.5]),
        (["1,234.5", "0.5"], [1234.5, 0.5]),
        (["1.234.567", "2,5"], [1234567.0, 2.5]),
        (["1'234.5", "2"], [1234.5, 2.0]),
        (["0,125", "1,250"], [0.125, 1.25]),
        (["1.250", "2.500"], [1.25, 2.5]),
        (["-,5", "1e3"], [-0.5, 1000.0]),
        (["", "3,5"], [float("nan"), 3.5]),
    ],
)
def test_marks_of_decimals_and_thousands(cells, expected):
    mark = decimal_mark(cells, "f.csv")
    found = numbers(cells, [2, 3], "f.csv", "kWh", mark)
    assert found.tolist() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("cell", "mark"), [("1,5", "."), ("12 5", "."), ("1.5", ","), ("1,2,3", ",")]
)
def test_a_mark_that_is_none_of_thousands_is_refused(cell, mark):
    """Left out, it would make a number ten times as large."""
    with pytest.raises(
        InputError, match=r"f\.csv, row 2, column 'kWh': found .*; expected a number"
    ):
        numbers([cell], [2], "f.csv", "kWh", mark)
