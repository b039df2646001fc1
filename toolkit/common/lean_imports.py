"""Imports without what a library takes only where it happens to be installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Have a library that is imported meanwhile believe that a package is not installed.

    Every run has a process of its own, which pays for all that is imported. A package that is
    imported already costs nothing more, so it stays to be seen.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
