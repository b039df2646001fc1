"""Results folders from anywhere: nothing outside them, nothing of others in them, is touched."""

import json
import os
import shutil
import stat

import pandas as pd
import pytest

from toolkit.commands import resume as resuming
from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.request import Request
from toolkit.common import files
from toolkit.errors import InputError, ToolkitError
from toolkit.inputs import study
from toolkit.problem.setting import prepare
from toolkit.results import figures, store
from toolkit.results.store.names import is_shown
from toolkit.runs.workers import Stop

QUICK = Request(("cheetah",), 12, 2)
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


@pytest.fixture(scope="module")
def coarse(write_day, tmp_path_factory):
    """A study with days of six steps; its file."""
    folder = tmp_path_factory.mktemp("study")
    write_day(folder / "coarse.csv", 4.0)
    path = folder / "coarse.toml"
    path.write_text('name = "coarse"\nfeeder = "ieee12"\nprofiles = "coarse.csv"\n', "utf-8")
    return path


#: Has the second run wait, once it has evaluated a plan, until it is asked to stop.
WAITING = """
import time
from toolkit.errors import Stopped
from toolkit.runs import recorder

made = recorder.Recorder._made

def waiting(self, *given):
    if self._at and "-seed2" in self._journal.path.name:
        self._journal.flush()
        while not self._should_stop():
            time.sleep(0.01)
        raise Stopped
    return made(self, *given)

recorder.Recorder._made = waiting
"""


@pytest.fixture(scope="module")
def stopped(coarse, begin_inside):
    """Return a function that searches into a folder and is stopped in the second of two runs."""

    def search(folder, **more):
        spent = [0]
        with pytest.MonkeyPatch.context() as patch:
            begin_inside(patch, WAITING)
            patch.setattr(Stop, "is_set", lambda self: sum(spent) > QUICK.budget)
            return search_and_store(
                study.load(str(coarse)),
                QUICK,
                folder,
                "toolkit optimize",
                on_progress=lambda told: spent.__setitem__(slice(None), told),
                **more,
            )

    return search


@pytest.fixture(scope="module")
def interrupted(stopped, tmp_path_factory):
    """A folder of a search that was stopped: results, journals, a finished run and a report."""
    folder = tmp_path_factory.mktemp("made") / "DIR"
    outcome = stopped(folder)
    assert outcome.status == "interrupted"
    (folder / "figures").mkdir()
    (folder / "figures" / "figure1_one_line.svg").write_text("<svg/>", "utf-8")
    (folder / "report.html").write_text("report", "utf-8")
    (folder / "explain.csv").write_text("explained", "utf-8")
    return folder


@pytest.fixture
def made(interrupted, coarse, tmp_path):
    """A copy of it beside the study, in an empty folder."""
    shutil.copytree(interrupted, tmp_path / "DIR")
    for path in coarse.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / "DIR"


def tree(folder):
    """Return what a folder holds, links and what they name included, files with their content."""
    found = {}
    for root, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = os.path.join(root, name)
            mode = os.lstat(path).st_mode
            held = os.readlink(path) if stat.S_ISLNK(mode) else stat.S_IFMT(mode)
            if stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    held = file.read()
            found[os.path.relpath(path, folder)] = held
    return found


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
        simulate_and_store(study.load(str(coarse)), None, made, "toolkit", force=True)
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
        simulate_and_store(study.load(str(coarse)), None, made, "toolkit", force=True)
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


class Killed(BaseException):
    """The process is gone: nothing that follows is done."""


def killed_at(patch, n):
    """Let a process end at its nth change of a name, and do nothing from then on."""
    left, opened = [n], os.open

    def until(plain):
        def change(*given, **more):
            reading = plain is opened and not given[1] & os.O_CREAT
            left[0] -= not reading
            if left[0] < 0:
                raise Killed
            return plain(*given, **more)

        return change

    for name in ("replace", "unlink", "rmdir", "mkdir", "open"):
        patch.setattr(os, name, until(getattr(os, name)))
    return left


def results_in(folder):
    """Return the results of a folder as they are read back, but for what is made from them."""
    held = store.read_results(folder)
    assert held.manifest["status"] == "complete"
    found = {name: content for name, content in tree(folder).items() if isinstance(content, bytes)}
    beside = ("replacement", "results.partial", "journal", "manifest.json")
    return {n: c for n, c in found.items() if n.split("/")[0] not in beside and not is_shown(n)}


@pytest.fixture(scope="module")
def old_and_new(coarse, tmp_path_factory):
    """Two complete folders of different commands, and what their results are."""
    folder = tmp_path_factory.mktemp("complete")
    mine = study.load(str(coarse))
    search_and_store(mine, Request(("random",), 5, 1), folder / "old", "toolkit optimize")
    simulate_and_store(mine, None, folder / "new", "toolkit simulate")
    (folder / "old" / "report.html").write_text("old", "utf-8")
    return folder / "old", results_in(folder / "old"), results_in(folder / "new")


def put(source, folder, setting):
    """Do what a forced command does with a folder, its results being those of ``source``."""
    facts = {"command": "toolkit simulate", **store.identity(setting.study)}
    with store.claimed(folder, True) as place:
        place.begin(facts, setting)
        for name, content in results_in(source).items():
            files.write_bytes(place.staging / name, content)
        place.publish({**facts, "status": "complete"})
        place.settled()


