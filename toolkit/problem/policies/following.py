"""Following a policy through a scenario: one loop over the steps, arrays over plans and stores."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model import devices
from toolkit.model.devices import StorageParameters
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
    series is what it saw. Of separate days each is followed as if there were no other.
    """
    if operation.scenario.separate is not None:
        days = range(operation.scenario.stretches)
        parts = ((dispatch.stretch(d, len(days)), operation.stretch(d)) for d in days)
        each = [followed(decider, told, day, bus, size, values) for told, day in parts]
        return np.concatenate(each, axis=-1)
    if not operation.fleet.storage_rows.size:
        return np.zeros((len(bus), 0, operation.steps))
    own = size[:, operation.fleet.storage_rows]
    course = _Course(dispatch, operation, bus, size)
    decider.begin(_beginning(dispatch, operation, bus, size, values))
    wanted = np.zeros((operation.steps, *own.shape))
    for t in range(operation.steps):
        power = decider.power(course.news(t))
        # A store of no size does nothing, whatever is wanted of it.
        np.divide(power, own, out=wanted[t], where=own > 0.0)
        course.carry_out(t, wanted[t])
    return np.moveaxis(wanted, 0, -1)


def _beginning(
    dispatch: Dispatch, operation: Operation, bus: IndexArray, size: FloatArray, values: FloatArray
) -> Beginning:
    fleet, tariffs = operation.fleet, operation.scenario.tariffs
    rows, at = fleet.storage_rows, operation.stores
    own = size[:, rows]
    vehicles = np.array([fleet.kinds[u] == "bev" for u in rows], dtype=bool)
    return Beginning(
        steps=operation.steps,
        dt=operation.dt,
        start_hour=dispatch.start_hour,
        buses=len(fleet.buses),
        bus=bus[:, rows],
        size=own,
        capacity=own * at.capacity[:, 0],
        rating=own * fleet.kw_per_size[rows],
        vehicles=vehicles,
        gives=~vehicles | fleet.v2g,
        retail=tariffs.retail,
        feed_in=tariffs.feed_in,
        network=tariffs.network,
        names=tuple(parameter.name for parameter in dispatch.parameters),
        values=values,
        **{field.name: field_of(at.parameters, field.name) for field in fields(StorageParameters)},
    )


def field_of(parameters: StorageParameters, name: str) -> FloatArray:
    """Return one parameter of all stores, (S,)."""
    return np.asarray(getattr(parameters, name), dtype=float)[:, 0]


@dataclass(frozen=True)
class _Step:
    """What stores can do in one step per unit of size, each (S,), see ``devices.next_stored``."""

    low: FloatArray
    top: FloatArray
    charge_max: FloatArray
    discharge_max: FloatArray
    trip: FloatArray
    parameters: StorageParameters
    dt: float


class _Course:
    """Where n plans are while a policy is followed; stored: kWh per unit of size, (n, S)."""

    def __init__(
        self, dispatch: Dispatch, operation: Operation, bus: IndexArray, size: FloatArray
    ) -> None:
        self._operation, self._at = operation, operation.stores
        names = [field.name for field in fields(StorageParameters)]
        self._parameters = StorageParameters(
            **{name: field_of(self._at.parameters, name) for name in names}
        )
        self._own = size[:, operation.fleet.storage_rows]
        start = self._parameters.soc_start * self._at.capacity[:, 0]
        self._stored = np.tile(start, (len(bus), 1))
        kw = size * operation.fleet.kw_per_size
        self._load = operation.scenario.loads.kw
        self._net = _net(operation.generation, self._load, bus, kw)
        self._announced = max(round(ANNOUNCED_H / operation.dt), 1)
        self._foretold = self._steps_ahead(dispatch), self._ahead(dispatch, bus, kw)
        self._plugged = np.divide(
            self._at.charge,
            operation.fleet.kw_per_size[operation.fleet.storage_rows, None],
            out=np.zeros_like(self._at.charge),
            where=operation.fleet.kw_per_size[operation.fleet.storage_rows, None] > 0.0,
        ).T

    def _steps_ahead(self, dispatch: Dispatch) -> int:
        return round(dispatch.outlook.hours / self._operation.dt)

    def _ahead(self, dispatch: Dispatch, bus: IndexArray, kw: FloatArray) -> FloatArray | None:
        """Return what is foretold of the whole scenario, (T, n, B): a forecast, or the future."""
        if dispatch.outlook.source == "perfect":
            return self._net
        if dispatch.outlook.source == "column" and dispatch.forecast is not None:
            return _net(dispatch.forecast.generation, dispatch.forecast.load, bus, kw)
        return None

    def _step(self, t: int) -> _Step:
        at = self._at
        return _Step(
            at.low[:, 0, t + 1],
            self._parameters.soc_max * at.capacity[:, 0],
            at.charge[:, t],
            at.discharge[:, t],
            at.trip[:, t],
            self._parameters,
            self._operation.dt,
        )

    def news(self, t: int) -> News:
        """Return what a step brings, from what has been carried out until then."""
        scenario, until = self._operation.scenario, t + self._announced
        lowest, highest = devices.possible(self._stored, **vars(self._step(t)))
        steps, foretold = self._foretold
        return News(
            step=t,
            load=self._load[t],
            sun=float(scenario.pv[t]),
            wind=float(scenario.wt[t]),
            net=self._net[t],
            stored=self._stored * self._own,
            lowest=lowest * self._own,
            highest=highest * self._own,
            plugged=self._plugged[t:until],
            trip=self._at.trip[:, t:until].T,
            ahead=None if foretold is None else foretold[t + 1 : t + 1 + steps],
        )

    def carry_out(self, t: int, wanted: FloatArray) -> None:
        """Go on to the next step with what was wanted, kW per unit of size, (n, S)."""
        self._stored = devices.next_stored(self._stored, wanted, **vars(self._step(t)))


def _net(generation: FloatArray, load: FloatArray, bus: IndexArray, kw: FloatArray) -> FloatArray:
    """Return the net position of each bus without stores, kW, (T, n, B).

    generation: kW per kW of rating, (U, T); load: (T, B); bus and kw: (n, U).
    """
    net = np.repeat(-load[:, None, :], len(bus), axis=1)
    plans = np.arange(len(bus))
    for u in np.flatnonzero(generation.any(axis=1)):
        net[:, plans, bus[:, u]] += generation[u][:, None] * kw[:, u]
    return net
