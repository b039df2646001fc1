"""The errors a user can meet, and the signal that ends a run.

One root, few leaves. A message says what was wrong, what was found, what was expected and, for a
name, the nearest right one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ToolkitError(Exception):
    """Root of every error the toolkit raises on purpose; the command exits 1."""


class InputError(ToolkitError):
    """Something the user gave cannot be used as it is; the command exits 2."""


class EngineError(ToolkitError):
    """OpenDSS refused or could not solve what it was given."""


class BudgetSpent(BaseException):
    """The evaluation budget is used up.

    Not an error but the normal end of a run. It derives from ``BaseException`` so that an
    optimizer library's own ``except Exception`` does not swallow it.
    """


class Stopped(BudgetSpent):
    """The user asked the run to stop; what was found so far is kept."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string."""
    lowered = {k.lower(): k for k in known}
    hits = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.5)
    return f" Did you mean '{lowered[hits[0]]}'?" if hits else ""


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among the known ones, nearest one offered."""
    known = sorted(known)
    return InputError(
        f"unknown {what} '{name}'.{nearest(name, known)} Known: {', '.join(known) or 'none'}."
    )