def test_killed_at_any_change_a_forced_command_leaves_old_or_new(
    old_and_new, coarse, tmp_path, monkeypatch
):
    old, was, will_be = old_and_new
    setting = prepare(study.load(str(coarse)))
    seen, n, folder = [], 0, tmp_path / "DIR"
    while "done" not in seen:
        shutil.copytree(old, folder)
        with monkeypatch.context() as patch:
            killed_at(patch, n)
            try:
                put(old.parent / "new", folder, setting)
                seen.append("done")
            except Killed:
                pass
        held = results_in(folder)
        assert held in (was, will_be), n
        seen.append("old" if held == was else "new")
        put(old.parent / "new", folder, setting)
        assert results_in(folder) == will_be
        assert sorted(os.listdir(folder)) == sorted(os.listdir(old.parent / "new")), n
        shutil.rmtree(folder)
        n += 5
    assert seen.count("old") > 10
    assert seen.count("new") > 5


@pytest.mark.parametrize("by_its_own_name", [False, True])
def test_a_forced_search_that_stops_leaves_the_old_and_is_resumed(
    by_its_own_name, old_and_new, coarse, stopped, tmp_path
):
    old, was, _ = old_and_new
    folder, mine = tmp_path / "DIR", study.load(str(coarse))
    shutil.copytree(old, folder)
    outcome = stopped(folder, force=True)
    assert outcome.folder == folder / "replacement"
    assert (outcome.status, results_in(folder)) == ("interrupted", was)
    assert (folder / "report.html").read_text("utf-8") == "old"
    assert store.read_results(outcome.folder).manifest["status"] == "interrupted"
    words = "replacement" if by_its_own_name else "."
    done = resuming.resume(*resuming.left_to_do(folder / words, 1, None), folder / words)
    assert (done.status, done.folder) == ("complete", folder)
    search_and_store(mine, QUICK, tmp_path / "whole", "toolkit optimize")
    assert results_in(folder) == results_in(tmp_path / "whole")
    assert sorted(os.listdir(folder)) == sorted(os.listdir(tmp_path / "whole"))


@pytest.mark.parametrize("budget", [10**12, 2.5, "many", None])
def test_a_request_that_cannot_be_carried_out_leaves_the_old(budget, old_and_new, coarse, tmp_path):
    old, was, _ = old_and_new
    shutil.copytree(old, tmp_path / "DIR")
    with pytest.raises((ToolkitError, TypeError, MemoryError)):
        search_and_store(
            study.load(str(coarse)), Request(("random",), budget, 1), tmp_path / "DIR", "x",
            force=True,
        )  # fmt: skip
    assert results_in(tmp_path / "DIR") == was


def test_a_forced_search_keeps_its_journal_where_asked_to(old_and_new, coarse, tmp_path):
    old, _, _ = old_and_new
    shutil.copytree(old, tmp_path / "DIR")
    asked = Request(("random",), 4, 1, keep_journal=True)
    for _ in range(2):
        search_and_store(study.load(str(coarse)), asked, tmp_path / "DIR", "x", force=True)
        kept = {"random-seed1.journal", "random-seed1.npz"}
        assert {*os.listdir(tmp_path / "DIR" / "journal")} - {"lock", "token"} == kept
    assert "replacement" not in os.listdir(tmp_path / "DIR")
    assert resuming.left_to_do(tmp_path / "DIR", 1, None) is None


def test_an_out_that_is_a_link_is_followed_once(old_and_new, coarse, tmp_path):
    shutil.copytree(old_and_new[0], tmp_path / "real")
    (tmp_path / "DIR").symlink_to(tmp_path / "real")
    simulate_and_store(study.load(str(coarse)), None, tmp_path / "DIR", "x", force=True)
    assert (tmp_path / "DIR").is_symlink()
    assert results_in(tmp_path / "real") == old_and_new[2]


def test_every_figure_is_known_as_ours():
    assert all(is_shown(f"figures/{n}.{k}") for n in figures.FIGURES for k in ("png", "svg"))
    assert not is_shown("figures/../figure1_one_line.svg")


@pytest.mark.parametrize("out", ["x" * 300, "a" * 256 + "/b", "\udcff", "a\0b", "link/x"])
def test_names_that_cannot_be_folders(out, coarse, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("nowhere")
    given = study.load(str(coarse)), None, tmp_path / out, "toolkit"
    if out == "\udcff":
        assert simulate_and_store(*given).status == "complete"
        return
    with pytest.raises(ToolkitError) as error:
        simulate_and_store(*given)
    assert len(str(error.value).splitlines()) == 1


def test_a_file_under_way_takes_nobody_s_name(tmp_path):
    (tmp_path / "a.csv.partial").write_text("mine", "utf-8")
    files.write_text(tmp_path / "a.csv", "x")
    assert (tmp_path / "a.csv.partial").read_text("utf-8") == "mine"
    (tmp_path / "b.csv").symlink_to(tmp_path / "outside")
    with pytest.raises(ToolkitError, match="it is a link, not a file"):
        files.write_text(tmp_path / "b.csv", "x")
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "a.csv.partial", "b.csv"]


def test_case_names_are_no_paths(made):
    path = made / "summary.csv"
    plain = path.read_text("utf-8")
    for name in ("../../x", "/etc", '""', ".", "..", "base", "a\\b"):
        path.write_text(plain.replace("cheetah-seed1", name, 1), "utf-8")
        with pytest.raises(InputError, match=r"summary\.csv: column 'case': "):
            store.read_results(made)
    assert pd.read_csv(path)["case"].iloc[0] == "base"
