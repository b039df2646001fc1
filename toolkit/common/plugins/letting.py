"""Whether plug-ins of others may be imported by this process: by those that nobody believes."""

from __future__ import annotations

_here: list[bool] = []


def let_in() -> None:
    """Let plug-ins into this process from now on: it is one of those that nobody believes."""
    _here[:] = [True]


def here() -> bool:
    """Say whether plug-ins are let into this process."""
    return bool(_here)
