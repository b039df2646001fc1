"""Runs on a Dask cluster of this machine: the same results, also when a worker is killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from helpers.places import ROOT
from helpers.processes import writer_of

from toolkit.commands import resume as resuming
from toolkit.commands import search_and_store
from toolkit.commands.request import Request
from toolkit.common.monitor import Monitor
from toolkit.errors import InputError, ToolkitError
from toolkit.inputs import study_files
from toolkit.runs import workers

distributed = pytest.importorskip("distributed")

NAMES = ("cheetah", "random")
#: Has the process of a run believe that a day takes a second, and write down what it shares out.
SHARING = """
from toolkit.runs import parallel_evaluator as shares
shares.day_seconds = lambda problem: 1.0
plain = shares.Shares._shared

def shared(self, x, incumbent):
    with open({!r}, "a") as file:
        file.write(str(len(x)) + " ")
    return plain(self, x, incumbent)

shares.Shares._shared = shared
"""


@pytest.fixture(scope="module")
def variables():
    """The names of the variables of the environment before Dask adds its own."""
    return set(os.environ)


@pytest.fixture(autouse=True)
def without_more(variables):
    """Take away what Dask adds to this process when it starts a worker, such as a hash seed.

    Later processes would have the same, and could not begin as forks.
    """
    yield
    take_away(variables)


def take_away(variables):
    for name in set(os.environ) - variables:
        del os.environ[name]


@pytest.fixture(scope="module")
def cluster(variables):
    """Two worker processes with a thread each, as docs/large-runs.md starts them."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        preload="helpers.dask_worker",
    ) as cluster:
        take_away(variables)
        yield cluster


def search(asked, folder, budget, runs=2, scheduler=None, **more):
    request = Request(NAMES, budget, runs, 1, 1, scheduler=scheduler)
    return search_and_store(asked, request, folder, "toolkit compare", **more)


@pytest.fixture(scope="module")
def here(asked, tmp_path_factory):
    """Results of a small search on this machine."""
    folder = tmp_path_factory.mktemp("here") / "results"
    search(asked, folder, 40)
    return folder


def check_same(one, other):
    names = sorted(p.relative_to(one) for p in one.rglob("*.csv"))
    assert names == sorted(p.relative_to(other) for p in other.rglob("*.csv"))
    assert len(names) > 8
    assert [n for n in names if (one / n).read_bytes() != (other / n).read_bytes()] == []


def test_a_cluster_gives_the_same_results_and_tells_its_progress(
    cluster, asked, here, tmp_path, capfd
):
    told = []
    outcome = search(
        asked,
        tmp_path / "there",
        40,
        scheduler=cluster.scheduler_address,
        monitor=Monitor(spent=lambda spent: told.append(sum(spent))),
    )
    assert outcome.status == "complete"
    check_same(here, tmp_path / "there")
    assert not (tmp_path / "there" / "journal").exists()
    assert told[-1] == 160
    assert capfd.readouterr().err == ""


def test_rows_are_shared_out_where_a_day_costs_enough(
    cluster, asked, tmp_path, monkeypatch, inside_runs
):
    """The run's own process has the workers score its rows."""
    inside_runs(SHARING.format(str(tmp_path / "seen")))
    monkeypatch.setattr(workers, "day_seconds", lambda problem: 1.0)
    request = Request(("pygad",), 120, 1, 1, 1)
    search_and_store(asked, request, tmp_path / "here", "toolkit optimize")
    assert not (tmp_path / "seen").exists()
    there = Request(("pygad",), 120, 1, 1, 1, scheduler=cluster.scheduler_address)
    search_and_store(asked, there, tmp_path / "there", "toolkit optimize")
    seen = [int(n) for n in (tmp_path / "seen").read_text("ascii").split()]
    assert sum(seen) >= 100
    assert max(seen) > 1
    check_same(tmp_path / "here", tmp_path / "there")


def test_without_a_folder_in_common_runs_are_kept_as_they_arrive(
    cluster, asked, here, tmp_path, monkeypatch
):
    from toolkit.runs.archive import Archive

    stored = []
    plain, begin = Archive.store, Archive.begin.__func__

    def elsewhere(cls, *given):
        archive = begin(cls, *given)
        (archive.folder / "token").write_text("what another machine would see", "utf-8")
        return archive

    def store(self, run):
        stored.append(run.task.case)
        plain(self, run)

    monkeypatch.setattr(Archive, "begin", classmethod(elsewhere))
    monkeypatch.setattr(Archive, "store", store)
    search(asked, tmp_path / "there", 40, scheduler=cluster.scheduler_address)
    assert len(stored) == 4
    check_same(here, tmp_path / "there")


