"""Marks that a command puts into its folder while it prepares itself, and while it draws.

Who looks at the folder meanwhile can then say so; a command that was killed leaves them, and a
mark of long ago says nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from toolkit.common import files
from toolkit.results.store import manifest
from toolkit.results.store.names import DRAWING, PREPARING

#: Seconds after which a mark says nothing if nothing else was written beside it.
OLD_S = 600.0


@contextmanager
def preparing(folder: Path) -> Iterator[Callable[[], None]]:
    """Mark a folder whose command prepares its study; yield what takes the mark away again.

    Nothing is left of it then, nor of folders made for it. Results that are there are left alone.
    """
    missing = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    mark = folder / PREPARING

    def done() -> None:
        with suppress(OSError):
            mark.unlink(missing_ok=True)
            for path in (mark.parent, *missing):
                path.rmdir()

    if manifest.exists(folder):
        yield lambda: None
        return
    with suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    try:
        yield done
    finally:
        done()


@contextmanager
def drawing(folder: Path) -> Iterator[None]:
    """Mark a results folder of which figures are being drawn."""
    mark = folder / DRAWING
    if not manifest.exists(folder):
        yield
        return
    with suppress(OSError):
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
    try:
        yield
    finally:
        with suppress(OSError):
            mark.unlink(missing_ok=True)
            mark.parent.rmdir()


def is_marked(folder: Path, name: str, now: float) -> bool:
    """Say whether a folder has a mark, beside which something was written lately."""
    mark = folder / name
    if not mark.is_file():
        return False
    with suppress(OSError):
        written = max(entry.stat().st_mtime for entry in files.entries(mark.parent))
        return now - written < OLD_S
    return False
