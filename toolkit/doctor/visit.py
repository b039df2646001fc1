"""The examination in a process of its own, so that nothing a script does can take us along."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from toolkit.doctor.findings import Diagnosis
from toolkit.feeders import feeder_name

_processes = multiprocessing.get_context("spawn")
#: Seconds an examination may take.
PATIENCE = 25.0


def check(script: Path, patience: float = PATIENCE) -> Diagnosis:
    """Examine a feeder and return what was found, whatever happens on the way."""
    ours, theirs = _processes.Pipe(duplex=False)
    # Ours to remove: a process that is killed cannot.
    with TemporaryDirectory(prefix="p2p-", ignore_cleanup_errors=True) as scratch:
        worker = _processes.Process(target=_examine, args=(script, theirs, scratch), daemon=True)
        worker.start()
        theirs.close()
        try:
            return _listen(script, ours, patience)
        finally:
            worker.kill()
            worker.join()
            worker.close()
            ours.close()


def _listen(script: Path, ours: Connection, patience: float) -> Diagnosis:
    """Return the diagnosis, or one that says what was going on when it failed to come."""
    doing = "starting OpenDSS"
    deadline = time.monotonic() + patience
    try:
        while ours.poll(max(deadline - time.monotonic(), 0.0)):
            told = ours.recv()
            if isinstance(told, Diagnosis):
                return told
            doing = told
        why = f"{doing} took longer than {patience:g} s"
    except EOFError:
        why = f"OpenDSS ended unexpectedly while {doing}"
    lost = Diagnosis(feeder_name(script), script)
    lost.add("fault", "engine", f"{why}; nothing more can be said.")
    return lost


def _examine(script: Path, theirs: Connection, scratch: str) -> None:
    from toolkit.doctor.examination import diagnose

    tempfile.tempdir = scratch

    theirs.send(diagnose(script, theirs.send))
