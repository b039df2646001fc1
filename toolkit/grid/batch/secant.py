"""Fixed points in fewer iterations: each column goes on along the line through its last two.

Source: D. G. Anderson, Iterative procedures for nonlinear integral equations, Journal of the ACM
12 (1965), with one step of memory.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray

#: What may be divided by.
TINY = np.finfo(float).tiny
#: Rows that say how far to go on, at least: of many the voltages near each other move alike.
ROWS = 256
#: How far to go on at most, in moves. Rows that happen to stay where they are say nothing.
FARTHEST = 1.0
#: Rows that are looked through side by side.
BESIDE = 16


class Secant:
    """The values of C columns on their way to a fixed point, (P, C), each by itself.

    volts: from which values are to be worked out; spare: where to, to be given to ``moves``.
    """

    def __init__(self, begin: ComplexArray) -> None:
        """Take where values begin, which is written to."""
        self.volts, self.spare = begin, np.empty_like(begin)
        self._before: ComplexArray | None = None
        self._moved, self._every = begin, max(len(begin) // ROWS, 1)
        self._some_before = self._some = begin[:0]

    def moves(self, moved: ComplexArray) -> FloatArray:
        """Take what values became; return by how much the largest moved, in each column, (C,)."""
        # Where it was is not asked for again.
        off = np.subtract(moved, self.volts, out=self.volts)
        self._moved, self._some_before, self._some = moved, self._some, off[:: self._every].copy()
        return _largest(off.view(np.float64))

    def go_on(self) -> None:
        """Go on to the values from which to work out the next."""
        moved, before = self._moved, self._before
        if before is None:
            np.copyto(self.volts, moved)
            self.spare = np.empty_like(moved)
        else:
            change = self._some - self._some_before
            along = _product(change, self._some) / np.maximum(_product(change, change), TINY)
            np.clip(along, -FARTHEST, FARTHEST, out=along)
            np.subtract(moved, before, out=before)
            back = before.view(np.float64)
            np.multiply(back, np.repeat(along, 2), out=back)
            np.subtract(moved, before, out=self.volts)
            self.spare = before
        self._before = moved


def _largest(parts: FloatArray) -> FloatArray:
    """Return the largest size in each column, real and imaginary parts beside each other, (C,)."""
    whole = len(parts) // BESIDE * BESIDE
    wide = parts[:whole].reshape(whole // BESIDE, BESIDE * parts.shape[1])
    rows = [part for part in (wide, parts[whole:]) if len(part)]
    most = [np.maximum(part.max(axis=0), -part.min(axis=0)) for part in rows]
    both = np.concatenate([part.reshape(-1, parts.shape[1]) for part in most]).max(axis=0)
    return np.asarray(both.reshape(-1, 2).max(axis=1))


def _product(one: ComplexArray, other: ComplexArray) -> FloatArray:
    """Return the real part of the inner product of each column, (C,)."""
    parts = np.einsum("pc,pc->c", one.view(np.float64), other.view(np.float64))
    return np.asarray(parts.reshape(-1, 2).sum(axis=1))
