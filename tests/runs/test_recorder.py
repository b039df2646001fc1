"""What a run records on its way: when it is on the disk, and what a full disk costs."""

import contextlib
import os
import time

import numpy as np
import pytest
from helpers.journals import SIZE, SPACE, WHOSE, Bowl, full, points, written

from toolkit import read_journal
from toolkit.errors import Stopped, ToolkitError
from toolkit.optimizer.ledger import Ledger, search
from toolkit.runs import journal as journals
from toolkit.runs.journal import Journal, record_type
from toolkit.runs.recorder import Recorder
from toolkit.runs.run import Task, run


def test_every_call_is_in_the_file_when_it_returns(tmp_path):
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        recorder = Recorder(Bowl(), journal)
        for n in range(1, 6):
            recorder.evaluate(points(1, n))
            assert len(read_journal(tmp_path / "j")) == n


def test_it_is_on_the_disk_within_a_second(tmp_path, monkeypatch):
    synced = []
    plain = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(time.monotonic()), plain(fd)))
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        Recorder(Bowl(), journal).evaluate(points(3))
        at = time.monotonic()
        while not any(t > at for t in synced) and time.monotonic() < at + 3.0:
            time.sleep(0.02)
        assert time.monotonic() - at <= journals.FLUSH_S
        before = len(synced)
        time.sleep(1.2)
        assert len(synced) == before  # nothing new, nothing to do


def test_slow_batches_are_written_in_parts(tmp_path):
    class Slow(Bowl):
        def evaluate(self, x):
            time.sleep(0.2 * len(x))
            lengths.append(len(read_journal(tmp_path / "j")))
            return super().evaluate(x)

    lengths = []
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        Recorder(Slow(), journal).evaluate(points(7))
    assert lengths[:2] == [0, 1]
    assert set(np.diff(lengths)) <= {1, 2}


@pytest.mark.parametrize("room", [0, 2 * SIZE, 2 * SIZE + 7])
def test_a_full_disk_is_told_and_what_was_written_stays(room, tmp_path, monkeypatch):
    path = tmp_path / "j"
    written(path, 3)
    with Journal(path, SPACE, WHOSE) as journal:
        recorder = Recorder(Bowl(), journal)
        recorder.evaluate(points(3))
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full(room))
            with contextlib.suppress(Stopped):
                for _ in range(4):
                    recorder.evaluate(points(1, 5))
        assert "No space left on device" in str(recorder.fault)
        assert str(path) in str(recorder.fault)
    with Journal(path, SPACE, WHOSE) as journal:
        assert journal.held == 3 + room // SIZE


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ToolkitError, match="cannot be written: No such file"):
        Journal(tmp_path / "nowhere" / "j", SPACE, WHOSE)


def test_an_error_of_the_journal_ends_the_run_with_it(small, tmp_path, monkeypatch):
    """Also where the optimizer is a library that takes any error for its own."""
    for name in ("mealpy", "pygad", "cheetah"):
        with Journal(tmp_path / name, small.space, {"case": name}) as journal:
            monkeypatch.setattr(os, "write", full(20 * record_type(len(small.space)).itemsize))
            with pytest.raises(ToolkitError, match="No space left"):
                run(small, Task(name, 1, 200, {}), journal=journal)
            monkeypatch.undo()


def test_a_search_with_a_journal_is_the_search_without(tmp_path):
    class Plain:
        def minimize(self, problem, rng):
            while True:
                problem.evaluate(rng.random((7, 2)))

    plain = Ledger(SPACE, Bowl().evaluate, 50)
    search(Plain(), plain, np.random.default_rng(2))
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        kept = Ledger(SPACE, Recorder(Bowl(), journal, lanes=3).evaluate, 50)
        search(Plain(), kept, np.random.default_rng(2))
    assert np.array_equal(plain.objective, kept.objective)
    assert np.array_equal(plain.violation, kept.violation)
    assert len(read_journal(tmp_path / "j")) == 50
