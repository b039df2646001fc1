"""Small made-up communities in which the policy under test is followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.devices import StorageParameters
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.market.tariffs import Tariffs
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, schedule
from toolkit.model.scenario import LoadDay, Scenario
from toolkit.problem.policies.contract import Policy
from toolkit.problem.policies.dispatch import Dispatch, Forecast
from toolkit.problem.policies.following import followed
from toolkit.problem.policies.known import Known
from toolkit.problem.policies.registry import POLICIES
from toolkit.problem.policies.session import Session

#: Buses of the communities, and steps of a day and of a year.
BUSES, DAY, YEAR = 4, 24, 8760


@dataclass(frozen=True)
class Subject:
    """The policy under test."""

    kind: type[Policy]
    options: Mapping[str, Any]

    def made(self) -> Policy:
        """Return a policy made anew."""
        return POLICIES.configure(self.kind, self.options)


@dataclass(frozen=True)
class Scene:
    """n plans in a scenario: buses and sizes, (n, U), and values of parameters, (n, S, P)."""

    operation: Operation
    bus: IndexArray
    size: FloatArray
    values: FloatArray

    def only(self, rows: slice) -> Scene:
        """Return some of the plans."""
        return replace(self, bus=self.bus[rows], size=self.size[rows], values=self.values[rows])


def community(steps: int, seed: int = 1) -> Operation:
    """Return PV, wind, two batteries and a station of vehicles in weather drawn by a seed."""
    rng, hour = np.random.default_rng(seed), np.arange(steps) % 24
    sun = np.maximum(np.sin((hour - 6) / 12 * np.pi), 0.0) * rng.uniform(0.2, 1.0, steps)
    load = rng.uniform(0.3, 1.0, (steps, BUSES)) * np.array([40.0, 25.0, 60.0, 15.0])
    away = (hour >= 8) & (hour < 17)
    fleet = Fleet(
        units=(
            _unit("pv1", "pv", 120.0),
            _unit("wt1", "wt", 60.0),
            _unit("bess1", "bess", 30.0, kwh=4.0),
            _unit("bess2", "bess", 20.0, kwh=2.0),
            _unit("bev1", "bev", 6.0, kw=7.4, kwh=40.0),
        ),
        buses=tuple(str(b + 1) for b in range(BUSES)),
        bess=StorageParameters(0.1, 0.95, 0.5, 0.95, 0.93),
        bev=StorageParameters(0.2, 1.0, 0.6, 0.92, 0.95),
        v2g=True,
    )
    none = np.zeros((1, steps))
    loads = LoadDay((), none, none, np.array([], dtype=np.intp), load)
    price = np.where((hour >= 17) & (hour < 22), 0.4, 0.25)
    scenario = Scenario(
        dt=1.0,
        pv=sun,
        wt=rng.uniform(0.0, 0.9, steps),
        plugged=np.where(away, 0.2, 1.0),
        trip=np.where(hour == 8, rng.uniform(2.0, 6.0, steps), 0.0),
        loads=loads,
        tariffs=Tariffs(price, np.full(steps, 0.08), np.full(steps, 0.08)),
    )
    return Operation(fleet, scenario)


def _unit(name: str, kind: Any, size: float, kw: float = 1.0, kwh: float = 0.0) -> FleetUnit:
    return FleetUnit(name, kind, 0.0, size, tuple(range(BUSES)), 0, size, kw, kwh)


def scene(subject: Subject, plans: int, steps: int = DAY, seed: int = 1) -> Scene:
    """Return plans with sites, sizes and parameters drawn; of the first a store has no size."""
    operation, rng = community(steps, seed), np.random.default_rng(seed)
    units = operation.fleet.units
    bus = rng.integers(0, BUSES, (plans, len(units)))
    size = rng.uniform(0.1, 1.0, (plans, len(units))) * [unit.size_max for unit in units]
    size[:, -1] = np.maximum(size[:, -1].round(), 1.0)
    size[0, 2] = 0.0
    asked = tuple(subject.made().parameters(steps))
    shape = (plans, len(operation.fleet.storage_rows), len(asked))
    low, high = (np.array([getattr(p, end) for p in asked]) for end in ("lower", "upper"))
    return Scene(operation, bus.astype(np.intp), size, low + (high - low) * rng.random(shape))


def dispatch_of(subject: Subject, operation: Operation) -> Dispatch:
    """Return the policy under test; forecast columns are the truth and a tenth."""
    policy = subject.made()
    foretold = Forecast(operation.generation * 0.9, operation.scenario.loads.kw * 1.1)
    parameters = tuple(policy.parameters(operation.steps))
    return Dispatch("subject", subject.options, parameters, policy.outlook(), 0.0, foretold)


def followed_in(
    subject: Subject, at: Scene, policy: Policy | None = None, dispatch: Dispatch | None = None
) -> FloatArray:
    """Return what the policy under test wants in a scene, kW per unit of size, (n, S, T)."""
    session = Session(policy or subject.made(), subject.kind.__name__)
    dispatch = dispatch or dispatch_of(subject, at.operation)
    return followed(session, dispatch, at.operation, at.bus, at.size, at.values)


def plan_in(subject: Subject, at: Scene) -> Plan:
    """Return the plans that follow the policy under test in a scene."""
    return schedule(at.bus, at.size, followed_in(subject, at), at.operation)


def otherwise(operation: Operation, since: int, announced: int) -> Operation:
    """Return an operation in which all is otherwise that nobody knows before a step.

    Load, sun and wind differ from step ``since`` on; trips and shares plugged in, which are
    announced so many steps ahead, as much later.
    """
    scenario, rng = operation.scenario, np.random.default_rng(7)

    def changed(values: FloatArray, start: int, low: float, high: float) -> FloatArray:
        other = values.copy()
        other[start:] = other[start:] * rng.uniform(low, high, other[start:].shape)
        return other

    loads = replace(scenario.loads, kw=changed(scenario.loads.kw, since, 0.0, 3.0))
    later = since + announced
    return Operation(
        operation.fleet,
        replace(
            scenario,
            pv=changed(scenario.pv, since, 0.0, 1.0),
            wt=changed(scenario.wt, since, 0.0, 1.0),
            plugged=changed(scenario.plugged, later, 0.5, 1.0),
            trip=changed(scenario.trip, later, 0.0, 0.9),
            loads=loads,
        ),
    )


class Watched(Policy):
    """Wraps a policy: what it is told is kept for a check, and what it answers is passed on."""

    description, reference = "watched", "the suite"

    def __init__(self, inner: Policy) -> None:
        super().__init__(inner.options)
        self.inner = inner
        self.answers: list[object] = []

    def power(self, now: Known) -> FloatArray:
        """Return what the policy inside answers."""
        answer = self.inner.power(now)
        self.answers.append(answer)
        return answer
