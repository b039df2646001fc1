"""The command line: bad input, exit codes, interruption, exact budgets, quick help."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from toolkit import cli

BUILT_IN = ("cheetah", "pygad", "mealpy", "cma", "random")
QUICK = ("--budget", "2", "--workers", "1")


@pytest.fixture
def refused(command, tmp_path):
    """Run a command that must end with exit code 2 and one message with these words."""

    def run(words, *expected):
        code, out, err = command(*words)
        assert code == 2, out + err
        assert "Traceback" not in err
        assert "Error" in err
        for word in expected:
            assert word in err, err
        assert not (tmp_path / "results").exists()
        return err

    return run


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
    refused(["compare", "-o", "members=5", *QUICK], "pygad.members=5", "several optimizers")


def test_an_algorithm_that_mealpy_does_not_have(refused):
    words = ["optimize", "--optimizer", "mealpy", "-o", "algorithm=JAED", *QUICK]
    refused(words, "JAED", "Did you mean 'JADE'?")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--budget", "0"], ["--budget", "0", "at least 1"]),
        (["--budget", "-3"], ["--budget", "-3"]),
        (["--budget", "many"], ["--budget", "integer"]),
        (["--budget", "1.5"], ["--budget", "integer"]),
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
    refused(["simulate", "small"], "small", "no PV, wind or storage unit")


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


def test_init_writes_a_study_that_runs_and_is_not_overwritten(command, refused, tmp_path):
    assert command("init", "study", "mine")[0] == 0
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert 'name = "mine"' in text
    assert "#" in text
    refused(["init", "study", "mine"], "mine.toml", "exists already")
    refused(["init", "study", "a b"], "'name'", "'a b'")
    assert command("simulate", "mine.toml", "--out", "out")[0] == 0


def test_every_commented_default_of_the_template_is_the_default(command, tmp_path):
    from toolkit.inputs import study

    command("init", "study", "mine")
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    for i, line in enumerate(lines):
        bare = line.removeprefix("# ")
        other = ("buses", "size", "hours", "table", "[", "variant", "optimizer", "algorithm")
        alternative = bare.startswith(other)
        if line.startswith("# ") and " = " in bare and not alternative:
            shown = "\n".join([*lines[:i], bare, *lines[i + 1 :]])
            changed = study.parse(shown.encode(), "mine.toml")
            assert changed == study.parse(text.encode(), "mine.toml"), bare


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["compare"],
        ["optimize"],
        ["bound"],
        ["simulate"],
        ["feeders"],
        ["feeders", "list"],
        ["feeders", "show"],
        ["optimizers"],
        ["optimizers", "list"],
        ["optimizers", "show"],
        ["init"],
        ["init", "study"],
        ["init", "plugin"],
    ],
)
def test_help_of_every_command(words, command):
    code, out, err = command(*words, "--help")
    assert code == 0
    assert "Usage" in out
    assert not err
    commands = out.partition("Commands:")[2].splitlines()
    assert [line for line in commands if "..." in line] == []


def test_lists_and_shows(command):
    code, out, _ = command("optimizers", "list")
    assert code == 0
    for name in BUILT_IN:
        assert name in out
        code, shown, _ = command("optimizers", "show", name)
        assert code == 0
        assert "Source:" in shown
    assert "cannot be used" not in out
    assert "ieee12" in command("feeders", "list")[1]
    shown = command("feeders", "show", "ieee12")[1]
    assert "12 buses" in shown
    assert "435.0 kW" in shown
    assert "bev2" in shown


def test_the_version_and_a_traceback_on_demand(command, monkeypatch):
    assert command("--version")[1].strip()[0].isdigit()
    monkeypatch.delenv("TOOLKIT_DEBUG", raising=False)
    monkeypatch.setattr(sys, "argv", ["toolkit", "--debug", "simulate", "nothing"])
    with pytest.raises(Exception, match="unknown study"):
        cli.main()
    # What main sets for itself must not outlive the test.
    os.environ.pop("TOOLKIT_DEBUG", None)


def spent(folder):
    """Return the evaluations of each case by the summary and by its history."""
    summary = pd.read_csv(folder / "summary.csv").query("case != 'base'")
    by_history = [len(pd.read_csv(folder / "cases" / c / "history.csv")) for c in summary["case"]]
    return summary["evaluations"].tolist(), by_history, summary["ending"].tolist()


SLOW = pytest.param(997, 2, marks=pytest.mark.slow)


@pytest.mark.parametrize(("budget", "workers"), [(1, 1), (7, 1), SLOW])
def test_exactly_the_budget_is_spent(budget, workers, command, tmp_path, write_day):
    write_day(tmp_path / "coarse.csv", 4.0)
    study = 'name = "mine"\nfeeder = "ieee12"\nprofiles = "coarse.csv"\n'
    (tmp_path / "mine.toml").write_text(study, encoding="utf-8")
    names = [word for name in BUILT_IN for word in ("--optimizer", name)]
    numbers = ["--budget", budget, "--runs", 1, "--workers", workers]
    code, _, err = command("compare", "mine.toml", *names, *numbers, "--out", "out")
    assert code == 0, err
    assert spent(tmp_path / "out") == ([budget] * 5, [budget] * 5, ["spent"] * 5)


def test_the_stored_study_keeps_the_options_given(command, tmp_path):
    words = ["optimize", "-o", "members=3", "-o", "variant=text", *QUICK, "--out"]
    assert command(*words, "first")[0] == 0
    stored = (tmp_path / "first" / "study.toml").read_text(encoding="utf-8")
    assert "members = 3" in stored
    assert 'variant = "text"' in stored
    assert command("optimize", "first/study.toml", *QUICK, "--out", "second")[0] == 0
    first, second = (tmp_path / name / "summary.csv" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_compare_says_what_the_runs_prove_and_fits_the_page(command, tmp_path, write_day):
    write_day(tmp_path / "coarse.csv", 4.0)
    study = 'name = "mine"\nfeeder = "ieee12"\nprofiles = "coarse.csv"\n'
    (tmp_path / "mine.toml").write_text(study, encoding="utf-8")
    names = [w for name in ("random", "cheetah", "pygad") for w in ("--optimizer", name)]
    numbers = ["--budget", "12", "--runs", "3", "--workers", "1", "--out", "out"]
    code, out, err = command("compare", "mine.toml", *names, *numbers)
    assert code == 0, err
    flat = " ".join(out.split())
    held = pd.read_csv(tmp_path / "out" / "pairs.csv")
    assert len(held) == 3
    assert all(f"{verdict}." in flat for verdict in held["verdict"])
    assert "Final results over the seeds, kWh over the day" in flat
    assert "Friedman over 3 seeds: " in flat
    assert "It takes at least 7 seeds." in flat
    assert max(map(len, out.splitlines())) <= 80
    assert out.splitlines()[-1] == "out"


@pytest.mark.parametrize(
    ("words", "there", "not_there"),
    [
        (["optimize", "--runs", "1"], "", "Final results"),
        (["optimize", "--runs", "2"], "Final results", "no significant"),
        (["compare", "--runs", "1"], "nothing can be tested", "Friedman"),
        (["simulate"], "", "Final results"),
    ],
)
def test_nothing_is_said_to_be_tested_that_was_not(words, there, not_there, command):
    quick = [] if words == ["simulate"] else QUICK
    code, out, err = command(*words, *quick)
    assert code == 0, err
    assert there in " ".join(out.split())
    assert not_there not in out


#: The command as it is, but it leaves figures out and writes its progress to a file.
WATCHED = """
from contextlib import contextmanager
from pathlib import Path
from toolkit import cli, console, figures
@contextmanager
def bar(tasks):
    yield lambda spent: Path("progress").write_text(" ".join(map(str, spent))), lambda phase: None
