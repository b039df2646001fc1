"""Commands in processes of their own, and the processes that those start."""

import contextlib
import os
import random
import subprocess
import sys

import numpy as np

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


def children(pid):
    """Return the processes a process has started, by /proc; each of its threads has its own."""
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="utf-8") as file:
                found += [int(word) for word in file.read().split()]
    return found


def links(pid):
    """Yield the files that a process has open."""
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                yield os.readlink(f"/proc/{pid}/fd/{name}")


def writer_of(pid, journals, size=20_000):
    """Return the process, started by another, that writes a journal of more than so many bytes."""
    for child in children(pid):
        with contextlib.suppress(OSError):
            for link in links(child):
                if link.startswith(f"{journals}/") and os.path.getsize(link) > size:
                    return child
    return None


def state(pen):
    """Tell what a process is that a command starts; draw a number from each source unseeded."""
    everywhere = np.random.random()  # noqa: NPY002
    return {
        "pid": os.getpid(),
        "plugins": [name for name in sys.modules if name.startswith("toolkit_plugins")],
        "drawn": [random.random(), float(everywhere), float(np.random.default_rng().random())],
        "mark": os.environ.get("MARK"),
    }
