"""Results folders from anywhere: nothing outside them, nothing of others in them, is touched."""

import json
import os
import shutil

import pytest
from helpers.folders import tree

from toolkit.commands import resume as resuming
from toolkit.commands import simulate_and_store
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results import store

#: Every command that meets a results folder.
COMMANDS = (
    ("report", "DIR"),
    ("reproduce", "DIR"),
    ("reproduce", "DIR", "--rerun"),
    ("explain", "DIR"),
    ("resume", "DIR", "-w", "1"),
    ("optimize", "coarse.toml", "--out", "DIR", "-b", "3", "-w", "1"),
    ("optimize", "coarse.toml", "--out", "DIR", "-b", "3", "-w", "1", "--force"),
    ("simulate", "coarse.toml", "--out", "DIR", "--force"),
)


def every_command(command, expected=(0, 1, 2)):
    """Run every command; each ends with a message at most, and says what it returned."""
    codes = {}
    for words in COMMANDS:
        code, out, err = command(*words)
        assert code in expected, (words, code, err)
        assert "Traceback" not in out + err, words
        assert code == 0 or out or err, words
        codes[words] = code
    return codes


#: Paths in the folder that become links, most of them to what was there.
LINKED = (
    *("manifest.json", "study.toml", "network.json", "summary.csv", "tables.md", "report.html"),
    *("explain.csv", "figures", "figures/figure1_one_line.svg", "cases", "cases/base"),
    *("cases/base/plan.json", "cases/base/hourly.csv", "cases/base/feeder"),
    *("cases/base/feeder/Master.dss", "cases/base/feeder/base"),
    *("journal", "journal/lock", "journal/token", "journal/cheetah-seed1.npz"),
    "journal/cheetah-seed2.journal",
)


def displaced(path, outside, content=b"private"):
    """Move a path elsewhere, or put something private there; return where it is."""
    there = outside / path.name
    outside.mkdir()
    if path.exists():
        shutil.move(path, there)
    else:
        there.write_bytes(content)
    return there


@pytest.mark.parametrize("name", LINKED)
def test_nothing_is_followed_replaced_or_removed_through_a_link(name, made, tmp_path, command):
    there = displaced(made / name, tmp_path / "outside")
    (made / name).symlink_to(there)
    before, inside = tree(tmp_path / "outside"), tree(made)
    codes = every_command(command, (2,))
    assert len(codes) == len(COMMANDS)
    assert tree(tmp_path / "outside") == before
    assert tree(made) == inside


@pytest.mark.parametrize("name", ["results.partial", "replacement"])
def test_unfinished_results_elsewhere_are_not_followed(name, made, tmp_path, command):
    there = tmp_path / "outside"
    shutil.copytree(made, there)
    (made / name).symlink_to(there)
    before, inside = tree(there), tree(made)
    every_command(command, (2,))
    assert (tree(there), tree(made)) == (before, inside)


@pytest.mark.parametrize("name", ["summary.csv", "journal", "notes", "cases/base/x", "figures/a"])
def test_links_to_nothing_and_pipes_end_in_a_message(name, made, tmp_path, command):
    for make in (lambda p: p.symlink_to(tmp_path / "nowhere"), os.mkfifo):
        if (made / name).is_dir():
            shutil.rmtree(made / name)
        (made / name).unlink(missing_ok=True)
        make(made / name)
        before = tree(tmp_path)
        every_command(command, (2,))
        assert tree(tmp_path) == before


@pytest.mark.parametrize("name", ["cheetah-seed1.journal", "cheetah-seed2.journal", "lock"])
def test_a_second_name_of_a_private_file_is_not_written_to(name, made, tmp_path, command):
    """A hard link: what is written in place would be written elsewhere too."""
    path = made / "journal" / name
    there = displaced(path, tmp_path / "outside")
    os.link(there, path)
    before = tree(tmp_path / "outside")
    for words in (COMMANDS[6], COMMANDS[4]):
        _, out, err = command(*words)
        assert "Traceback" not in out + err
        assert tree(tmp_path / "outside") == before, words


