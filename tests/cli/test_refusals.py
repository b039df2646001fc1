"""Bad input by the command line: exit code 2, and one message that names what is wrong."""

import pytest
from helpers.commands import QUICK


def small_feeder(folder, body="", head="New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6"):
    """Write a feeder of two buses with a study."""
    here = folder / "dss" / "small"
    here.mkdir(parents=True)
    text = (
        f"Clear\n{head}\n"
        "New Line.ab bus1=a bus2=b length=1 units=none r1=1 x1=1 r0=1 x0=1 c1=0 c0=0\n"
        "New Load.b bus1=b kV=11 kW=100 kvar=10 vminpu=0.5 vmaxpu=1.5\n"
        f"{body}Set voltagebases=[11]\nCalcvoltagebases\n"
    )
    (here / "Master.dss").write_text(text, encoding="utf-8")
    (here / "study.toml").write_text('name = "small"\nfeeder = "small"\n', encoding="utf-8")


@pytest.mark.parametrize("name", ["compare", "optimize", "simulate"])
def test_an_unknown_study(name, refused):
    refused([name, "ieee21"], "unknown study 'ieee21'", "Did you mean 'ieee12'?", "Known: ieee12")


def test_an_unknown_feeder(refused):
    refused(["feeders", "show", "iee12"], "unknown feeder 'iee12'", "Did you mean 'ieee12'?")


@pytest.mark.parametrize("name", ["compare", "optimize"])
def test_an_unknown_optimizer(name, refused):
    words = [name, "--optimizer", "cheeta", *QUICK]
    refused(words, "unknown optimizer 'cheeta'", "Did you mean 'cheetah'?", "pygad")


def test_the_conformance_suite_runs_by_name(command):
    code, out, err = command("optimizers", "test", "random", "--option", "batch=8")
    assert (code, err) == (0, "")
    assert "pass  exact budget" in out
    assert "0 failed" in out


def test_an_unknown_optimizer_to_show(refused):
    refused(["optimizers", "show", "randon"], "Did you mean 'random'?")


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("member=5", ["cheetah", "'member'", "Did you mean 'members'?"]),
        ("members=many", ["members", "'many'", "whole number"]),
        ("members=1", ["members", "'1'", ">= 2"]),
        ("variant=best", ["variant", "'best'", "released, text"]),
        ("members", ["--option", "'members'", "KEY=VALUE"]),
        ("=5", ["--option", "KEY=VALUE"]),
        ("pygad.population=9", ["pygad", "cheetah"]),
    ],
)
def test_a_bad_option(option, expected, refused):
    refused(["optimize", "--option", option, *QUICK], *expected)


def test_an_option_without_its_optimizer_among_several(refused):
    refused(["compare", "--option", "members=5", *QUICK], "pygad.members=5", "several optimizers")


def test_an_algorithm_that_mealpy_does_not_have(refused):
    words = ["optimize", "--optimizer", "mealpy", "--option", "algorithm=JAED", *QUICK]
    refused(words, "JAED", "Did you mean 'JADE'?")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--budget", "0"], ["--budget", "0", "at least 1"]),
        (["--budget", "-3"], ["--budget", "-3"]),
        (["--budget", "many"], ["--budget", "whole number"]),
        (["--budget", "1.5"], ["--budget", "whole number"]),
        (["--runs", "0"], ["--runs", "0", "at least 1"]),
        (["--workers", "0"], ["--workers", "0", "at least 1"]),
        (["--seed", "-1"], ["--seed", "-1"]),
        (["--budgets", "5"], ["--budgets"]),
        (["--bound", "--time", "0"], ["--time", "0", "above 0"]),
        (["--time", "60"], ["--time", "--bound"]),
        (["--keep-sites"], ["--keep-sites", "--polish"]),
    ],
)
def test_a_bad_number(words, expected, refused):
    refused(["optimize", *words], *expected)


def test_the_same_optimizer_twice(refused):
    refused(["compare", "--optimizer", "random", "--optimizer", "random", *QUICK], "twice")


def test_an_unknown_command(refused):
    refused(["optimise"], "optimise")


def test_a_script_with_a_syntax_error(refused, tmp_path):
    small_feeder(tmp_path, "New Lien.bc bus1=b bus2=c\n")
    for name in ("simulate", "optimize"):
        refused([name, "small"], "Master.dss", "Lien")
    refused(["feeders", "show", "small"], "Master.dss", "Lien")


def test_a_script_with_a_missing_redirect(refused, tmp_path):
    small_feeder(tmp_path, "Redirect Lines.dss\n")
    refused(["simulate", "small"], "Master.dss", "Lines.dss")


def test_a_feeder_without_units(refused, tmp_path):
    small_feeder(tmp_path)
    refused(["optimize", "small", "--budget", "20"], "small", "no PV, wind or storage unit")


