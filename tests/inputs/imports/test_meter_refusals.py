"""What cannot be used of meters: one message each, with file, row and cure."""

import datetime

import pytest
from helpers import meters as make

from toolkit.errors import InputError
from toolkit.inputs.imports.meter_files import Layout
from toolkit.inputs.imports.meters import Wish, import_meters

DAY = make.moments("2025-03-01", 2, 60)
BERLIN = {"zone": "Europe/Berlin"}


def rows_of(times=DAY, form="%Y-%m-%d %H:%M"):
    return [[make.local(t, form), "1.25"] for t in times]


def refused(tmp_path, rows, header=("time", "a [kWh]"), mark=",", layout=None, **wish):
    path = make.write(tmp_path / "m.csv", header, rows, mark)
    with pytest.raises(InputError) as caught:
        import_meters([path], Wish(Layout(**(BERLIN if layout is None else layout)), **wish))
    message = str(caught.value)
    assert "m.csv" in message
    assert "\n" not in message
    return message


def changed(row, column, value):
    rows = rows_of()
    rows[row][column] = value
    return rows


NIGHT = make.moments("2025-10-25", 2, 60)
SPRING = [f"2025-03-30 {h:02}:00" for h in range(24)]
SHORT = [["2025-01-02 03:00", "1"]]

CASES = {
    "no zone": (rows_of(), {"layout": {}}, ["row 2", "without a zone", "--zone"]),
    "an unknown zone": (rows_of(), {"layout": {"zone": "Europe/Berlim"}}, []),
    "mixed zones": (
        changed(5, 0, "2025-03-01 05:00+01:00"),
        {},
        ["row 7", "'2025-03-01 05:00+01:00', which has an offset"],
    ),
    "overlapping times": (
        [*rows_of(), ["2025-03-01 05:00", "9"]],
        {},
        ["row 50", "found 9", "row 7 says 1.25", "overlapping"],
    ),
    "a step that changes": (
        [*rows_of(DAY[:24]), *rows_of(make.moments("2025-03-02", 1, 15))],
        {},
        ["steps of", "one step"],
    ),
    "a time between steps": (changed(5, 0, "2025-03-01 05:20"), {}, ["row 7", "between the steps"]),
    "a long gap": (rows_of(DAY[:10] + DAY[20:]), {}, ["row 11", "no value for 10 h", "--fill"]),
    "a value that is none": (changed(5, 1, "error"), {}, ["row 7", "'a [kWh]'", "'error'"]),
    "an infinite value": (changed(5, 1, "1e999"), {}, ["row 7", "finite"]),
    "no unit": (rows_of(), {"header": ("time", "a")}, ["row 1", "'a'", "--unit"]),
    "no header": (rows_of()[1:], {"header": rows_of()[0]}, ["row 1", "expected a header"]),
    "no times": ([["x", "1"]] * 3, {}, ["no row with a date", "--time-format"]),
    "a footer": ([*rows_of(), ["Total", "60"]], {}, ["row 50", "'Total'", "--time-format"]),
    "a row too short": ([*rows_of(), ["2025-03-03 00:00"]], {}, ["row 50", "found 1 cells"]),
    "day and month alike": (
        rows_of(DAY[:24], "%d/%m/%Y %H:%M"),
        {},
        ["row 2", "'01/03/2025 00:00'", "--time-format"],
    ),
    "one hour that is two": (
        [row for row in rows_of(NIGHT) if row[0] != "2025-10-26 02:00"]
        + [["2025-10-26 02:00", "1"]],
        {},
        ["an hour that occurs twice", "once", "+01:00"],
    ),
    "an hour that is none": (
        [[time, "1"] for time in SPRING],
        {},
        ["row 4", "2025-03-30 02:00", "leaves out", "--zone +01:00"],
    ),
    "no whole day": (rows_of(DAY[5:20]), {}, ["no whole day"]),
    "one reading": (SHORT, {}, ["row 2", "one reading"]),
    "a register": (
        [[r[0], 100 + i] for i, r in enumerate(rows_of())],
        {},
        ["row 2", "never fall", "difference"],
    ),
    "thousands or decimals": (
        [[r[0], "1,250"] for r in rows_of()],
        {"mark": ";"},
        ["'1,250'", "--decimal"],
    ),
    "two marks of decimals": (
        [[r[0], "1,25" if i else "1.25"] for i, r in enumerate(rows_of())],
        {"mark": ";"},
        ["decimal points and", "--decimal"],
    ),
    "two columns of a meter": (
        [[*r, "1"] for r in rows_of()],
        {"header": ("time", "a [kWh]", "a kWh")},
        ["row 1", "two columns of meter 'a'"],
    ),
    "days it has not": (
        rows_of(),
        {"first": datetime.date(2026, 1, 1)},
        ["2025-03-01", "none in the days"],
    ),
    "off midnight": (
        [[f"2025-03-0{d} {h:02}:07", "1"] for d in (1, 2, 3) for h in range(24)],
        {},
        ["begin 7 min after midnight"],
    ),
    "a step that fills no day": (
        [[f"2025-03-01 {m // 60:02}:{m % 60:02}", "1"] for m in range(0, 1440, 7)],
        {},
        ["7 min", "whole number of steps"],
    ),
    "a share of a sum below 0": (
        [[r[0], "-1"] for r in rows_of()],
        {"share_of": 5.0},
        ["--share-of", "-1 kW"],
    ),
    "an unknown column": (
        rows_of(),
        {"layout": {**BERLIN, "time_column": "tme"}},
        ["row 1", "--time-column", "Did you mean 'time'"],
    ),
    "a form that times have not": (
        rows_of(),
        {"layout": {**BERLIN, "time_format": "%d.%m.%Y"}},
        ["no row with a date"],
    ),
    "a meter that the map alone knows": (rows_of(), {"loads": {"b": "x"}}, ["--map", "'b'"]),
}


@pytest.mark.parametrize("name", CASES)
def test_wrong_input_gets_one_message_with_file_row_and_cure(tmp_path, name):
    rows, changes, words = CASES[name]
    if name == "an unknown zone":
        path = make.write(tmp_path / "m.csv", ("time", "a [kWh]"), rows, ",")
        with pytest.raises(InputError, match="Did you mean 'Europe/Berlin'"):
            import_meters([path], Wish(Layout(**changes["layout"])))
        return
    message = refused(tmp_path, rows, **changes)
    for word in words:
        assert word in message, message


def test_a_file_of_bytes_and_one_that_is_not_there(tmp_path):
    path = tmp_path / "m.csv"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(InputError, match=r"m\.csv: cannot be read"):
        import_meters([path], Wish())
    with pytest.raises(InputError, match=r"n\.csv: cannot be read: No such file"):
        import_meters([tmp_path / "n.csv"], Wish())


def test_meters_of_other_steps_are_told_apart(tmp_path):
    one = make.write(tmp_path / "1.csv", ("time", "a [kWh]"), rows_of(), ",")
    fine = rows_of(make.moments("2025-03-01", 2, 15))
    other = make.write(tmp_path / "2.csv", ("time", "b [kWh]"), fine, ",")
    with pytest.raises(InputError, match="'b' with steps of 15 min and 'a' with steps of 1 h"):
        import_meters([one, other], Wish(Layout(**BERLIN)))
    later = make.write(
        tmp_path / "3.csv", ("time", "c [kWh]"), rows_of(make.moments("2025-06-01", 2, 60)), ","
    )
    with pytest.raises(InputError, match="no time in common"):
        import_meters([one, later], Wish(Layout(**BERLIN)))
