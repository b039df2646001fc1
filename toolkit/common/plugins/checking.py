"""Carrying out the checks of a conformance suite, in this process or apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from toolkit.common.processes import Apart, answer, too_late

S = TypeVar("S")


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    Attributes
    ----------
    name : str
        What is checked.
    passed : bool
        Whether the plug-in passed.
    reason : str
        Why it failed; empty otherwise.
    """

    name: str
    passed: bool
    reason: str = ""


def checked_apart(tested: Callable[..., Any], seconds: float, *given: Any) -> list[CheckResult]:
    """Have a plug-in tested in a process of its own; the check in which that ends has failed.

    tested: notes and returns the names of all checks and the results so far; seconds: that one
    check may take.
    """
    with Apart(tested, *given) as process:
        late = too_late(process, seconds)
    said = process.said()
    names, results = said["note"] if "note" in said else answer(process, late)
    found = [CheckResult(**result) for result in results]
    if len(found) < len(names):
        found.append(CheckResult(names[len(found)], False, late or process.how_it_ended()))
    ended = "not run: it ended the process of the tests"
    return found + [CheckResult(left, False, ended) for left in names[len(found) :]]


def outcome(name: str, check: Callable[[S], None], subject: S) -> CheckResult:
    """Carry out a check and say how it went."""
    try:
        check(subject)
    # Whatever goes wrong in a plug-in is what the suite has to tell, its own signals included.
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        told = isinstance(error, AssertionError)
        reason = str(error) if told else f"{type(error).__name__}: {error}"
        return CheckResult(name, False, reason)
    return CheckResult(name, True)
