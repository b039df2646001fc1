"""Unbalance of the voltages of buses with three phases: negative over positive sequence."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray

#: A third of a turn.
_TURN = np.exp(2j * np.pi / 3.0)


def sequences(volts: ComplexArray) -> tuple[FloatArray, FloatArray]:
    """Return sizes of positive and negative sequence of phases 1, 2 and 3, V, (..., 3)."""
    one, two, three = np.moveaxis(volts, -1, 0)
    positive = np.abs(one + _TURN * two + _TURN**2 * three) / 3.0
    negative = np.abs(one + _TURN**2 * two + _TURN * three) / 3.0
    return positive, negative


def unbalance(volts: ComplexArray) -> FloatArray:
    """Return the unbalance, %, (...), of voltages of phases 1, 2 and 3, V, (..., 3).

    The smaller sequence counts as the negative one: phases may be numbered the other way round. NaN
    without a voltage.
    """
    found = sequences(volts)
    larger, smaller = np.maximum(*found), np.minimum(*found)
    none = np.full_like(larger, np.nan)
    return np.asarray(100.0 * np.divide(smaller, larger, out=none, where=larger > 0.0))
