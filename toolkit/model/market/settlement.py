"""What a settlement is: energy and money of every prosumer, with nothing lost on the way.

Energies are kWh, money is in the tariffs' currency, and both are never negative but for the
network's charges by marginal loss. Arrays have shape (..., T, B), steps then prosumers. What a
prosumer uses of its own behind its meter is no trade and does not appear here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.market.clearing import clear

if TYPE_CHECKING:
    from toolkit.model.market.tariffs import Tariffs


@dataclass(frozen=True)
class Exchange:
    """Where each prosumer's energy went and came from, kWh, each of shape (..., T, B).

    sell, buy: to and from neighbours; exported, imported: to and from the grid.
    """

    sell: FloatArray
    buy: FloatArray
    exported: FloatArray
    imported: FloatArray

    @property
    def surplus(self) -> FloatArray:
        """What each has to give, (..., T, B)."""
        return self.sell + self.exported

    @property
    def deficit(self) -> FloatArray:
        """What each needs, (..., T, B)."""
        return self.buy + self.imported

    @property
    def traded(self) -> FloatArray:
        """Energy traded between neighbours, (..., T)."""
        total: FloatArray = self.sell.sum(axis=-1)
        return total

    def matched(self, sell: FloatArray, buy: FloatArray) -> Exchange:
        """Return the same surpluses and deficits with other trades, the grid taking the rest."""
        surplus, deficit = self.surplus, self.deficit
        sell, buy = np.minimum(sell, surplus), np.minimum(buy, deficit)
        return Exchange(sell, buy, surplus - sell, deficit - buy)


def exchange(net: FloatArray, dt: float | FloatArray) -> Exchange:
    """Clear net positions, kW of shape (..., T, B), over steps of dt hours, or of (T, 1)."""
    trades = clear(net)
    surplus, deficit = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    exported = np.maximum(surplus - trades.sell, 0.0)
    imported = np.maximum(deficit - trades.buy, 0.0)
    return Exchange(trades.sell * dt, trades.buy * dt, exported * dt, imported * dt)


@dataclass(frozen=True)
class Settlement:
    """Who pays what; sum(paid) = sum(received) + network + grid, in each step or over all.

    exchange: the energies as settled, whose ``traded`` is what the mechanism matched. paid,
    received: each prosumer's, for energy and charges, (..., T, B); network: what the network
    operator gets, (..., T); grid: what the supplier gets for imports less what it pays for
    exports, (..., T). price: money/kWh that sellers get for what they sell to neighbours,
    (..., T), NaN without trade or where trades have no price of their own. pairs, pair_price:
    kWh and money/kWh from seller to buyer, (..., T, B, B), None where the mechanism names no pairs
    or has one price for all.
    """

    exchange: Exchange
    paid: FloatArray
    received: FloatArray
    network: FloatArray
    grid: FloatArray
    price: FloatArray
    pairs: FloatArray | None = None
    pair_price: FloatArray | None = None

    @property
    def bill(self) -> FloatArray:
        """What each prosumer pays less what it gets, (..., T, B)."""
        return self.paid - self.received

    @cached_property
    def traded(self) -> FloatArray:
        """Energy from each seller (row) to each buyer, kWh, (..., T, B, B).

        Where the mechanism names no pairs, every buyer has its share of every sale.
        """
        if self.pairs is not None:
            return self.pairs
        sell, buy = self.exchange.sell, self.exchange.buy
        total = self.exchange.traded[..., None]
        share = np.divide(buy, total, out=np.zeros_like(buy), where=total > 0.0)
        return sell[..., :, None] * share[..., None, :]

    @property
    def value(self) -> FloatArray:
        """What each buyer owes each seller for it, charges left out, (..., T, B, B).

        NaN where trades have no price of their own.
        """
        price = self.price[..., None, None] if self.pair_price is None else self.pair_price
        value: FloatArray = np.where(self.traded > 0.0, self.traded * price, 0.0)
        return value


def settlement(
    done: Exchange,
    tariffs: Tariffs,
    *,
    owed: FloatArray,
    due: FloatArray,
    charges: FloatArray,
    price: FloatArray,
    pairs: FloatArray | None = None,
    pair_price: FloatArray | None = None,
) -> Settlement:
    """Add what the grid takes and gives to the money of the trades.

    owed, due: what buyers owe and sellers are due for their trades; charges: what buyers owe the
    network for them; all (..., T, B).
    """
    retail, feed_in, network = (
        each[:, None] for each in (tariffs.retail, tariffs.feed_in, tariffs.network)
    )
    return Settlement(
        exchange=done,
        paid=owed + charges + retail * done.imported,
        received=due + feed_in * done.exported,
        network=(charges + network * done.imported).sum(axis=-1),
        grid=((retail - network) * done.imported - feed_in * done.exported).sum(axis=-1),
        price=np.where(done.traded > 0.0, price, np.nan),
        pairs=pairs,
        pair_price=pair_price,
    )


def cost_alone(done: Exchange, tariffs: Tariffs) -> FloatArray:
    """Return each prosumer's bill when all is bought from and sold to the grid, (..., T, B)."""
    bill: FloatArray = (
        tariffs.retail[:, None] * done.deficit - tariffs.feed_in[:, None] * done.surplus
    )
    return bill
