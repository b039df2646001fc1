"""Following a policy through a scenario: one loop over the steps, arrays over plans and stores."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.devices import StorageParameters, StoreStep
from toolkit.model.operation import Operation
from toolkit.problem.policies.dispatch import Dispatch
from toolkit.problem.policies.known import ANNOUNCED_H, Beginning, News
from toolkit.problem.policies.session import Decider


def followed(
    decider: Decider,
    dispatch: Dispatch,
    operation: Operation,
    bus: IndexArray,
    size: FloatArray,
    values: FloatArray,
) -> FloatArray:
    """Return what a policy wants of the stores of n plans, kW per unit of size, (n, S, T).

    bus, size: (n, U); values: of the policy's parameters, (n, S, P). The stored energy that the
    policy sees follows from what it wanted by the rules of ``devices.repair``, so that the repaired
    series is what it saw. Days that do not follow each other are followed one by one, each from
    its beginning: none knows of another.
    """
    if not operation.fleet.storage_rows.size:
        return np.zeros((len(bus), 0, operation.steps))
    parts = []
    for stretch in range(operation.scenario.stretches):
        course = _Course(dispatch, operation, bus, size, stretch)
        decider.begin(_beginning(dispatch, operation, bus, size, values, course.within))
        parts.append(_wanted(decider, course))
    return np.concatenate(parts, axis=-1)


def _wanted(decider: Decider, course: _Course) -> FloatArray:
    """Step through one stretch of time; return what is wanted, kW per unit of size, (n, S, T')."""
    wanted = np.zeros((course.steps, *course.own.shape))
    for t in range(course.steps):
        power = decider.power(course.news(t))
        # A store of no size does nothing, whatever is wanted of it.
        np.divide(power, course.own, out=wanted[t], where=course.own > 0.0)
        course.carry_out(t, wanted[t])
    return np.moveaxis(wanted, 0, -1)


def _beginning(
    dispatch: Dispatch,
    operation: Operation,
    bus: IndexArray,
    size: FloatArray,
    values: FloatArray,
    within: slice,
) -> Beginning:
    fleet, tariffs = operation.fleet, operation.scenario.tariffs
    rows, at, members = fleet.storage_rows, operation.stores, operation.scenario.members
    own = size[:, rows]
    vehicles = np.array([fleet.kinds[u] == "bev" for u in rows], dtype=bool)
    return Beginning(
        steps=within.stop - within.start,
        dt=operation.dt,
        start_hour=dispatch.start_hour,
        buses=len(fleet.buses),
        bus=bus[:, rows],
        size=own,
        capacity=own * at.capacity[:, 0],
        rating=own * fleet.kw_per_size[rows],
        vehicles=vehicles,
        gives=~vehicles | fleet.v2g,
        retail=tariffs.retail[within],
        feed_in=tariffs.feed_in[within],
        network=tariffs.network[within],
        members=np.ones(len(fleet.buses), dtype=bool) if members is None else members,
        names=tuple(parameter.name for parameter in dispatch.parameters),
        values=values,
        **vars(_per_store(at.parameters)),
    )


def _per_store(parameters: StorageParameters) -> StorageParameters:
    """Return the parameters of all stores, each (S,)."""
    return StorageParameters(
        *(np.asarray(value, dtype=float)[:, 0] for value in vars(parameters).values())
    )


class _Course:
    """Where n plans are in a stretch of time; stored: kWh per unit of size, (n, S).

    steps: T' of them, at ``within`` of the scenario; own: sizes of the stores, (n, S).
    """

    def __init__(
        self,
        dispatch: Dispatch,
        operation: Operation,
        bus: IndexArray,
        size: FloatArray,
        stretch: int,
    ) -> None:
        scenario, at, rows = operation.scenario, operation.stores, operation.fleet.storage_rows
        self.within = scenario.stretch(stretch)
        self.steps = self.within.stop - self.within.start
        self.own = size[:, rows]
        self._parameters = _per_store(at.parameters)
        self._capacity, self._low = at.capacity[:, 0], at.low[:, stretch].T
        self._charge, self._discharge = at.charge[:, self.within].T, at.discharge[:, self.within].T
        self._trip, self._dt = at.trip[:, self.within].T, operation.dt
        self._plugged = _shares(self._charge, operation.fleet.kw_per_size[rows])
        self._stored = np.tile(self._parameters.soc_start * self._capacity, (len(bus), 1))
        self._sun, self._wind = scenario.pv[self.within], scenario.wt[self.within]
        self._load = scenario.loads.kw[self.within]
        kw = size * operation.fleet.kw_per_size
        self._net = _net(operation.generation[:, self.within], self._load, bus, kw)
        self._announced = max(round(ANNOUNCED_H / operation.dt), 1)
        self._ahead_steps = round(dispatch.outlook.hours / operation.dt)
        self._ahead = self._foretold(dispatch, bus, kw)

    def _foretold(self, dispatch: Dispatch, bus: IndexArray, kw: FloatArray) -> FloatArray | None:
        """Return what is foretold of the whole stretch, (T', n, B): a forecast, or the future."""
        if dispatch.outlook.source == "perfect":
            return self._net
        if dispatch.outlook.source == "column" and dispatch.forecast is not None:
            foretold = dispatch.forecast
            generation, load = foretold.generation[:, self.within], foretold.load[self.within]
            return _net(generation, load, bus, kw)
        return None

    def _step(self, t: int) -> StoreStep:
        return StoreStep(
            self._low[t + 1],
            self._parameters.soc_max * self._capacity,
            self._charge[t],
            self._discharge[t],
            self._trip[t],
            self._parameters,
            self._dt,
        )

    def news(self, t: int) -> News:
        """Return what a step brings, from what has been carried out until then."""
        lowest, highest = self._step(t).possible(self._stored)
        until, ahead = t + self._announced, self._ahead
        return News(
            step=t,
            load=self._load[t],
            sun=float(self._sun[t]),
            wind=float(self._wind[t]),
            net=self._net[t],
            stored=self._stored * self.own,
            lowest=lowest * self.own,
            highest=highest * self.own,
            plugged=self._plugged[t:until],
            trip=self._trip[t:until],
            ahead=None if ahead is None else ahead[t + 1 : t + 1 + self._ahead_steps],
        )

    def carry_out(self, t: int, wanted: FloatArray) -> None:
        """Go on to the next step with what was wanted, kW per unit of size, (n, S)."""
        self._stored = self._step(t).next_stored(self._stored, wanted)


def _shares(power: FloatArray, rating: FloatArray) -> FloatArray:
    """Return powers, (T', S), as shares of ratings, (S,), kW; 0 of no rating."""
    return np.divide(power, rating, out=np.zeros_like(power), where=rating > 0.0)


def _net(generation: FloatArray, load: FloatArray, bus: IndexArray, kw: FloatArray) -> FloatArray:
    """Return the net position of each bus without stores, kW, (T, n, B).

    generation: kW per kW of rating, (U, T); load: (T, B); bus and kw: (n, U).
    """
    net = np.repeat(-load[:, None, :], len(bus), axis=1)
    plans = np.arange(len(bus))
    for u in np.flatnonzero(generation.any(axis=1)):
        net[:, plans, bus[:, u]] += generation[u][:, None] * kw[:, u]
    return net
