"""Carrying out the checks of a conformance suite, in this process or apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from toolkit.common.errors import InputError
from toolkit.common.plugins.groups import Group
from toolkit.common.plugins.options import option_table
from toolkit.common.processes import Apart, Pen, answer, too_late

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


def noted(pen: Pen, names: Sequence[str], results: Iterable[CheckResult]) -> Any:
    """Note the names of all checks and the results so far, as each is there; return both."""
    found: list[dict[str, Any]] = []
    pen.note([names, found])
    for result in results:
        found.append(asdict(result))
        pen.note([names, found])
    return [names, found]


def require(condition: bool, reason: str) -> None:
    """Raise with a reason; ``assert`` would vanish under ``python -O``."""
    if not condition:
        raise AssertionError(reason)


def check_declaration(group: Group[Any], kind: type[Any]) -> None:
    """Require a plug-in's class to be usable, and to say where it comes from and what it takes."""
    flaw = group.flaw(kind)
    require(not flaw, flaw)
    require(bool(kind.reference.strip()), "it has no reference")
    for row in option_table(kind):
        require(bool(row.description), f"option '{row.name}' has no description")
        numeric = row.kind in ("whole number", "number")
        require(bool(row.range) or not numeric, f"option '{row.name}' has no range")


def check_unknown_option(group: Group[Any], kind: type[Any]) -> None:
    """Require an unknown option to be refused, by the declaration and as options are read."""
    try:
        group.parsed(kind, {"no_such_option": 1}, "subject")
    except InputError:
        forbids = kind.Options.model_config.get("extra") == "forbid"
        require(forbids, "its Options take unknown keys; leave extra='forbid' in place")
        return
    raise AssertionError("an option it does not have was accepted")


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
