"""The three periods of a day that the paper's tables are about."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray

PERIODS = {"off_peak": "hours 1-8", "mid_peak": "hours 9-16", "peak": "hours 17-24"}
#: Hours of each period.
LENGTH = 8.0
#: A share of a step below this is what rounding leaves.
LEAST = 1e-9


def shares_of(steps: int, dt: float) -> FloatArray:
    """Return the share of each of T steps of dt hours that lies in each period, (T, 3).

    Periods repeat from day to day, and the shares of a step add up to 1: what is used evenly over
    a step divides between the periods as its time does.
    """
    border = np.arange(steps + 1)[:, None] * dt
    day, hour = np.divmod(border + LEAST * dt, 24.0)
    hour = np.maximum(hour - LEAST * dt, 0.0)
    # Hours of each period from the beginning to each border between steps.
    starts = LENGTH * np.arange(len(PERIODS))
    passed = LENGTH * day + np.clip(hour - starts, 0.0, LENGTH)
    shares = np.diff(passed, axis=0) / dt
    whole = np.abs(shares - np.round(shares)) <= LEAST
    rounded: FloatArray = np.where(whole, np.round(shares), shares)
    return rounded
