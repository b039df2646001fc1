"""Solved plans on which goals are tried: plausible days, and such as few think of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.problem.goal_plugins.contract import Goal
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS
from toolkit.problem.goal_plugins.session import figures_of, number_of
from toolkit.problem.goal_plugins.told import NEEDS, Given, SolvedPlans

#: Steps and buses of a day that is tried, its units, and nodes and branches of its network.
STEPS, BUSES, NODES, BRANCHES = 24, 6, 9, 5
KINDS = ("pv", "wt", "bess", "bev", "generator")


@dataclass(frozen=True)
class Subject:
    """A goal under test."""

    kind: type[Goal]
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.kind.__name__

    def figures(self, solved: SolvedPlans) -> FloatArray:
        """Return its figures, held to the rules. Raises ToolkitError."""
        return figures_of(GOAL_PLUGINS.configure(self.kind, self.options), self.name, solved)

    def number(self, what: str, given: Given) -> float:
        """Return its scale or worst figure. Raises ToolkitError."""
        return number_of(GOAL_PLUGINS.configure(self.kind, self.options), self.name, what, given)

    def day(self, plans: int, seed: int = 1, **changes: Any) -> SolvedPlans:
        """Return a day of n plans, of which it is told what it asks for and no more."""
        return a_day(self.kind.needs, plans, seed, **changes)


def a_day(
    needs: tuple[str, ...],
    plans: int,
    seed: int = 1,
    steps: int = STEPS,
    kinds: tuple[str, ...] = KINDS,
    load: float = 40.0,
    size: float = 60.0,
) -> SolvedPlans:
    """Return a plausible day of n plans: powers within ratings, voltages within limits.

    load: kW of a bus at most; size: kW of a unit at most.
    """
    rng = np.random.default_rng(seed)
    count = len(kinds)
    scheduled = load * rng.random((steps, BUSES))
    given = _given(rng, kinds, scheduled, size)
    sizes = size * rng.random((plans, count))
    lowest = np.array([-1.0 if kind in ("bess", "bev") else 0.0 for kind in kinds])
    share = (
        rng.uniform(lowest, 1.0, (plans, steps, count)) if count else np.zeros((plans, steps, 0))
    )
    unit_kw, bus = share * sizes[:, None, :], rng.integers(0, BUSES, (plans, count))
    load_kw = scheduled * rng.uniform(0.98, 1.02, (plans, 1, 1))
    net_kw = -load_kw
    for u in range(count):
        net_kw[np.arange(plans), :, bus[:, u]] += unit_kw[:, :, u]
    stores = np.array([kind in ("bess", "bev") for kind in kinds], dtype=bool)
    kwh = np.where(stores, 4.0 * sizes, 0.0)
    stored = kwh[..., None] * rng.random((plans, count, steps + 1))
    solved = SolvedPlans(given, load_kw, net_kw, unit_kw, bus, sizes, kwh, stored)
    known = _known(rng, solved)
    return SolvedPlans(
        **{**vars(solved), "asked": {name: known[name] for need in needs for name in NEEDS[need]}}
    )


def _given(
    rng: np.random.Generator, kinds: tuple[str, ...], scheduled: FloatArray, size: float
) -> Given:
    steps, count = len(scheduled), len(kinds)
    feed_in, network = rng.uniform(0.02, 0.1, steps), rng.uniform(0.0, 0.1, steps)
    return Given(
        hours=np.ones(steps),
        step_h=1.0,
        weights=np.ones(steps),
        separate=False,
        per_year=8760.0 / steps,
        load_kw=scheduled,
        buses=tuple(f"bus{b + 1}" for b in range(BUSES)),
        units=tuple(f"{kind}1" for kind in kinds),
        kinds=kinds,
        prosumers=np.arange(BUSES),
        parties=tuple(f"bus{b + 1}" for b in range(BUSES)),
        members=None,
        size_max=np.full(count, size),
        kw_per_size=np.ones(count),
        retail=feed_in + network + rng.uniform(0.05, 0.2, steps),
        feed_in=feed_in,
        network=network,
        co2=rng.uniform(0.1, 0.6, steps),
        unit_co2=np.array([0.3 if kind == "generator" else 0.0 for kind in kinds]),
        v_min=0.95,
        v_max=1.05,
        loading_max=100.0,
        asked={
            "annuity": np.array(0.08),
            "reference_cost": np.array(100_000.0),
            "most_annual_cost": np.array(1e7),
            "most_investment": np.array(1000.0 * size * count or 1.0),
        },
    )


def _known(rng: np.random.Generator, solved: SolvedPlans) -> dict[str, FloatArray]:
    """Return all that may be asked for, by name."""
    given, plans = solved.given, len(solved)
    steps = len(given.hours)
    loss = 0.05 * np.abs(solved.net_kw).sum(axis=-1)
    head = loss - solved.net_kw.sum(axis=-1)
    v_pu = rng.uniform(0.96, 1.04, (plans, steps, NODES))
    # A node without a voltage base.
    v_pu[..., -1] = np.nan
    net = solved.net_kw * given.hours[:, None]
    bill = given.retail[:, None] * np.maximum(-net, 0.0)
    bill = bill - given.feed_in[:, None] * np.maximum(net, 0.0)
    have = np.maximum(net, 0.0).sum(axis=-1)
    sold = np.minimum(have, np.maximum(-net, 0.0).sum(axis=-1))
    return {
        "party_kw": solved.net_kw,
        "sold_kwh": sold,
        "sold_to_load_kwh": 0.8 * sold,
        "loss_kw": loss,
        "head_kw": head,
        "head_import_kw": np.maximum(head, 0.0),
        "v_pu": v_pu,
        "loading_pct": rng.uniform(0.0, 95.0, (plans, steps, BRANCHES)),
        "bill": bill,
        "investment": 1000.0 * solved.size,
        "unit_cost": 80.0 * solved.size,
        "connection_cost": bill.sum(axis=(-2, -1)) * given.per_year,
    }


def odd_days(subject: Subject) -> dict[str, SolvedPlans]:
    """Return days that few think of, in words."""
    return {
        "no units at all": subject.day(2, kinds=()),
        "nobody uses anything": subject.day(2, load=0.0),
        "units of no size": subject.day(2, size=0.0),
        "neither load nor units": subject.day(2, kinds=(), load=0.0),
        "one step": subject.day(2, steps=1),
        "megawatts": subject.day(2, load=1e5, size=1e5),
    }
