"""Shares: of a bound that an energy reaches, and of a budget that polishing may spend."""

from __future__ import annotations

import math

#: Evaluations kept back from a search for polishing, and at most this share of its budget.
RESERVE, SHARE = 50, 0.1
#: Fewest evaluations that polishing can do with: one to look at a plan, one to confirm it.
FEWEST = 2


def pct(kwh: float, bound_kwh: float) -> float:
    """Return an energy as a percentage of a bound; 100 when neither is anything, NaN of none.

    Of scores below 0, which are costs with a minus, it is what the bound is of them.
    """
    if math.isnan(bound_kwh) or bound_kwh == -math.inf:
        return math.nan
    if kwh < 0.0 and bound_kwh <= 0.0:
        return 100.0 * bound_kwh / kwh
    return 100.0 * kwh / bound_kwh if bound_kwh > 0.0 else 100.0


def better(value: float, share: float) -> float:
    """Return what is higher than a value, which may be negative, by a share of it."""
    return value * (1.0 + math.copysign(share, value))


def reserve(budget: int) -> int:
    """Return the evaluations of a budget that polishing may spend, none if too few to polish."""
    kept = min(RESERVE, int(SHARE * budget))
    return kept if kept >= FEWEST else 0
