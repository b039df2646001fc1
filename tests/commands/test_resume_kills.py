"""Killed at random moments, a command ends as if nothing had happened."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from helpers.resuming import check_same

#: The command as it is, figures left out.
PLAIN = """
from toolkit import cli
from toolkit.results import figures
if __name__ == "__main__":
    figures.draw_folder = lambda folder: None
    cli.main()
"""


def start(words, folder):
    """Start a command in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PLAIN, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        start_new_session=True,
    )


def finished(words, folder, expected=0):
    """Run a command to its end; return what it printed."""
    running = start(words, folder)
    told, _ = running.communicate(timeout=300)
    assert running.returncode == expected, told
    return told


def killed(words, folder, seconds):
    """Kill a command, and nothing but its first process, after so long; say if it was alive."""
    running = start(words, folder)
    try:
        running.wait(seconds)
        told, _ = running.communicate()
        assert running.returncode == 0, told
        return False
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()
        return True


def killed_again_and_again(words, whole, times, folder, seconds, resume=()):
    """Kill a command and then its resumes at random moments, so often; compare the outcome."""
    rng = np.random.default_rng(times)
    out = folder / "out"
    kills = 0
    while kills < times:
        begun = (out / "manifest.json").exists()
        command = ["resume", "out", *resume] if begun else [*words, "--out", "out", "--force"]
        alive = killed(command, folder, rng.uniform(*seconds))
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


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_random_moments(workers, asked, tmp_path):
    finished([*compare(asked, 300, 1), "--out", "whole"], tmp_path)
    words = compare(asked, 300, workers)
    resume = ["-w", workers]
    killed_again_and_again(words, tmp_path / "whole", 3, tmp_path, (1.5, 4.0), resume)


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


def test_a_worker_process_that_is_killed_costs_time_only(asked, tmp_path):
    """The kernel kills one when memory runs out."""
    finished([*compare(asked, 400, 1), "--out", "whole"], tmp_path)
    running = start([*compare(asked, 400, 2), "--out", "out"], tmp_path)
    journals = tmp_path / "out" / "journal"
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and not worker_of(running.pid, journals):
        time.sleep(0.02)
    os.kill(worker_of(running.pid, journals), signal.SIGKILL)
    told, _ = running.communicate(timeout=120)
    assert running.returncode == 0, told
    check_same(tmp_path / "out", tmp_path / "whole")


def worker_of(pid, journals):
    """Return the process that writes a journal, once there is one with something in it."""
    for child in children(pid):
        for link in links(child):
            if link.startswith(str(journals)) and os.path.getsize(link) > 20_000:
                return child
    return None


def children(pid):
    """Return the processes a process has started, by /proc; each of its threads has its own."""
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="utf-8") as file:
                found += [int(word) for word in file.read().split()]
    return found


def links(pid):
    """Return the files a process has open."""
    found = []
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
    except OSError:
        pass
    return found


def test_runs_whose_processes_keep_dying_are_told_of(asked, tmp_path, inside_runs):
    """Three times before anything was evaluated: there is nothing to go on from."""
    inside_runs("""
import os, signal
import toolkit.runs.journal as journals

journals.Journal.__init__ = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
""")
    running = subprocess.run(
        [sys.executable, "-c", PLAIN, *map(str, compare(asked, 30, 2)), "--out", "two"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert running.returncode == 1
    assert "Traceback" not in running.stderr
    told = " ".join(running.stdout.split())
    for name in ("random", "cheetah"):
        assert f"{name}-seed1 broke after 0 evaluations: its process was ended by SIGKILL 3" in told
    assert "toolkit resume" not in told
