"""Study files: defaults, round trip, and a message that names file and field for every mistake."""

import shutil

import pytest

from toolkit.errors import InputError
from toolkit.inputs import feeder_files, study_files
from toolkit.problem.setting import prepare

HEAD = 'name = "mine"\nfeeder = "ieee12"\n'


def parse(text):
    return study_files.parse(text.encode(), "some/mine.toml")


def refusal(text, *words):
    with pytest.raises(InputError) as caught:
        parse(HEAD + text)
    message = str(caught.value)
    assert message.startswith("some/mine.toml")
    for word in words:
        assert word in message, message
    return message


def test_defaults_are_those_of_the_design():
    mine = parse(HEAD)
    assert (mine.limits.v_min, mine.limits.v_max, mine.limits.loading_max) == (0.95, 1.05, 100.0)
    assert mine.market.objective == "traded"
    assert mine.fleet.scale == (0.0, 2.0)
    assert (mine.wind.cut_in, mine.wind.rated, mine.wind.cut_out) == (3.0, 12.0, 25.0)
    assert mine.profiles == "typical_day"


def test_the_resolved_study_reads_back_as_itself(other_study):
    for asked in (parse(HEAD), other_study, study_files.load("ieee12")):
        assert study_files.parse(study_files.to_toml(asked).encode(), "again.toml") == asked
        assert study_files.fingerprint(asked) == study_files.fingerprint(asked)


def test_the_fingerprint_tells_studies_apart(other_study):
    plain = parse(HEAD)
    assert study_files.fingerprint(plain) != study_files.fingerprint(
        parse(HEAD + "[limits]\nv_min = 0.94\n")
    )
    assert study_files.fingerprint(plain) != study_files.fingerprint(other_study)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limit]\n", ["unknown key 'limit'", "Did you mean 'limits'?"]),
        ("[limits]\nvmin = 0.9\n", ["limits.vmin", "Did you mean 'v_min'?", "loading_max"]),
        ("[vehicles]\nv2 = true\n", ["vehicles.v2", "Did you mean 'v2g'?"]),
        ("[fleet.units.pv1]\nsiez = [0, 1]\n", ["fleet.units.pv1.siez", "Did you mean 'size'?"]),
        ("[storage]\nsoc_mn = 0.2\n", ["storage.soc_mn", "Did you mean 'soc_min'?"]),
    ],
)
def test_an_unknown_key_gets_the_nearest_one(text, words):
    refusal(text, *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limits]\nv_min = 1.2\n", ["limits", "v_min", "1.2", "v_max", "1.05"]),
        ("[limits]\nv_min = -1\n", ["'limits.v_min'", "found -1", "greater than 0"]),
        ('[limits]\nv_min = "low"\n', ["'limits.v_min'", "found 'low'", "number"]),
        ("[limits]\nv_min = nan\n", ["'limits.v_min'", "found nan", "finite"]),
        ("[limits]\nloading_max = inf\n", ["'limits.loading_max'", "found inf", "finite"]),
        ('[market]\nobjective = "profit"\n', ["'market.objective'", "profit", "traded_to_load"]),
        ("[fleet]\nscale = [2.0, 1.0]\n", ["fleet", "scale", "[2.0, 1.0]", "smaller one first"]),
        ("[fleet]\nscale = [-1.0, 1.0]\n", ["'fleet.scale.0'", "found -1"]),
        ("[fleet]\nscale = [1.0]\n", ["fleet.scale.1", "missing"]),
        ("[fleet.units.pv1]\nsize = [9, 3]\n", ["fleet.units.pv1", "size", "[9.0, 3.0]"]),
        ("[wind]\ncut_in = 14\n", ["wind", "cut_in", "14", "rated", "12", "cut_out", "25"]),
        ("[wind]\ntable = [[3, 0], [2, 1]]\n", ["wind", "table", "rising", "found", "2"]),
        ("[wind]\ntable = [[3, 0], [12, 1.5]]\n", ["wind.table", "1.5", "1"]),
        (
            "[storage]\nsoc_min = 0.1\nsoc_start = 0.05\n",
            ["storage", "soc_min 0.1", "soc_start 0.05", "rising"],
        ),
        ("[storage]\neta_charge = 0\n", ["'storage.eta_charge'", "found 0", "greater than 0"]),
        ("[storage]\neta_charge = 95\n", ["'storage.eta_charge'", "found 95", "1"]),
        ("[storage]\nhours = 0\n", ["'storage.hours'", "found 0"]),
        ("[vehicles]\nsoc_max = 0.5\n", ["vehicles", "soc_start 0.6", "soc_max 0.5"]),
        ('[vehicles]\nv2g = "perhaps"\n', ["'vehicles.v2g'", "perhaps"]),
        ('[vehicles]\nv2g = "yes"\n', ["'vehicles.v2g'", "'yes'", "true or false"]),
        ("[market]\nnobody_worse_off = 1\n", ["'market.nobody_worse_off'", "true or false"]),
    ],
)
def test_a_bad_value_is_named_with_its_field(text, words):
    refusal(text, *words)


