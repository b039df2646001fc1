"""Fixed points in fewer iterations: each column goes on along the line through its last two.

Source: D. G. Anderson, Iterative procedures for nonlinear integral equations, Journal of the ACM
12 (1965), with one step of memory.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray

#: What may be divided by.
TINY = np.finfo(float).tiny


class Secant:
    """The values of C columns on their way to a fixed point, (P, C), each by itself."""

    def __init__(self, begin: ComplexArray) -> None:
        self.volts = begin
        self._moved: ComplexArray | None = None
        self._off: ComplexArray | None = None

    def step(self, moved: ComplexArray) -> FloatArray:
        """Take what values became; return by how much the largest moved, in each column, (C,)."""
        off = moved - self.volts
        parts = off.view(np.float64)
        largest = np.maximum(parts.max(axis=0), -parts.min(axis=0)).reshape(-1, 2).max(axis=1)
        if self._off is None or self._moved is None:
            self.volts = moved
        else:
            # What was off before is not asked for again.
            change = np.subtract(off, self._off, out=self._off)
            along = _product(change, off) / np.maximum(_product(change, change), TINY)
            back = np.subtract(moved, self._moved, out=change)
            back.view(np.float64)[...] *= np.repeat(along, 2)
            self.volts = np.subtract(moved, back, out=back)
        self._moved, self._off = moved, off
        return np.asarray(largest)


def _product(one: ComplexArray, other: ComplexArray) -> FloatArray:
    """Return the real part of the inner product of each column, (C,)."""
    parts = np.einsum("pc,pc->c", one.view(np.float64), other.view(np.float64))
    return np.asarray(parts.reshape(-1, 2).sum(axis=1))
