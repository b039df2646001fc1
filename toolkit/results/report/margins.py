"""How far each step of a case is from the nearest limit, and what comes so near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.common.types import FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.results.store.contents import CaseFiles


def margins(
    case: CaseFiles, limits: Limits, network: Mapping[str, Any]
) -> tuple[FloatArray, list[str]]:
    """Return how far each step is from the nearest limit, as a share, and what comes so near.

    Of voltages half the band is 1, of loading the limit. The head's voltage is given.
    """
    low, names = wide(case.buses, "bus", "v_min_pu")
    high, _ = wide(case.buses, "bus", "v_max_pu")
    free = np.array(names, dtype=object) != network["head"]
    half = (limits.v_max - limits.v_min) / 2.0
    volts = np.where(free, np.fmin(low - limits.v_min, limits.v_max - high) / half, np.nan)
    loading, lines = wide(case.lines, "line", "loading_pct")
    every = np.hstack([volts, 1.0 - loading / limits.loading_max])
    every = np.where(np.isfinite(every), every, np.inf)
    nearest = every.argmin(axis=1)
    words = []
    for step, i in enumerate(nearest.tolist()):
        if i < len(names):
            lower = low[step, i] - limits.v_min <= limits.v_max - high[step, i]
            words.append(f"bus {names[i]} at {(low if lower else high)[step, i]:.4f} pu")
        else:
            at = i - len(names)
            words.append(f"{lines[at]} at {loading[step, at]:,.0f} % of its rating")
    return every[np.arange(len(every)), nearest], words


def wide(frame: pd.DataFrame, across: str, column: str) -> tuple[FloatArray, list[str]]:
    """Return a column with steps down and things across, and the names of these."""
    things = max(count(frame), 1)
    values = frame[column].to_numpy(dtype=np.float64)
    return values.reshape(len(frame) // things, -1), [str(n) for n in frame[across].iloc[:things]]


def count(frame: pd.DataFrame) -> int:
    """Return how many things a table is about."""
    return int((frame["step"] == 1).sum())
