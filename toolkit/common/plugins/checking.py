"""Carrying out the checks of a conformance suite, in this process or apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from toolkit.common.errors import InputError
from toolkit.common.plugins.groups import Group, missing
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


@dataclass(frozen=True)
class Suite(Generic[S]):
    """The checks of one kind of plug-in, each for itself.

    subject: makes what is checked from class and options; checks: those of a subject by their
    names; seconds: that one check may take.
    """

    group: Group[Any]
    subject: Callable[[type[Any], dict[str, Any]], S]
    checks: Callable[[S], Mapping[str, Callable[[S], None]]]
    seconds: float

    def results(
        self, plugin: str | type[Any], options: Mapping[str, Any] | None
    ) -> list[CheckResult]:
        """Carry out every check: by name in a process of its own, of a class in this one.

        Raises InputError for an unknown plug-in or option, or a library that is missing.
        """
        if isinstance(plugin, str):
            return checked_apart(self._apart, self.seconds, plugin, dict(options or {}))
        return list(self._each(self._made(plugin, dict(options or {}))))

    def _made(self, kind: type[Any], options: dict[str, Any]) -> S:
        if lacking := missing(kind):
            raise InputError(f"{self.group.word} '{kind.__name__}' cannot be tested: {lacking}")
        return self.subject(kind, options)

    def _each(self, subject: S) -> Iterator[CheckResult]:
        for name, check in self.checks(subject).items():
            yield outcome(name, check, subject)

    def _apart(self, pen: Pen, name: str, options: dict[str, Any]) -> Any:
        kind = self.group.load(name)
        self.group.configure(kind, options, name)
        subject = self._made(kind, options)
        return noted(pen, list(self.checks(subject)), self._each(subject))


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
