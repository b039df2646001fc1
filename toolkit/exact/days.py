"""What the plans of the exact model meet, and what is maximised of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, FloatArray
from toolkit.exact.asked import ENERGY_ALONE, Asked
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.risk import MEAN, Risk
from toolkit.model.scenario import Scenario
from toolkit.problem.energy import at_risk


@dataclass(frozen=True)
class ModelDay:
    """What the plans meet: load of each bus, kW, (T, B), steps, and what is maximised.

    risk: how the energies of separate days become one; asked: what is asked besides; where that is
    a goal, it is what is maximised, and the objective says what is cleared.
    """

    load: FloatArray
    scenario: Scenario
    objective: EnergyGoal
    risk: Risk = MEAN
    asked: Asked = ENERGY_ALONE

    @property
    def floor(self) -> float:
        """A value that what is maximised is never below: 0 of energy."""
        return -np.inf if self.asked.goal else 0.0

    @property
    def summed(self) -> bool:
        """Whether all that is asked for is the sum of what is traded in all steps."""
        return not (self.risk.averse or self.asked.any)

    def energy(self, kw: FloatArray) -> float:
        """Return what is maximised, kWh, of kW in each step, (T,)."""
        if self.risk.averse:
            return float(at_risk(kw, self.scenario, self.risk))
        return float(kw @ self.hours)

    @property
    def hours(self) -> FloatArray:
        """How many hours each step stands for, (T,)."""
        return self.scenario.step_hours

    @property
    def trades(self) -> BoolArray:
        """Whether each bus trades with neighbours, (B,)."""
        members = self.scenario.members
        return np.ones(self.load.shape[1], dtype=bool) if members is None else members

    @property
    def demand(self) -> FloatArray:
        """Load of those who trade, kW, (T,)."""
        total: FloatArray = np.where(self.trades, self.load, 0.0).sum(axis=1)
        return total
