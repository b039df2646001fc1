"""How uneven what the feeder draws is: its highest power over its mean."""

from __future__ import annotations

import numpy as np
from pydantic import Field
from toolkit import Given, Goal, GoalOptions, SolvedPlans


class EvenImport(Goal):
    """Peak to average of what the feeder draws at its head, losses included.

    1 is an even draw. The average counts as no less than a share of the average load, so that a
    feeder which draws next to nothing has no endless ratio.
    """

    description = "Highest power that the feeder draws over its mean: 1 is even"
    reference = "peak-to-average ratio, as used of demand response; an example"
    label, unit, direction = "peak to average of the import", "times the mean", "min"
    needs = ("losses",)
    at_once = True

    class Options(GoalOptions):
        """What [market.options.even-import] sets."""

        least: float = Field(
            0.1, gt=0, le=1, description="least mean that counts, as a share of the mean load"
        )

    def figure(self, solved: SolvedPlans) -> np.ndarray:
        """Return the ratio, (n,)."""
        given, drawn = solved.given, solved.head_import_kw
        mean = (drawn * given.hours).sum(axis=1) / given.hours.sum()
        return drawn.max(axis=1) / np.maximum(mean, self._least(given))

    def scale(self, given: Given) -> float:
        """Return the ratio of the scheduled load, or 1 without load."""
        load = given.load_kw.sum(axis=1)
        return float(load.max() / load.mean()) if load.any() else 1.0

    def worst(self, given: Given) -> float:
        """Return what all at their largest, and as much in losses, would give."""
        return 2.0 * float(given.most_kw.max()) / self._least(given)

    def _least(self, given: Given) -> float:
        mean = float(given.load_kw.sum(axis=1).mean())
        return self.options.least * mean if mean > 0.0 else 1.0
