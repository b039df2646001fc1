"""How far a solved day breaks limits, and which of them where: a figure, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from toolkit.common.types import BoolArray, FloatArray
from toolkit.grid.solution import Day, Days, stacked
from toolkit.inputs.sections import Limits
from toolkit.model.feeder import Feeder
from toolkit.model.plan import Plan
from toolkit.model.voltages import told

#: How far a unit's power in the engine may be from its plan, as a share of its rating, before the
#: plan counts as not delivered (the engine cut it short). Far above what the tolerance of the power
#: flow leaves.
DELIVERED = 1e-4

#: Values of days that are held against limits at once: about what a cache holds.
SMALL = 1 << 16

Kind = Literal["low voltage", "high voltage", "loading", "delivery"]


def violations(days: Days, plans: Plan, limits: Limits, hours: FloatArray) -> FloatArray:
    """Return the sum of normalised excesses over limits (9), (n,); NaN for what is unsolved.

    It is 0 where all hold. Voltage: pu outside the band over the band's width, summed over steps
    and nodes. Loading: excess over the limit as a share of it, summed over steps and branches.
    Delivery: what the engine did not deliver of each unit's plan, as a share of its rating. hours:
    how many each step stands for, (T,): where limits need not hold in all of them, the worst steps
    are left out as far as they go.
    """
    parts = _parts(len(days), days.v_pu[:1].size)
    over = _excess_in_network if limits.share_of_hours >= 1.0 else partial(_excess_of_most, hours)
    excess = [over(days.v_pu[rows], days.loading[rows], limits) for rows in parts]
    total = excess[0] if len(excess) == 1 else np.concatenate(excess)
    gap = days.unit_kva.real.swapaxes(1, 2) - plans.p_kw
    np.abs(gap, out=gap)
    if gap.size and not gap.max() <= DELIVERED:
        gap = gap.max(axis=2) / np.maximum(plans.kw, 1.0)
        total = total + np.maximum(gap - DELIVERED, 0.0).sum(axis=1)
    if any(days.reasons):
        return np.where([bool(reason) for reason in days.reasons], np.nan, total)
    return np.asarray(total)


def _parts(n: int, values: int) -> list[slice]:
    """Return slices of n plans with so many values each that a part of them stays small."""
    size = max(SMALL // max(values, 1), 1)
    return [slice(i, min(i + size, n)) for i in range(0, n, size)]


def _excess_in_network(v_pu: FloatArray, loading: FloatArray, limits: Limits) -> FloatArray:
    """Return the excess over limits of voltage and loading of n days, (n,)."""
    # fmax passes over NaN: nodes without a voltage base.
    over = overload = np.zeros(len(v_pu))
    if (
        np.fmax.reduce(v_pu, axis=None) > limits.v_max
        or np.fmin.reduce(v_pu, axis=None) < limits.v_min
    ):
        excess = v_pu - limits.v_max
        np.fmax(excess, limits.v_min - v_pu, out=excess)
        over = _total(np.fmax(excess, 0.0, out=excess))
    if loading.size and np.fmax.reduce(loading, axis=None) > limits.loading_max:
        overload = _total(np.fmax(loading / limits.loading_max - 1.0, 0.0))
    return np.asarray(over / (limits.v_max - limits.v_min) + overload)


def _excess_of_most(
    hours: FloatArray, v_pu: FloatArray, loading: FloatArray, limits: Limits
) -> FloatArray:
    """Return the excess of n days without that of the worst steps that need not hold, (n,)."""
    outside = np.fmax(np.fmax(v_pu - limits.v_max, limits.v_min - v_pu), 0.0).sum(axis=2)
    overload = np.fmax(loading / limits.loading_max - 1.0, 0.0)
    excess = outside / (limits.v_max - limits.v_min) + np.nan_to_num(overload).sum(axis=2)
    worst_first = np.argsort(-excess, axis=1, kind="stable")
    spare = (1.0 - limits.share_of_hours) * hours.sum()
    counts = np.cumsum(hours[worst_first], axis=1) > spare * (1.0 + 1e-9)
    beyond: FloatArray = np.where(counts, np.take_along_axis(excess, worst_first, axis=1), 0.0)
    return np.asarray(beyond.sum(axis=1))


def _total(values: FloatArray) -> FloatArray:
    """Return the sum over each day, whose values stand in one row: alike beside other days."""
    return np.asarray(values.reshape(len(values), -1).sum(axis=1))


def broken_steps(day: Day, plan: Plan, limits: Limits) -> BoolArray:
    """Say in which steps of a solved day some limit (9) is broken, (T,)."""
    parts = [(excess > 0.0).any(axis=1) for excess in _excesses(day, plan, limits).values()]
    return np.asarray(np.logical_or.reduce(parts))


def _excesses(day: Day, plan: Plan, limits: Limits) -> dict[Kind, FloatArray]:
    """Return by how much values of a solved day are beyond each kind of limit, each (T, K).

    NaN where there is none: a node without a voltage base, a branch without a rating.
    """
    undelivered = np.abs(day.unit_kva.real - plan.p_kw.T)
    return {
        "low voltage": limits.v_min - day.v_pu,
        "high voltage": day.v_pu - limits.v_max,
        "loading": day.loading - limits.loading_max,
        "delivery": undelivered - DELIVERED * np.maximum(plan.kw, 1.0),
    }


def violation(day: Day, plan: Plan, limits: Limits, hours: FloatArray) -> float:
    """Return the same of one day."""
    return float(violations(stacked([day]), plan.row(None), limits, hours)[0])


@dataclass(frozen=True)
class LimitViolation:
    """One kind of limit that a day breaks, at its worst.

    place: "bus 611, phase 3", a branch or a unit; step: from 1; value and limit: pu, % or, of a
    unit, kW; steps: how many break it anywhere; places: all that ever do, in the feeder's order.
    """

    kind: Kind
    place: str
    step: int
    value: float
    limit: float
    steps: int
    places: tuple[str, ...]

    def __str__(self) -> str:
        value, limit = _apart(self.value, self.limit)
        found = {
            "loading": f"{self.place} loaded {value} % at step {self.step} (limit {limit} %",
            "delivery": f"{self.place} gives {value} kW at step {self.step} (its plan: {limit} kW",
        }.get(self.kind, f"voltage {value} pu at {self.place}, step {self.step} (limit {limit} pu")
        return f"{found}; {_counted(len(self.places), self.kind)}, {_steps(self.steps)})"


#: What the places of each kind are called.
NOUNS: dict[Kind, tuple[str, str]] = {
    "low voltage": ("node", "nodes"),
    "high voltage": ("node", "nodes"),
    "loading": ("branch", "branches"),
    "delivery": ("unit", "units"),
}


def _counted(count: int, kind: Kind) -> str:
    return f"{count} {NOUNS[kind][count != 1]}"


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _apart(value: float, limit: float) -> tuple[str, str]:
    """Return two numbers with as few digits as tell them apart."""
    for digits in range(4, 16):
        shown, bound = f"{value:.{digits}g}", f"{limit:.{digits}g}"
        if float(shown) != float(bound):
            return shown, bound
    return repr(value), repr(limit)


@dataclass(frozen=True)
class _Watched:
    """What one kind of limit is held against: values, limits and excess, (T, K), of K places."""

    kind: Kind
    values: FloatArray
    limit: FloatArray | float
    excess: FloatArray
    names: list[str]

    def at(self, step: int, place: int) -> LimitViolation:
        """Return the violation of a step and place, counted over all of them."""
        broken = self.excess > 0.0
        return LimitViolation(
            kind=self.kind,
            place=self.names[place],
            step=step + 1,
            value=float(self.values[step, place]),
            limit=float(np.broadcast_to(self.limit, self.values.shape)[step, place]),
            steps=int(broken.any(axis=1).sum()),
            places=tuple(self.names[k] for k in np.flatnonzero(broken.any(axis=0))),
        )

    @property
    def worst(self) -> LimitViolation:
        """The violation where the excess is largest."""
        step, place = np.unravel_index(int(np.nanargmax(self.excess)), self.excess.shape)
        return self.at(int(step), int(place))

    def nearly_worst(self, near: float) -> tuple[LimitViolation, ...]:
        """Return the violations whose excess is the largest or less than ``near`` below it."""
        least = np.nanmax(self.excess) - near
        places = np.argwhere((self.excess > 0.0) & (self.excess >= least))
        return tuple(self.at(int(step), int(place)) for step, place in places)


@dataclass(frozen=True)
class Places:
    """Names of what limits hold for: branches, units, and voltages such as "611.3", as in a day."""

    branches: Sequence[str]
    units: Sequence[str]
    nodes: Sequence[str]

    @classmethod
    def of(cls, feeder: Feeder, nodes: Sequence[str]) -> Places:
        """Return the names of a feeder's parts, with those of a circuit's nodes."""
        branches, units = (
            [part.name for part in parts] for parts in (feeder.branches, feeder.units)
        )
        return cls(branches, units, nodes)


def worst_violations(
    day: Day, plan: Plan, limits: Limits, places: Places
) -> tuple[LimitViolation, ...]:
    """Return the worst violation of each kind of limit (9) in a solved day, as it is counted."""
    return tuple(kind.worst for kind in _broken(day, plan, limits, places))


def nearly_worst(
    day: Day, plan: Plan, limits: Limits, places: Places, near: Mapping[Kind, float]
) -> tuple[tuple[LimitViolation, ...], ...]:
    """Return what may stand for the worst violation of each kind: see :func:`worst_violations`.

    Phases of a balanced feeder, and other places, may be equally bad but for rounding: ``near`` is
    how much, pu, % or kW, two may be apart and still count as that.
    """
    return tuple(kind.nearly_worst(near[kind.kind]) for kind in _broken(day, plan, limits, places))


def _broken(day: Day, plan: Plan, limits: Limits, places: Places) -> list[_Watched]:
    """Return the kinds of limits that a day breaks anywhere."""
    buses = [told(name) for name in places.nodes]
    units = [f"unit {name}" for name in places.units]
    held: dict[Kind, tuple[FloatArray, FloatArray | float, list[str]]] = {
        "low voltage": (day.v_pu, limits.v_min, buses),
        "high voltage": (day.v_pu, limits.v_max, buses),
        "loading": (day.loading, limits.loading_max, list(places.branches)),
        "delivery": (day.unit_kva.real, plan.p_kw.T, units),
    }
    excesses = _excesses(day, plan, limits)
    kinds = [
        _Watched(kind, values, limit, excesses[kind], names)
        for kind, (values, limit, names) in held.items()
    ]
    return [kind for kind in kinds if (kind.excess > 0.0).any()]


def shared(
    first: Sequence[LimitViolation], *others: Sequence[LimitViolation]
) -> tuple[LimitViolation, ...]:
    """Return the violations of the first that every other day has too, at one of its places."""
    return tuple(mine for mine in first if all(_is_among(mine, other) for other in others))


def _is_among(mine: LimitViolation, others: Sequence[LimitViolation]) -> bool:
    """Say whether another day breaks the same kind of limit at one of the same places."""
    places = set(mine.places)
    return any(other.kind == mine.kind and places & set(other.places) for other in others)


def in_words(violations: Sequence[LimitViolation]) -> str:
    """Return violations of limits as one text, blank when there are none."""
    return "; ".join(map(str, violations))
