"""Meters as utilities write them: energy kept over both clock changes, and what is said of it."""

import datetime

import numpy as np
import pytest
from helpers import meters as make

from toolkit.errors import InputError
from toolkit.inputs.imports.meter_files import Layout
from toolkit.inputs.imports.meters import Wish, import_meters

YEAR = make.moments("2025-01-01", 365)
KWH = make.energies(len(YEAR))
BERLIN = Layout(zone="Europe/Berlin")


def imported(path, layout=BERLIN, **wish):
    return import_meters([path], Wish(layout, **wish))


def energy(found, column):
    return found.values[column].sum() * found.axis.dt


def rows_of(times, values, form="%d.%m.%Y %H:%M", number=make.comma):
    return [(make.local(t, form), number(v)) for t, v in zip(times, values, strict=True)]


def test_a_year_of_local_times_keeps_its_energy_over_both_clock_changes(tmp_path):
    rows = rows_of(YEAR, KWH)
    found = imported(make.write(tmp_path / "m.csv", ("Zeit", "haus [kWh]"), rows))
    assert (found.axis.steps, found.axis.dt) == (35_040, 0.25)
    assert found.axis.start.isoformat() == "2025-01-01T00:00:00+01:00"
    assert abs(energy(found, "load.haus [kW]") - KWH.sum()) < 1e-9
    # The days themselves: 92 and 100 intervals of local time, of which 24 h of standard time differ
    # by the four that began an hour before midnight.
    assert np.array_equal(found.values["load.haus [kW]"], KWH / 0.25)
    told = " ".join(found.done)
    for words in ("semicolons", "commas as decimal", "start of each interval", "23 and 25 h"):
        assert words in told
    assert "4 rows of an hour that occurs twice" not in told
    assert "8 rows of an hour that occurs twice" in told


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y %H:%M%z"])
def test_times_with_offsets_need_no_zone(tmp_path, form):
    path = make.write(tmp_path / "m.csv", ("t", "haus kWh"), rows_of(YEAR, KWH, form))
    found = imported(path, Layout())
    assert np.array_equal(found.values["load.haus [kW]"], KWH / 0.25)
    assert found.axis.start.isoformat() == "2025-01-01T00:00:00+01:00"


def ends(times, clock):
    """Write the end of each interval by the clock after it, or by the one that runs during it."""
    step = datetime.timedelta(minutes=15)
    if clock == "after":
        return [make.local(t + step) for t in times]
    walls = [t.astimezone(make.BERLIN).replace(tzinfo=None) + step for t in times]
    return [wall.strftime("%d.%m.%Y %H:%M") for wall in walls]


@pytest.mark.parametrize("clock", ["after", "during"])
def test_ends_of_intervals_by_either_clock_give_the_same_year(tmp_path, clock):
    rows = list(zip(ends(YEAR, clock), map(make.comma, KWH), strict=True))
    found = imported(make.write(tmp_path / "m.csv", ("Ende", "haus kWh"), rows))
    assert np.array_equal(found.values["load.haus [kW]"], KWH / 0.25)
    assert any("end of each interval" in text for text in found.done)


def test_the_newest_row_may_come_first(tmp_path):
    path = make.write(tmp_path / "m.csv", ("t", "haus kWh"), rows_of(YEAR, KWH)[::-1])
    assert np.array_equal(imported(path).values["load.haus [kW]"], KWH / 0.25)


def test_rows_in_no_order_are_put_in_order(tmp_path):
    rows = rows_of(YEAR, KWH, "%Y-%m-%dT%H:%M%z")
    np.random.default_rng(2).shuffle(rows)
    found = imported(make.write(tmp_path / "m.csv", ("t", "haus kWh"), rows), Layout())
    assert np.array_equal(found.values["load.haus [kW]"], KWH / 0.25)
    assert any("put in order" in text for text in found.done)


def test_one_row_per_meter_and_time(tmp_path):
    two = [("b", 2), ("a", 1)]
    rows = [
        (name, time, f"{value * k:.6f}")
        for time, value in rows_of(YEAR[:192], KWH[:192], number=float)
        for name, k in two
    ]
    path = make.write(tmp_path / "m.csv", ("Meter ID", "time", "energy"), rows, ",")
    found = imported(path, Layout(zone="Europe/Berlin", unit="kWh"))
    assert list(found.values) == ["load.b [kW]", "load.a [kW]"]
    assert found.values["load.a [kW]"] == pytest.approx(KWH[:192] / 0.25)
    assert found.values["load.b [kW]"] == pytest.approx(KWH[:192] / 0.125)


@pytest.mark.parametrize(
    ("unit", "kw"), [("kWh", 4.0), ("Wh", 0.004), ("kW", 1.0), ("W", 0.001), ("MW", 1000.0)]
)
def test_units_of_energy_and_power(tmp_path, unit, kw):
    rows = [(make.local(t), 1) for t in YEAR[:96]]
    found = imported(make.write(tmp_path / "m.csv", ("t", f"a ({unit})"), rows))
    assert found.values["load.a [kW]"] == pytest.approx(np.full(96, kw))
    plain = make.write(tmp_path / "n.csv", ("t", "a"), rows)
    told = imported(plain, Layout(zone="Europe/Berlin", unit=unit))
    assert np.array_equal(told.values["load.a [kW]"], found.values["load.a [kW]"])


