"""What a branch and bound proved, and the plans that it found on its way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.model.plan import Plan


@dataclass(frozen=True)
class Found:
    """The best plan found for a layout, and what is maximised of its schedule: kWh, or its goal."""

    plan: Plan
    kwh: float


@dataclass(frozen=True)
class Bound:
    """What a search proved.

    kwh: no plan of the study trades more; of another goal, no plan is better, one that is minimised
    with a minus. found: layouts with plans that keep every limit but the
    network's, best first. ``ended`` is "proven" (gap reached), "loose" (every layout looked at, but
    the model allows more than the plans it gives), "time" (or nodes) or "stopped".
    """

    kwh: float
    found: tuple[Found, ...]
    seconds: float
    ended: str

    @property
    def best_kwh(self) -> float:
        """The same of the best plan when the network's limits are left out."""
        return self.found[0].kwh if self.found else -np.inf
