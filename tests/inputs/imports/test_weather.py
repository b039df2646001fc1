"""Weather of every format: irradiance as pvlib's own chain has it, wind at the hub, local days."""

import datetime
import warnings
from pathlib import Path

import numpy as np
import pytest
from helpers import weather as make

from toolkit.inputs.imports import store, weather_files
from toolkit.inputs.imports.sun import Plane
from toolkit.inputs.imports.weather import Wish, import_weather
from toolkit.inputs.imports.weather_files import Site
from toolkit.inputs.imports.weather_table import TableWish
from toolkit.inputs.profiles import Profiles

pvlib = pytest.importorskip("pvlib")
DATA = Path(pvlib.__file__).parent / "data"
SOUTH = {"": Plane(35.0, 180.0)}
SUN, WIND = "irradiance [W/m2]", "wind_speed [m/s]"


# What pvlib itself warns of, such as names that pandas will drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def imported(path, wish):
    """Import, every warning an error: users see none of pvlib's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return import_weather(path, wish)


def same(found, expected):
    assert np.abs(found - expected).max() < 1e-6


def test_an_epw_file_gives_pvlibs_own_chain(tmp_path):
    frame = make.epw(tmp_path / "b.epw", [2005, 2011, 2007] * 4)
    planes = {"": Plane(35.0, 180.0), "east": Plane(90.0, 80.0, gamma=-0.3)}
    found = imported(tmp_path / "b.epw", Wish(planes))
    assert (found.axis.start, found.axis.steps, found.axis.dt) == (None, 8760, 1.0)
    # The sun of each month is that of its own year.
    dates = frame.index.map(lambda t: t.replace(year=[2005, 2011, 2007][(t.month - 1) % 3]))
    frame.index = dates
    same(found.values[SUN], make.chain(frame, make.SITE, 35.0, 180.0))
    east = found.values["irradiance.east [W/m2]"]
    same(east, make.chain(frame, make.SITE, 90.0, 80.0, -0.3))
    told = " ".join(found.done)
    assert "EPW, a typical year" in told
    assert "% reflected" in told
    assert "lost to heat" in told


@pytest.mark.parametrize("file", ["703165TY.csv", "723170TYA.CSV"])
def test_tmy3_files_of_pvlib_give_its_own_chain(file):
    found = imported(DATA / file, Wish(SOUTH, {"": 80.0}))
    frame, meta = pvlib.iotools.read_tmy3(DATA / file)
    middle = frame.index - np.timedelta64(30, "m")
    frame.index = middle.where(
        ~((middle.month == 2) & (middle.day == 29)), middle - np.timedelta64(1, "D")
    )
    site = (meta["latitude"], meta["longitude"], meta["altitude"])
    same(found.values[SUN], make.chain(frame, site, 35.0, 180.0))
    same(found.values[WIND], frame["wind_speed"].to_numpy() * 8.0 ** (1 / 7))
    assert found.axis.steps == 8760


@pytest.mark.parametrize("name", ["p.csv", "p.json"])
def test_pvgis_on_the_horizontal_gives_any_plane_in_local_days(tmp_path, name):
    frame = make.pvgis(tmp_path / name)
    found = imported(tmp_path / name, Wish(SOUTH))
    ghi = frame["beam"] + frame["dhi"]
    dni = pvlib.irradiance.dni(ghi, frame["dhi"], frame["zenith"]).fillna(0.0)
    expected = make.chain(frame.assign(ghi=ghi, dni=dni), make.SITE, 35.0, 180.0)
    # One hour of UTC is the last hour of the local year before: it serves at the end.
    same(found.values[SUN], np.roll(expected, 1))
    assert found.axis.start.isoformat() == "2023-01-01T00:00:00+01:00"
    assert "UTC+1" in " ".join(found.done)
    utc = imported(tmp_path / name, Wish(SOUTH, zone="UTC"))
    same(utc.values[SUN], expected)
    india = imported(tmp_path / name, Wish(SOUTH, zone="Asia/Kolkata"))
    assert india.values[SUN].sum() == pytest.approx(expected.sum(), rel=1e-12)
    same(india.values[SUN], (np.roll(expected, 5) + np.roll(expected, 6)) / 2)


def test_pvgis_in_a_plane_keeps_it(tmp_path):
    frame = make.pvgis(tmp_path / "p.csv", slope=40, azimuth=-10)
    found = imported(tmp_path / "p.csv", Wish({"": Plane(40.0, 170.0, gamma=0.0)}, zone="UTC"))
    lat, lon, alt = make.SITE
    sun = pvlib.solarposition.get_solarposition(
        frame.index, lat, lon, alt, temperature=frame["temp_air"]
    )
    aoi = pvlib.irradiance.aoi(40, 170, sun["apparent_zenith"], sun["azimuth"])
    expected = frame["beam"] * pvlib.iam.physical(aoi) + frame["dhi"]
    same(found.values[SUN], expected.fillna(0.0).to_numpy())


def test_nsrdb_in_half_hours(tmp_path):
    frame = make.nsrdb(tmp_path / "n.csv")
    found = imported(tmp_path / "n.csv", Wish(SOUTH, {"": 10.0}))
    assert (found.axis.dt, found.axis.start.isoformat()) == (0.5, "2023-01-01T00:00:00-07:00")
    same(found.values[SUN], make.chain(frame, (40.0, -105.0, 1600.0), 35.0, 180.0))
    same(found.values[WIND], frame["wind_speed"].to_numpy())


def plain(tmp_path, columns, days=3):
    begins = make.pd.date_range("2025-03-29", periods=24 * days, freq="h", tz="Etc/GMT-1")
    frame = make.clear_year(begins)
    table = frame[columns].copy()
    table.index = begins.strftime("%Y-%m-%d %H:%M")
    table.to_csv(tmp_path / "w.csv", index_label="time")
    return frame


def table(**changes):
    return TableWish(Site(*make.SITE), "+01:00", **changes)


def test_a_plain_table_gives_the_same_chain(tmp_path):
    columns = ["ghi", "dni", "dhi", "temp_air", "wind_speed"]
    frame = plain(tmp_path, columns)
    found = imported(tmp_path / "w.csv", Wish(SOUTH, table=table()))
    same(found.values[SUN], make.chain(frame, make.SITE, 35.0, 180.0))
    assert found.axis.start.isoformat() == "2025-03-29T00:00:00+01:00"


def test_what_a_plain_table_lacks_is_pvlibs_and_said(tmp_path):
    frame = plain(tmp_path, ["ghi"])
    found = imported(tmp_path / "w.csv", Wish(SOUTH, table=table()))
    zenith = pvlib.solarposition.get_solarposition(frame.index, *make.SITE)["zenith"]
    parts = pvlib.irradiance.erbs_driesse(frame["ghi"], zenith, frame.index)
    cold = frame.assign(dni=parts["dni"], dhi=parts["dhi"])
    told = " ".join(found.done)
    assert "Erbs-Driesse" in told
    assert "no heat taken off" in told
    # The refraction of air that ModelChain takes at 12 deg C, as without air.
    assert (
        np.abs(
            found.values[SUN] - make.chain(cold.assign(temp_air=12.0), make.SITE, 35.0, 180.0, 0.0)
        ).max()
        < 1e-6
    )
    plain(tmp_path, ["ghi", "dhi", "temp_air"])
    told = " ".join(imported(tmp_path / "w.csv", Wish(SOUTH, table=table())).done)
    assert "dni worked out from ghi and dhi" in told
    assert "calm air" in told


def test_a_typical_year_gets_dates_when_asked(tmp_path):
    make.epw(tmp_path / "b.epw", [2005, 2011, 2007] * 4)
    found = imported(tmp_path / "b.epw", Wish(SOUTH, year=2025))
    assert found.axis.start.isoformat() == "2025-01-01T00:00:00+01:00"


@pytest.mark.parametrize(("hours", "shift", "said"), [(9, 0, "clock on clock"), (2, 1, "instants")])
def test_a_typical_year_beside_a_far_clock_keeps_its_noon(tmp_path, hours, shift, said):
    """The file is of UTC+01:00; a clock an hour ahead of it shows the same sun an hour later."""
    make.epw(tmp_path / "b.epw", [2005, 2011, 2007] * 4)
    found = imported(tmp_path / "b.epw", Wish(SOUTH, year=2025))
    clock = datetime.timezone(datetime.timedelta(hours=hours))
    first = datetime.datetime(2025, 1, 1, tzinfo=clock)
    base = Profiles(1.0, *np.ones((5, 8760)), start=first, lacking=("irradiance",))
    put = store.beside(found, base, force=False)
    assert np.array_equal(put.values[SUN], np.roll(found.values[SUN], shift))
    assert said in " ".join(put.done)


def test_steps_of_a_quarter_hold_the_hour(tmp_path):
    make.epw(tmp_path / "b.epw")
    one = imported(tmp_path / "b.epw", Wish(SOUTH))
    fine = imported(tmp_path / "b.epw", Wish(SOUTH, step=15.0))
    assert np.array_equal(fine.values[SUN], np.repeat(one.values[SUN], 4))


def test_formats_are_told_apart():
    assert weather_files.form_of((DATA / "703165TY.csv").read_text()) == "tmy3"
    for head, form in (
        ("LOCATION,x", "epw"),
        ('{"inputs"', "pvgis"),
        ("Latitude (decimal degrees): 1", "pvgis"),
        ("Source,Location ID", "nsrdb"),
        ("time,ghi\n2025", "csv"),
    ):
        assert weather_files.form_of(head) == form


def test_the_nsrdb_leaves_out_a_leap_day_and_may_be_in_utc(tmp_path):
    make.nsrdb(tmp_path / "n.csv")
    text = (tmp_path / "n.csv").read_text(encoding="utf-8").replace("\n2023,", "\n2020,")
    (tmp_path / "n.csv").write_text(text, encoding="utf-8")
    found = imported(tmp_path / "n.csv", Wish({}, {"": 10.0}))
    assert (found.axis.start, found.axis.days) == (None, 365)
    assert "29 February 2020 is not in it" in " ".join(found.done)
    lines = text.replace("-7,1600", "0,1600").splitlines()
    dark = [
        ",".join([*row.split(",")[:5], "0", "0", "0", *row.split(",")[8:]]) for row in lines[3:]
    ]
    (tmp_path / "u.csv").write_text("\n".join([*lines[:3], *dark]) + "\n", encoding="utf-8")
    utc = imported(tmp_path / "u.csv", Wish({}, {"": 10.0}))
    assert utc.values[WIND].tolist() == np.roll(found.values[WIND], -14).tolist()


def test_days_of_two_years_are_no_typical_year(tmp_path):
    begins = make.pd.date_range("2024-12-30", periods=96, freq="h", tz="Etc/GMT-1")
    frame = make.clear_year(begins)[["ghi"]]
    frame.index = begins.strftime("%Y-%m-%d %H:%M")
    frame.to_csv(tmp_path / "w.csv", index_label="time")
    found = imported(tmp_path / "w.csv", Wish(SOUTH, table=table()))
    assert found.axis.start.isoformat() == "2024-12-30T00:00:00+01:00"


def test_typical_years_of_pvgis_ask_the_sun_when_satellites_looked(tmp_path):
    frame = make.pvgis_tmy(tmp_path / "t.csv", 0.1761)
    found = imported(tmp_path / "t.csv", Wish(SOUTH, zone="UTC"))
    assert found.axis.start is None
    same(found.values[SUN], make.chain(frame, make.SITE, 35.0, 180.0))
    make.pvgis_tmy(tmp_path / "t.json", 0.1761)
    other = imported(tmp_path / "t.json", Wish(SOUTH, zone="UTC"))
    assert np.array_equal(other.values[SUN], found.values[SUN])


def test_days_of_another_zone_go_round(tmp_path):
    make.epw(tmp_path / "b.epw")
    own = imported(tmp_path / "b.epw", Wish(SOUTH)).values[SUN]
    west = imported(tmp_path / "b.epw", Wish(SOUTH, zone="Europe/London"))
    assert west.axis.start.isoformat() == "2023-01-01T00:00:00+00:00"
    assert np.array_equal(west.values[SUN], np.roll(own, -1))
