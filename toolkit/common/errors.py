"""The errors a user can meet, and the signal that ends a run.

One root, few leaves. A message says what was wrong, what was found, what was expected and, for a
name, the nearest right one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from toolkit.common.excerpts import shortened, shown

#: Characters of a message: a screen or two.
MESSAGE = 4_000
#: Known names that are listed.
LISTED = 30
#: Characters of a name: enough to tell which one is meant.
NAME = 100


class ToolkitError(Exception):
    """Root of every error the toolkit raises on purpose; the command exits 1.

    A message may hold names from files of strangers: it can be printed anywhere as it is.
    """

    def __init__(self, message: object = "") -> None:
        super().__init__(shown(shortened(str(message), MESSAGE)))


class InputError(ToolkitError):
    """Something the user gave cannot be used as it is; the command exits 2."""


class ArgumentError(InputError, ValueError):
    """An InputError of a value's own making, for which Python's word is ValueError."""


class EngineError(ToolkitError):
    """OpenDSS refused or could not solve what it was given."""


class BudgetSpent(BaseException):
    """The evaluation budget is used up.

    Not an error but the normal end of a run. It derives from ``BaseException`` so that an
    optimizer library's own ``except Exception`` does not swallow it.
    """


class Stopped(BudgetSpent):
    """The user asked the run to stop; what was found so far is kept."""


@contextmanager
def fitting_together(folder: object) -> Iterator[None]:
    """Turn what breaks while results are told into an InputError: someone changed their files.

    Each file is checked as it is read; that a table lacks the rows another one speaks of shows only
    here.
    """
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        says = shortened(f"{type(error).__name__}: {error}", 200)
        raise InputError(
            f"{folder}: its files do not fit together ({says}); 'toolkit reproduce' names those "
            "that were changed."
        ) from error


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string."""
    # Short first: the search takes a time that grows with the square of the length.
    lowered = {k.lower(): k for k in known}
    hits = difflib.get_close_matches(name[:NAME].lower(), lowered, n=1, cutoff=0.5)
    return f" Did you mean '{lowered[hits[0]]}'?" if hits else ""


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among the known ones, nearest one offered."""
    known = sorted(known)
    return InputError(
        f"unknown {what} '{shortened(name, NAME)}'.{nearest(name, known)} "
        f"Known: {listed(known) or 'none'}."
    )


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them, of very many the first."""
    more = f", and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}"
