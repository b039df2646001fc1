"""The names of what can be searched for; ``problem.goals`` says what each of them is."""

from __future__ import annotations

from typing import Literal

#: Energy traded, which schedules alone give.
EnergyGoal = Literal["traded", "traded_to_load"]
#: What may be weighed against each other, and what may be searched for.
PartName = Literal[
    EnergyGoal,
    "losses",
    "voltage_deviation",
    "community_cost",
    "self_sufficiency",
    "annual_cost",
    "npv",
    "investment",
    "peak_import",
    "co2",
]
GoalName = Literal[PartName, "weighted"]
#: The entry-point group of goals; what the columns of those of others begin with, in front of their
#: names.
GROUP, PREFIX = "toolkit.goals", "goal_"
