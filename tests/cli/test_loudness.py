"""``--quiet``, ``--verbose`` and ``-V``, the same for every command."""

import pytest
from helpers.commands import QUICK
from typer.main import get_command

from toolkit import cli
from toolkit.cli import terminal

#: The base case of the bundled day has lower voltages than this.
BROKEN = "[limits]\nv_min = 0.99\n"


@pytest.fixture(autouse=True)
def plain_again():
    """Have no test leave the process quiet."""
    yield
    terminal.be("plain")


def leaves(words, command):
    below = getattr(command, "commands", {})
    for name, sub in below.items():
        yield from leaves((*words, name), sub)
    if not below:
        yield " ".join(words), {opt for parameter in command.params for opt in parameter.opts}


def test_every_command_has_both_flags():
    found = dict(leaves((), get_command(cli.app)))
    assert len(found) > 30
    for words, options in found.items():
        assert {"--quiet", "-q", "--verbose", "-v"} <= options, words


def test_quiet_prints_the_folder_alone_and_keeps_notes(command, tmp_path, write_coarse):
    path = write_coarse(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + BROKEN, encoding="utf-8")
    code, out, err = command("simulate", "mine.toml", "--out", "out", "-q")
    assert (code, out) == (0, "out\n")
    assert all(line.startswith(("Notice: ", "Note: ")) for line in err.splitlines())
    assert "\nNote: base breaks limits" in err
    # The same before the command; and what is not quiet has the note beside the figures.
    assert command("-q", "simulate", "mine.toml", "--out", "again")[1] == "again\n"
    code, out, err = command("simulate", "mine.toml", "--out", "third")
    assert "Note: base breaks limits" in out
    assert out.splitlines()[-1] == "third"
    assert "Note: " not in err
    assert command("reproduce", "out", "-q")[1].startswith("Verdict: reproduced")


def test_quiet_does_not_swallow_notices(command, monkeypatch, tmp_path, write_coarse):
    from toolkit.commands import storing

    def told(setting, monitor):
        monitor.notice("line l1: its rating is made up.")
        return []

    monkeypatch.setattr(storing, "_told", told)
    write_coarse(tmp_path)
    code, out, err = command("simulate", "mine.toml", "--out", "out", "--quiet")
    assert (code, out, err) == (0, "out\n", "Notice: line l1: its rating is made up.\n")


def test_verbose_says_who_searches_and_what_took_how_long(command, tmp_path, write_coarse):
    write_coarse(tmp_path)
    words = ["optimize", "mine.toml", "--optimizer", "random", *QUICK, "--out", "out"]
    code, out, err = command(*words, "-v")
    assert code == 0
    assert out.splitlines()[-1] == "out"
    lines = err.splitlines()
    assert all(line.startswith(("[", "Notice: ")) for line in lines), err
    assert "Master.dss" in lines[0]
    assert "coarse.csv" in lines[0]
    assert [line for line in lines if "searches by the batch solver: on 4 trial plans" in line]
    assert [line for line in lines if "1 run of 2 evaluations, by 1 worker process" in line]
    assert [line for line in lines if "evaluations: took " in line]


def test_lists_are_names_alone_and_shows_are_whole(command, monkeypatch):
    assert command("feeders", "list", "-q")[1].split() == ["ieee12", "ieee33", "ieee69"]
    assert "typical_day" in command("profiles", "list", "-q")[1].splitlines()
    shown = command("profiles", "show", "typical_day", "-q")[1]
    assert shown == command("profiles", "show", "typical_day")[1]


def test_a_broken_plug_in_is_named_on_the_side_of_errors(capsys):
    from toolkit.cli.console import plugins
    from toolkit.common.plugins.groups import PluginInfo

    terminal.be("quiet")
    found = [PluginInfo("a", "p", "p:A"), PluginInfo("b", "p", "p:B", reason="no such file")]
    plugins.list_plugins("goals", found, as_json=False)
    assert capsys.readouterr() == ("a\n", "b cannot be used: no such file\n")


@pytest.mark.parametrize(
    "words", [["feeders", "list", "-q", "-v"], ["-q", "feeders", "list", "-v"]]
)
def test_both_are_refused(words, command):
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert err == "Error: found --quiet and --verbose; expected one of them.\n"


def test_the_version_has_a_short_flag(command):
    assert command("-V") == command("--version")


def test_flags_without_a_command_are_one_message(command):
    code, out, err = command("-q")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "found no command" in err
