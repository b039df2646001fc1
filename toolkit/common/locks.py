"""Locks on files: the operating system's own, gone with the process that held them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.common.errors import ToolkitError
from toolkit.common.files import open_in_place, unwritable

#: Seconds between two tries to get a lock.
PAUSE = 0.05
#: Where a lock stands in its file on Windows, whose locks keep others from reading: past the end.
FAR = 1 << 40


def take(fd: int) -> bool:
    """Lock an open file for this process alone; say whether that worked. Closing it unlocks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            at = os.lseek(fd, 0, os.SEEK_CUR)
            os.lseek(fd, FAR, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            os.lseek(fd, at, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def take_within(fd: int, seconds: float) -> bool:
    """Lock an open file as soon as it is free, within so many seconds."""
    give_up = time.monotonic() + seconds
    while not take(fd):
        if time.monotonic() > give_up:
            return False
        time.sleep(PAUSE)
    return True


@contextmanager
def held(path: Path, folder: Path) -> Iterator[None]:
    """Hold a folder's lock file, made if need be, inside the ``with`` block.

    Raises ToolkitError when another process holds it, or when it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fd = open_in_place(path, create=True)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        if not take(fd):
            raise ToolkitError(in_use(folder))
        yield
    finally:
        os.close(fd)


def in_use(folder: Path) -> str:
    """Return the message for a folder that another process works in."""
    return f"{folder}: another toolkit command is writing there; wait for it or stop it."
