"""What counts of days that are unlike: their mean, the worst of them, or the mean of the worst.

Conditional value at risk in its discrete form: Rockafellar and Uryasev, "Optimization of
conditional value-at-risk", Journal of Risk 2:21-41 (2000), doi 10.21314/JOR.2000.038.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from toolkit.common.types import FloatArray

RiskName = Literal["mean", "worst", "cvar"]
RISKS = get_args(RiskName)
#: Level of a conditional value at risk where a study does not say it.
LEVEL = 0.95


@dataclass(frozen=True)
class Risk:
    """How the figures of days become one. level: share of days that a cvar leaves out, 0 to 1."""

    name: RiskName = "mean"
    level: float = LEVEL

    @property
    def averse(self) -> bool:
        """Whether bad days count more than others."""
        return self.name != "mean"

    @property
    def tail(self) -> float:
        """Share of the days that a cvar is the mean of."""
        return 1.0 - self.level

    @property
    def words(self) -> str:
        """What a figure of the whole time stands on, to follow "over the year"; blank for sums."""
        if self.name == "mean":
            return ""
        days = f" {100.0 * self.tail:.4g} % of days in the mean" if self.name == "cvar" else ""
        return f"if every day were like the worst{days}"

    @property
    def short(self) -> str:
        """The same as the heading of a column; blank for sums."""
        return {"mean": "", "worst": "worst day", "cvar": "CVaR"}[self.name]

    def of(self, costs: FloatArray, weights: FloatArray) -> FloatArray:
        """Return one figure for D days, (...), from a cost of each, (..., D), to be minimised.

        weights: how many days each stands for, (D,). The mean is weighted. The worst is the
        highest cost of any day. A cvar is the mean over the days of highest cost that are the tail
        of all by weight; of the day at its edge only the part inside counts. NaN where one is.
        """
        if self.name == "worst":
            return np.asarray(costs.max(axis=-1))
        if self.name == "mean":
            return np.asarray((costs * weights).sum(axis=-1) / weights.sum())
        order = np.argsort(-costs, axis=-1, kind="stable")
        weight, cost = weights[order], np.take_along_axis(costs, order, axis=-1)
        tail = self.tail * weights.sum()
        before = np.cumsum(weight, axis=-1) - weight
        inside = np.clip(tail - before, 0.0, weight)
        return np.asarray((inside * cost).sum(axis=-1) / inside.sum(axis=-1))


#: Every day counts as often as it stands for days.
MEAN = Risk()
