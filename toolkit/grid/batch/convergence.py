"""When voltages that are worked out again and again have converged, plan by plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray

Number = FloatArray | float
#: Largest move of a voltage, pu, at which it has converged.
TOLERANCE = 1e-8
#: What is left to move, pu, at which it has so before, by how much the last moves became smaller.
LEFT = 1e-9


def has_converged(most: Number, before: Number) -> Any:
    """Say whether voltages have converged whose largest move was ``before`` and now is ``most``.

    Moves become smaller by about the same factor, so that what is left is a geometric series.
    """
    return (most <= TOLERANCE) | (most * most <= LEFT * (before - most))


class Search:
    """The voltages of n plans on their way; each plan is kept as it first converged."""

    def __init__(self, begin: ComplexArray, plans: int) -> None:
        self.volts, self.moved = begin, np.empty_like(begin)
        self._plans, self._columns = plans, begin.shape[1]
        self._kept = np.zeros(plans, dtype=bool)
        #: Largest moves before, of all plans, (n,), or of the only one.
        self._largest: FloatArray | float = 0.0
        self._found: ComplexArray | None = None

    def ends(self, k: int, spare: ComplexArray) -> bool:
        """Take ``moved`` as the voltages; say whether all have converged. The first pair never."""
        if k == 0:
            # Where it began is not its own to write to.
            self.volts, self.moved = self.moved, np.empty_like(self.moved)
            return False
        np.subtract(self.moved, self.volts, out=spare)
        self.volts, self.moved = self.moved, self.volts
        moves = np.abs(spare.view(np.float64), out=spare.view(np.float64))
        if self._plans == 1:
            most = float(moves.max())
            ended = bool(has_converged(most, self._largest))
            self._kept[0], self._largest = ended, most
            return ended
        return self._some_end(moves)

    def _some_end(self, moves: FloatArray) -> bool:
        """Keep the plans that have converged by their moves; say whether all have."""
        most = moves.reshape(len(moves), self._plans, -1).max(axis=(0, 2))
        converged = np.asarray(has_converged(most, self._largest))
        self._largest = most
        if self._found is None and converged.all():
            self._kept = converged
            return True
        converged &= ~self._kept
        if converged.any():
            self._keep(converged)
        return bool(self._kept.all())

    def _keep(self, plans: BoolArray) -> None:
        if self._found is None:
            self._found = np.full_like(self.volts, np.nan)
        columns = np.repeat(plans, self._columns // self._plans)
        self._found[:, columns] = self.volts[:, columns]
        self._kept = self._kept | plans

    def found(self) -> tuple[ComplexArray, BoolArray]:
        """Return the voltages as they converged, NaN for columns that did not, and which did."""
        volts = self._found
        if volts is None:
            volts = self.volts if self._kept.all() else np.full_like(self.volts, np.nan)
        return volts, np.repeat(self._kept, self._columns // self._plans)
