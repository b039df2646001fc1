"""Commands in processes of their own, and the processes that those start."""

import contextlib
import os
import random
import sys
from pathlib import Path

import numpy as np

from helpers import forks

#: Has the processes that a command starts begin as forks of it.
FORKING = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from helpers import forks
del sys.path[0]
if __name__ == "__main__":
    forks.of_itself(sys.argv)
"""
#: The command as it is, figures left out.
PLAIN = f"""{FORKING}
from toolkit import cli
from toolkit.results import figures
if __name__ == "__main__":
    figures.draw_folder = lambda folder: None
    figures.draw_for_print = lambda results, to, kinds, page, stems: (
        [to / f"{{stem}}.pdf" for stem in stems], [])
    cli.main()
"""


def start(words, folder):
    """Start a command in a session of its own."""
    return forks.command(PLAIN, words, folder)


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
        "parent": os.getppid(),
        "plugins": [name for name in sys.modules if name.startswith("toolkit_plugins")],
        "drawn": [random.random(), float(everywhere), float(np.random.default_rng().random())],
        "mark": os.environ.get("MARK"),
    }
