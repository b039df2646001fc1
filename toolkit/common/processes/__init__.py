"""Functions carried out in fresh Python processes, which may end however they like.

A process begins clean on every system: it imports neither the calling script nor anything of its
parent's, and shares only a slate with it. What it prints is not shown; the end of it is kept.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from toolkit.common import errors
from toolkit.common.errors import ToolkitError
from toolkit.common.processes.inside import Pen, told, words
from toolkit.common.processes.slate import Slate

__all__ = ["Apart", "Broke", "Pen", "answer", "ask", "each", "told", "too_late", "words"]

#: What a process begins with, before it can import the toolkit.
BOOT = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from toolkit.common.processes.inside import main; main()"
)
#: Characters kept of what a process prints.
TAIL = 2000
#: Seconds between two looks at a process that is waited for.
LOOK_S = 0.01
#: Signals by which others end a process: the kernel that needs memory, an administrator.
FROM_OUTSIDE = {"SIGKILL", "SIGTERM", "SIGHUP"}


class Broke(ToolkitError):
    """A process ended without an answer; the message says how."""


class Apart:
    """A process that carries out ``function(pen, *given)``; what it is given goes by pickle.

    It is a session of its own, so that Ctrl-C at a terminal does not reach it, and ends with this
    process. Raises ToolkitError when it cannot be started.
    """

    def __init__(self, function: Callable[..., Any], *given: Any) -> None:
        try:
            job = pickle.dumps((function, given))
        except Exception as error:
            raise ToolkitError(f"cannot be handed to another process: {words(error)}") from error
        self._slate = Slate.new()
        try:
            self._process = _started(self._slate)
        except OSError as error:
            self._slate.remove()
            raise ToolkitError(f"no process can be started: {error.strerror or error}") from error
        self._printed = b""
        self._last: dict[str, Any] | None = None
        self._marked = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._process.stdin is not None
        with suppress(OSError):  # it is gone already, which is found out later
            self._process.stdin.write(pickle.dumps(sys.path) + job)
            self._process.stdin.flush()

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _read(self) -> None:
        """Keep the end of what the process prints."""
        source = self._process.stdout
        assert source is not None
        with suppress(OSError, ValueError):
            while part := os.read(source.fileno(), 1 << 16):
                self._printed = (self._printed + part)[-TAIL:]

    def wish_to_stop(self) -> None:
        """Ask the process to stop, see ``Pen.stopped``."""
        self._slate.wish_to_stop()

    def said(self) -> dict[str, Any]:
        """Return what the process has said last: a note, an answer, an error, or nothing."""
        if self._last is not None:
            return self._last
        found = self._slate.read()
        return found if isinstance(found, dict) else {}

    def marked(self) -> bool:
        """Say whether the process has told that it trusts itself no more, see ``Pen.mark``."""
        return self._marked if self._last is not None else self._slate.marked()

    def ended(self, seconds: float = 0.0) -> bool:
        """Say whether the process has ended, or does within so many seconds."""
        give_up = time.monotonic() + seconds
        while not _has_ended(self._process):
            if time.monotonic() >= give_up:
                return False
            time.sleep(min(LOOK_S, max(give_up - time.monotonic(), 0.0)))
        return True

    def end(self) -> None:
        """End the process, and what it has started and left running."""
        if self._process.returncode is None:
            # Not reaped yet, so its number is nobody else's.
            with suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            self._process.wait()
        self._reader.join(0.2)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not (pipe is self._process.stdout and self._reader.is_alive()):
                with suppress(OSError):
                    pipe.close()

    def close(self) -> dict[str, Any]:
        """End the process for good; return what it has said last."""
        if self._last is None:
            self.end()
            self._marked, self._last = self._slate.marked(), self.said()
            self._slate.remove()
        return self._last

    def how_it_ended(self) -> str:
        """Return how a process ended that gave no answer, with the last line it printed."""
        code = self._process.returncode
        ended = f"its process ended by itself with exit code {code}"
        if code is not None and code < 0:
            ended = f"its process was ended by {signal_name(code)}"
        lines = self._printed.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"{ended} ({last[:200]})" if last else ended

    def was_killed(self) -> bool:
        """Say whether somebody else ended the process."""
        code = self._process.returncode
        return code is not None and code < 0 and signal_name(code) in FROM_OUTSIDE


def signal_name(code: int) -> str:
    """Return the name of the signal that gave an exit code below 0."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _started(slate: Slate) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", BOOT, str(slate.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has ended, and leave it to be reaped where the system can do that."""
    if process.returncode is not None:
        return True
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def ask(function: Callable[..., Any], *given: Any, seconds: float) -> Any:
    """Return what ``function(pen, *given)`` gives in a process of its own, plain values for JSON.

    Raises the ToolkitError it raises, and Broke where it raises something else, ends its process or
    says nothing new for that many seconds.
    """
    with Apart(function, *given) as process:
        late = too_late(process, seconds)
    return answer(process, late)


def each(
    function: Callable[..., Any], items: Sequence[Any], *given: Any, seconds: float
) -> list[Any]:
    """Return what ``function(item, *given)`` gives for each item, or the ToolkitError it raises.

    All are asked in one process. Where an item ends that or does not come back in time, Broke
    stands in the place of an answer, and another process is asked for the rest.
    """
    found: list[Any] = []
    while len(found) < len(items):
        with Apart(_each, function, items[len(found) :], given) as process:
            late = too_late(process, seconds)
        said = process.said()
        found += [_outcome(one) for one in said.get("answer", said.get("note", []))]
        if "answer" not in said and len(found) < len(items):
            found.append(Broke(late or said.get("words") or process.how_it_ended()))
    return found


def _each(pen: Pen, function: Callable[..., Any], items: Sequence[Any], given: Any) -> list[Any]:
    found: list[Any] = []
    for item in items:
        try:
            found.append({"answer": function(item, *given)})
        except BaseException as error:
            found.append(told(error))
        pen.note(found)
    return found


def _outcome(said: Any) -> Any:
    """Return an answer, or the error that stands in its place."""
    return said["answer"] if "answer" in said else _error(said)


def too_late(process: Apart, seconds: float) -> str:
    """Wait until a process ends; say so if it says nothing new for so many seconds instead."""
    said, since = process.said(), time.monotonic()
    while not process.ended(LOOK_S):
        if process.said() != said:
            said, since = process.said(), time.monotonic()
        elif time.monotonic() - since > seconds:
            return f"it did not come back within {seconds:g} s"
    return ""


def answer(process: Apart, late: str = "") -> Any:
    """Return the answer of a process that has ended; raise what it raised, or how it ended."""
    said = process.said()
    if "answer" in said:
        return said["answer"]
    if "raised" in said:
        raise _error(said)
    raise Broke(late or process.how_it_ended())


def _error(said: Mapping[str, Any]) -> ToolkitError:
    """Return the error that a process told of; of ours in its own kind."""
    kind: type[ToolkitError] = getattr(errors, str(said["raised"]) or "-", Broke)
    return kind(str(said.get("words", "")))
