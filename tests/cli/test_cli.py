"""The command line: help, lists, exact budgets, and what a command prints."""

import os
import sys

import pandas as pd
import pytest
from helpers.commands import BUILT_IN, QUICK, spent

from toolkit import cli


def test_init_writes_a_study_that_runs_and_is_not_overwritten(command, refused, tmp_path):
    assert command("init", "study", "mine")[0] == 0
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert 'name = "mine"' in text
    assert "#" in text
    refused(["init", "study", "mine"], "mine.toml", "exists already")
    refused(["init", "study", "a b"], "'name'", "'a b'")
    assert command("simulate", "mine.toml", "--out", "out")[0] == 0


def test_every_commented_default_of_the_template_is_the_default(command, tmp_path):
    from toolkit.inputs import study_files

    command("init", "study", "mine")
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    for i, line in enumerate(lines):
        bare = line.removeprefix("# ")
        other = ("buses", "size", "hours", "table", "curve", "turbine", "[", "variant")
        other += ("optimizer", "algorithm")
        # What is left out may stand for what the scripts declare.
        alternative = bare.startswith(other) or "left out" in bare
        if line.startswith("# ") and " = " in bare and not alternative:
            shown = "\n".join([*lines[:i], bare, *lines[i + 1 :]])
            changed = study_files.parse(shown.encode(), "mine.toml")
            assert changed == study_files.parse(text.encode(), "mine.toml"), bare


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


SLOW = pytest.param(997, 2, marks=pytest.mark.slow)


@pytest.mark.parametrize(("budget", "workers"), [(1, 1), (7, 1), SLOW])
def test_exactly_the_budget_is_spent(budget, workers, command, tmp_path, write_coarse):
    write_coarse(tmp_path)
    names = [word for name in BUILT_IN for word in ("--optimizer", name)]
    numbers = ["--budget", budget, "--runs", 1, "--workers", workers]
    code, _, err = command("compare", "mine.toml", *names, *numbers, "--out", "out")
    assert code == 0, err
    assert spent(tmp_path / "out") == ([budget] * 5, [budget] * 5, ["spent"] * 5)


def test_the_stored_study_keeps_the_options_given(command, tmp_path, write_coarse):
    write_coarse(tmp_path)
    words = [
        "optimize",
        "mine.toml",
        "--option",
        "members=3",
        "--option",
        "variant=text",
        *QUICK,
        "--out",
    ]
    assert command(*words, "first")[0] == 0
    stored = (tmp_path / "first" / "study.toml").read_text(encoding="utf-8")
    assert "members = 3" in stored
    assert 'variant = "text"' in stored
    assert command("optimize", "first/study.toml", *QUICK, "--out", "second")[0] == 0
    first, second = (tmp_path / name / "summary.csv" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_compare_says_what_the_runs_prove_and_fits_the_page(command, tmp_path, write_coarse):
    write_coarse(tmp_path)
    names = [w for name in ("random", "cheetah", "pygad") for w in ("--optimizer", name)]
    numbers = ["--budget", "12", "--runs", "2", "--workers", "1", "--out", "out"]
    code, out, err = command("compare", "mine.toml", *names, *numbers)
    assert code == 0, err
    flat = " ".join(out.split())
    held = pd.read_csv(tmp_path / "out" / "pairs.csv")
    assert len(held) == 3
    told = held["verdict"].str.replace(", p ", ", p (Holm) ")
    assert all(f"{verdict}." in flat for verdict in told)
    assert "Final results over the seeds, kWh over the day" in flat
    assert "Friedman over 2 seeds: " in flat
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
def test_nothing_is_said_to_be_tested_that_was_not(
    words, there, not_there, command, tmp_path, write_coarse
):
    write_coarse(tmp_path)
    quick = [] if words == ["simulate"] else QUICK
    code, out, err = command(words[0], "mine.toml", *words[1:], *quick)
    assert code == 0, err
    assert there in " ".join(out.split())
    assert not_there not in out