FOREIGN = (
    *("thesis.tex", "cases/notes.txt", "cases/base/mine.csv", "cases/base/feeder/mine.dss"),
    *("cases/base/feeder/base/mine.dss", "figures/mine.png", "figures/figure99.svg"),
    *("journal/mine", "journal/cheetah-seed1.journal.bak", "summary.csv.partial"),
    *("polish.csv", "cases/mine/plan.json", "mine/summary.csv", ".hidden", "journal/x/y"),
)


def plant(folder, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"mine")


@pytest.mark.parametrize("name", FOREIGN)
def test_a_folder_with_files_of_others_is_not_overwritten(name, made, coarse, monkeypatch):
    plant(made, name)
    before = tree(made)
    with pytest.raises(InputError, match=r"already holds other files") as error:
        simulate_and_store(study_files.load(str(coarse)), None, made, "toolkit", force=True)
    assert name in str(error.value)
    assert tree(made) == before


def test_what_others_put_there_stays(made, command):
    """Where it has no name that results are going to have; ``resume`` refuses that."""
    names = [name for name in FOREIGN if name not in ("polish.csv", "cases/mine/plan.json")]
    for name in names:
        plant(made, name)
    for words in (*COMMANDS, ("resume", "DIR", "-w", "1")):
        _, out, err = command(*words)
        assert "Traceback" not in out + err
        assert [n for n in names if (made / n).read_bytes() != b"mine"] == [], words
    assert store.read_manifest(made)["status"] == "complete"


def test_a_file_changed_since_is_not_replaced(made, coarse):
    (made / "tables.md").write_text("my own words", "utf-8")
    with pytest.raises(InputError, match=r"other files \(tables\.md\).*changed since"):
        simulate_and_store(study_files.load(str(coarse)), None, made, "toolkit", force=True)
    with pytest.raises(InputError, match=r"other files \(tables\.md\)"):
        resuming.resume(*resuming.left_to_do(made, 1, None), made)
    assert (made / "tables.md").read_text("utf-8") == "my own words"


OTHERS = (
    *("{}", "[]", "null", "", "\x00", '{"name": "app", "files": {"thesis.tex": ""}}', "[" * 10**6),
    *("1" * 10_000, '{"command": 1}', '{"status": "complete", "files": ["thesis.tex"]}', "{"),
)


@pytest.mark.parametrize("content", OTHERS, ids=range(len(OTHERS)))
def test_a_folder_with_the_manifest_of_others(content, tmp_path, coarse, command):
    for path in coarse.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    (tmp_path / "DIR").mkdir()
    (tmp_path / "DIR" / "manifest.json").write_text(content, "utf-8")
    (tmp_path / "DIR" / "thesis.tex").write_text("mine", "utf-8")
    (tmp_path / "DIR" / "summary.csv").write_text("mine", "utf-8")
    before = tree(tmp_path)
    every_command(command, (2,))
    assert tree(tmp_path) == before


def test_a_manifest_that_lists_files_of_others(made, tmp_path, command):
    """Listing a file, with its checksum, does not make it ours: its name has to be of ours too."""
    names = ["../outside.txt", str(tmp_path / "outside.txt"), "thesis.tex", "cases/../x.csv",
             "cases/base/../../x.csv", "cases//x", "figures/mine.png", ""]  # fmt: skip
    (tmp_path / "outside.txt").write_text("mine", "utf-8")
    (made / "thesis.tex").write_text("mine", "utf-8")
    path = made / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    mine = store.checksums(made)["thesis.tex"]
    manifest["files"] |= dict.fromkeys(names, mine)
    path.write_text(json.dumps(manifest), "utf-8")
    for words in (COMMANDS[0], *COMMANDS[4:]):
        assert command(*words)[0] in (0, 2)
    assert (tmp_path / "outside.txt").read_text("utf-8") == "mine"
    assert (made / "thesis.tex").read_text("utf-8") == "mine"
