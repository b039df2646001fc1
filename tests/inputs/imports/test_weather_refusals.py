"""What cannot be used of weather: one message each, with file, row and cure."""

import sys
from pathlib import Path

import pytest
from helpers import meters
from helpers import weather as make

from toolkit.errors import InputError
from toolkit.inputs.imports.axis import Axis, onto
from toolkit.inputs.imports.sun import Plane, plane_of
from toolkit.inputs.imports.weather import Wish, import_weather
from toolkit.inputs.imports.weather_files import Site
from toolkit.inputs.imports.weather_table import TableWish

pvlib = pytest.importorskip("pvlib")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
DATA = Path(pvlib.__file__).parent / "data"
SOUTH = {"": Plane(35.0, 180.0)}
BERLIN = Site(*make.SITE)


@pytest.fixture(scope="module")
def epw(tmp_path_factory):
    """The lines of an EPW file; line 9 is the first hour."""
    path = tmp_path_factory.mktemp("epw") / "b.epw"
    make.epw(path, [2005, 2011, 2007] * 4)
    return path.read_text(encoding="utf-8").splitlines()


def refused(path, wish=None):
    with pytest.raises(InputError) as caught:
        import_weather(path, wish or Wish(SOUTH))
    message = str(caught.value)
    assert "\n" not in message
    return message


def with_cell(lines, line, column, value):
    cells = lines[line - 1].split(",")
    cells[column] = value
    return [*lines[: line - 1], ",".join(cells), *lines[line:]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: with_cell(t, 4400, 13, "9999"), ["row 4400", "ghi 9999", "not measured"]),
        (lambda t: with_cell(t, 4400, 6, "99.9"), ["row 4400", "temp_air 99.9"]),
        (lambda t: with_cell(t, 4400, 21, "999"), ["row 4400", "wind_speed 999"]),
        (lambda t: with_cell(t, 10, 13, "500"), ["row 10", "500 W/m2", "below the horizon"]),
        (lambda t: t[:-24], ["8,736 rows", "expected 365"]),
        (lambda t: [*t[:500], *t[501:]], ["row 501", "without a hole"]),
        (lambda t: [t[0].replace("13.0,1.0", "-120.0,1.0"), *t[1:]], ["degrees west"]),
        (lambda t: t[:8], ["cannot be read as EPW"]),
        (lambda t: with_cell(t, 4400, 13, "much"), ["cannot be read as EPW", "--format"]),
    ],
)
def test_an_epw_file_that_cannot_be_used(tmp_path, epw, change, words):
    path = tmp_path / "b.epw"
    path.write_text("\n".join(change(epw)) + "\n", encoding="utf-8")
    message = refused(path)
    for word in ("b.epw", *words):
        assert word in message, message


def table(tmp_path, header, values, zone="+01:00", site=BERLIN, count=48):
    times = [meters.local(t, "%Y-%m-%d %H:%M") for t in meters.moments("2025-03-01", 2, 60)]
    rows = [(t, *values(i)) for i, t in enumerate(times[:count])]
    path = meters.write(tmp_path / "w.csv", ("time", *header), rows, ",")
    return refused(path, Wish(SOUTH, table=TableWish(site, zone)))


def day(i, most=600.0):
    return most if 9 <= i % 24 <= 14 else 0.0


@pytest.mark.parametrize(
    ("header", "values", "changes", "words"),
    [
        (("ghi",), lambda i: (day(i, 0.6),), {}, ["row 11", "kW/m2"]),
        (("ghi",), lambda i: (day(i, 2000.0),), {}, ["row 11", "ghi 2000"]),
        (("ghi",), lambda i: (600 if i == 3 else day(i),), {}, ["row 5", "below the horizon"]),
        (("ghi",), lambda i: (-300 if i == 3 else day(i),), {}, ["row 5", "ghi -300"]),
        (("sunshine",), lambda i: (day(i),), {}, ["row 1", "expected some of ghi"]),
        (("ghi", "GHI [W/m2]"), lambda i: (day(i), 1), {}, ["row 1", "two columns of ghi"]),
        (("temp_air",), lambda i: (9,), {}, ["no irradiance"]),
        (("ghi",), lambda i: (day(i),), {"site": None}, ["--latitude"]),
        (("ghi",), lambda i: (day(i),), {"zone": None}, ["row 2", "without a zone"]),
        (("ghi",), lambda i: (day(i),), {"count": 20}, ["no whole day"]),
        (("ghi",), lambda i: ("" if 3 < i < 9 else day(i),), {}, ["no value for 5 h", "--fill"]),
    ],
)
def test_a_table_that_cannot_be_used(tmp_path, header, values, changes, words):
    message = table(tmp_path, header, values, **changes)
    for word in ("w.csv", *words):
        assert word in message, message


@pytest.mark.parametrize("text", ["35", "35/180/2", "a/b", "95/180", "35/-10", "nan/180"])
def test_a_plane_that_is_none(text):
    with pytest.raises(InputError, match=r"--plane: found '.*expected TILT/AZIMUTH"):
        plane_of(text, "--plane", "open_rack_glass_glass", -0.4)


@pytest.mark.parametrize("gamma", [0.4, -40.0, float("nan")])
def test_a_loss_by_heat_that_is_none(gamma):
    with pytest.raises(InputError, match="--gamma: found"):
        plane_of("35/180", "--plane", "open_rack_glass_glass", gamma)


def test_what_is_asked_of_a_file_that_has_it_not(tmp_path):
    file = DATA / "703165TY.csv"
    assert "--plane TILT/AZIMUTH for sun" in refused(file, Wish())
    assert "--shear: found 2" in refused(file, Wish({}, {"": 50.0}, shear=2.0))
    assert "--hub-height: found -5" in refused(file, Wish({}, {"": -5.0}))
    assert "which has 29 February" in refused(file, Wish(SOUTH, year=2024))
    make.pvgis(tmp_path / "p.csv", slope=40)
    assert "expected --plane 40/180" in refused(tmp_path / "p.csv")
    asked = Wish({"": Plane(40.0, 180.0)}, year=1999)
    assert "--year: found 1999; expected one from 2023" in refused(tmp_path / "p.csv", asked)


def test_weather_of_another_years_length_does_not_fit():
    hours = Axis(None, 1.0, 8760)
    leap = Axis(None, 1.0, 8784)
    with pytest.raises(InputError, match="found 365 days; expected the 366 of the profiles"):
        onto(make.np.zeros(8760), hours, leap, "w.csv")


def test_without_pvlib_the_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pvlib", None)
    message = refused(DATA / "703165TY.csv")
    assert "pip install 'p2p-der-toolkit[year]'" in message
