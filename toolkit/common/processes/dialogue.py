"""A conversation with a process of its own: one request, one answer, again.

Requests go as pickles, for the process trusts who started it. Answers come as plain bytes, for
nobody here trusts the process.
"""

from __future__ import annotations

import os
import pickle
import secrets
import socket
import struct
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from toolkit.common.errors import ToolkitError
from toolkit.common.processes import Apart, Broke, Pen, words

_LENGTH = struct.Struct("<Q")
#: First byte of an answer, and of words in the place of one; those that name a user's mistake.
ANSWER, WORDS, MISTAKE = b"=", b"!", b"?"
#: Bytes of words; seconds that a process may take to begin and to end, and between two looks.
MOST_WORDS, START_S, END_S, LOOK_S = 8000, 60.0, 2.0, 0.05
#: Bytes of the key by which the process shows that it is ours.
KEY = 32


class Line:
    """One end of a connection that carries whole messages."""

    def __init__(self, ends: socket.socket) -> None:
        self._socket = ends

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._socket.sendall(_LENGTH.pack(len(message)) + message)

    def receive(self, most: int) -> bytes:
        """Return the next message; EOFError where there is none or it is longer than ``most``."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if length > most:
            raise EOFError
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._socket.recv(min(count - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def wait(self, seconds: float | None) -> None:
        """Wait for a message so long at most from now on."""
        self._socket.settimeout(seconds)

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()


class Dialogue:
    """A process in which ``function(request)`` answers each request with bytes.

    ``function`` is what ``make(*given)`` gives there. Raises ToolkitError where it cannot begin.
    """

    def __init__(self, make: Callable[..., Callable[[Any], bytes]], *given: Any) -> None:
        key = secrets.token_bytes(KEY)
        with tempfile.TemporaryDirectory(prefix="p2p-") as folder:
            server, address = _listening(Path(folder))
            with server:
                self._process = Apart(_answer, address, key, make, given)
                self._line = self._connected(server, key)

    def _connected(self, server: socket.socket, key: bytes) -> Line:
        server.settimeout(LOOK_S)
        give_up = time.monotonic() + START_S
        while time.monotonic() < give_up and not self._process.ended():
            with suppress(TimeoutError, EOFError):
                line = Line(server.accept()[0])
                line.wait(START_S)
                if secrets.compare_digest(line.receive(KEY), key):
                    return line
        raise self._broke("it did not begin")

    def ask(self, request: Any, most: int, seconds: float) -> bytes:
        """Return the answer to a request, of ``most`` bytes at most.

        Raises the error that the process tells, Broke where it ends or says nothing for so long.
        """
        try:
            self._line.wait(seconds)
            self._line.send(pickle.dumps(request, pickle.HIGHEST_PROTOCOL))
            said = self._line.receive(max(most, MOST_WORDS) + 1)
        except TimeoutError:
            self.close()
            raise Broke(f"it did not come back within {seconds:g} s") from None
        except (OSError, EOFError):
            raise self._broke("it ended") from None
        return said

    def _broke(self, how: str) -> Broke:
        # Its end of the connection is gone a little before the process is.
        ended = self._process.ended(END_S)
        self.close()
        return Broke(self._process.how_it_ended() if ended else how)

    def close(self) -> None:
        """End the process."""
        if hasattr(self, "_line"):
            self._line.close()
        self._process.close()


def _listening(folder: Path) -> tuple[socket.socket, Any]:
    """Return a socket that one process may connect to, and its address."""
    try:
        if hasattr(socket, "AF_UNIX"):
            server = socket.socket(socket.AF_UNIX)
            address: Any = os.fspath(folder / "line")
        else:
            server, address = socket.socket(socket.AF_INET), ("127.0.0.1", 0)
        server.bind(address)
        server.listen(1)
    except OSError as error:
        raise ToolkitError(f"no process can be spoken to: {error.strerror or error}") from error
    return server, address if isinstance(address, str) else server.getsockname()


def _answer(
    pen: Pen, address: Any, key: bytes, make: Callable[..., Callable[[Any], bytes]], given: Any
) -> None:
    """Answer requests until there are no more."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    ends = socket.socket(family)
    ends.connect(address)
    line = Line(ends)
    line.send(key)
    try:
        function, fault = make(*given), b""
    except BaseException as error:
        fault = told(error)
    while True:
        try:
            request = pickle.loads(line.receive(1 << 40))
        except EOFError:
            return
        try:
            said = fault or ANSWER + function(request)
        except BaseException as error:
            said = told(error)
        line.send(said)


def told(error: BaseException) -> bytes:
    """Return an error as an answer; a user's mistake stays one."""
    from toolkit.common.errors import InputError

    mark = MISTAKE if isinstance(error, InputError) else WORDS
    text = str(error) if isinstance(error, ToolkitError) else words(error)
    return mark + text.encode("utf-8", "replace")[:MOST_WORDS]