def test_date_and_time_of_day_in_two_columns_below_other_lines(tmp_path):
    rows = [
        (*make.local(t).split(" "), make.comma(v)) for t, v in zip(YEAR[:96], KWH, strict=False)
    ]
    path = make.write(tmp_path / "m.csv", ("Datum", "Uhrzeit", "Wert (kWh)"), rows)
    path.write_text("Netz AG;;\nZähler 7;;\n\n" + path.read_text(), encoding="cp1252")
    found = imported(path)
    assert found.values["load.m [kW]"] == pytest.approx(KWH[:96] / 0.25)
    told = " ".join(found.done)
    for words in ("'Datum' and 'Uhrzeit' joined", "2 rows above the header", "Windows-1252"):
        assert words in told


def test_short_gaps_take_the_straight_line_and_are_counted(tmp_path):
    rows = rows_of(YEAR[:192], KWH[:192])
    rows[10] = (rows[10][0], "")
    del rows[50:54]
    found = imported(make.write(tmp_path / "m.csv", ("t", "a kWh"), rows))
    kw = found.values["load.a [kW]"]
    assert kw[10] == pytest.approx((KWH[9] + KWH[11]) / 0.5)
    assert kw[49:55] == pytest.approx(np.linspace(KWH[49], KWH[54], 6) / 0.25)
    assert any("5 of 192 values in 2 gaps" in t and "the longest 1 h" in t for t in found.done)
    with pytest.raises(InputError, match=r"row 51, 'a': found no value for 1 h .*--fill"):
        imported(tmp_path / "m.csv", fill=0.75)


def test_negative_net_load_is_kept_and_said(tmp_path):
    rows = [(make.local(t), -2 if 40 <= i < 60 else 1) for i, t in enumerate(YEAR[:96])]
    found = imported(make.write(tmp_path / "m.csv", ("t", "a kW"), rows))
    assert energy(found, "load.a [kW]") == pytest.approx(9.0)
    assert any("20 values negative, 10 kWh fed in" in text for text in found.done)


def test_what_is_outside_whole_days_is_left_out_and_said(tmp_path):
    times = make.moments("2025-06-01", 4)[30:-7]
    rows = rows_of(times, KWH[: len(times)])
    found = imported(make.write(tmp_path / "m.csv", ("t", "a kWh"), rows))
    # No clock changes meanwhile: days are those of summer time.
    assert found.axis.start.isoformat() == "2025-06-02T00:00:00+02:00"
    assert found.axis.days == 2
    assert any(f"{len(times) - 192} values of each meter outside" in text for text in found.done)
    days = {"first": datetime.date(2025, 6, 3), "last": datetime.date(2025, 6, 3)}
    assert imported(tmp_path / "m.csv", **days).axis.steps == 96


def test_longer_steps_keep_the_energy(tmp_path):
    path = make.write(tmp_path / "m.csv", ("t", "haus kWh"), rows_of(YEAR, KWH))
    found = imported(path, step=60.0)
    assert (found.axis.steps, found.axis.dt) == (8760, 1.0)
    assert abs(energy(found, "load.haus [kW]") - KWH.sum()) < 1e-9
    assert found.values["load.haus [kW]"] == pytest.approx(KWH.reshape(-1, 4).sum(axis=1), rel=1e-9)


def test_meters_are_added_up_by_load(tmp_path):
    rows = [(make.local(t), 1, 2, 4) for t in YEAR[:96]]
    path = make.write(tmp_path / "m.csv", ("t", "a kW", "b kW", "c kW"), rows)
    found = imported(path, loads={"a": "house", "b": "house", "c": ""})
    assert {name: v[0] for name, v in found.values.items()} == {"load.house [kW]": 3.0}
    assert any("left out: c" in text for text in found.done)
    share = imported(path, share_of=14.0).values["load [pu]"]
    assert share == pytest.approx(np.full(96, 0.5))


def test_files_of_parts_of_a_year_are_one_series(tmp_path):
    rows = rows_of(YEAR[: 4 * 96], KWH[: 4 * 96])
    one = make.write(tmp_path / "1.csv", ("t", "a kWh"), rows[:200])
    other = make.write(tmp_path / "2.csv", ("t", "a kWh"), rows[190:])
    found = import_meters([other, one], Wish(BERLIN))
    assert np.array_equal(found.values["load.a [kW]"], KWH[: 4 * 96] / 0.25)
    assert any("10 rows that repeat others left out" in text for text in found.done)


def test_summer_time_of_the_south_and_of_half_an_hour(tmp_path):
    import zoneinfo

    zone = zoneinfo.ZoneInfo("Australia/Lord_Howe")
    times = make.moments("2025-01-01", 365, 30, zone)
    values = make.energies(len(times))
    rows = [(make.local(t, zone=zone), v) for t, v in zip(times, values, strict=True)]
    path = make.write(tmp_path / "m.csv", ("t", "a kWh"), rows)
    found = imported(path, Layout(zone="Australia/Lord_Howe"))
    # The year begins and ends in summer time, whose days are all of it.
    assert found.axis.start.isoformat() == "2025-01-01T00:00:00+11:00"
    assert found.axis.days == 365
    assert abs(energy(found, "load.a [kW]") - values.sum()) < 1e-9
