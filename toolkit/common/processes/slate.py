"""A slate: memory that two processes share, for a wish to stop one way and words the other way.

It needs no file descriptor once it is open and no space on a disk once it is made, so neither a
process that closes all its files nor a disk that fills up can take it away.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from toolkit.common.errors import ToolkitError

#: Bytes of a slate: one for the wish to stop, one for a mark, the length of what is said, and room
#: for that.
SIZE = 1 << 18
_LENGTH = struct.Struct("<I")
_LENGTH_AT, _WORDS_AT = 4, 8


class Slate:
    """A slate at a path; who makes it also removes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SIZE)

    @classmethod
    def new(cls) -> Slate:
        """Make a slate. Raises ToolkitError when the temporary folder cannot be written."""
        try:
            fd, name = tempfile.mkstemp(prefix="p2p-", suffix=".slate")
            with open(fd, "wb") as file:
                # Zeros that are written, not a hole: a full disk is found now or never.
                file.write(bytes(SIZE))
            return cls(Path(name))
        except OSError as error:
            folder = tempfile.gettempdir()
            raise ToolkitError(f"{folder}: cannot be written: {error.strerror or error}") from error

    def wish_to_stop(self) -> None:
        """Say that the other process is to stop."""
        self._map[0] = 1

    def stopped(self) -> bool:
        """Say whether to stop; costs next to nothing."""
        return self._map[0] != 0

    def mark(self) -> None:
        """Say that something has begun, whatever is said later."""
        self._map[1] = 1

    def marked(self) -> bool:
        """Say whether something has begun."""
        return self._map[1] != 0

    def write(self, said: Any) -> None:
        """Say something, plain values for JSON, in the place of what was said before."""
        words = json.dumps(said).encode()
        if len(words) > SIZE - _WORDS_AT:
            raise ValueError(f"too much to say: {len(words)} bytes")
        self._map[_LENGTH_AT:_WORDS_AT] = _LENGTH.pack(0)
        self._map[_WORDS_AT : _WORDS_AT + len(words)] = words
        self._map[_LENGTH_AT:_WORDS_AT] = _LENGTH.pack(len(words))

    def read(self) -> Any:
        """Return what was said last; None for nothing, or nothing that can be understood."""
        (length,) = _LENGTH.unpack(self._map[_LENGTH_AT:_WORDS_AT])
        try:
            return json.loads(self._map[_WORDS_AT : _WORDS_AT + length]) if length else None
        except (ValueError, RecursionError):
            return None

    def remove(self) -> None:
        """Let go of the slate, and of its file."""
        self._map.close()
        with suppress(OSError):
            os.unlink(self.path)
