"""Files that are handed in: regular ones, no larger than stated, read once and whole.

A device never ends, and a pipe may never begin: neither is opened for reading.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from toolkit.common.errors import InputError

#: How a text in UTF-16 or UTF-32 begins.
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def is_file(path: Path) -> bool:
    """Say whether there is a file of any kind at a path; none where nobody may look."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def content(path: Path, most: int, what: str = "") -> bytes:
    """Return what a regular file of at most so many bytes holds; ``what`` it is, in messages.

    Raises InputError naming the file.
    """
    where = f"{what} {path}".lstrip()
    try:
        # Without waiting for who would write into a pipe.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise InputError(f"{where}: cannot be read: found {_kind(fd)}; expected a file.")
            held = _read(fd, most + 1)
        finally:
            os.close(fd)
    except (OSError, ValueError) as error:
        says = getattr(error, "strerror", None) or error
        raise InputError(f"{where}: cannot be read: {says}.") from error
    if len(held) > most:
        raise InputError(f"{where}: is too large; expected at most {most:,} bytes.")
    return held


def _read(fd: int, most: int) -> bytes:
    """Return what an open file holds, of a larger one its first ``most`` bytes."""
    held = bytearray()
    while len(held) < most and (part := os.read(fd, min(most - len(held), 1 << 20))):
        held += part
    return bytes(held)


def text(path: Path, most: int, what: str = "") -> str:
    """Return the text of such a file. Raises InputError where it is not UTF-8."""
    return decoded(content(path, most, what), f"{what} {path}".lstrip())


def decoded(held: bytes, where: str) -> str:
    """Return bytes as text, without a mark of byte order. Raises InputError: they are not UTF-8."""
    if held.startswith(_WIDE):
        raise InputError(f"{where}: cannot be read: found UTF-16 text; expected UTF-8.")
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = held.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{where}, line {line}: cannot be read: found byte 0x{held[error.start]:02x}; expected "
            "UTF-8 text."
        ) from error


def _kind(fd: int) -> str:
    mode = os.fstat(fd).st_mode
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFCHR: "a device", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a folder" if stat.S_ISDIR(mode) else "something else")
