"""The examination in a process of its own, so that nothing a script does can take us along."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from toolkit.commands.check_feeder.findings import Diagnosis
from toolkit.common.errors import InputError
from toolkit.inputs.feeder_files import feeder_name

_processes = multiprocessing.get_context("spawn")
#: Seconds an examination may take, and compiling alone.
PATIENCE, LONGEST = 25.0, 60.0
#: Bytes of memory that it may take for a feeder.
MEMORY = 4_000_000_000


def check(script: Path, patience: float = PATIENCE, root: Path | None = None) -> Diagnosis:
    """Examine a feeder and return what was found, whatever happens on the way."""
    return _apart(_examine, script, root, patience)


def survive(script: Path, root: Path | None = None) -> None:
    """Raise InputError when nonsense in a script ends the engine's process while it compiles.

    What the engine says in words is left to who compiles the script next.
    """
    lost = _apart(_compile, script, root, LONGEST)
    for finding in lost.findings:
        raise InputError(f"feeder {script}: {finding.text}")


def _apart(
    task: Callable[[Path, Path | None, Connection, str], None],
    script: Path,
    root: Path | None,
    patience: float,
) -> Diagnosis:
    """Carry out a task in a process of its own and return the diagnosis that it sends."""
    ours, theirs = _processes.Pipe(duplex=False)
    # Ours to remove: a process that is killed cannot.
    with TemporaryDirectory(prefix="p2p-", ignore_cleanup_errors=True) as scratch:
        worker = _processes.Process(target=task, args=(script, root, theirs, scratch), daemon=True)
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


def _compile(script: Path, root: Path | None, theirs: Connection, scratch: str) -> None:
    """Compile a script and send a diagnosis that holds nothing: it survived."""
    from toolkit.grid.backend import backend

    _enter(scratch)
    with suppress(MemoryError):
        backend().check_compile(script, theirs.send, root)
        theirs.send(Diagnosis(feeder_name(script), script))


def _examine(script: Path, root: Path | None, theirs: Connection, scratch: str) -> None:
    from toolkit.commands.check_feeder.examination import diagnose

    _enter(scratch)
    with suppress(MemoryError):
        theirs.send(diagnose(script, theirs.send, root))


def _enter(scratch: str) -> None:
    """Give the process its folder, and no more memory than :data:`MEMORY` where that can be done.

    Without memory it ends; what it was at is known.
    """
    tempfile.tempdir = scratch
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, OSError, ValueError):
        return
