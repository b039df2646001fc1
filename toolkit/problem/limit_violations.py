"""Which limits a solved day breaks, and where: the worst of each kind, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.grid import Day
from toolkit.inputs.sections import Limits
from toolkit.model.feeder import Feeder
from toolkit.model.plan import Plan
from toolkit.problem.energy import DELIVERED

Kind = Literal["low voltage", "high voltage", "loading", "delivery"]


@dataclass(frozen=True)
class Breach:
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

    def at(self, step: int, place: int) -> Breach:
        """Return the breach of a step and place, counted over all of them."""
        broken = self.excess > 0.0
        return Breach(
            kind=self.kind,
            place=self.names[place],
            step=step + 1,
            value=float(self.values[step, place]),
            limit=float(np.broadcast_to(self.limit, self.values.shape)[step, place]),
            steps=int(broken.any(axis=1).sum()),
            places=tuple(self.names[k] for k in np.flatnonzero(broken.any(axis=0))),
        )

    @property
    def worst(self) -> Breach:
        """The breach where the excess is largest."""
        step, place = np.unravel_index(int(np.nanargmax(self.excess)), self.excess.shape)
        return self.at(int(step), int(place))

    def nearly_worst(self, near: float) -> tuple[Breach, ...]:
        """Return the breaches whose excess is the largest or less than ``near`` below it."""
        least = np.nanmax(self.excess) - near
        places = np.argwhere((self.excess > 0.0) & (self.excess >= least))
        return tuple(self.at(int(step), int(place)) for step, place in places)


def breaches(
    day: Day, plan: Plan, limits: Limits, feeder: Feeder, nodes: Sequence[str]
) -> tuple[Breach, ...]:
    """Return the worst breach of each kind of limit (9) in a solved day, as violation counts them.

    ``nodes`` names the N nodes of the day, such as "611.3".
    """
    branches = [branch.name for branch in feeder.branches]
    units = [unit.name for unit in feeder.units]
    return tuple(kind.worst for kind in _broken(day, plan, limits, branches, units, nodes))


def alike(
    day: Day,
    plan: Plan,
    limits: Limits,
    branches: Sequence[str],
    units: Sequence[str],
    nodes: Sequence[str],
    near: Mapping[Kind, float],
) -> tuple[tuple[Breach, ...], ...]:
    """Return what may stand for the worst breach of each kind, as :func:`breaches` has them.

    Phases of a balanced feeder, and other places, may be equally bad but for rounding: ``near`` is
    how much, pu, % or kW, two may be apart and still count as that.
    """
    broken = _broken(day, plan, limits, branches, units, nodes)
    return tuple(kind.nearly_worst(near[kind.kind]) for kind in broken)


def _broken(
    day: Day,
    plan: Plan,
    limits: Limits,
    branches: Sequence[str],
    units: Sequence[str],
    nodes: Sequence[str],
) -> list[_Watched]:
    """Return the kinds of limits that a day breaks anywhere.

    NaN is no breach: a node without a voltage base, a branch without a rating.
    """
    buses, units = [_bus_and_phase(node) for node in nodes], [f"unit {name}" for name in units]
    planned, given = plan.p_kw.T, day.unit_kva.real
    undelivered = np.abs(given - planned) - DELIVERED * np.maximum(plan.kw, 1.0)
    low, high, most = limits.v_min, limits.v_max, limits.loading_max
    kinds = (
        _Watched("low voltage", day.v_pu, low, low - day.v_pu, buses),
        _Watched("high voltage", day.v_pu, high, day.v_pu - high, buses),
        _Watched("loading", day.loading, most, day.loading - most, list(branches)),
        _Watched("delivery", given, planned, undelivered, units),
    )
    return [kind for kind in kinds if (kind.excess > 0.0).any()]


def _bus_and_phase(node: str) -> str:
    bus, _, phase = node.rpartition(".")
    return f"bus {bus}, phase {phase}"


def shared(first: Sequence[Breach], *others: Sequence[Breach]) -> tuple[Breach, ...]:
    """Return the breaches of the first that every other day has as well, at one of its places."""
    return tuple(
        breach
        for breach in first
        if all(
            any(b.kind == breach.kind and set(b.places) & set(breach.places) for b in other)
            for other in others
        )
    )


def in_words(found: Sequence[Breach]) -> str:
    """Return breaches as one text, blank when there are none."""
    return "; ".join(map(str, found))
