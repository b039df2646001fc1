"""How far the days of two solvers are apart, beside what counts as the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.solution import Days

#: How far voltages, pu, may be apart; and powers, losses and loading as a share of their largest.
VOLTAGE, SHARE = 1e-7, 1e-6


@dataclass(frozen=True)
class Agreement:
    """The largest differences between the days of n plans.

    v_pu: of voltages, pu; power, loss, loading: as a share of the largest value of the day;
    solved: whether the same days have a solution.
    """

    v_pu: float
    power: float
    loss: float
    loading: float
    solved: bool

    @property
    def holds(self) -> bool:
        """Say whether both are the same."""
        shares = (self.power, self.loss, self.loading)
        return self.solved and self.v_pu <= VOLTAGE and max(shares) <= SHARE

    def __str__(self) -> str:
        if not self.solved:
            return "only one of them has a solution"
        return (
            f"voltages to {self.v_pu:.0e} pu, powers to {self.power:.0e}, losses to "
            f"{self.loss:.0e} and loading to {self.loading:.0e} of the largest"
        )


def agreement(one: Days, other: Days) -> Agreement:
    """Return how far the days of the same plans are apart; those without a solution left out.

    Losses are compared where both know them.
    """
    solved = np.array([not reason for reason in one.reasons])
    alike = solved == np.array([not reason for reason in other.reasons])
    rows = np.flatnonzero(solved & alike)
    pairs = (
        (one.v_pu, other.v_pu),
        (one.load_kva, other.load_kva),
        (one.unit_kva, other.unit_kva),
        (one.loss_kw, other.loss_kw),
        (one.loading, other.loading),
    )
    v_pu, load, unit, loss, loading = ((a[rows], b[rows]) for a, b in pairs)
    return Agreement(
        v_pu=_largest(np.abs(v_pu[0] - v_pu[1])),
        power=max(_share(*load), _share(*unit)),
        loss=_share(*loss),
        loading=_share(*loading),
        solved=bool(alike.all()),
    )


def worst(found: Sequence[Agreement]) -> Agreement:
    """Return the largest differences of several."""
    return Agreement(
        v_pu=max(each.v_pu for each in found),
        power=max(each.power for each in found),
        loss=max(each.loss for each in found),
        loading=max(each.loading for each in found),
        solved=all(each.solved for each in found),
    )


def _largest(values: FloatArray) -> float:
    """Return the largest value that is one, 0 for none."""
    known = values[~np.isnan(values)]
    return float(known.max()) if known.size else 0.0


def _share(one: FloatArray | ComplexArray, other: FloatArray | ComplexArray) -> float:
    """Return the largest difference as a share of the largest value of its day."""
    off = [
        (_largest(np.abs(a - b)), max(_largest(np.abs(b)), np.finfo(float).tiny))
        for a, b in zip(one, other, strict=True)
    ]
    return max((difference / largest for difference, largest in off), default=0.0)
