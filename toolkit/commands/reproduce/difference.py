"""One comparison of a results folder with what was solved again, and how far both may differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: How far a figure may be off, as a share of the largest of its column, at least of 1. The power
#: flow ends at 1e-9 pu, which another processor may reach an iteration sooner or later.
RELATIVE = 1e-6
#: The same for voltages, pu.
VOLTAGE = 1e-8
#: A figure much smaller than the largest of its column may be off by no more than this share of
#: itself, unless that is less than this share of the largest. Reactive powers are left out:
#: those of units without any are what the power flow leaves.
OWN, LEAST = 1e-4, 1e-7
#: A share by which a figure may not be changed without its being seen.
CHANGE = 1e-3


@dataclass(frozen=True)
class Difference:
    """The largest difference in one column of one file of a case; ``case`` is empty beside them.

    amount: in ``unit``, inf where no difference can be taken (text, a missing row or column);
    where: the step, bus or row it is in; telling: False for figures that are rounding alone, of
    which a change by ``CHANGE`` is not to be told.
    """

    case: str
    file: str
    column: str
    unit: str
    amount: float
    tolerance: float
    where: str
    found: str
    solved: str
    telling: bool = True

    @property
    def holds(self) -> bool:
        """Say whether what was found is what was solved."""
        return self.amount <= self.tolerance

    @property
    def path(self) -> str:
        """The file as a path in the results folder."""
        return f"cases/{self.case}/{self.file}" if self.case else self.file

    def __str__(self) -> str:
        where = f", {self.where}" if self.where else ""
        if math.isinf(self.amount):
            return f"{self.column}{where}: found {self.found}, expected {self.solved}"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.column}{where}: found {self.found}, solved {self.solved}{unit}"


def unlike(
    case: str, file: str, name: str, found: str, solved: str = "", where: str = ""
) -> Difference:
    """Return a difference that is no number."""
    return Difference(case, file, name, "", math.inf, 0.0, where, found, solved)


def same(case: str, file: str, name: str, found: object, solved: object) -> Difference:
    """Compare two values that are the same or not."""
    mine, theirs = shortened(str(found)), shortened(str(solved))
    amount = 0.0 if found == solved and type(found) is type(solved) else math.inf
    return Difference(case, file, name, "", amount, 0.0, "", mine, theirs)


def shortened(text: str) -> str:
    """Return a number with the digits a reader needs, other text cut."""
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return excerpt(text)


def excerpt(text: str) -> str:
    """Return the beginning of a text, or a word where it is blank."""
    if not text:
        return "blank"
    return text if len(text) <= 60 else f"{text[:57]}..."
