"""``toolkit resume``: finished runs are loaded, damage is told and made again."""

import errno
import json
import os
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from helpers.resuming import QUICK, WAITING, check_same, contents, resumed

from toolkit.commands import resume as resuming
from toolkit.commands import search_and_store, simulate_and_store
from toolkit.common import files, machine
from toolkit.common.files import write_text
from toolkit.errors import InputError, ToolkitError
from toolkit.inputs import study_files
from toolkit.optimizer import registry
from toolkit.results import store
from toolkit.runs import supervise
from toolkit.runs.records import record_type
from toolkit.runs.workers import Stop, _Job


def stop_after(monkeypatch, begin_inside, evaluations):
    """Have every command stop, as by Ctrl-C, once a run has spent so many evaluations."""
    spent = [0]
    begin_inside(monkeypatch, WAITING.format(evaluations=evaluations, run="cheetah-seed1"))
    monkeypatch.setattr(Stop, "is_set", lambda self: max(spent) >= evaluations)
    monkeypatch.setattr(_Job, "_note", lambda self, number, n: spent.append(n))
    monkeypatch.setattr(supervise, "LOOK_S", 0.02)


@pytest.fixture(scope="module")
def stopped(asked, begin_inside, tmp_path_factory):
    """A folder whose command was stopped half way; not to be written to."""
    folder = tmp_path_factory.mktemp("stopped") / "out"
    with pytest.MonkeyPatch.context() as patch:
        stop_after(patch, begin_inside, 17)
        mine = study_files.load(str(asked))
        outcome = search_and_store(mine, QUICK, folder, "toolkit compare")
    assert outcome.status == "interrupted"
    counts = pd.read_csv(folder / "summary.csv")["evaluations"]
    assert 17 <= counts.iloc[-1] < QUICK.budget
    return folder


@pytest.fixture
def half_done(stopped, tmp_path):
    """A copy of it that a test may go on with."""
    return shutil.copytree(stopped, tmp_path / "out")


@pytest.fixture(scope="module")
def finished(stopped, tmp_path_factory):
    """The same gone on with to its end, its journals kept; not to be written to."""
    folder = shutil.copytree(stopped, tmp_path_factory.mktemp("finished") / "out")
    study_, request = resuming.left_to_do(folder, 1, None)
    resuming.resume(study_, replace(request, keep_journal=True), folder)
    return folder


@pytest.fixture
def begun_again(finished, tmp_path):
    """A copy of it whose manifest says that it is not done, and that no journal is to be kept."""
    folder = shutil.copytree(finished, tmp_path / "out")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    changed = {**manifest, "status": "running", "keep_journal": False}
    write_text(folder / "manifest.json", json.dumps(changed))
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_interrupted_is_finished(workers, half_done, whole):
    assert len(pd.read_csv(half_done / "summary.csv")) < 5
    assert (half_done / "journal" / "cheetah-seed1.journal").is_file()
    assert resumed(half_done, workers).status == "complete"
    check_same(half_done, whole)
    assert resuming.left_to_do(half_done, 1, None) is None


def test_what_was_killed_before_its_end_holds_no_results_and_says_how_to_go_on(half_done):
    (half_done / "summary.csv").unlink()
    with pytest.raises(InputError, match=r"has not ended.*toolkit resume"):
        store.read_results(half_done)


def test_finished_runs_are_loaded_and_not_repeated(begun_again, whole, monkeypatch):
    built = []
    plain = registry.build
    monkeypatch.setattr(registry, "build", lambda *a: built.append(a[0]) or plain(*a))
    monkeypatch.setattr("toolkit.runs.workers.carry_out", None)
    resumed(begun_again)
    check_same(begun_again, whole)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_finished_run_is_made_again_from_its_journal(damage, begun_again, whole):
    path = begun_again / "journal" / "cheetah-seed2.npz"
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    path.write_bytes(spoilt if damage is None else damage)
    resumed(begun_again)
    check_same(begun_again, whole)


def test_a_damaged_journal_is_told_and_made_again(half_done, whole):
    path = half_done / "journal" / "cheetah-seed1.journal"
    variables = json.loads(path.read_bytes().split(b"\n")[0][9:])["variables"]
    record = record_type(len(variables)).itemsize
    spoilt = bytearray(path.read_bytes())
    spoilt[-3 * record + 5] ^= 8
    path.write_bytes(spoilt)
    notes = resumed(half_done).notes
    assert "cheetah-seed1: 3 damaged evaluations of its journal were made again." in notes
    check_same(half_done, whole)


