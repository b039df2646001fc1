"""A series for each store, found by the search with perfect foresight."""

from __future__ import annotations

import numpy as np

from toolkit import Known, Parameter, Policy
from toolkit.space import FloatArray


class Schedule(Policy):
    """Wants of each store what its series says, a share of its rating for each step.

    The toolkit carries such plans out without asking; followed step by step they are the same.
    """

    description = "One series per store, found by the search, which knows the whole scenario"
    reference = "B. Stalin, IJERST 4(1), 2026, doi 10.63458/ijerst.v4i1.148, equations (4) to (7)"

    def parameters(self, steps: int) -> tuple[Parameter, ...]:
        """Return a value for each step."""
        meaning = "power in this step, as a share of the rating; positive into the network"
        return tuple(
            Parameter(f"p[{t + 1}]", -1.0, 1.0, 0.0, "share of rating", meaning)
            for t in range(steps)
        )

    def power(self, now: Known) -> FloatArray:
        """Return this step's value of each store's series."""
        return np.asarray(now.values[f"p[{now.step + 1}]"] * now.rating)
