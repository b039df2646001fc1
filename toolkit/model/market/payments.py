"""The ledger of a year: who pays whom, for what; pure functions, money in the tariffs' currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.model.market.settlement import Settlement

#: Who is no party of the market: whom trades are paid to and from, the network's operator, who
#: supplies the grid's energy, and those who sell units, keep them up and lend the money for them.
MARKET, NETWORK, GRID, SUPPLIERS = "market", "network", "grid", "suppliers of units"


@dataclass(frozen=True)
class Payment:
    """Money that one pays another, below 0 where it is the other way round."""

    payer: str
    payee: str
    what: str
    money: float


def energy_payments(
    done: Settlement, names: Sequence[str], times: float = 1.0
) -> tuple[Payment, ...]:
    """Return the payments for energy of a settlement of arrays (T, P), each so many times.

    All of them pass through the market, whose balance is 0 where the settlement loses nothing.
    """
    paid, received = (times * money.sum(axis=0) for money in (done.paid, done.received))
    found = [
        Payment(name, MARKET, "energy and its charges", money)
        for name, money in zip(names, paid.tolist(), strict=True)
    ]
    found += [
        Payment(MARKET, name, "energy sold", money)
        for name, money in zip(names, received.tolist(), strict=True)
    ]
    found.append(Payment(MARKET, NETWORK, "network charges", times * float(done.network.sum())))
    found.append(Payment(MARKET, GRID, "energy of the grid", times * float(done.grid.sum())))
    return tuple(found)


def further_payments(
    names: Sequence[str], costs: Mapping[str, FloatArray], payee: str
) -> tuple[Payment, ...]:
    """Return what parties pay somebody for each of some things, (P,) money each."""
    return tuple(
        Payment(name, payee, what, money)
        for what, values in costs.items()
        for name, money in zip(names, values.tolist(), strict=True)
    )


def balances(payments: Sequence[Payment]) -> dict[str, float]:
    """Return what everybody gets less what it pays; the sum is 0 whatever is paid."""
    found: dict[str, list[float]] = {}
    for one in payments:
        found.setdefault(one.payer, []).append(-one.money)
        found.setdefault(one.payee, []).append(one.money)
    return {name: float(np.sum(money)) for name, money in found.items()}