def test_a_stop_reaches_the_workers_and_the_rest_is_done_later(
    cluster, asked, tmp_path, monkeypatch
):
    told = []
    wished = []

    def wish(stop):
        """Wish so once both runs are under way: one not begun by then leaves no journal."""
        if min(told[-2:], default=0) > 0:
            wished.append(time.monotonic())
        return bool(wished)

    monkeypatch.setattr(workers.Stop, "is_set", wish)
    scheduler = cluster.scheduler_address
    outcome = search(
        asked, tmp_path / "out", 1_000_000, 1, scheduler, monitor=Monitor(spent=told.extend)
    )
    assert outcome.status == "interrupted"
    assert time.monotonic() - wished[0] < 30
    counts = pd.read_csv(tmp_path / "out" / "summary.csv")["evaluations"]
    assert counts[1:].between(1, 999_999).all()
    assert (tmp_path / "out" / "journal" / "cheetah-seed1.journal").stat().st_size > 10_000
    monkeypatch.undo()
    assert resuming.left_to_do(tmp_path / "out", 1, scheduler)[1].scheduler == scheduler


def test_a_run_whose_command_was_succeeded_by_another_ends(asked, tmp_path):
    """A worker of a cluster goes on when its command is killed; not so once that is resumed."""
    from toolkit.problem.problem import Problem
    from toolkit.problem.setting import prepare
    from toolkit.runs.archive import Archive
    from toolkit.runs.run import Task
    from toolkit.runs.supervise import carry_out
    from toolkit.runs.worker_tasks import Place

    archive = Archive.begin(tmp_path, "", {})
    task = Task("random", 1, 1_000_000, {})

    def tell(number, spent):
        if spent > 100:
            (archive.folder / "token").write_text("another", "utf-8")

    found = carry_out(Place(Problem(prepare(asked)), tell, lambda: False), 0, task, archive).run
    assert found.ending == "stopped"
    assert 100 < found.evaluations < 1_000_000
    (archive.folder / "token").unlink()
    assert not archive.taken_over()


def test_no_scheduler_and_other_versions_are_refused_before_anything_is_written(
    cluster, asked, tmp_path, monkeypatch
):
    from toolkit.runs import cluster as ours

    monkeypatch.setattr(ours, "ANSWER_S", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers there"):
        search(asked, tmp_path / "out", 3, scheduler="tcp://127.0.0.1:9")
    monkeypatch.setattr(ours, "ANSWER_S", 15.0)
    plain, own = ours.versions(), ours.facts(asked)
    monkeypatch.setattr(ours, "versions", lambda: {**plain, "numpy": "9.9"})
    with pytest.raises(ToolkitError, match=r"Dask worker tcp.*has numpy \d.*, not 9\.9"):
        search(asked, tmp_path / "out", 3, scheduler=cluster.scheduler_address)
    monkeypatch.undo()
    monkeypatch.setattr(ours, "code_hash", lambda: "cafe")
    with pytest.raises(ToolkitError, match=r"Dask worker tcp.*code with hash .*, not cafe"):
        search(asked, tmp_path / "out", 3, scheduler=cluster.scheduler_address)
    monkeypatch.undo()
    gone = asked.model_copy(update={"profiles": str(tmp_path / "nowhere.csv")})
    with pytest.raises(ToolkitError, match=r"study files with hash unreadable \(.*nowhere\.csv"):
        ours._check_same(own, ours.facts(gone), "tcp://x")
    assert not (tmp_path / "out").exists()


def test_a_worker_that_is_killed_costs_time_only(cluster, asked, tmp_path):
    """The last that asks for the cluster: on a busy machine no worker takes the place in time."""
    search(asked, tmp_path / "here", 600)
    killed = []

    def kill():
        journals = tmp_path / "there" / "journal"
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            busy = [w.pid for w in cluster.workers.values() if writer_of(w.pid, journals, 50_000)]
            if busy:
                os.kill(busy[0], signal.SIGKILL)
                killed.append(busy[0])
                return
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    outcome = search(asked, tmp_path / "there", 600, scheduler=cluster.scheduler_address)
    killer.join()
    assert killed
    assert outcome.status == "complete"
    check_same(tmp_path / "here", tmp_path / "there")


@pytest.mark.slow
def test_the_cluster_of_the_docs(asked, tmp_path):
    """The commands of docs/large-runs.md, on another port and with a small search."""
    text = (ROOT / "docs" / "large-runs.md").read_text("utf-8")
    block = text.split("```bash\n")[1].split("```")[0]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (tmp_path / "mine.toml").write_text(study_files.to_toml(asked), "utf-8")
    small = "compare mine.toml --budget 30 --runs 2 --out out"
    script = block.replace("8786", port).replace("compare", small)
    assert script.count(port) == 3
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    running = subprocess.Popen(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert running.wait(120) == 0
    finally:
        os.killpg(running.pid, signal.SIGTERM)  # scheduler and workers
        running.wait()
    assert len(pd.read_csv(tmp_path / "out" / "summary.csv")) == 5
