"""The record of a goal: all that is said of it, and how it is asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

from toolkit.model.goal_names import PREFIX
from toolkit.model.risk import MEAN, Risk

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.common.types import FloatArray
    from toolkit.problem.conditions import Conditions, Solved

#: The unit of money, whatever a study calls it.
MONEY = "money"


def _host() -> ModuleType:
    """Return what asks plug-ins; who reads words of goals alone does without."""
    from toolkit.problem.goal_plugins import host

    return host


@dataclass(frozen=True)
class Goal:
    """One goal. The objective, which is minimised, is ``sign`` times the figure.

    column: of summary.csv, where the figure stands; unit: its unit; about: what the figure is, in
    words, and describes: what its column holds; plugin: the plug-in that measures it, none of the
    sum of other goals; ranked: the column by which runs are ranked, higher is better;
    short: heading of a column of its own in a table that has traded energies and losses anyway;
    best and answer: what is sought and what was found, where the words made of ``about`` would not
    do; span: of what time the figure is, where it is not that of the study; optional: whether its
    column is there only where a study states costs or emissions, or asks for it; needs_losses:
    whether it needs the engine's losses, needs_costs: what units cost; from_day: whether it follows
    from the solved day alone, without tariffs and prosumers; added: whether results of earlier
    versions lack its column; risk: how the figures of separate days become the one that is sought;
    least and most: between which every figure is.
    """

    column: str
    unit: str
    sign: float
    about: str
    describes: str = ""
    plugin: str = ""
    ranked: str = "score"
    short: str = ""
    best: str = ""
    answer: str = ""
    needs_losses: bool = False
    from_day: bool = False
    added: bool = True
    risk: Risk = MEAN
    span: str = ""
    optional: bool = False
    needs_costs: bool = False
    least: float = 0.0
    most: float = math.inf

    def figures(self, solved: Solved) -> FloatArray:
        """Return the figure of n solved days, (n,), in its unit."""
        found: FloatArray = _host().figures(self.plugin, solved)
        return found

    def scale(self, conditions: Conditions) -> float:
        """Return what of it counts as 1 in a weighted sum."""
        return float(_host().number(self.plugin, "scale", conditions))

    def worst(self, conditions: Conditions) -> float:
        """Return what the objective of a feasible plan never exceeds."""
        # No negative zero where that is nothing.
        return self.sign * float(_host().number(self.plugin, "worst", conditions)) + 0.0

    @property
    def words(self) -> str:
        """What is ranked, in words: minimised figures count negative."""
        return f"minus {self.about}" if self.sign > 0.0 else self.about

    @property
    def ranked_in(self) -> str:
        """What is ranked and its unit, the unit alone where it is a column of its own name."""
        return f"{self.words} in {self.unit}" if self.ranked == "score" else self.unit

    @property
    def median_of(self) -> str:
        """What the median run is the median of, in words."""
        return "energy maximised" if self.ranked != "score" else f"{self.about}{self._tail}"

    @property
    def _tail(self) -> str:
        return f" {self.risk.words}" if self.risk.averse else ""

    @property
    def of_others(self) -> bool:
        """Whether it is none of the toolkit's own."""
        return self.column.startswith(PREFIX)

    @property
    def is_energy(self) -> bool:
        """Whether it is energy to be maximised, of whatever days."""
        return self.unit == "kWh" and self.sign < 0.0

    @property
    def form(self) -> str:
        """How the figure is written, with its unit."""
        return "{:,.0f} kWh" if self.is_energy else f"{{:,.6g}} {self.unit}"

    def figure(self, row: Mapping[str, Any] | pd.Series[Any]) -> float:
        """Return the figure of a row of summary.csv."""
        ranked = self.column == "score"
        return -self.sign * float(row["score"]) if ranked else float(row[self.column])

    def brief(self, row: Mapping[str, Any] | pd.Series[Any]) -> str:
        """Return the figure of a row of summary.csv for a column of a table."""
        return f"{self.figure(row):.1f}" if self.is_energy else f"{self.figure(row):.6g}"

    @property
    def title(self) -> str:
        """What the figure is, as an axis or a heading begins."""
        return f"{self.about[:1].upper()}{self.about[1:]}"

    def in_money(self, currency: str) -> Goal:
        """Return the same goal with money by its name, for words and figures."""
        return replace(self, unit=currency) if self.unit == MONEY else self

    def over(self, span: str) -> str:
        """Return a span of time, and of which days the figure is as if all were like them."""
        return f"{self.span or span}{self._tail}"

    def sought(self, span: str) -> str:
        """Return what is sought over a span of time ("day"), in words."""
        best = self.best or f"the {'lowest' if self.sign > 0.0 else 'highest'} {self.about}"
        return f"{best} over the {self.over(span)}"

    def found(self, span: str) -> str:
        """Return what the figure of the answer is, in words."""
        return f"{self.answer or self.about} over the {self.over(span)}"
