"""The three periods of a day that the paper's tables are about."""

from __future__ import annotations

import pandas as pd

PERIODS = {"off_peak": "hours 1-8", "mid_peak": "hours 9-16", "peak": "hours 17-24"}


def period_of(step: pd.Series[int], dt: float) -> pd.Series[str]:
    """Return the period each step (from 1) of dt hours begins in."""
    hour = ((step - 1) * dt + 1e-9) % 24.0 // 8.0
    return hour.astype(int).map(dict(enumerate(PERIODS)))
