"""Entry points of what is installed, looked through once for as long as the import path stays."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoints, entry_points
from typing import Any

#: What the import path was when it was last looked through, and what was found there, whose class
#: is not the same in all versions of Python.
_last: tuple[tuple[tuple[str, int], ...], Any] | None = None


def declared(group: str) -> EntryPoints:
    """Return the entry points of a group that installed distributions declare.

    To look through all distributions takes 20 ms, and a search asks some ten times.
    """
    global _last
    stamps = tuple((place, _changed(place)) for place in sys.path)
    if _last is None or _last[0] != stamps:
        _last = stamps, entry_points()
    found: EntryPoints = _last[1].select(group=group)
    return found


def _changed(place: str) -> int:
    """Return when a place of the import path last changed, 0 where there is none."""
    try:
        return os.stat(place or os.curdir).st_mtime_ns
    except OSError:
        return 0
