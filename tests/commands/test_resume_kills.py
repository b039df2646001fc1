"""Killed at random moments, a command ends as if nothing had happened."""

import os
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest
from helpers.processes import start, writer_of
from helpers.resuming import check_same

BUDGET = 400


def finished(words, folder, expected=0):
    """Run a command to its end; return what it printed."""
    running = start(words, folder)
    told, error = running.communicate(timeout=300)
    assert running.returncode == expected, told + error
    return told


def killed(words, folder, seconds):
    """Kill a command, and nothing but its first process, after so long; say if it was alive."""
    running = start(words, folder)
    try:
        told = running.communicate(seconds)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()
        return True
    assert running.returncode == 0, told
    return False


def killed_again_and_again(words, whole, times, folder, took, resume=()):
    """Kill a command and then its resumes at random moments, so often; compare the outcome.

    took: seconds that all of it takes. What is killed later than in the middle may end first.
    """
    rng = np.random.default_rng(times)
    out = folder / "out"
    kills = 0
    while kills < times:
        begun = (out / "manifest.json").exists()
        command = ["resume", "out", *resume] if begun else [*words, "--out", "out", "--force"]
        alive = killed(command, folder, rng.uniform(0.1, 0.6) * took)
        kills += alive
        if not alive:
            check_same(out, whole)
            shutil.rmtree(out)
    if (out / "manifest.json").exists():
        finished(["resume", "out", *resume], folder)
        check_same(out, whole)


def compare(asked, budget, workers, names=("random", "cheetah"), runs=1):
    chosen = [word for name in names for word in ("--optimizer", name)]
    return ["compare", asked, *chosen, "-n", runs, "-b", budget, "-w", workers]


@pytest.fixture(scope="module")
def unharmed(asked, tmp_path_factory):
    """The results of a command that nobody killed, and the seconds that it took."""
    home = tmp_path_factory.mktemp("unharmed")
    before = time.monotonic()
    finished([*compare(asked, BUDGET, 1), "--out", "whole"], home)
    return home / "whole", time.monotonic() - before


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_random_moments(workers, asked, unharmed, tmp_path):
    whole, took = unharmed
    words = compare(asked, BUDGET, workers)
    killed_again_and_again(words, whole, 3, tmp_path, took, ["-w", workers])


@pytest.mark.slow
def test_twenty_kills_of_5000_evaluations_each_followed_by_resume(tmp_path):
    words = compare("ieee12", 5000, 2, ("pygad", "cheetah"))
    before = time.monotonic()
    finished([*words, "--out", "whole"], tmp_path)
    took = time.monotonic() - before
    rng = np.random.default_rng(20)
    kills = 0
    while kills < 20:
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        if not killed([*words, "--out", "out"], tmp_path, rng.uniform(0.0, took)):
            continue
        kills += 1
        again = ["resume", "out"] if (tmp_path / "out" / "manifest.json").exists() else None
        finished(again or [*words, "--out", "out", "--force"], tmp_path)
        check_same(tmp_path / "out", tmp_path / "whole")
        print(f"kill {kills}: {'resumed' if again else 'began anew'}", flush=True)


def test_a_worker_process_that_is_killed_costs_time_only(asked, unharmed, tmp_path):
    """The kernel kills one when memory runs out."""
    running = start([*compare(asked, BUDGET, 2), "--out", "out"], tmp_path)
    journals = tmp_path / "out" / "journal"
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and not writer_of(running.pid, journals):
        time.sleep(0.02)
    os.kill(writer_of(running.pid, journals), signal.SIGKILL)
    told = running.communicate(timeout=120)
    assert running.returncode == 0, told
    check_same(tmp_path / "out", unharmed[0])


def test_runs_whose_processes_keep_dying_are_told_of(asked, tmp_path, inside_runs):
    """Three times before anything was evaluated: there is nothing to go on from."""
    inside_runs("""
import os, signal
import toolkit.runs.journal as journals

journals.Journal.__init__ = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
""")
    running = start([*compare(asked, 30, 2), "--out", "two"], tmp_path)
    stdout, stderr = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "Traceback" not in stderr
    told = " ".join(stdout.split())
    for name in ("random", "cheetah"):
        assert f"{name}-seed1 broke after 0 evaluations: its process was ended by SIGKILL 3" in told
    assert "toolkit resume" not in told
