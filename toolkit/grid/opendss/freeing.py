"""What the engine has to free of owners that are gone, freed when the next engine is made."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

_garbage: deque[Callable[[], None]] = deque()


def free_later(owner: object, free: Callable[..., None], *given: Any) -> None:
    """Free something of the engine's some time after its owner is gone.

    Not at once: Python may find out that the owner is gone in the middle of anything, in whatever
    thread, and the engine is not made to be called there.
    """
    weakref.finalize(owner, _garbage.append, partial(free, *given)).atexit = False


def free_due() -> None:
    """Free what is due."""
    while _garbage:
        _garbage.popleft()()
