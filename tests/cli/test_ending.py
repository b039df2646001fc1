"""Ctrl-C at any time: what was there is kept, and the command ends in words."""

import json
import os
import signal
import time

import pandas as pd
import pytest
from helpers import forks
from helpers.commands import spent
from helpers.processes import FORKING

#: The command as it is, but it leaves figures out and writes its progress to a file.
WATCHED = f"""{FORKING}
from contextlib import contextmanager
from pathlib import Path
from toolkit import cli
from toolkit.cli import console
from toolkit.common.monitor import Monitor
from toolkit.results import figures
@contextmanager
def bar(*given):
    yield Monitor(spent=lambda spent: Path("progress").write_text(" ".join(map(str, spent))))
if __name__ == "__main__":
    console.progress_bar, figures.draw_folder = bar, lambda folder: None
    cli.main()
"""


def interrupted(folder, words, ready, wait=0.0, budget=("--budget", "100000")):
    """Start a command, press Ctrl-C ``wait`` seconds after it is ready; return what it printed."""
    running = forks.command(WATCHED, [*words, *budget, "--out", "out"], folder)
    try:
        give_up = time.monotonic() + 40
        while not ready() and time.monotonic() < give_up:
            time.sleep(0.02)
        time.sleep(wait)
        # A terminal sends it to every process of the command.
        os.killpg(running.pid, signal.SIGINT)
        stdout, stderr = running.communicate(timeout=40)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
    assert "Traceback" not in stderr, stderr[-500:]
    assert running.returncode == 130
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "interrupted"
    assert not list(folder.rglob("*.partial"))
    return stdout


ONE = ["optimize", "--optimizer", "random"]


TWO = ["compare", "--optimizer", "random", "--optimizer", "cheetah", "--runs", "2", "-w", "2"]


def test_ctrl_c_while_a_bound_is_proven_leaves_a_whole_folder(tmp_path):
    begun = (tmp_path / "out" / "manifest.json").exists
    stdout = interrupted(tmp_path, ["bound"], begun, 2.0, budget=())
    assert "Interrupted" in stdout
    assert (tmp_path / "out" / "summary.csv").is_file()
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize(("words", "found"), [(ONE, 1), (TWO, 2)], ids=["one", "two"])
def test_ctrl_c_keeps_what_was_found(words, found, tmp_path):
    progress = tmp_path / "progress"

    def all_at_work():
        counts = progress.read_text(encoding="utf-8").split() if progress.exists() else []
        return sum(int(n) > 0 for n in counts) == found

    stdout = interrupted(tmp_path, words, all_at_work)
    summary = pd.read_csv(tmp_path / "out" / "summary.csv").query("case != 'base'")
    assert len(summary) == found
    assert summary["evaluations"].between(1, 99_999).all()
    counts, histories, endings = spent(tmp_path / "out")
    assert counts == histories
    assert endings == ["stopped"] * found
    assert "Interrupted" in stdout
    assert stdout.strip().splitlines()[-1] == "out"


@pytest.mark.parametrize("words", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("wait", [0.0, 0.5])
def test_ctrl_c_at_the_very_start_ends_quietly(words, wait, tmp_path):
    interrupted(tmp_path, words, (tmp_path / "out" / "manifest.json").exists, wait)
