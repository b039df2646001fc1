"""The local market of a study: who takes part, at what tariffs, settled by which mechanism."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.errors import InputError, ToolkitError, unknown_name
from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.inputs.study import Study
from toolkit.inputs.tariff_sections import Settlement as Asked
from toolkit.model import market
from toolkit.model.feeder import Feeder
from toolkit.model.market import (
    Settlement,
    Tariffs,
    Terms,
)
from toolkit.model.operation import Operation
from toolkit.problem import membership, network_charges
from toolkit.problem.mechanisms import host, registry
from toolkit.problem.mechanisms.contract import CHARGES, LIMITS
from toolkit.problem.mechanisms.registry import Chosen
from toolkit.problem.study_tariffs import day_steps


@dataclass(frozen=True)
class LocalMarket:
    """All that settling a day needs beside its net positions.

    prosumers: the parties that are settled, (P,): the buses with load and those where units may
    stand, then third parties; whose a unit is, ``Scenario.owners`` says. names: of each, (P,);
    third: how many are third parties. hours: how many each step stands for, (T,). member: which of
    the prosumers trade with each other, (P,), None for all; the terms are those of members.
    """

    prosumers: IndexArray
    tariffs: Tariffs
    chosen: Chosen
    terms: Terms
    hours: FloatArray
    member: BoolArray | None = None
    names: tuple[str, ...] = ()
    third: int = 0

    def part(self, steps: slice, hours: FloatArray) -> LocalMarket:
        """Return the market of some of the steps, which stand for so many hours each, (T,)."""
        tariffs, terms = self.tariffs.part(steps), self.terms.part(steps)
        return replace(self, tariffs=tariffs, terms=terms, hours=hours)

    @property
    def homes(self) -> IndexArray:
        """The prosumers that are buses."""
        return self.prosumers[: len(self.prosumers) - self.third]

    @property
    def mechanism(self) -> str:
        """Name of the mechanism."""
        return self.chosen.name

    @property
    def trades(self) -> BoolArray:
        """Which of the prosumers take part, (P,)."""
        return np.ones(len(self.prosumers), dtype=bool) if self.member is None else self.member

    def _own(self, net: FloatArray, which: IndexArray) -> FloatArray:
        """Return the positions of some prosumers, kW, given those of all parties, (..., T, A).

        Each day lies in memory in one piece, prosumer by prosumer, so that sums over it end in the
        same last digit however many days there are.
        """
        return np.ascontiguousarray(net.swapaxes(-2, -1)[..., which, :]).swapaxes(-2, -1)

    def settle(self, net: FloatArray) -> Settlement:
        """Clear and settle the net positions of all parties, kW of shape (..., T, A)."""
        member, hours = self.trades, self.hours[:, None]
        done = market.exchange(self._own(net, self.prosumers[member]), hours)
        inside = host.settle(self.chosen, done, self.tariffs, self.terms, self.hours)
        if self.member is None:
            return inside
        rest = self._own(net, self.prosumers[~member]) * hours
        others = market.through_the_grid(np.maximum(rest, 0.0), np.maximum(-rest, 0.0))
        return market.with_others(inside, others, member, self.tariffs)


def of(study: Study, feeder: Feeder, operation: Operation) -> LocalMarket:
    """Return a study's local market.

    Raises InputError for a bid of a bus that is no prosumer, or prices that are not one per step.
    """
    try:
        return _of(study, feeder, operation)
    except InputError as error:
        raise InputError(f"study {study.name}: {error}") from error


def _of(study: Study, feeder: Feeder, operation: Operation) -> LocalMarket:
    tariffs = operation.scenario.tariffs
    owners, parties = operation.scenario.owners, operation.scenario.parties
    # Nobody lives where there is but a unit with a meter of its own.
    behind = [True] * len(operation.fleet.units) if owners is None else (~owners.apart).tolist()
    units = [unit for unit, own in zip(operation.fleet.units, behind, strict=True) if own]
    sites = {bus for unit in units for bus in (*unit.candidates, unit.base_bus)}
    homes = np.array(sorted(sites | set(np.flatnonzero(feeder.load_kw))), dtype=np.intp)
    membership.check(study, feeder, homes)
    third = () if owners is None else owners.third
    prosumers = np.concatenate([homes, len(feeder.buses) + np.arange(len(third))]).astype(np.intp)
    names = (*(feeder.buses[bus] for bus in homes), *third)
    member = None if parties is None else parties[prosumers]
    chosen = _chosen(study)
    places = np.concatenate([homes, _stands(operation)]).astype(np.intp)
    terms = _terms(study.settlement, chosen.terms, feeder, operation, places, names, member)
    hours = operation.scenario.step_hours
    return LocalMarket(prosumers, tariffs, chosen, terms, hours, member, names, len(third))


def _stands(operation: Operation) -> list[int]:
    """Return where each third party is for the network: the declared bus of its first unit."""
    owners, units = operation.scenario.owners, operation.fleet.units
    if owners is None:
        return []
    first = owners.shares[:, len(operation.fleet.buses) :].argmax(axis=0)
    return [units[u].base_bus for u in first.tolist()]


def _chosen(study: Study) -> Chosen:
    """Return the mechanism of a study, with its options."""
    asked = study.settlement
    try:
        chosen = registry.asked(asked.mechanism, asked.options)
    except ToolkitError as error:
        raise InputError(f"'settlement': {error}") from error
    if CHARGES in chosen.terms and study.switches.any:
        raise InputError(
            f"'switches': found them with settlement.mechanism = '{chosen.name}', which charges "
            "trades for their way, and ways change with switches; expected another mechanism."
        )
    return chosen


def _terms(
    asked: Asked,
    wanted: Sequence[str],
    feeder: Feeder,
    operation: Operation,
    prosumers: IndexArray,
    every: Sequence[str],
    member: BoolArray | None,
) -> Terms:
    """Return what the mechanism wants to know besides, of members.

    wanted: the names of terms; prosumers: the bus of each, (P,), and every: their names.
    """
    tariffs = operation.scenario.tariffs
    among = slice(None) if member is None else member
    names = list(every) if member is None else [n for n, m in zip(every, member, strict=True) if m]
    for bus in asked.bids:
        if bus not in names:
            raise unknown_name("bus in settlement.bids", bus, names)
    terms = Terms()
    if LIMITS in wanted:
        steps, of_day = operation.steps, day_steps(operation.dt)
        # Drawn for all, so that a prosumer's limits do not depend on who else takes part.
        drawn = market.seeded_limits(tariffs, len(prosumers), asked.seed)
        ask, bid = (limits[:, among] for limits in drawn)
        for bus, given in asked.bids.items():
            at, where = names.index(bus), f"settlement.bids.{bus}"
            ask[:, at] = market.series(given.ask, steps, f"{where}.ask", of_day)
            bid[:, at] = market.series(given.bid, steps, f"{where}.bid", of_day)
        terms = replace(terms, ask=ask, bid=bid)
    if CHARGES in wanted:
        members = prosumers[among]
        if asked.charge == "distance":
            charge = network_charges.by_distance(feeder, members, tariffs.network)
        else:
            charge = network_charges.by_marginal_loss(feeder, operation, members)
        terms = replace(terms, charge=charge)
    return terms
