"""Shares: of a bound that an energy reaches, and of a budget that polishing may spend."""

from __future__ import annotations

import math

#: Evaluations kept back from a search for polishing, and at most this share of its budget.
RESERVE, SHARE = 50, 0.1
#: Fewest evaluations that polishing can do with: one to look at a plan, one to confirm it.
FEWEST = 2


def pct(kwh: float, bound_kwh: float) -> float:
    """Return an energy as a percentage of a bound; 100 when neither is anything, NaN of none."""
    if math.isnan(bound_kwh):
        return math.nan
    return 100.0 * kwh / bound_kwh if bound_kwh > 0.0 else 100.0


def reserve(budget: int) -> int:
    """Return the evaluations of a budget that polishing may spend, none if too few to polish."""
    kept = min(RESERVE, int(SHARE * budget))
    return kept if kept >= FEWEST else 0
