"""Profile files: what is read, and one clear message for everything that cannot be."""

import os

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.inputs.profiles import locate, read
from toolkit.inputs.study import Study
from toolkit.inputs.study_files import fingerprint


@pytest.fixture
def lines(tmp_path, write_day):
    """The bundled day as lines of a file that may be changed; line 1 is the header."""
    return write_day(tmp_path / "day.csv").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def read_lines(tmp_path):
    def read_them(lines, name="day.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read(path)

    return read_them


def cell(lines, row, column, value):
    cells = lines[row - 1].split(",")
    cells[column] = value
    lines[row - 1] = ",".join(cells)


def refusal(read_lines, lines, *words):
    with pytest.raises(InputError) as caught:
        read_lines(lines)
    message = str(caught.value)
    for word in ("day.csv", *words):
        assert word in message, message
    assert "\n" not in message
    return message


def test_the_bundled_day_is_read_as_it_stands():
    day = read(locate("typical_day"))
    assert (day.dt, day.steps) == (1.0, 24)
    assert day.load[19] == 1.0
    assert day.irradiance[11] == 890.0
    assert day.wind_speed[0] == 12.3
    assert day.plugged_in[11] == 0.2
    assert np.flatnonzero(day.trip_energy).tolist() == [7, 17]


@pytest.mark.parametrize("dt", [0.25, 0.5])
def test_shorter_steps_are_read(tmp_path, write_day, dt):
    day = read(write_day(tmp_path / "day.csv", dt))
    assert (day.dt, day.steps) == (dt, 24 / dt)
    assert day.trip_energy.sum() == pytest.approx(7.2)


def test_two_days_are_read(lines, read_lines):
    second = [f"{i + 24},{row.split(',', 1)[1]}" for i, row in enumerate(lines[1:])]
    assert read_lines(lines + second).steps == 48


def test_columns_may_stand_in_any_order_with_blank_lines_and_a_mark(lines, read_lines):
    turned = [",".join(reversed(line.split(","))) for line in lines]
    turned.insert(5, "")
    turned[0] = "\ufeff" + turned[0]
    assert np.array_equal(read_lines(turned).load, read_lines(lines).load)


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-1", "-0.01", "", "x", "1,5", "--"])
@pytest.mark.parametrize("column", [1, 2, 3, 4, 5])
def test_a_bad_value_is_named_with_row_and_column(lines, read_lines, column, value):
    name = lines[0].split(",")[column]
    cell(lines, 7, column, f'"{value}"')
    refusal(read_lines, lines, "row 7", name, f"'{value}'", "expected")


def test_the_row_is_the_line_of_the_file_with_blank_lines_counted(lines, read_lines):
    cell(lines, 7, 1, "x")
    lines.insert(3, "")
    refusal(read_lines, lines, "row 8")


def test_a_share_above_one_is_refused(lines, read_lines):
    cell(lines, 4, 4, "1.2")
    refusal(read_lines, lines, "row 4", "plugged_in [pu]", "1.2", "0 to 1")


def test_a_missing_column_is_kept_in_mind(lines, read_lines):
    """Who follows it is refused by the study: tests/problem/test_named_series.py."""
    short = [",".join(line.split(",")[:-1]) for line in lines]
    day = read_lines(short)
    assert (day.lacking, day.trip_energy.any()) == (("trip_energy",), False)
    assert not read_lines(lines).lacking


def test_a_file_says_when_steps_begin_and_something_of_them(lines, read_lines):
    without = [line.split(",", 1)[1] for line in lines]
    refusal(read_lines, without, "row 1", "'hour [h]' is missing", "'time'")
    alone = [line.split(",")[0] for line in lines]
    refusal(read_lines, alone, "row 1", "no column of values", "load [pu]")


def test_a_duplicate_column_is_named(lines, read_lines):
    double = [f"{line},{line.split(',')[1]}" for line in lines]
    refusal(read_lines, double, "row 1", "load [pu]", "twice")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("wind_speed [km/h]", "wind_speed [m/s]"), ("load", "load [pu]"), ("Hour [h]", "hour [h]")],
)
def test_an_unknown_column_gets_the_nearest_name(lines, read_lines, wrong, right):
    lines[0] = lines[0].replace(right, wrong)
    refusal(read_lines, lines, "row 1", f"'{wrong}'", f"Did you mean '{right}'?", "Expected")


@pytest.mark.parametrize("change", [lambda row: row + ",5", lambda row: row.rsplit(",", 1)[0]])
def test_a_row_of_another_length_is_named(lines, read_lines, change):
    lines[9] = change(lines[9])
    refusal(read_lines, lines, "row 10", "expected 6")


def test_one_row_alone_is_a_step_of_an_hour(lines, read_lines):
    alone = read_lines(lines[:2])
    assert (alone.steps, alone.dt) == (1, 1.0)
    assert "1 h" in alone.remark
    refusal(read_lines, [lines[0], lines[3]], "found 2", "expected 0")


