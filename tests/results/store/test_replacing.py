"""A forced command leaves the old results or the new ones, whenever it is killed."""

import os
import shutil

import pytest
from helpers.folders import QUICK, tree

from toolkit.commands import resume as resuming
from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.request import Request
from toolkit.common import files
from toolkit.errors import ToolkitError
from toolkit.inputs import study_files
from toolkit.problem.setting import prepare
from toolkit.results import store
from toolkit.results.store.names import is_shown


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
    """Return the results of a folder, which can be read back, but for what is made from them."""
    assert store.read_results(folder).manifest["status"] == "complete"
    return files_of(folder)


def files_of(folder):
    """Return the files of a folder that are read as its results."""
    found = {name: content for name, content in tree(folder).items() if isinstance(content, bytes)}
    beside = ("replacement", "results.partial", "journal", "manifest.json")
    return {n: c for n, c in found.items() if n.split("/")[0] not in beside and not is_shown(n)}


@pytest.fixture(scope="module")
def old_and_new(coarse, tmp_path_factory):
    """Two complete folders of different commands, and what their results are."""
    folder = tmp_path_factory.mktemp("complete")
    mine = study_files.load(str(coarse))
    search_and_store(mine, Request(("random",), 5, 1), folder / "old", "toolkit optimize")
    simulate_and_store(mine, None, folder / "new", "toolkit simulate")
    (folder / "old" / "report.html").write_text("old", "utf-8")
    return folder / "old", results_in(folder / "old"), results_in(folder / "new")


def put(results, folder, setting):
    """Do what a forced command does with a folder, its results being files of these contents."""
    facts = {"command": "toolkit simulate", **store.identity(setting.study)}
    with store.claimed(folder, True) as place:
        place.begin(facts, setting)
        for name, content in results.items():
            files.write_bytes(place.staging / name, content)
        place.publish({**facts, "status": "complete"})
        place.settled()


def test_killed_at_any_change_a_forced_command_leaves_old_or_new(
    old_and_new, coarse, tmp_path, monkeypatch
):
    old, was, will_be = old_and_new
    setting = prepare(study_files.load(str(coarse)))
    seen, n, folder = [], 0, tmp_path / "DIR"
    while "done" not in seen:
        shutil.copytree(old, folder)
        with monkeypatch.context() as patch:
            killed_at(patch, n)
            try:
                put(will_be, folder, setting)
                seen.append("done")
            except Killed:
                pass
        held = results_in(folder)
        assert held in (was, will_be), n
        seen.append("old" if held == was else "new")
        put(will_be, folder, setting)
        # The same bytes as those that were read back before.
        assert files_of(folder) == will_be
        assert store.read_manifest(folder)["status"] == "complete"
        assert sorted(os.listdir(folder)) == sorted(os.listdir(old.parent / "new")), n
        shutil.rmtree(folder)
        n += 5
    assert seen.count("old") > 10
    assert seen.count("new") > 5


@pytest.fixture(scope="module")
def stopped_by_force(old_and_new, stopped, tmp_path_factory):
    """A folder of old results whose forced search was stopped; not to be written to."""
    folder = shutil.copytree(old_and_new[0], tmp_path_factory.mktemp("forced") / "DIR")
    return stopped(folder, force=True)


@pytest.fixture(scope="module")
def whole(coarse, tmp_path_factory):
    """What the same search leaves that nothing stops."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    search_and_store(study_files.load(str(coarse)), QUICK, folder, "toolkit optimize")
    return folder


@pytest.mark.parametrize("by_its_own_name", [False, True])
def test_a_forced_search_that_stops_leaves_the_old_and_is_resumed(
    by_its_own_name, old_and_new, stopped_by_force, whole, tmp_path
):
    was, outcome = old_and_new[1], stopped_by_force
    assert outcome.folder.name == "replacement"
    folder = shutil.copytree(outcome.folder.parent, tmp_path / "DIR")
    assert (outcome.status, results_in(folder)) == ("interrupted", was)
    assert (folder / "report.html").read_text("utf-8") == "old"
    assert store.read_results(folder / "replacement").manifest["status"] == "interrupted"
    words = "replacement" if by_its_own_name else "."
    done = resuming.resume(*resuming.left_to_do(folder / words, 1, None), folder / words)
    assert (done.status, done.folder) == ("complete", folder)
    assert results_in(folder) == results_in(whole)
    assert sorted(os.listdir(folder)) == sorted(os.listdir(whole))


@pytest.mark.parametrize("budget", [10**12, 2.5, "many", None])
def test_a_request_that_cannot_be_carried_out_leaves_the_old(budget, old_and_new, coarse, tmp_path):
    old, was, _ = old_and_new
    shutil.copytree(old, tmp_path / "DIR")
    with pytest.raises((ToolkitError, TypeError, MemoryError)):
        search_and_store(
            study_files.load(str(coarse)), Request(("random",), budget, 1), tmp_path / "DIR", "x",
            force=True,
        )  # fmt: skip
    assert results_in(tmp_path / "DIR") == was


def test_a_forced_search_keeps_its_journal_where_asked_to(old_and_new, coarse, tmp_path):
    old, _, _ = old_and_new
    shutil.copytree(old, tmp_path / "DIR")
    asked = Request(("random",), 4, 1, keep_journal=True)
    for _ in range(2):
        search_and_store(study_files.load(str(coarse)), asked, tmp_path / "DIR", "x", force=True)
        kept = {"random-seed1.journal", "random-seed1.npz"}
        assert {*os.listdir(tmp_path / "DIR" / "journal")} - {"lock", "token"} == kept
    assert "replacement" not in os.listdir(tmp_path / "DIR")
    assert resuming.left_to_do(tmp_path / "DIR", 1, None) is None


def test_an_out_that_is_a_link_is_followed_once(old_and_new, coarse, tmp_path):
    shutil.copytree(old_and_new[0], tmp_path / "real")
    (tmp_path / "DIR").symlink_to(tmp_path / "real")
    simulate_and_store(study_files.load(str(coarse)), None, tmp_path / "DIR", "x", force=True)
    assert (tmp_path / "DIR").is_symlink()
    assert results_in(tmp_path / "real") == old_and_new[2]
