"""What a power flow gives: days solved from plans, and a day solved again from a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray


@dataclass(frozen=True)
class Day:
    """The solution of one plan over T steps.

    v_pu: voltages held to limits, (T, N), NaN at neutral wires and without a base; loss_kw: (T,);
    loading: largest phase current of each branch over its rating, %, (T, L), 0 without a rating;
    load_kva: complex load of each bus, (T, B); unit_kva: complex injection of each unit, (T, U).
    unbalance: of the voltages of each bus with three phases, %, (T, K), where it is watched.
    ``reason`` is empty when every step converged; otherwise it says in words which did not, and the
    arrays hold NaN from there on.
    """

    v_pu: FloatArray
    loss_kw: FloatArray
    loading: FloatArray
    load_kva: ComplexArray
    unit_kva: ComplexArray
    reason: str
    unbalance: FloatArray | None = None

    def part(self, steps: slice) -> Day:
        """Return some of the steps of a day that was solved."""
        return Day(
            self.v_pu[steps],
            self.loss_kw[steps],
            self.loading[steps],
            self.load_kva[steps],
            self.unit_kva[steps],
            self.reason,
            None if self.unbalance is None else self.unbalance[steps],
        )


@dataclass(frozen=True)
class Days:
    """The days of n plans, stacked: each array of a Day with a leading axis n, and n reasons."""

    v_pu: FloatArray
    loss_kw: FloatArray
    loading: FloatArray
    load_kva: ComplexArray
    unit_kva: ComplexArray
    reasons: tuple[str, ...]
    unbalance: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.reasons)

    def rows(self, rows: slice) -> Days:
        """Return the days of some plans."""
        return Days(
            v_pu=self.v_pu[rows],
            loss_kw=self.loss_kw[rows],
            loading=self.loading[rows],
            load_kva=self.load_kva[rows],
            unit_kva=self.unit_kva[rows],
            reasons=self.reasons[rows],
            unbalance=None if self.unbalance is None else self.unbalance[rows],
        )

    def part(self, steps: slice) -> Days:
        """Return some of the steps of each day."""
        return Days(
            v_pu=self.v_pu[:, steps],
            loss_kw=self.loss_kw[:, steps],
            loading=self.loading[:, steps],
            load_kva=self.load_kva[:, steps],
            unit_kva=self.unit_kva[:, steps],
            reasons=self.reasons,
            unbalance=None if self.unbalance is None else self.unbalance[:, steps],
        )

    def day(self, i: int) -> Day:
        """Return the day of plan i."""
        return Day(
            v_pu=self.v_pu[i],
            loss_kw=self.loss_kw[i],
            loading=self.loading[i],
            load_kva=self.load_kva[i],
            unit_kva=self.unit_kva[i],
            reason=self.reasons[i],
            unbalance=None if self.unbalance is None else self.unbalance[i],
        )


def stacked(days: Sequence[Day]) -> Days:
    """Stack the days of n plans."""
    watched = [day.unbalance for day in days if day.unbalance is not None]
    return Days(
        v_pu=np.stack([day.v_pu for day in days]),
        loss_kw=np.stack([day.loss_kw for day in days]),
        loading=np.stack([day.loading for day in days]),
        load_kva=np.stack([day.load_kva for day in days]),
        unit_kva=np.stack([day.unit_kva for day in days]),
        reasons=tuple(day.reason for day in days),
        unbalance=np.stack(watched) if len(watched) == len(days) else None,
    )


@dataclass(frozen=True)
class Flows:
    """What a report wants beyond a Day.

    stored_kwh: the engine's own stored energy at the end of each step for each storage unit,
    (T, S); line_kw: power into the first terminal of each branch, (T, L); line_a: its largest
    phase current, (T, L).
    """

    stored_kwh: FloatArray
    line_kw: FloatArray
    line_a: FloatArray


@dataclass(frozen=True)
class Replayed:
    """A day that plain OpenDSS solved: T steps, loads L, units U, nodes N, branches K.

    number, step_h: the steps and their hours that the script itself sets. load_bus, unit_bus: bus
    of each; units, branches: full names; nodes: such as "650.1", neutral wires and buses without a
    voltage base left out. load_kva: (T, L); unit_kva: injected, (T, U); start_pu: share of unit_kwh
    stored when the day begins, (U,), stored_pu: at the end of each step, (T, U), 0 for what stores
    nothing; unit_kw, unit_kwh: ratings, (U,); v_pu: (T, N); loss_kw: (T,); branch_kw into the first
    terminal, branch_a its largest phase current, loading_pct, (T, K), NaN without a rating;
    unbalance: of buses with three phases among the nodes, %, (T, B3); open: the branches that are
    open at their first terminal; base_kv: between lines, of each bus that has a voltage base.
    """

    number: int
    step_h: float
    buses: tuple[str, ...]
    load_bus: tuple[str, ...]
    units: tuple[str, ...]
    unit_bus: tuple[str, ...]
    branches: tuple[str, ...]
    nodes: tuple[str, ...]
    load_kva: ComplexArray
    unit_kva: ComplexArray
    start_pu: FloatArray
    stored_pu: FloatArray
    unit_kw: FloatArray
    unit_kwh: FloatArray
    v_pu: FloatArray
    loss_kw: FloatArray
    branch_kw: FloatArray
    branch_a: FloatArray
    loading_pct: FloatArray
    unbalance: FloatArray
    open: tuple[str, ...] = ()
    base_kv: Mapping[str, float] = field(default_factory=dict)
