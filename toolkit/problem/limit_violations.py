"""How far a solved day breaks limits, and which of them where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from toolkit.common.types import BoolArray, FloatArray
from toolkit.grid.solution import Day, Days, stacked
from toolkit.inputs.limit_sections import Limits
from toolkit.model.connections import Connections
from toolkit.model.feeder import Feeder
from toolkit.model.plan import Plan, undelivered
from toolkit.model.voltages import three_phase_buses, told
from toolkit.problem import connection_limits
from toolkit.problem.limit_words import Kind, LimitViolation

#: How far a unit's power in the engine may be from its plan, as a share of its rating, before the
#: plan counts as not delivered (the engine cut it short). Far above what the tolerance of the power
#: flow leaves.
DELIVERED = 1e-4

#: Values of days that are held against limits at once: about what a cache holds.
SMALL = 1 << 16


def violations(
    days: Days,
    plans: Plan,
    limits: Limits,
    hours: FloatArray,
    connections: Connections | None = None,
) -> FloatArray:
    """Return the sum of normalised excesses over limits (9), (n,); NaN for what is unsolved.

    It is 0 where all hold. Voltage: pu outside the band over the band's width, summed over steps
    and nodes. Loading: excess over the limit as a share of it, summed over steps and branches.
    Delivery: what the engine did not deliver of each unit's plan, as a share of its rating.
    Unbalance: excess over the limit as a share of it, summed over steps and buses. Connections:
    excess over the limit as a share of it, or of 1 kW where that is more. hours: how many each step
    stands for, (T,): where voltages and loadings need not hold in all of them, the worst steps are
    left out as far as they go.
    """
    parts = _parts(len(days), days.v_pu[:1].size)
    over = _excess_in_network if limits.share_of_hours >= 1.0 else partial(_excess_of_most, hours)
    excess = [over(days.v_pu[rows], days.loading[rows], limits) for rows in parts]
    total = excess[0] if len(excess) == 1 else np.concatenate(excess)
    gap = undelivered(days.unit_kva.real.swapaxes(1, 2), plans)
    if gap.size and not gap.max() <= DELIVERED:
        gap = gap.max(axis=2) / np.maximum(plans.kw, 1.0)
        total = total + np.maximum(gap - DELIVERED, 0.0).sum(axis=1)
    if limits.unbalance_max is not None and days.unbalance is not None:
        unbalanced = np.fmax(days.unbalance / limits.unbalance_max - 1.0, 0.0)
        total = total + _total(unbalanced)
    if connections is not None:
        total = total + connection_limits.excess_of(days, plans, connections)
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


def broken_steps(
    day: Day, plan: Plan, limits: Limits, connections: Connections | None = None
) -> BoolArray:
    """Say in which steps of a solved day some limit (9) is broken, (T,)."""
    excesses = _excesses(day, plan, limits, connections).values()
    parts = [(excess > 0.0).any(axis=1) for excess in excesses]
    return np.asarray(np.logical_or.reduce(parts))


def _excesses(
    day: Day, plan: Plan, limits: Limits, connections: Connections | None
) -> dict[Kind, FloatArray]:
    """Return by how much values of a solved day are beyond each kind of limit, each (T, K).

    NaN where there is none: a node without a voltage base, a branch without a rating.
    """
    gap = undelivered(day.unit_kva.real.T, plan).T
    most = limits.unbalance_max
    beyond: dict[Kind, FloatArray] = {}
    if most is not None and day.unbalance is not None:
        beyond["unbalance"] = day.unbalance - most
    held = {} if connections is None else connection_limits.held_on(day, plan, connections)
    return {
        "low voltage": limits.v_min - day.v_pu,
        "high voltage": day.v_pu - limits.v_max,
        "loading": day.loading - limits.loading_max,
        "delivery": gap - DELIVERED * np.maximum(plan.kw, 1.0),
        **beyond,
        **{way: excess for way, (*_, excess) in held.items()},
    }


def violation(
    day: Day,
    plan: Plan,
    limits: Limits,
    hours: FloatArray,
    connections: Connections | None = None,
) -> float:
    """Return the same of one day."""
    return float(violations(stacked([day]), plan.row(None), limits, hours, connections)[0])


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
    day: Day, plan: Plan, limits: Limits, places: Places, connections: Connections | None = None
) -> tuple[LimitViolation, ...]:
    """Return the worst violation of each kind of limit (9) in a solved day, as it is counted."""
    return tuple(kind.worst for kind in _broken(day, plan, limits, places, connections))


def nearly_worst(
    day: Day,
    plan: Plan,
    limits: Limits,
    places: Places,
    near: Mapping[Kind, float],
    connections: Connections | None = None,
) -> tuple[tuple[LimitViolation, ...], ...]:
    """Return what may stand for the worst violation of each kind: see :func:`worst_violations`.

    Phases of a balanced feeder, and other places, may be equally bad but for rounding: ``near`` is
    how much, pu, % or kW, two may be apart and still count as that.
    """
    broken = _broken(day, plan, limits, places, connections)
    return tuple(kind.nearly_worst(near[kind.kind]) for kind in broken)


def _broken(
    day: Day, plan: Plan, limits: Limits, places: Places, connections: Connections | None
) -> list[_Watched]:
    """Return the kinds of limits that a day breaks anywhere."""
    buses = [told(name) for name in places.nodes]
    units = [f"unit {name}" for name in places.units]
    held: dict[Kind, tuple[FloatArray, FloatArray | float, list[str]]] = {
        "low voltage": (day.v_pu, limits.v_min, buses),
        "high voltage": (day.v_pu, limits.v_max, buses),
        "loading": (day.loading, limits.loading_max, list(places.branches)),
        "delivery": (day.unit_kva.real, plan.p_kw.T, units),
    }
    if limits.unbalance_max is not None and day.unbalance is not None:
        three = [f"bus {name}" for name in three_phase_buses(places.nodes)]
        held["unbalance"] = day.unbalance, limits.unbalance_max, three
    if connections is not None:
        names = list(connections.names)
        found = connection_limits.held_on(day, plan, connections)
        held |= {way: (value, most, names) for way, (value, most, _) in found.items()}
    excesses = _excesses(day, plan, limits, connections)
    kinds = [
        _Watched(kind, values, limit, excesses[kind], names)
        for kind, (values, limit, names) in held.items()
    ]
    return [kind for kind in kinds if (kind.excess > 0.0).any()]
