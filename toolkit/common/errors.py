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
    """Root of every error the toolkit raises on purpose; a command ends with exit code 1.

    Parameters
    ----------
    message : object
        What is wrong, what was found and what was expected. Control characters are written out and
        a long text is shortened, so it can be printed anywhere, whatever file its names come from.

    Examples
    --------
    >>> import toolkit
    >>> try:
    ...     toolkit.read_results("nowhere")
    ... except toolkit.ToolkitError as error:
    ...     print(type(error).__name__)
    InputError
    """

    def __init__(self, message: object = "") -> None:
        super().__init__(shown(shortened(str(message), MESSAGE)))


class InputError(ToolkitError):
    """Something the user gave cannot be used as it is; a command ends with exit code 2.

    Examples
    --------
    >>> import toolkit
    >>> toolkit.load_study("ieee12", limits={"v_min": "low"})
    Traceback (most recent call last):
    ...
    toolkit.common.errors.InputError: ...
    """


class ArgumentError(InputError, ValueError):
    """A value that cannot be made of its arguments; both an InputError and a ValueError.

    Examples
    --------
    >>> from toolkit import Variable
    >>> Variable("kw", "real", 3.0, 1.0)
    Traceback (most recent call last):
    ...
    toolkit.common.errors.ArgumentError: variable kw: lower 3.0 is above 1.0
    """


class EngineError(ToolkitError):
    """OpenDSS refused what it was given, or could not solve it."""


class BudgetSpent(BaseException):
    """The evaluation budget is used up.

    Not an error but the normal end of a run: an optimizer lets it pass. It derives from
    ``BaseException`` so that an optimizer library's own ``except Exception`` does not swallow it.
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
    """Return a question after the nearest known name, for the end of a message.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        The names to choose from.

    Returns
    -------
    str
        ``" Did you mean 'x'?"``, or an empty string when no name is near.

    Examples
    --------
    >>> from toolkit.errors import nearest
    >>> nearest("cheeta", ["cheetah", "pygad"])
    " Did you mean 'cheetah'?"
    """
    # Short first: the search takes a time that grows with the square of the length.
    lowered = {k.lower(): k for k in known}
    hits = difflib.get_close_matches(name[:NAME].lower(), lowered, n=1, cutoff=0.5)
    return f" Did you mean '{lowered[hits[0]]}'?" if hits else ""


def unknown_name(what: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among the known ones.

    Parameters
    ----------
    what : str
        What the name stands for, such as ``"optimizer"``.
    name : str
        The unknown name.
    known : iterable of str
        The known names.

    Returns
    -------
    InputError
        To be raised by the caller; its message offers the nearest name and lists the known ones.

    Examples
    --------
    >>> from toolkit.errors import unknown_name
    >>> print(unknown_name("color", "gren", ["green", "red"]))
    unknown color 'gren'. Did you mean 'green'? Known: green, red.
    """
    known = sorted(known)
    return InputError(
        f"unknown {what} '{shortened(name, NAME)}'.{nearest(name, known)} "
        f"Known: {listed(known) or 'none'}."
    )


def listed(names: Sequence[str]) -> str:
    """Return names with commas between them, of very many the first."""
    more = f", and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}"
