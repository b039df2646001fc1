"""A file of defaults: what is typed wins, the project's comes before the user's."""

import json

import pytest

from toolkit.cli import defaults
from toolkit.errors import InputError


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Return a function that writes the user's file and the project's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(defaults.sys, "platform", "linux")
    (tmp_path / "config/p2p-der-toolkit").mkdir(parents=True)
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(project="", user="", place="."):
        (tmp_path / place / "toolkit.toml").write_text(project)
        (tmp_path / "config/p2p-der-toolkit/toolkit.toml").write_text(user)

    return write


def words(typed):
    return " ".join(defaults.with_defaults(typed.split())[0])


def test_what_is_typed_wins_then_the_project_then_the_user(desk):
    desk("workers = 2\n", "workers = 8\nkeep_journal = true\n")
    assert words("optimize a") == "optimize --keep-journal --workers 2 a" or (
        words("optimize a") == "optimize --workers 2 --keep-journal a"
    )
    for typed in ("optimize a --workers 3", "optimize -w3 a", "optimize --workers=3"):
        assert "--workers 2" not in words(typed)
    assert "--workers" not in words("optimize --scheduler tcp://a:1")
    assert words("resume out") == "resume --workers 2 out"
    assert words("bound a") == "bound a"
    assert words("--help") == "--help"


def test_the_file_beside_the_study_is_meant(desk):
    desk("workers = 4\n", place="there")
    assert words("optimize there/mine.toml") == "optimize --workers 4 there/mine.toml"
    assert words("optimize mine.toml") == "optimize mine.toml"


def test_quiet_is_a_default_unless_another_loudness_is_typed(desk):
    desk("quiet = true\nworkers = 1\n")
    assert words("--debug feeders list") == "--debug --quiet feeders list"
    for typed in ("-v feeders list", "feeders list --verbose", "feeders list -q"):
        assert words(typed) == typed
    desk("quiet = false\n", "quiet = true\n")
    assert words("feeders list") == "feeders list"


def test_what_changes_figures_is_announced_by_file_and_line(desk):
    desk('# mine\n\nsolver = "opendss"\n')
    found, notes = defaults.with_defaults(["optimize"])
    assert found == ["optimize", "--solver", "opendss"]
    assert notes == ["Note: --solver opendss comes from toolkit.toml, line 3."]
    assert defaults.with_defaults(["optimize", "--solver", "auto"])[1] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "quiet = true\nworker = 2",
            "toolkit.toml, line 2: unknown key 'worker'. Did you mean 'wor",
        ),
        ("budget = 5", "toolkit.toml, line 1: 'budget' changes the figures; type it"),
        ("workers = 0", "'workers': found 0; expected a whole number from 1 to"),
        ("workers = true", "'workers': found True; expected a whole number"),
        ('solver = "x"', "'solver': found 'x'; expected one of auto, batch, opendss, compiled."),
        ("solver = []", "'solver': found []; expected one of"),
        ("quiet = 1", "'quiet': found 1; expected true or false."),
        ("quiet = true\nverbose = true", "line 2: found verbose = true beside quiet = true"),
        ("[limits]\nv_max = 1", "toolkit.toml, line 1: unknown key 'limits'."),
        ("workers = ", "toolkit.toml: not valid TOML at its end: invalid value; is it whole?"),
        ("workers = x\n", "toolkit.toml, line 1, column 11: not valid TOML"),
    ],
)
def test_what_cannot_be_a_default_is_refused(text, told, desk):
    desk(text)
    with pytest.raises(InputError) as caught:
        defaults.with_defaults(["optimize"])
    assert told in str(caught.value)


def test_a_study_of_that_name_is_no_file_of_defaults(desk):
    desk('name = "toolkit"\nfeeder = "ieee12"\n')
    assert words("simulate toolkit.toml") == "simulate toolkit.toml"


def test_a_command_heeds_it_and_the_manifest_has_it(command, tmp_path):
    (tmp_path / "toolkit.toml").write_text('solver = "opendss"\nworkers = 1\nquiet = true\n')
    code, out, err = command("optimize", "--optimizer", "random", "--budget", "2", "-o", "out")
    assert (code, out) == (0, "out\n")
    assert err.startswith("Note: --solver opendss comes from toolkit.toml, line 1.")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["solver"] == "opendss"
    assert "--solver opendss" in manifest["command"]
    assert "--workers 1" in manifest["command"]