def test_a_changed_study_is_refused(half_done, asked, write_day):
    day = asked.with_name("coarse.csv")
    before = day.read_bytes()
    day.write_bytes(before.replace(b",0.", b",0.1", 1))
    try:
        with pytest.raises(InputError, match=r"profiles '.*coarse\.csv' have changed"):
            resuming.left_to_do(half_done, 1, None)
    finally:
        day.write_bytes(before)
    with (half_done / "study.toml").open("a", encoding="utf-8") as file:
        file.write("\n[limits]\nv_min = 0.8\n" if b"[limits]" not in before else "")
    with pytest.raises(InputError):
        resuming.left_to_do(half_done, 1, None)


def test_other_versions_are_refused(half_done, monkeypatch):
    plain = machine.versions()
    monkeypatch.setattr(machine, "versions", lambda: {**plain, "numpy": "9.9"})
    with pytest.raises(ToolkitError, match=r"other versions: numpy 9\.9, was \d"):
        resuming.left_to_do(half_done, 1, None)


def test_folders_that_cannot_be_resumed(asked, tmp_path):
    with pytest.raises(InputError, match=r"no manifest\.json"):
        resuming.left_to_do(tmp_path / "nothing", 1, None)
    simulate_and_store(study_files.load(str(asked)), None, tmp_path / "out", "toolkit simulate")
    assert resuming.left_to_do(tmp_path / "out", 1, None) is None
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    changed = json.dumps({**manifest, "status": "interrupted"})
    write_text(tmp_path / "out" / "manifest.json", changed)
    with pytest.raises(InputError, match="'toolkit simulate', which cannot be resumed"):
        resuming.left_to_do(tmp_path / "out", 1, None)


def test_one_command_at_a_time(half_done, asked):
    from toolkit.common import locks

    with locks.held(store.lock_file(half_done), half_done):
        with pytest.raises(ToolkitError, match="another toolkit command is writing there"):
            resumed(half_done)
        # Before anything is prepared.
        with pytest.raises(ToolkitError, match="another toolkit command is writing there"):
            resuming.left_to_do(half_done, 1, None)
        with pytest.raises(ToolkitError, match="another toolkit command is writing there"):
            search_and_store(study_files.load(str(asked)), QUICK, half_done, "toolkit", force=True)
    assert resumed(half_done).status == "complete"


#: Has the disk be full after so many bytes.
FULL = """
import errno, os
plain, left = os.write, [8_000]

def write(fd, content):
    if left[0] <= 0:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    n = plain(fd, content[: left[0]])
    left[0] -= n
    return n

os.write = write
"""


def test_a_full_disk_is_one_clear_error_and_can_be_resumed(
    asked, whole, tmp_path, monkeypatch, inside_runs
):
    mine = study_files.load(str(asked))
    inside_runs(FULL)
    with pytest.raises(ToolkitError, match="No space left on device") as error:
        search_and_store(mine, QUICK, tmp_path / "out", "toolkit compare")
    monkeypatch.undo()
    assert f"toolkit resume {tmp_path / 'out'}" in str(error.value)
    assert not list(tmp_path.rglob("*.partial"))
    assert (tmp_path / "out" / "study.toml").is_file()
    assert resumed(tmp_path / "out").status == "complete"
    check_same(tmp_path / "out", whole)


def test_a_disk_full_while_results_are_written(asked, whole, half_done, monkeypatch):
    before = contents(half_done)
    plain = files.write_bytes

    def full(path, content, durable=False):
        if path.name in ("units.csv", "manifest.json") and "out" in str(path):
            raise ToolkitError(f"{path}: cannot be written: {os.strerror(errno.ENOSPC)}")
        plain(path, content, durable)

    left = resuming.left_to_do(half_done, 1, None)
    with monkeypatch.context() as patch:
        patch.setattr(files, "write_bytes", full)
        with pytest.raises(ToolkitError, match="No space left on device"):
            resuming.resume(*left, half_done)
    after = contents(half_done)
    kept = [name for name in before if not name.startswith("journal/")]
    assert [name for name in kept if name not in after] == []
    assert not list(half_done.rglob("*.partial"))
    assert resumed(half_done).status == "complete"
    check_same(half_done, whole)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder nobody can write to")
def test_a_read_only_folder_is_one_clear_error(asked, command, tmp_path):
    code, out, err = command("optimize", asked, "-b", 2, "-w", 1, "--out", "/proc/self/task/x")
    assert code == 1
    assert "cannot be written" in err
    assert "Traceback" not in out + err
    (said,) = [line for line in err.splitlines() if line.strip() and "Notice: " not in line]
    assert said.startswith("Error: ")