def test_a_feeder_without_load(refused, tmp_path):
    small_feeder(tmp_path, "Load.b.enabled=no\nNew PVSystem.pv bus1=b kV=11 Pmpp=5 kVA=9\n")
    refused(["simulate", "small"], "small", "no bus carries load")


def test_a_feeder_without_voltage_bases(refused, tmp_path):
    small_feeder(tmp_path, "New PVSystem.pv bus1=b kV=11 Pmpp=5 kVA=9\n")
    master = tmp_path / "dss" / "small" / "Master.dss"
    text = master.read_text(encoding="utf-8").split("Set voltagebases")[0]
    master.write_text(text, encoding="utf-8")
    refused(["simulate", "small"], "small", "voltage base")


def test_a_local_feeder_of_two_buses_runs(command, tmp_path):
    small_feeder(tmp_path, "New PVSystem.pv bus1=b kV=11 Pmpp=150 kVA=225\n")
    code, out, err = command("optimize", "small", "--optimizer", "random", *QUICK, "--out", "here")
    assert code == 0, err
    assert out.strip().splitlines()[-1] == "here"
    assert "paper" not in out


STUDIES = {
    "profiles that are missing": ('profiles = "no.csv"\n', ["no.csv"]),
    "profiles that are unknown": ('profiles = "typical"\n', ["typical", "typical_day"]),
    "a feeder that is missing": ('feeder = "no.dss"\n', ["no.dss"]),
    "limits upside down": ("[limits]\nv_min = 1.1\n", ["mine.toml", "v_min 1.1", "v_max 1.05"]),
    "scale upside down": ("[fleet]\nscale = [2, 1]\n", ["mine.toml", "scale", "[2.0, 1.0]"]),
    "size upside down": ("[fleet.units.pv1]\nsize = [9, 3]\n", ["mine.toml", "pv1", "size"]),
    "no candidate bus": ("[fleet]\nbuses = []\n", ["0 candidate buses", "pv1"]),
    "a bus that is not there": ('[fleet]\nbuses = ["99"]\n', ["fleet.buses", "99"]),
    "an unknown key": ("[limits]\nvmax = 1.1\n", ["mine.toml", "vmax", "Did you mean 'v_max'?"]),
    "no TOML": ("name\n", ["mine.toml", "line 1"]),
}


@pytest.mark.parametrize("case", STUDIES, ids=lambda case: case.replace(" ", "_"))
def test_a_bad_study(case, refused, tmp_path):
    text, expected = STUDIES[case]
    head = 'name = "mine"\n' if case != "no TOML" else ""
    if "feeder =" not in text:
        head += 'feeder = "ieee12"\n' if head else ""
    (tmp_path / "mine.toml").write_text(head + text, encoding="utf-8")
    refused(["optimize", "mine.toml", *QUICK], *expected)


def test_a_study_file_that_is_missing(refused):
    refused(["optimize", "mine.toml"], "no file", "mine.toml")


def test_a_bad_row_in_a_profile(refused, tmp_path, write_day):
    text = write_day(tmp_path / "day.csv").read_text(encoding="utf-8")
    (tmp_path / "day.csv").write_text(text.replace("0.83", "abc"), encoding="utf-8")
    study = 'name = "mine"\nfeeder = "ieee12"\nprofiles = "day.csv"\n'
    (tmp_path / "mine.toml").write_text(study, encoding="utf-8")
    refused(["simulate", "mine.toml"], "day.csv, row 19, column 'load [pu]'", "'abc'", "expected")


def test_a_plan_that_is_missing_or_no_plan(refused, tmp_path):
    refused(["simulate", "--plan", "plan.json"], "plan.json", "cannot be read")
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    refused(["simulate", "--plan", "plan.json"], "plan.json", "'units'")


def test_an_out_folder_that_holds_results(command, refused, tmp_path):
    code, out, _ = command("simulate", "--out", "mine")
    assert code == 0
    assert out.strip().splitlines()[-1] == "mine"
    before = (tmp_path / "mine" / "summary.csv").read_bytes()
    for words in (["simulate"], ["optimize", *QUICK], ["compare", *QUICK]):
        refused([*words, "--out", "mine"], "mine", "already holds results", "--force")
    assert (tmp_path / "mine" / "summary.csv").read_bytes() == before
    assert command("simulate", "--out", "mine", "--force")[0] == 0


def test_an_out_that_is_a_file(refused, tmp_path):
    (tmp_path / "mine").write_text("", encoding="utf-8")
    refused(["simulate", "--out", "mine"], "mine", "is a file")
    refused(["optimize", *QUICK, "--out", "mine/deeper"], "mine")


@pytest.mark.parametrize(
    ("flag", "value", "most"),
    [
        ("--runs", 10**9, "10,000"),
        ("--budget", 10**12, "100,000,000"),
        ("--workers", 10_000, "1,000"),
        ("--seed", 10**30, "9223372036854775807"),
    ],
)
def test_what_no_machine_holds_is_refused_with_the_limit_named(flag, value, most, refused):
    refused(["compare", flag, value], f"{flag}: found {value}", most)