def test_several_mistakes_are_all_named():
    message = refusal("[limits]\nv_min = -1\n[storage]\nhours = 0\n")
    assert "'limits.v_min'" in message
    assert "'storage.hours'" in message


def test_what_is_no_toml_is_refused_with_the_line():
    with pytest.raises(InputError, match=r"some/mine\.toml.*line 2"):
        parse('name = "mine"\nfeeder = \n')


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('name = "x\n', "line 1, column 10: not valid TOML: illegal character"),
        (
            "[limits",
            "not valid TOML at its end: expected ']' at the end of a table declaration; is",
        ),
        ("[limits]\nv_max = 1,05", "line 2, column 10: not valid TOML: expected newline or end of"),
    ],
)
def test_where_toml_breaks_and_what_stands_there(content, told):
    with pytest.raises(InputError) as caught:
        parse(content)
    assert told in str(caught.value)
    assert "(at " not in str(caught.value)


def test_a_folder_is_no_study_and_no_profiles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(InputError, match=r"study: 'a\.toml' is a folder; expected a \.toml file"):
        study_files.load("a.toml")
    (tmp_path / "p.csv").mkdir()
    (tmp_path / "b.toml").write_text(HEAD + 'profiles = "p.csv"\n')
    with pytest.raises(InputError, match=r"profiles: 'p\.csv' is a folder; expected a file"):
        study_files.load("b.toml")


def test_missing_fields_are_named():
    with pytest.raises(InputError, match="'feeder' is missing"):
        parse('name = "mine"\n')


