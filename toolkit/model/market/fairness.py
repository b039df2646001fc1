"""How evenly a community's savings fall, and on whom they do not."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import BoolArray, FloatArray

#: A bill higher by less than half a cent is the same bill, in units of money.
CENT = 0.005
#: Savings below this, in units of money, are what rounding leaves of two equal bills.
NOTHING = 1e-6


def jain_index(saving: FloatArray) -> float:
    """Return Jain's index of savings, shape (P,): 1 when all save alike, 1/P when one saves all.

    (sum x)^2 / (P sum x^2) of Jain, Chiu and Hawe, "A quantitative measure of fairness and
    discrimination for resource allocation in shared computer systems", DEC Research Report TR-301,
    1984. Who is worse off counts as saving nothing; NaN where nobody saves more than rounding.
    """
    x = np.maximum(saving, 0.0)
    if not (x > NOTHING).any():
        return float("nan")
    return float(x.sum() ** 2 / (len(x) * float((x**2).sum())))


def worse_off(alone: FloatArray, trading: FloatArray) -> BoolArray:
    """Say of each bill whether trading makes it higher by half a cent or more."""
    return loses(alone - trading)


def loses(saving: FloatArray) -> BoolArray:
    """Say of each saving whether it is a loss of half a cent or more."""
    return saving <= -CENT
