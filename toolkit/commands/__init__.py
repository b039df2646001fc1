"""Whole commands as library calls, each of which leaves a results folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.commands.storing import bound_and_store, search_and_store, simulate_and_store

__all__ = ["bound_and_store", "search_and_store", "simulate_and_store"]


def __getattr__(name: str) -> Any:
    """Load a command on first use: the command line reads the room's flags without it."""
    if name not in __all__:
        raise AttributeError(f"module 'toolkit.commands' has no attribute {name!r}")
    from toolkit.commands import storing

    return getattr(storing, name)
