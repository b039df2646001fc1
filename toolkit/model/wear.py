"""What cycling uses up of a battery's life."""

from __future__ import annotations

import numpy as np
import rainflow

from toolkit.common.types import FloatArray

#: A share of the capacity below which a store is empty. rainflow multiplies differences, which of
#: smaller shares are too small to be told from 0.
EMPTY = 1e-15


def life_used(soc: FloatArray, cycle_life: float, exponent: float) -> FloatArray:
    """Return the share of a life that courses of the state of charge use up, (...).

    soc: shares of the capacity at the ends of steps, (..., T + 1). A cycle of depth D, from 0 to 1,
    uses up D ** exponent / cycle_life; cycle_life counts those of full depth. Cycles are counted by
    rainflow (ASTM E1049-85, section 5.4.4), half ones as half, and summed as Miner's rule has it.
    With an exponent of 1 that is half of the way that the state of charge goes, whatever the order.
    """
    if exponent == 1.0:
        return np.asarray(0.5 * np.abs(np.diff(soc, axis=-1)).sum(axis=-1) / cycle_life)
    courses = soc.reshape(-1, soc.shape[-1])
    used = [_used(course, exponent) for course in courses]
    return np.asarray(used, dtype=float).reshape(soc.shape[:-1]) / cycle_life


def _used(course: FloatArray, exponent: float) -> float:
    """Return the sum of counted cycles, each by its depth to the power of the exponent."""
    course = np.where(course < EMPTY, 0.0, course)
    # It counts nothing of two points alone; a first one that stands there twice changes nothing.
    cycles = rainflow.count_cycles([float(course[0]), *course.tolist()])
    return float(sum(count * depth**exponent for depth, count in cycles))
