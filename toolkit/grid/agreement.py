"""How far the days of two solvers are apart, beside what counts as the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.solution import Days

Values = FloatArray | ComplexArray
#: Steps that are compared at a time.
STEPS = 256
#: How far voltages, pu, may be apart; and powers, losses and loading as a share of their largest.
VOLTAGE, SHARE = 1e-7, 1e-6
#: Loading, %, to which limits hold a branch.
FULL = 100.0


@dataclass(frozen=True)
class Agreement:
    """The largest differences between the days of n plans.

    v_pu: of voltages, pu; power, loss, loading: as a share of the largest value of the day, but
    where that is above 100 % a branch's loading is held against its own largest, or 100 %; solved:
    whether the same days have a solution. Infinite where only one of them knows a value.
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
    rows = np.flatnonzero(solved & alike).tolist()

    def share(name: str) -> float:
        pairs = [(getattr(one, name)[i], getattr(other, name)[i]) for i in rows]
        if name == "loss_kw":
            pairs = [pair for pair in pairs if not any(np.isnan(day).all() for day in pair)]
        return max((_apart(a, b) / _size(b) for a, b in pairs), default=0.0)

    return Agreement(
        v_pu=max((_apart(one.v_pu[i], other.v_pu[i]) for i in rows), default=0.0),
        power=max(share("load_kva"), share("unit_kva")),
        loss=share("loss_kw"),
        loading=max((_loading_apart(one.loading[i], other.loading[i]) for i in rows), default=0.0),
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


def _apart(one: Values, other: Values) -> float:
    """Return the largest difference of two days, by parts that take little memory."""
    return _largest(one, lambda steps: _off(one[steps], other[steps]))


def _loading_apart(one: FloatArray, other: FloatArray) -> float:
    """Return the largest difference of two days' loading, as a share.

    One branch far above its rating must not hide what is wrong of another.
    """
    of_branch = np.fmax.reduce(other, axis=0, initial=0.0)
    size = np.minimum(np.maximum(of_branch, FULL), of_branch.max(initial=np.finfo(float).tiny))
    return _largest(one, lambda steps: _off(one[steps], other[steps]) / size)


def _off(one: Values, other: Values) -> FloatArray:
    """Return the sizes of differences, infinite where one of two values is NaN alone."""
    off: FloatArray = np.abs(one - other)
    # Where the largest is a number, so are all of them.
    if off.size and not np.isnan(off.max()):
        return off
    return np.where(np.isnan(one) == np.isnan(other), off, np.inf)


def _size(day: Values) -> float:
    """Return the largest size of a day's values, above 0."""
    return max(_largest(day, lambda steps: day[steps]), np.finfo(float).tiny)


def _largest(day: Values, values: Callable[[slice], Values]) -> float:
    """Return the largest size of values over the steps of a day, 0 where none is known."""
    found = 0.0
    for begin in range(0, len(day), STEPS):
        size = np.abs(values(slice(begin, begin + STEPS)))
        # fmax passes over NaN: nodes without a voltage base, losses that were not read.
        found = max(found, float(np.fmax.reduce(size, axis=None, initial=0.0)))
    return found
