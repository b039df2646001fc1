"""Which limits a solved day breaks, and where: the worst of each kind, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.feeders import Feeder
from toolkit.fitness import DELIVERED
from toolkit.grid import Day
from toolkit.plan import Plan
from toolkit.sections import Limits

FloatArray = NDArray[np.float64]
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


def breaches(
    day: Day, plan: Plan, limits: Limits, feeder: Feeder, nodes: Sequence[str]
) -> tuple[Breach, ...]:
    """Return the worst breach of each kind of limit (9) in a solved day, as violation counts them.

    ``nodes`` names the N nodes of the day, such as "611.3".
    """
    buses = [_bus_and_phase(node) for node in nodes]
    branches = [branch.name for branch in feeder.branches]
    units = [f"unit {unit.name}" for unit in feeder.units]
    planned, given = plan.p_kw.T, day.unit_kva.real
    allowed = DELIVERED * np.maximum(plan.kw, 1.0)
    over = day.loading - limits.loading_max
    found = (
        _worst("low voltage", day.v_pu, limits.v_min, limits.v_min - day.v_pu, buses),
        _worst("high voltage", day.v_pu, limits.v_max, day.v_pu - limits.v_max, buses),
        _worst("loading", day.loading, limits.loading_max, over, branches),
        _worst("delivery", given, planned, np.abs(given - planned) - allowed, units),
    )
    return tuple(breach for kind in found for breach in kind)


def _worst(
    kind: Kind, values: FloatArray, limit: FloatArray | float, excess: FloatArray, names: list[str]
) -> Iterator[Breach]:
    """Yield the breach where ``excess``, (T, K), is largest, if it is positive anywhere.

    NaN is no breach: a node without a voltage base, a branch without a rating.
    """
    broken = excess > 0.0
    if not broken.any():
        return
    step, place = np.unravel_index(int(np.nanargmax(excess)), excess.shape)
    yield Breach(
        kind=kind,
        place=names[place],
        step=int(step) + 1,
        value=float(values[step, place]),
        limit=float(np.broadcast_to(limit, values.shape)[step, place]),
        steps=int(broken.any(axis=1).sum()),
        places=tuple(names[k] for k in np.flatnonzero(broken.any(axis=0))),
    )


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
