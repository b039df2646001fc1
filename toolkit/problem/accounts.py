"""What each party pays and gets in a year: members, others and third parties, units included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from toolkit.model import market
from toolkit.model.costs import Bought, demand_cost
from toolkit.problem import yearly

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.model.market import Payment
    from toolkit.model.ownership import Owners
    from toolkit.problem.conditions import Solved


@dataclass(frozen=True)
class Accounts:
    """What P parties pay in a year, money, each (n, P); given_kwh: of their units, kWh.

    paid, received: for energy and its charges; demand: for highest imports, the part of the feeder
    head's included; standing: for meters; units: what their shares of units cost.
    """

    paid: FloatArray
    received: FloatArray
    demand: FloatArray
    standing: FloatArray
    units: Bought
    given_kwh: FloatArray

    @property
    def energy(self) -> FloatArray:
        """Bills of energy, (n, P)."""
        return np.asarray(self.paid - self.received)

    @property
    def annual(self) -> FloatArray:
        """All of it, (n, P)."""
        return np.asarray(self.energy + self.demand + self.standing + self.units.annual)


def accounts(solved: Solved) -> Accounts:
    """Return what each party pays in a year of n solved plans, whose owners a study states."""
    conditions = solved.conditions
    owners, charges = conditions.operation.scenario.owners, conditions.economy.charges
    assert owners is not None
    times = yearly.per_year(solved)
    done = conditions.market.settle(solved.net)
    drawn, bought = yearly.drawn_at_meters(solved), yearly.bought(solved)
    demand = np.zeros(drawn.shape[:-1])
    if charges.demand:
        demand = demand_cost(drawn, conditions.economy.months, charges.demand)
    bill = yearly.yearly_bill(solved)
    head = bill.head[:, None] * _drawn_shares(done.exchange.deficit.sum(axis=-2))
    costs = {name: _of_owners(solved, owners, values) for name, values in vars(bought).items()}
    return Accounts(
        paid=done.paid.sum(axis=-2) * times,
        received=done.received.sum(axis=-2) * times,
        demand=_of_meters(solved, owners, demand) + head,
        standing=_of_meters(solved, owners, charges.standing * yearly.metered(solved)),
        units=Bought(**costs),
        given_kwh=_of_owners(solved, owners, yearly.given_kwh(solved)),
    )


def ledger(solved: Solved) -> tuple[Payment, ...]:
    """Return who pays whom for what in a year of one solved plan, whose owners a study states."""
    local, held = solved.conditions.market, accounts(solved)
    done = local.settle(solved.net[0])
    units = held.units
    network = {"highest imports": held.demand[0], "meters": held.standing[0]}
    suppliers = {
        "units and money for them": units.capital[0],
        "upkeep": units.upkeep[0],
        "wear": units.wear[0],
        "running": units.running[0],
    }
    return (
        *market.energy_payments(done, local.names, yearly.per_year(solved)),
        *market.further_payments(local.names, network, market.NETWORK),
        *market.further_payments(local.names, suppliers, market.SUPPLIERS),
    )


def _of_owners(solved: Solved, owners: Owners, values: FloatArray) -> FloatArray:
    """Return values of units, (n, U), summed over their owners, (n, P)."""
    spread = owners.spread(values[..., None], solved.plans.bus)[:, 0]
    return np.asarray(spread[:, solved.conditions.market.prosumers])


def _of_meters(solved: Solved, owners: Owners, values: FloatArray) -> FloatArray:
    """Return values of meters, (n, M), those of homes, then those of units, by party, (n, P)."""
    homes = len(solved.conditions.market.homes)
    found = _of_owners(solved, owners, values[:, homes:] * owners.apart)
    found[:, :homes] += values[:, :homes]
    return found


def _drawn_shares(kwh: FloatArray) -> FloatArray:
    """Return each party's share of what all draw, (n, P); equal ones where nobody draws."""
    total = kwh.sum(axis=-1, keepdims=True)
    equal = np.full_like(kwh, 1.0 / kwh.shape[-1])
    return np.asarray(np.divide(kwh, total, out=equal, where=total > 0.0))


def worsening(solved: Solved) -> FloatArray:
    """Return how much more those pay in a year who pay more than without new units, (n,).

    As a share of what the load costs a prosumer on average, summed over members and third parties;
    less than half a cent counts as nothing. 0 where a study states no owners or no costs.
    """
    conditions = solved.conditions
    reference = conditions.economy.references
    if reference is None:
        return np.zeros(len(solved.days))
    more = accounts(solved).annual - reference
    worse = market.loses(-more) & conditions.market.trades
    each = conditions.load_cost * yearly.per_year(solved) / len(conditions.market.prosumers)
    return np.asarray(np.where(worse, more, 0.0).sum(axis=-1) / each)
