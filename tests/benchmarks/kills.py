"""Kills a compare and its resumes again and again; results have to be as if nothing had happened.

Each time a new compare is killed at a random moment (kill -9 of the command, of a run's process, or
of both), resumed, killed while it is resumed every third time, and compared file by file with one
that nothing interrupted. The moments are drawn from a seed. Exits with 1 at the first difference.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COMMAND = """
from toolkit import cli
from toolkit.results import figures

figures.draw_folder = lambda folder: None
cli.main()
"""
#: What differs from one run of a command to the next.
DIFFER = ("manifest.json", "report.html")


def start(words, folder):
    """Start a command."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
    )


def finished(words, folder):
    """Run a command to its end; return the seconds it took."""
    began = time.monotonic()
    running = start(words, folder)
    told, _ = running.communicate(timeout=600)
    if running.returncode:
        raise SystemExit(f"{words}: exit code {running.returncode}\n{told}")
    return time.monotonic() - began


def children(pid):
    """Return the processes that a process and its threads have started."""
    found = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in listed.read_text(encoding="ascii").split()]
    return found


def killed(words, folder, seconds, victims):
    """Kill what ``victims`` says after so long: 'command', 'run' or 'both'; say if it was alive."""
    running = start(words, folder)
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.communicate(timeout=seconds)
        return False
    pids = children(running.pid) if victims != "command" else []
    if victims != "run":
        pids.append(running.pid)
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    running.communicate(timeout=600)
    return True


def contents(folder):
    """Return the files that have to be the same, by name."""
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in DIFFER}


def check(folder, whole, kill):
    """Exit unless two folders hold the same."""
    ours, theirs = contents(folder), contents(whole)
    differ = [
        name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)
    ]
    if differ:
        raise SystemExit(f"kill {kill}: {', '.join(differ[:5])} differ")


def resumed(out, words, folder, seconds=None):
    """Go on with a command, or begin it anew where it had not begun; killed if a time is given."""
    begun = (out / "manifest.json").exists()
    again = ["resume", out.name] if begun else [*words, "--out", out.name, "--force"]
    if seconds is None:
        finished(again, folder)
        return False
    return killed(again, folder, seconds, "command")


def main():
    """Read the command line, kill, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="kills in all (100)")
    parser.add_argument("--budget", type=int, default=300, help="evaluations of a run (300)")
    parser.add_argument("--workers", type=int, default=2, help="workers (2)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments (1)")
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    names = ["--optimizer", "cheetah", "--optimizer", "random"]
    words = ["compare", *names, "-n", 1, "-b", asked.budget, "-w", asked.workers]
    with tempfile.TemporaryDirectory(prefix="p2p-") as scratch:
        folder = Path(scratch)
        took = finished([*words, "--out", "whole"], folder)
        kills = number = 0
        while kills < asked.kills:
            number += 1
            out = folder / f"out{number}"
            victims = ("command", "both", "run")[number % 3]
            kills += killed([*words, "--out", out.name], folder, rng.uniform(0.0, took), victims)
            if number % 3 == 0:
                kills += resumed(out, words, folder, rng.uniform(0.0, took))
            resumed(out, words, folder)
            check(out, folder / "whole", kills)
            print(f"{kills} kills, all the same", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