@pytest.mark.parametrize("kept", [1, 3, 24])
def test_a_day_cut_short_is_refused_with_its_length(lines, read_lines, kept):
    refusal(read_lines, lines[:kept], f"found {kept - 1} row", "expected")


@pytest.mark.parametrize("text", [[], [""]])
def test_an_empty_file_is_refused(read_lines, text):
    refusal(read_lines, text, "expected")


def test_an_uneven_step_is_named(lines, read_lines):
    cell(lines, 10, 0, "8.5")
    refusal(read_lines, lines, "row 10", "hour [h]", "found 8.5", "expected 8")


def test_hours_must_begin_at_zero(lines, read_lines):
    for row in range(2, 26):
        cell(lines, row, 0, str(row - 1))
    refusal(read_lines, lines, "row 2", "hour [h]", "found 1", "expected 0")


def test_an_hour_that_does_not_rise_is_named_where_it_stands(lines, read_lines):
    cell(lines, 3, 0, "0")
    message = refusal(read_lines, lines, "row 3", "hour [h]", "found 0")
    assert "expected 0 " not in message


def test_an_hour_missing_inside_the_day_is_named(lines, read_lines):
    del lines[12]
    refusal(read_lines, lines, "row 13", "hour [h]", "found 12", "expected 11")


def test_steps_that_do_not_fill_days_are_refused(lines, read_lines):
    for row in range(2, 26):
        cell(lines, row, 0, f"{(row - 2) * 0.75:g}")
    refusal(read_lines, lines, "24 rows of 0.75 h", "18 h", "whole number of days")


def test_a_file_of_bytes_is_refused(tmp_path):
    path = tmp_path / "day.csv"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match=r"day\.csv: cannot be read"):
        read(path)


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(InputError, match="Did you mean 'typical_day'"):
        locate("tipical_day")


def test_a_missing_file_gets_the_nearest_one_beside_it(tmp_path, write_day):
    write_day(tmp_path / "summer.csv")
    with pytest.raises(InputError, match=r"sumer\.csv.*Did you mean 'summer\.csv'"):
        locate("sumer.csv", tmp_path)


def test_a_local_folder_comes_first(tmp_path, monkeypatch, write_day):
    (tmp_path / "profiles").mkdir()
    path = write_day(tmp_path / "profiles" / "typical_day.csv", 0.5)
    monkeypatch.chdir(tmp_path)
    assert locate("typical_day") == path


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_sun_in_another_unit_is_refused(factor, lines, read_lines):
    for row in range(2, 26):
        cell(lines, row, 2, f"{float(lines[row - 1].split(',')[2]) * factor:g}")
    refusal(read_lines, lines, "row 13", "irradiance [W/m2]", f"{890 * factor:g}", "W/m2.")


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="needs a file nobody can read")
def test_a_file_that_cannot_be_read_is_one_message_everywhere(tmp_path):
    path = tmp_path / "day.csv"
    path.symlink_to("/proc/self/mem")
    asked = Study(name="x", feeder="ieee12", profiles=str(path))
    for ask in (lambda: read(path), lambda: fingerprint(asked)):
        with pytest.raises(InputError, match=r"day.csv: cannot be read: Input/output error"):
            ask()


def test_a_day_without_sun_is_a_day(lines, read_lines):
    for row in range(2, 26):
        cell(lines, row, 2, "0")
    assert not read_lines(lines).irradiance.any()


@pytest.mark.parametrize("rows", [23, 25])
def test_a_day_of_the_clock_change_names_the_cure(lines, read_lines, rows):
    lines = [lines[0], *(f"{h},{lines[1 + h % 24].split(',', 1)[1]}" for h in range(rows))]
    refusal(read_lines, lines, f"{rows} h in all", "Clocks", "standard time")


def test_an_hour_left_out_names_the_cure(lines, read_lines):
    del lines[3]
    refusal(read_lines, lines, "row 4", "Clocks")


def test_square_metres_may_be_written_as_such(lines, read_lines):
    before = read_lines(lines).irradiance
    lines[0] = lines[0].replace("W/m2", "W/m²")
    assert np.array_equal(read_lines(lines).irradiance, before)


def test_semicolons_and_decimal_commas_give_the_same_day(lines, read_lines):
    other = read_lines([line.replace(",", ";").replace(".", ",") for line in lines])
    assert np.array_equal(other.load, read_lines(lines).load)
    assert "semicolons" in other.remark


@pytest.mark.parametrize("name", ["DAY.CSV", "day.Txt", "day.tsv"])
def test_file_names_end_as_people_write_them(tmp_path, write_day, name):
    write_day(tmp_path / name)
    assert locate(name, tmp_path) == tmp_path / name
    assert locate(name.swapcase(), tmp_path) == tmp_path / name


def test_a_file_of_another_kind_says_how_names_end(tmp_path, write_day):
    write_day(tmp_path / "day.dat")
    with pytest.raises(InputError, match=r"day\.dat'; expected .*\.csv, \.tsv, \.txt"):
        locate("day.dat", tmp_path)
