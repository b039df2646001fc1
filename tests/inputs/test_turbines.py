"""Power curves from files and by turbines' names; a resolved study has their table alone."""

import sys

import numpy as np
import pytest

import toolkit
from toolkit.errors import InputError
from toolkit.inputs import study_files, turbines
from toolkit.problem.setting import prepare

CURVE = "wind_speed [m/s];power [kW]\n3;0\n8;2,5\n12;5,0\n25;5,0\n"
TABLE = ((3.0, 0.0), (8.0, 0.5), (12.0, 1.0), (25.0, 1.0))


@pytest.fixture
def study(tmp_path):
    """Return a function that writes a study with a section wind, and loads it."""

    def made(wind):
        (tmp_path / "deep").mkdir(exist_ok=True)
        text = f'name = "w"\nfeeder = "ieee12"\n[fleet]\nshapes = "study"\n[wind]\n{wind}\n'
        (tmp_path / "deep" / "w.toml").write_text(text, encoding="utf-8")
        return study_files.load(str(tmp_path / "deep" / "w.toml"))

    return made


def test_a_file_beside_the_study_becomes_its_table_and_moves_the_turbines(study, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "curve.csv").write_text(CURVE, encoding="utf-8")
    loaded = study('curve = "curve.csv"')
    assert loaded.wind.table == TABLE
    assert study_files.parse(study_files.to_toml(loaded).encode(), "again") == loaded
    setting = prepare(loaded)
    names = [unit.name for unit in setting.fleet.units]
    share = setting.operation.generation[names.index("wt1")]
    speed = setting.profiles.wind_speed
    assert share == pytest.approx(np.interp(speed, *np.array(TABLE).T), abs=1e-12)


def test_shares_are_taken_as_they_stand(tmp_path):
    (tmp_path / "c.csv").write_text("power [pu],wind_speed [m/s]\n0,3\n0.9,12\n", encoding="utf-8")
    assert turbines.of_file(tmp_path / "c.csv") == [(3.0, 0.0), (12.0, 0.9)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wind_speed [m/s],power [kW]\n3,0\n8,x\n", "c.csv, row 3: found 'x'; expected a number"),
        ("wind_speed [m/s],power [kW]\n3,0\n8\n", "row 3: found ''; expected a number"),
        ("speed,power [kW]\n3,0\n8,1\n", "row 1: found the columns speed, power"),
        ("wind_speed [m/s],power [kW],power [pu]\n3,0,0\n8,1,1\n", "expected 'wind_speed .m/s.'"),
        ("wind_speed [m/s],power [kW]\n3,0\n8,0\n", "found 0 as the highest output"),
        ("wind_speed [m/s],power [kW]\n8,0\n3,1\n", "table: found speeds .8.0, 3.0.; expected"),
        ("wind_speed [m/s],power [kW]\n3,-1\n8,1\n", "greater than or equal to 0"),
        ("wind_speed [m/s],power [pu]\n3,0\n8,1.2\n", "less than or equal to 1"),
        ("wind_speed [m/s],power [kW]\n3,nan\n8,1\n", "c.csv|finite"),
        ("", "found 0 rows"),
    ],
)
def test_a_file_that_is_no_curve_gets_one_message(text, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        toolkit.load_study("ieee12", wind={"curve": "c.csv"})


@pytest.mark.parametrize(
    ("wind", "words"),
    [
        ('curve = "none.csv"', "w.toml: 'wind': curve: .*deep/none.csv: cannot be read"),
        ('curve = "c.csv"\nturbine = "E48/800"', "found curve and turbine; expected one of them"),
        ('turbine = "E48/800"\ntable = [[3.0, 0.0], [12.0, 1.0]]', "found table and turbine"),
        ("turbine = 48", "'wind.turbine': found 48"),
    ],
)
def test_a_section_that_does_not_fit_gets_one_message(study, wind, words):
    with pytest.raises(InputError, match=words):
        study(wind)


def test_a_turbine_is_windpowerlibs(study):
    pytest.importorskip("windpowerlib")
    table = np.array(study('turbine = "E48/800"').wind.table)
    # Its data sheet, kW: 110 at 6 m/s, 810 from 14 m/s on.
    assert table[table[:, 0] == 14.0, 1] == 1.0
    assert table[table[:, 0] == 6.0, 1] == pytest.approx(110.0 / 810.0)
    assert table[:, 1].max() == 1.0


def test_an_unknown_turbine_gets_the_nearest(study):
    pytest.importorskip("windpowerlib")
    with pytest.raises(InputError, match=r"unknown turbine 'E-48/800'\. Did you mean 'E48/800'"):
        study('turbine = "E-48/800"')


def test_without_windpowerlib_the_command_is_named(study, monkeypatch):
    monkeypatch.setitem(sys.modules, "windpowerlib", None)
    with pytest.raises(InputError, match=r"pip install 'p2p-der-toolkit\[wind\]'"):
        study('turbine = "E48/800"')