if __name__ == "__main__":
    console.progress_bar, figures.draw_folder = bar, lambda folder: None
    cli.main()
"""


def interrupted(folder, words, ready, wait=0.0, budget=("--budget", "100000")):
    """Start a command, press Ctrl-C ``wait`` seconds after it is ready; return what it printed."""
    running = subprocess.Popen(
        [sys.executable, "-c", WATCHED, *words, *budget, "--out", "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        start_new_session=True,
    )
    try:
        give_up = time.monotonic() + 40
        while not ready() and time.monotonic() < give_up:
            time.sleep(0.02)
        time.sleep(wait)
        # A terminal sends it to every process of the command.
        os.killpg(running.pid, signal.SIGINT)
        stdout, stderr = running.communicate(timeout=40)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
    assert "Traceback" not in stderr, stderr[-500:]
    assert running.returncode == 130
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "interrupted"
    assert not list(folder.rglob("*.partial"))
    return stdout


ONE = ["optimize", "--optimizer", "random"]
TWO = ["compare", "--optimizer", "random", "--optimizer", "cheetah", "--runs", "2", "-w", "2"]


def test_ctrl_c_while_a_bound_is_proven_leaves_a_whole_folder(tmp_path):
    begun = (tmp_path / "out" / "manifest.json").exists
    stdout = interrupted(tmp_path, ["bound"], begun, 2.0, budget=())
    assert "Interrupted" in stdout
    assert (tmp_path / "out" / "summary.csv").is_file()
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize(("words", "found"), [(ONE, 1), (TWO, 2)], ids=["one", "two"])
def test_ctrl_c_keeps_what_was_found(words, found, tmp_path):
    progress = tmp_path / "progress"

    def all_at_work():
        counts = progress.read_text(encoding="utf-8").split() if progress.exists() else []
        return sum(int(n) > 0 for n in counts) == found

    stdout = interrupted(tmp_path, words, all_at_work)
    summary = pd.read_csv(tmp_path / "out" / "summary.csv").query("case != 'base'")
    assert len(summary) == found
    assert summary["evaluations"].between(1, 99_999).all()
    counts, histories, endings = spent(tmp_path / "out")
    assert counts == histories
    assert endings == ["stopped"] * found
    assert "Interrupted" in stdout
    assert stdout.strip().splitlines()[-1] == "out"


@pytest.mark.parametrize("words", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("wait", [0.0, 0.5])
def test_ctrl_c_at_the_very_start_ends_quietly(words, wait, tmp_path):
    interrupted(tmp_path, words, (tmp_path / "out" / "manifest.json").exists, wait)


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
