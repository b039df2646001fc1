"""How numbers are written in tables for papers: the same quantity has the same decimals in all."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from toolkit.problem.goals import Goal
from toolkit.problem.sought import goal_of, goal_told
from toolkit.results.printed.paper_table import NOTHING
from toolkit.results.store.contents import Results
from toolkit.results.wording import digits

NUMBER = re.compile(r"-?[\d,]*\.?\d+(e[-+]?\d+)?")
#: Decimals of a voltage, a share in percent, a rank, A12 and a p value.
VOLTAGE, SHARE, RANK, A12, P = 4, 1, 2, 2, 3


@dataclass(frozen=True)
class Sought:
    """What was sought, as tables tell it: its figure, never what is ranked, with its decimals."""

    goal: Goal
    decimals: int

    @property
    def sign(self) -> float:
        """What a ranked figure, of which more is better, is multiplied by."""
        return -self.goal.sign if self.goal.ranked == "score" else 1.0

    @property
    def unit(self) -> str:
        """The unit of its figure."""
        return self.goal.unit

    def told(self, ranked: float) -> str:
        """Return a ranked figure as a table has it."""
        return number(self.sign * ranked + 0.0, self.decimals)


def sought(results: Results) -> Sought:
    """Return what was sought in results."""
    goal = goal_of(results.study)
    figures = [goal.figure(row) for _, row in results.summary.iterrows()]
    return Sought(goal_told(results.study), digits(figures))


def number(value: float, decimals: int) -> str:
    """Return a number; a dash for none."""
    if math.isnan(value):
        return NOTHING
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not re.search("[1-9]", text) else text


def p_value(p: float) -> str:
    """Return a p value, halves rounded up."""
    least = 10.0**-P
    if math.isnan(p):
        return NOTHING
    if p < least:
        return f"< {least:.{P}f}"
    return str(Decimal(repr(float(p))).quantize(Decimal(repr(least)), ROUND_HALF_UP))
