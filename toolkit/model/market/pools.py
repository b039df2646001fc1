"""Pools: everybody trades at the price of the step, or shares one bill.

What is traded is what the physical clearing says. Buyers also owe the flat network charge on it.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.market.settlement import Exchange, Settlement, settlement
from toolkit.model.market.tariffs import Tariffs


def mid_market(done: Exchange, tariffs: Tariffs) -> Settlement:
    """Trade at the middle between what the grid gives and what it takes for energy.

    price = (feed_in + retail - network) / 2. With network = 0 it is the mid-market rate of Long,
    Wu, Zhang, Thomas, Cheng and Jenkins, "Peer-to-peer energy trading in a community microgrid",
    IEEE PES General Meeting, 2017: there as here those on the longer side trade the rest with the
    grid, which they call a blended price.
    """
    return _pool(done, tariffs, 0.5 * (tariffs.feed_in + tariffs.energy))


def supply_demand_ratio(done: Exchange, tariffs: Tariffs) -> Settlement:
    """Trade at a price that falls from retail - network to feed_in as supply reaches demand.

    With r the ratio of surplus to deficit, e = retail - network and f = feed_in:
    price = f e / ((e - f) r + f) for r <= 1, else f. With network = 0 it is the internal selling
    price of Liu, Yu, Wang, Li, Ma and Lei, "Energy-sharing model with price-based demand response
    for microgrids of peer-to-peer prosumers", IEEE Transactions on Power Systems 32(5), 2017,
    doi 10.1109/TPWRS.2017.2649558; their buying price, price r + e (1 - r), is what purchases and
    imports cost together.
    """
    supply, demand = done.surplus.sum(axis=-1), done.deficit.sum(axis=-1)
    ratio = np.divide(supply, demand, out=np.ones_like(supply), where=demand > supply)
    top = tariffs.feed_in * tariffs.energy
    below = tariffs.room * ratio + tariffs.feed_in
    price = np.divide(top, below, out=np.zeros_like(below), where=below > 0.0)
    return _pool(done, tariffs, price)


def _pool(done: Exchange, tariffs: Tariffs, price: FloatArray) -> Settlement:
    rate, network = price[..., None], tariffs.network[:, None]
    return settlement(
        done,
        tariffs,
        owed=rate * done.buy,
        due=rate * done.sell,
        charges=network * done.buy,
        price=price,
    )


def bill_sharing(done: Exchange, tariffs: Tariffs) -> Settlement:
    """Share the community's one bill: costs by what each needs, revenues by what each gives.

    Over all steps together: what imports and network charges cost is shared in proportion to
    deficits, what exports earn in proportion to surpluses, as in Long et al. (2017, see
    :func:`mid_market`). Trades have no price, so a seller may well be worse off than alone, and
    money is conserved over the day, not in each step.
    """
    charges, retail = tariffs.network[:, None] * done.buy, tariffs.retail[:, None]
    plain = settlement(
        done,
        tariffs,
        owed=0.0 * done.buy,
        due=0.0 * done.sell,
        charges=charges,
        price=np.array(np.nan),
    )
    paid = _shared(retail * done.imported + charges, done.deficit)
    received = _shared(tariffs.feed_in[:, None] * done.exported, done.surplus)
    return Settlement(done, paid, received, plain.network, plain.grid, plain.price)


def _shared(money: FloatArray, energy: FloatArray) -> FloatArray:
    """Return all the money of steps and prosumers, shared in proportion to their energy."""
    total = energy.sum(axis=(-2, -1), keepdims=True)
    part = np.divide(energy, total, out=np.zeros_like(energy), where=total > 0.0)
    shared: FloatArray = money.sum(axis=(-2, -1), keepdims=True) * part
    return shared
