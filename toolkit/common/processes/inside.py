"""What happens inside a process of its own: one function is carried out, and its outcome told."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.common.processes.slate import Slate

#: Characters of an error's text that are told.
MOST_WORDS = 2000
#: What Linux calls the wish of a process to be killed when its parent ends (prctl).
_PARENT_DEATH = 1


#: Bound before a plug-in can put something else there.
_exit = os._exit


class Pen:
    """What a function has at hand in a process of its own: the wish to stop, and words to say.

    ``mark`` tells that it has come to where it trusts itself no more.
    """

    def __init__(self, slate: Slate) -> None:
        self.stopped, self.mark = slate.stopped, slate.mark
        self._write = slate.write

    def note(self, value: Any) -> None:
        """Tell how far it has come, plain values for JSON."""
        self._write({"note": value})

    def leave(self, value: Any) -> None:
        """Tell the outcome and end this process at once, whatever else goes on in it."""
        self._write({"answer": value})
        _exit(0)


def main() -> None:
    """Carry out the function that standard input brings; end without waiting for anybody."""
    slate = Slate(Path(sys.argv[1]))
    # Its name is not needed any more, and would stay if we were killed with our parent.
    with contextlib.suppress(OSError):
        slate.path.unlink()
    try:
        function, given = pickle.load(sys.stdin.buffer)
        _end_with_parent(_own_input())
        said = {"answer": function(Pen(slate), *given)}
    except BaseException as error:
        said = told(error)
    try:
        slate.write(said)
    except BaseException as error:
        slate.write(told(error))
    finally:
        _exit(0)


def told(error: BaseException) -> dict[str, str]:
    """Return an error as plain values; ours keep their kind."""
    if isinstance(error, ToolkitError):
        return {"raised": type(error).__name__, "words": str(error)[:MOST_WORDS]}
    return {"raised": "", "words": words(error)}


def words(error: BaseException) -> str:
    """Return kind and text of an error on a few lines at most, whatever its ``str`` does."""
    try:
        text = str(error)
    except BaseException:
        text = "(it cannot say why)"
    kind = type(error).__name__
    return (f"{kind}: {text}" if text else kind)[:MOST_WORDS]


def _own_input() -> int:
    """Keep standard input to ourselves; whoever reads it from now on finds it empty."""
    ours = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return ours


def _end_with_parent(source: int) -> None:
    """End this process when its parent is gone, however that ended.

    It would otherwise write on while the command is resumed. The parent never writes to the pipe
    ``source`` again, so it can be read from only when it is closed. Linux is asked to see to it
    besides, since a thread gets no turn in a process that is stuck in a library.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)

    def watch() -> None:
        with contextlib.suppress(OSError):
            os.read(source, 1)
        _exit(1)

    threading.Thread(target=watch, daemon=True).start()
