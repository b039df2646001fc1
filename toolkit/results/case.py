"""One case of a results folder, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.model.plan import Plan
from toolkit.problem.goal_limits import BrokenGoal
from toolkit.problem.limit_words import LimitViolation, in_words

if TYPE_CHECKING:
    from toolkit.results.cost_tables import CostAccount

#: What a plan breaks that breaks no limit of the network (docs/settlement.md).
WORSE_OFF = "somebody's bill is higher with trading than without (bills.csv)"

WORSE_IN_YEAR = "somebody pays more in a year than without new units (owners.csv)"


@dataclass(frozen=True)
class Case:
    """One case of a results folder: a plan, the engine's day of it, and its tables.

    ``history`` is None for a case that was not searched for (the base case, a given plan);
    ``limit_violations`` is empty when every limit of the network holds, ``goals_broken`` when those
    of goals do; ``costs`` is None where the study states none by the year.
    """

    name: str
    plan: Plan
    summary: dict[str, object]
    hourly: pd.DataFrame
    buses: pd.DataFrame
    units: pd.DataFrame
    lines: pd.DataFrame
    history: pd.DataFrame | None
    limit_violations: tuple[LimitViolation, ...] = ()
    costs: CostAccount | None = None
    goals_broken: tuple[BrokenGoal, ...] = ()

    @property
    def limits_broken(self) -> str:
        """The limits that the case breaks, in words, blank where all hold."""
        network = [in_words(self.limit_violations)] if self.limit_violations else []
        return "; ".join([*network, *map(str, self.goals_broken)])

    def figure(self, column: str) -> float:
        """Return a number of the case's row of summary.csv."""
        return number(self.summary[column])


def number(value: object) -> float:
    """Return a cell of a row as the number it holds."""
    return float(str(value))
