"""Which policy a study's plans follow, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.common.types import FloatArray
from toolkit.model.operation import Operation
from toolkit.problem.policies.contract import FORESIGHT, Outlook, Parameter

#: The policy that is none: a plan carries one series per store, which is carried out as it is.
SCHEDULE = "schedule"


@dataclass(frozen=True)
class Dispatch:
    """The policy that plans follow: its name and options, and what it asks for.

    options: all of them, as plain values; parameters: what is searched for each store; start_hour:
    time of day at which the scenario begins; forecast: net power ahead of each kW and load, see
    ``Forecast``, where the outlook asks for columns.
    """

    policy: str
    options: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    outlook: Outlook = field(default_factory=Outlook)
    start_hour: float = 0.0
    forecast: Forecast | None = None

    @property
    def is_schedule(self) -> bool:
        """Say whether plans carry their series themselves."""
        return self.policy == SCHEDULE

    @property
    def label(self) -> str:
        """What results call it; perfect foresight is named wherever the policy is."""
        return f"{self.policy} ({FORESIGHT})" if self.outlook.source == "perfect" else self.policy


@dataclass(frozen=True)
class Forecast:
    """What profiles foretell: generation per kW of each unit, (U, T), and load, kW, (T, B)."""

    generation: FloatArray
    load: FloatArray


def schedule_of(operation: Operation) -> Dispatch:
    """Return the dispatch of plans with series: one value a step, a share of the power rating."""
    meaning = "power in this step, as a share of the rating; positive into the network"
    return Dispatch(
        SCHEDULE,
        {},
        tuple(
            Parameter(f"p[{t + 1}]", -1.0, 1.0, 0.0, "share of rating", meaning)
            for t in range(operation.steps)
        ),
    )
