"""The local market of a study: who takes part, at what tariffs, settled by which mechanism."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.common.errors import InputError, unknown_name
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.study import Study
from toolkit.inputs.tariff_sections import Settlement as Asked
from toolkit.model import market
from toolkit.model.feeder import Feeder
from toolkit.model.market import (
    Exchange,
    Settlement,
    Tariffs,
    Terms,
)
from toolkit.model.operation import Operation
from toolkit.problem import network_charges


@dataclass(frozen=True)
class LocalMarket:
    """All that settling a day needs beside its net positions.

    prosumers: the buses that take part, (P,): those with load and those where units may stand. Who
    owns a unit is the prosumer at whose bus it stands. hours: how many each step stands for, (T,).
    """

    prosumers: IndexArray
    tariffs: Tariffs
    mechanism: str
    terms: Terms
    hours: FloatArray

    def part(self, steps: slice, hours: FloatArray) -> LocalMarket:
        """Return the market of some of the steps, which stand for so many hours each, (T,)."""
        return LocalMarket(
            self.prosumers,
            self.tariffs.part(steps),
            self.mechanism,
            self.terms.part(steps),
            hours,
        )

    def exchange(self, net: FloatArray) -> Exchange:
        """Clear the net positions of all buses, kW of shape (..., T, B).

        Each day lies in memory in one piece, prosumer by prosumer, so that sums over it end in the
        same last digit however many days there are.
        """
        own = np.ascontiguousarray(net.swapaxes(-2, -1)[..., self.prosumers, :])
        return market.exchange(own.swapaxes(-2, -1), self.hours[:, None])

    def settle(self, net: FloatArray) -> Settlement:
        """Clear and settle the net positions of all buses, kW of shape (..., T, B)."""
        return market.settle(self.mechanism, self.exchange(net), self.tariffs, self.terms)


def of(study: Study, feeder: Feeder, operation: Operation) -> LocalMarket:
    """Return a study's local market.

    Raises InputError for a bid of a bus that is no prosumer, or prices that are not one per step.
    """
    try:
        return _of(study, feeder, operation)
    except InputError as error:
        raise InputError(f"study {study.name}: {error}") from error


def day_steps(dt: float) -> int:
    """Return how many steps of dt hours a day has."""
    return round(24.0 / dt)


def tariffs_of(study: Study, steps: int, dt: float) -> Tariffs:
    """Return a study's tariffs over so many steps of dt hours; prices of one day repeat.

    Raises InputError for tariffs that leave no room for trade or are not one per step.
    """
    try:
        return Tariffs(
            *(
                market.series(getattr(study.tariffs, name), steps, f"tariffs.{name}", day_steps(dt))
                for name in ("retail", "feed_in", "network")
            )
        )
    except InputError as error:
        raise InputError(f"study {study.name}: {error}") from error


def _of(study: Study, feeder: Feeder, operation: Operation) -> LocalMarket:
    tariffs = operation.scenario.tariffs
    sites = {bus for unit in operation.fleet.units for bus in (*unit.candidates, unit.base_bus)}
    prosumers = np.array(sorted(sites | set(np.flatnonzero(feeder.load_kw))), dtype=np.intp)
    terms = _terms(study.settlement, feeder, operation, prosumers)
    return LocalMarket(
        prosumers,
        tariffs,
        study.settlement.mechanism,
        terms,
        operation.scenario.step_hours,
    )


def _terms(asked: Asked, feeder: Feeder, operation: Operation, prosumers: IndexArray) -> Terms:
    """Return what the mechanism wants to know besides."""
    tariffs = operation.scenario.tariffs
    names = [feeder.buses[bus] for bus in prosumers]
    for bus in asked.bids:
        if bus not in names:
            raise unknown_name("bus in settlement.bids", bus, names)
    if asked.mechanism == "auction":
        steps, of_day = operation.steps, day_steps(operation.dt)
        ask, bid = market.seeded_limits(tariffs, len(prosumers), asked.seed)
        for bus, given in asked.bids.items():
            at, where = names.index(bus), f"settlement.bids.{bus}"
            ask[:, at] = market.series(given.ask, steps, f"{where}.ask", of_day)
            bid[:, at] = market.series(given.bid, steps, f"{where}.bid", of_day)
        return Terms(ask=ask, bid=bid)
    if asked.mechanism != "bilateral":
        return Terms()
    if asked.charge == "distance":
        return Terms(charge=network_charges.by_distance(feeder, prosumers, tariffs.network))
    return Terms(charge=network_charges.by_marginal_loss(feeder, operation, prosumers))