@pytest.mark.parametrize("name", ["", "a b", "../up", "-x", "a/b"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(InputError, match="'name'"):
        parse(f'name = "{name}"\nfeeder = "ieee12"\n')


def test_an_unknown_study_gets_the_nearest_one():
    with pytest.raises(InputError, match=r"unknown study 'iee12'.*Did you mean 'ieee12'"):
        study_files.load("iee12")


def test_a_missing_study_file_gets_the_nearest_one(tmp_path):
    (tmp_path / "mine.toml").write_text(HEAD, encoding="utf-8")
    with pytest.raises(InputError, match=r"mime\.toml.*Did you mean 'mine\.toml'"):
        study_files.load(str(tmp_path / "mime.toml"))


def test_paths_in_a_study_are_relative_to_it(tmp_path, monkeypatch, write_day):
    (tmp_path / "there").mkdir()
    write_day(tmp_path / "there" / "day.csv", 0.5)
    path = tmp_path / "there" / "mine.toml"
    path.write_text(HEAD + 'profiles = "day.csv"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert prepare(study_files.load("there/mine.toml")).scenario.steps == 48


@pytest.fixture
def village(tmp_path, monkeypatch, write_day):
    """A study in a folder with dss/ and profiles/ of its own; the command runs elsewhere."""
    home = tmp_path / "home"
    (home / "profiles").mkdir(parents=True)
    write_day(home / "profiles" / "summer.csv", 0.5)
    shutil.copytree(feeder_files.bundled_folder() / "ieee12", home / "dss" / "village")
    (home / "mine.toml").write_text('name = "v"\nfeeder = "village"\nprofiles = "summer"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return home


def test_feeder_and_profiles_beside_the_study_are_found_from_anywhere(village):
    study = study_files.load("../home/mine.toml")
    assert study.feeder == str((village / "dss/village/Master.dss").resolve())
    assert study.profiles == str((village / "profiles/summer.csv").resolve())
    assert prepare(study).scenario.steps == 48


def test_a_study_beside_its_feeder_finds_the_profiles_above(village):
    text = (village / "mine.toml").read_text()
    (village / "dss/village/study.toml").write_text(text)
    study = study_files.load(str(village / "dss/village/study.toml"))
    assert study.script == str((village / "dss/village/Master.dss").resolve())
    assert study.profiles == str((village / "profiles/summer.csv").resolve())


def test_what_is_beside_the_study_comes_before_what_is_here(village, write_day):
    here = village.parent / "elsewhere"
    (here / "profiles").mkdir()
    write_day(here / "profiles" / "summer.csv", 0.25)
    (here / "dss").mkdir()
    assert prepare(study_files.load("../home/mine.toml")).scenario.steps == 48
    # A bundled study has nothing of its own beside it: what is here is meant.
    assert study_files.load("ieee12").profiles == "typical_day"


def test_feeders_beside_the_study_are_offered(village):
    text = (village / "mine.toml").read_text().replace("village", "vilage")
    (village / "wrong.toml").write_text(text)
    with pytest.raises(InputError, match="Did you mean 'village'"):
        study_files.load("../home/wrong.toml")


def prepared(text, *words):
    with pytest.raises(InputError) as caught:
        prepare(parse(HEAD + text))
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fleet.units.pv7]\nsize = [0, 9]\n", ["fleet.units.pv7", "Did you mean 'pv", "wt2"]),
        ('[fleet]\nbuses = ["2", "13"]\n', ["mine", "fleet.buses", "'13'", "Did you mean '"]),
        ('[fleet.units.pv2]\nbuses = ["x"]\n', ["mine", "fleet.units.pv2.buses", "'x'"]),
        ("[fleet]\nbuses = []\n", ["mine", "pv1", "0 candidate buses"]),
        ('[fleet]\nbuses = ["5"]\n', ["mine", "pv2", "1 candidate bus", "2 pv"]),
        ('profiles = "typcal_day"\n', ["profiles", "Did you mean 'typical_day'"]),
        ("[vehicles]\ncharger_kw = 0.2\n", ["mine", "vehicles", "charger_kw"]),
        ("[fleet.units.bev1]\nsize = [0.2, 0.8]\n", ["bev1", "whole number of vehicles"]),
    ],
)
def test_a_study_that_does_not_fit_its_feeder_is_refused(text, words):
    prepared(text, *words)


def test_an_unknown_feeder_gets_the_nearest_one():
    with pytest.raises(InputError, match=r"unknown feeder 'ieee-12'.*Did you mean 'ieee12'"):
        prepare(parse('name = "mine"\nfeeder = "ieee-12"\n'))


def test_options_of_an_optimizer_that_does_not_exist_are_refused(tmp_path):
    from toolkit.commands.request import Request, checked

    asked = parse(HEAD + "[optimizers.cheeta]\nmembers = 5\n")
    with pytest.raises(InputError, match=r"cheeta.*Did you mean 'cheetah'"):
        checked(asked, Request(("random",), 10, 1))


def test_units_without_bounds_run_from_nothing_to_twice_their_size():
    setting = prepare(parse(HEAD))
    bounds = {u.name: (u.size_min, u.size_max) for u in setting.fleet.units}
    assert bounds["pv1"] == (0.0, 150.0)
    assert bounds["wt1"] == (0.0, 100.0)
    assert bounds["bess1"] == (0.0, 60.0)
    assert bounds["bev1"] == (0.0, 16.0)
    loads = [b for b in setting.feeder.buses if b != "1"]
    for unit in setting.fleet.units:
        assert [setting.feeder.buses[b] for b in unit.candidates] == loads


def test_patterns_choose_buses_once_each():
    setting = prepare(parse(HEAD + '[fleet]\nbuses = ["1?", "12", "3"]\n'))
    buses = [setting.feeder.buses[b] for b in setting.fleet.units[0].candidates]
    assert buses == ["10", "11", "12", "3"]


def test_a_copy_of_a_bundled_feeder_keeps_its_name_until_it_differs(tmp_path, monkeypatch):
    shutil.copytree(feeder_files.bundled_folder() / "ieee12", tmp_path / "dss" / "ieee12")
    monkeypatch.chdir(tmp_path)
    assert study_files.load("ieee12").feeder == "ieee12"
    with (tmp_path / "dss" / "ieee12" / "Loads.dss").open("a", encoding="utf-8") as file:
        file.write("! mine\n")
    expected = tmp_path / "dss" / "ieee12" / "Master.dss"
    assert study_files.load("ieee12").feeder == str(expected.resolve())


def test_a_study_named_without_its_ending_is_offered_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "village.toml").write_text('name = "village"\nfeeder = "ieee12"\n', "utf-8")
    with pytest.raises(InputError, match=r"did you mean the file 'village\.toml'"):
        study_files.load("village")
    with pytest.raises(InputError, match=r"is called 'vilage'\. Did you mean 'village\.toml'\?"):
        study_files.load("vilage")
    with pytest.raises(InputError, match=r"Did you mean 'ieee12'\? Known"):
        study_files.load("ieee1")
