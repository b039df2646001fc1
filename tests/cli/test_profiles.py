"""``toolkit profiles``: importing, adding to a file, showing and listing, as typed."""

import inspect

import pytest
from helpers import meters as make

from toolkit.cli import profile_imports
from toolkit.commands import meter_api, session_api, weather_api

DAY = make.moments("2025-03-29", 3, 60)
pytestmark = pytest.mark.filterwarnings("ignore:.*dayofyear")
STUDY = """name = "mine"
feeder = "ieee12"
profiles = "year.csv"
[loads]
shapes = "study"
[horizon]
day = "2025-03-30"
"""


@pytest.fixture
def meters(tmp_path):
    def write(names, factor=1.0, file="m.csv"):
        rows = [
            [make.local(t), *([make.comma(i * factor)] * len(names))] for i, t in enumerate(DAY)
        ]
        return make.write(tmp_path / file, ("Zeit", *(f"{n} [kW]" for n in names)), rows)

    return write


def flat(text):
    return " ".join(text.split())


def test_meters_are_imported_shown_and_listed(command, meters, tmp_path):
    meters(["load_2"])
    (tmp_path / "profiles").mkdir()
    words = ["import", "meters", "m.csv", "--zone", "Europe/Berlin", "--out", "profiles/mine.csv"]
    code, out, err = command("profiles", *words)
    assert (code, err) == (0, "")
    for part in ("semicolons", "days of 23 and 25 h became", "Wrote profiles/mine.csv"):
        assert part in flat(out)
    code, out, _ = command("profiles", "list")
    assert code == 0
    assert "mine" in out
    assert "typical_day" in out
    code, out, _ = command("profiles", "show", "mine")
    assert code == 0
    assert "48 steps of 1 h, 2025-03-29 to 2025-03-30, UTC+01:00" in flat(out)
    assert "load.load_2 [kW]" in out


def test_a_file_is_not_replaced_nor_are_columns_without_force(command, meters):
    meters(["a"])
    words = ["profiles", "import", "meters", "m.csv", "--zone", "Europe/Berlin"]
    assert command(*words, "--out", "year.csv")[0] == 0
    code, _, err = command(*words, "--out", "year.csv")
    assert code == 2
    assert "exists already" in err
    code, _, err = command(*words, "--onto", "year.csv")
    assert code == 2
    assert "column 'load.a [kW]' is there already" in err
    assert command(*words, "--onto", "year.csv", "--force")[0] == 0
    meters(["b"], 2.0)
    assert command(*words, "--onto", "year.csv")[0] == 0
    out = command("profiles", "show", "year.csv")[1]
    assert "load.a [kW]" in out
    assert "load.b [kW]" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "expected --out FILE"),
        (["--out", "year.dat"], "ends in .csv"),
        (["--onto", "typical_day"], "stay as they are"),
        (["--out", "y.csv", "--from", "1.3.2025"], "--from: found '1.3.2025'"),
        (["--out", "y.csv", "--fill", "-1"], "--fill: found -1"),
        (["--out", "y.csv", "--share-of", "0"], "--share-of: found 0"),
        (["--out", "y.csv", "--step", "7"], "--step: found 7 min"),
        (["--out", "y.csv", "--onto", "typical_day"], "expected the days of the profiles|24 "),
    ],
)
def test_flags_that_cannot_be_used_get_one_message(command, meters, words, told):
    meters(["a"])
    base = ["profiles", "import", "meters", "m.csv", "--zone", "Europe/Berlin"]
    code, _, err = command(*base, *words)
    assert code == 2
    assert any(part in flat(err) for part in told.split("|")), err


def test_meters_are_held_against_the_loads_of_a_study(command, meters, tmp_path):
    # Its profiles are what is to be written.
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    base = ["profiles", "import", "meters", "m.csv", "--zone", "Europe/Berlin", "--out", "year.csv"]
    base += ["--study", "study.toml"]
    meters(["lod2"])
    code, _, err = command(*base)
    assert code == 2
    assert "unknown load 'lod2'" in err
    assert "--map FILE" in err
    (tmp_path / "map.csv").write_text("meter,load\nlod2,2\n", encoding="utf-8")
    code, out, err = command(*base, "--map", "map.csv")
    assert (code, err) == (0, "")
    assert "1 of the 11 loads of study mine have a meter" in flat(out)
    assert "load.2 [kW]" in command("profiles", "show", "year.csv")[1]
    meters(["2"], 1000.0)
    code, _, err = command(*base, "--force")
    assert code == 2
    assert "is it in W or Wh" in err


def test_a_study_follows_what_was_imported(command, meters, tmp_path):
    meters(["2", "3"])
    words = ["m.csv", "--zone", "Europe/Berlin", "--out", "year.csv"]
    assert command("profiles", "import", "meters", *words)[0] == 0
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    code, _, err = command("simulate", "study.toml", "--out", "out")
    assert code == 2
    assert "column 'load [pu]' is missing" in err
    meters(["rest"])
    share = [*words[:3], "--onto", "year.csv", "--share-of", "100"]
    assert command("profiles", "import", "meters", *share)[0] == 0
    code, _, err = command("simulate", "study.toml", "--out", "out")
    assert code == 2
    assert "column 'plugged_in [pu]' is missing" in err


