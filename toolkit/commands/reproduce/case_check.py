"""A case solved again, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.commands.reproduce.difference import Difference
from toolkit.results.case import Case

#: The tables of a case with what their rows are told apart by.
TABLES = {
    "hourly.csv": ("step",),
    "buses.csv": ("step", "bus"),
    "units.csv": ("step", "unit"),
    "lines.csv": ("step", "line"),
}
#: What a case may say it breaks: for each kind of limit every text that may stand for it; None:
#: not known here.
Words = tuple[tuple[str, ...], ...] | None


@dataclass(frozen=True)
class CaseCheck:
    """A case solved again, if it could be, and every comparison made.

    step_h: hours of its steps; words: what it may say it breaks; lines: where its feeder is not
    what study and plan give, None where the study's sources are not here; ``broken``: file of the
    case, as a path in it, and what keeps it from being solved.
    """

    name: str
    case: Case | None
    differences: tuple[Difference, ...]
    step_h: float = 1.0
    words: Words = None
    lines: tuple[str, ...] | None = None
    broken: tuple[str, str] | None = None
