"""Studies small enough for every plan of them to be tried, and the random ones of hypothesis."""

from functools import cache
from itertools import product

import numpy as np
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from toolkit.exact.branch_and_bound import prove
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.exact.program import Effort
from toolkit.model.devices import StorageParameters
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.kinds import KINDS
from toolkit.model.market import Tariffs
from toolkit.model.operation import Operation, can_serve
from toolkit.model.scenario import LoadDay, Scenario
from toolkit.problem import energy

OBJECTIVES = ("traded", "traded_to_load")


TIGHT = Effort(gap=1e-6)


def few(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def unit(kind, size, at, hours=0.0, low=None):
    """Return a unit of 0 (or ``low``) to ``size`` kW or vehicles of 1 kW; kWh follow from hours."""
    low = 0.0 if low is None else low
    return FleetUnit(f"{kind}{at}", kind, low, size, tuple(at), at[0], size, 1.0, hours)


def lossless(start=0.5):
    return StorageParameters(0.0, 1.0, start, 1.0, 1.0)


def operation_of(
    *units, pv, wt=None, plugged=None, trip=None, bess=None, bev=None, v2g=True, buses=3
):
    pv = np.array(pv, dtype=float)
    none = np.zeros(len(pv))
    fleet = Fleet(
        units=units,
        buses=tuple(str(b) for b in range(buses)),
        bess=bess or lossless(),
        bev=bev or lossless(),
        v2g=v2g,
    )
    scenario = Scenario(
        dt=1.0,
        pv=pv,
        wt=none if wt is None else np.array(wt, dtype=float),
        plugged=none + 1.0 if plugged is None else np.array(plugged, dtype=float),
        trip=none if trip is None else np.array(trip, dtype=float),
        loads=LoadDay((), none[None], none[None], np.array([], dtype=int), none[:, None]),
        tariffs=Tariffs(none + 0.3, none + 0.1, none + 0.1),
    )
    return Operation(fleet, scenario)


def sites(operation):
    """Return every placement of the units, no two of a kind at one bus, (n, U)."""
    every = product(*(u.candidates for u in operation.fleet.units))
    return np.array(
        [
            bus
            for bus in every
            if len(set(zip(operation.fleet.kinds, bus, strict=True))) == len(operation.fleet.kinds)
        ],
        dtype=np.intp,
    )


def traded(plans, operation, load, objective):
    return -energy.scheduled(plans, operation, load, objective)


def case(name):
    """Return an operation, the load of each bus per step, (T, B), and sizes that hold the best."""
    every, left = (0, 1, 2), StorageParameters(0.0, 1.0, 0.0, 0.5, 1.0)
    if name == "one of each":
        operation = operation_of(
            unit("pv", 4.0, every),
            unit("bess", 2.0, every, 2.0),
            unit("bev", 2.0, every, 2.0),
            pv=[1.0, 0.5, 0.0],
            trip=[0.0, 0.0, 0.5],
        )
        return operation, np.array([[1, 2, 1], [2, 0, 1], [1, 3, 2]], float), [(4,), (1, 2), (1, 2)]
    if name == "two stores that trade back and forth":
        operation = operation_of(
            unit("bess", 2.0, (0, 1), 1.0), unit("bess", 2.0, (1, 2), 1.0), pv=[0.0, 0.0, 0.0]
        )
        return operation, np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], float), [(1, 2), (1, 2)]
    if name == "generator and store at one bus":
        operation = operation_of(
            unit("pv", 4.0, (1,)), unit("bess", 2.0, (1,), 2.0), pv=[1.0, 0.0, 0.5], bess=left
        )
        return operation, np.array([[1, 1, 1], [2, 0, 3], [1, 1, 2]], float), [(2, 4), (0, 1, 2)]
    if name == "two generators and a store":
        operation = operation_of(
            unit("pv", 4.0, every),
            unit("pv", 4.0, (1, 2)),
            unit("bess", 2.0, every, 2.0),
            pv=[1.0, 0.0, 0.5],
            bess=left,
        )
        return (
            operation,
            np.array([[1, 1, 2], [3, 2, 1], [1, 2, 1]], float),
            [(0, 2, 4), (0, 2, 4), (0, 1, 2)],
        )
    if name == "vehicles that only charge":
        operation = operation_of(
            unit("pv", 3.0, every),
            unit("wt", 2.0, every),
            unit("bev", 2.0, every, 3.0, low=1.0),
            pv=[0.0, 1.0, 0.0],
            wt=[1.0, 0.0, 0.5],
            plugged=[1.0, 1.0, 0.0],
            trip=[0.0, 0.0, 1.0],
            v2g=False,
        )
        return (
            operation,
            np.array([[1, 1, 1], [0, 1, 2], [1, 0, 2]], float),
            [(1, 3), (1, 2), (1, 2)],
        )
    raise ValueError(name)


CASES = (
    "one of each",
    "two stores that trade back and forth",
    "generator and store at one bus",
    "two generators and a store",
    "vehicles that only charge",
)


@cache
def proven(name, objective="traded"):
    operation, load, _ = case(name)
    return prove(operation, load, objective, TIGHT)


@st.composite
def studies(draw, most_units=4, most_buses=4, most_steps=4):
    """Draw an operation that can serve its trips and a load for each bus, (T, B)."""
    kinds = draw(st.lists(st.sampled_from(tuple(KINDS)), min_size=1, max_size=most_units))
    buses = draw(st.integers(3, most_buses))
    assume(max(kinds.count(kind) for kind in kinds) <= buses)
    steps = draw(st.integers(2, most_steps))
    v2g = draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    alike = draw(st.booleans())

    def random_unit(kind, count):
        fewest = min(count, buses)
        at = rng.permutation(buses)[: rng.integers(fewest, buses + 1)]
        low, high = np.sort(rng.integers(0, 5, 2) if kind == "bev" else 5.0 * rng.random(2))
        hours = 0.0 if kind in ("pv", "wt") else rng.uniform(0.5, 3.0)
        if alike:
            at, low, high, hours = range(buses), 0.0, 3.0, hours and 2.0
        return unit(kind, float(high), [int(b) for b in at], hours, float(low))

    def parameters():
        low, start, high = np.sort(rng.random(3))
        return StorageParameters(low, high, start, *rng.uniform(0.6, 1.0, 2))

    operation = operation_of(
        *(random_unit(kind, kinds.count(kind)) for kind in kinds),
        pv=rng.random(steps) * (rng.random(steps) < 0.7),
        wt=rng.random(steps),
        plugged=rng.choice([0.0, 0.5, 1.0], steps),
        trip=rng.random(steps) * (rng.random(steps) < 0.3) * 0.3,
        bess=parameters(),
        bev=parameters(),
        v2g=v2g,
        buses=buses,
    )
    assume(can_serve(operation))
    load = rng.integers(0, 4, (steps, buses)) * rng.choice([0.5, 1.0], buses)
    return operation, load


def best_of_all_layouts(operation, load, objective):
    day = ModelDay(load, operation.scenario, objective)
    return max(
        Dispatch(settled(operation, bus), day, 1).solve(TIGHT).bound for bus in sites(operation)
    )