def test_weather_is_added_to_meters_on_their_steps(command, meters, tmp_path):
    weather = pytest.importorskip("helpers.weather")
    begins = weather.pd.date_range("2025-03-28", periods=96, freq="h", tz="Etc/GMT-1")
    table = weather.clear_year(begins)[["ghi", "temp_air", "wind_speed"]]
    table.index = begins.strftime("%d.%m.%Y %H:%M")
    table.to_csv(tmp_path / "w.csv", index_label="time")
    meters(["2"])
    words = ["m.csv", "--zone", "Europe/Berlin", "--out", "year.csv"]
    assert command("profiles", "import", "meters", *words)[0] == 0
    words = ["w.csv", "--onto", "year.csv", "--plane", "30/180", "--plane", "pv2=90/90"]
    words += ["--latitude", "52", "--longitude", "13", "--zone", "+01:00", "--hub-height", "wt1=90"]
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    code, out, err = command("profiles", "import", "weather", *words, "--study", "study.toml")
    assert (code, err) == (0, "")
    assert "Erbs-Driesse" in flat(out)
    assert "put on the steps of" in flat(out)
    shown = command("profiles", "show", "year.csv")[1]
    for name in ("load.2 [kW]", "irradiance [W/m2]", "irradiance.pv2 [W/m2]", "wind_speed.wt1"):
        assert name in shown
    words[6] = "roof=90/90"
    code, _, err = command("profiles", "import", "weather", *words, "--study", "study.toml")
    assert code == 2
    assert "--plane: study mine: unknown pv unit 'roof'" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--plane", "30/180", "--plane", "20/180"], "a second one"),
        (["--plane", "30/180", "--latitude", "52"], "--latitude and --longitude"),
        (["--plane", "30/180", "--latitude", "91", "--longitude", "9"], "from -90 to 90"),
        (["--hub-height", "high"], "--hub-height: found 'high'"),
        (["--plane", "a=b=30/180"], "expected VALUE or NAME=VALUE"),
    ],
)
def test_flags_of_weather_that_cannot_be_used(command, words, told):
    code, _, err = command("profiles", "import", "weather", "w.csv", "--out", "y.csv", *words)
    assert code == 2
    assert told in flat(err)


def test_sessions_go_beside_meters_into_a_study_that_solves(command, meters, tmp_path):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    meters(["rest"])
    words = ["m.csv", "--zone", "Europe/Berlin", "--out", "year.csv", "--share-of", "100"]
    assert command("profiles", "import", "meters", *words)[0] == 0
    rows = [
        ("bev1", "2025-03-30 09:00+02:00", "2025-03-30 17:00+02:00", 6, 7.4),
        ("BEV2", "2025-03-30 00:30+01:00", "2025-03-30 09:00+02:00", 9, 7.4),
    ]
    head = ("station", "arrival", "departure", "energy (kWh)", "power (kW)")
    make.write(tmp_path / "s.csv", head, rows, ",")
    words = [
        "profiles",
        "import",
        "sessions",
        "s.csv",
        "--onto",
        "year.csv",
        "--study",
        "study.toml",
    ]
    code, out, err = command(*words)
    assert (code, err) == (0, "")
    assert "1 with 9 kWh arrive within the days" in flat(out)
    code, out, err = command("simulate", "study.toml", "--out", "out")
    assert code == 0, err
    make.write(tmp_path / "s.csv", head, [("bev9", *rows[0][1:])], ",")
    code, _, err = command(*words)
    assert code == 2
    assert "row 2: unknown station 'bev9'" in err
    code, _, err = command(*words, "--step", "15")
    assert code == 2
    assert "--step: expected it with a new file" in err
    code, _, err = command(*words, "--vehicles", "3")
    assert code == 2
    assert "--study, whose own count" in err
    # Without a column of stations a study of several has to be told which one it is.
    make.write(tmp_path / "s.csv", head[1:], [rows[0][1:]], ",")
    code, _, err = command(*words)
    assert code == 2
    assert "--station NAME" in err
    assert command(*words, "--station", "bev1", "--force")[0] == 0


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        (profile_imports.import_meters, meter_api.import_meters),
        (profile_imports.import_weather, weather_api.import_weather),
        (profile_imports.import_sessions, session_api.import_sessions),
    ],
)
def test_flags_are_the_arguments_of_functions_and_mean_the_same_when_left_out(typed, called):
    # None and () both say that nothing is told.
    flags, arguments = (
        {
            one.name: None if one.default == () else one.default
            for one in inspect.signature(function).parameters.values()
        }
        for function in (typed, called)
    )
    assert flags == arguments
