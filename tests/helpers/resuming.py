"""A search that is gone on with, and results that must be the same but for times."""

import json

from toolkit.commands import resume as resuming
from toolkit.commands.request import Request


def contents(folder):
    """Return all files of a results folder that have to be the same, by name."""
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if name not in ("manifest.json", "report.html")
    }


def check_same(folder, whole):
    """Compare a resumed folder with one of a command that nothing interrupted."""
    ours, theirs = contents(folder), contents(whole)
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    manifests = [json.loads((f / "manifest.json").read_text("utf-8")) for f in (folder, whole)]
    assert [m["status"] for m in manifests] == ["complete", "complete"]


QUICK = Request(("cheetah", "random"), 60, 2)
#: Has the run that is named wait, once it has evaluated so many plans, until it is asked to stop.
WAITING = """
import time
from toolkit.errors import Stopped
from toolkit.runs import recorder

made = recorder.Recorder._made

def waiting(self, *given):
    if self._at >= {evaluations} and "{run}" in self._journal.path.name:
        self._journal.flush()
        while not self._should_stop():
            time.sleep(0.01)
        raise Stopped
    return made(self, *given)

recorder.Recorder._made = waiting
"""


def resumed(folder, workers=1):
    return resuming.resume(*resuming.left_to_do(folder, workers, None), folder)
