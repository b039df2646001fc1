"""What is kept of the last of many: values by key, the oldest of which goes."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep(known: dict[K, V], key: K, value: V, most: int) -> None:
    """Keep a value as the newest of so many at most."""
    known.pop(key, None)
    while len(known) >= most:
        # Another thread may have taken the oldest meanwhile.
        known.pop(next(iter(list(known))), None)
    known[key] = value
