"""Bilateral trades, each paying the network for the way it takes."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.market.settlement import Exchange, Settlement, settlement
from toolkit.model.market.tariffs import Tariffs


def bilateral(done: Exchange, tariffs: Tariffs, charge: FloatArray) -> Settlement:
    """Match pairs one by one, the lowest network charge first, while both sides gain.

    charge: what the network asks for a kWh from seller (row) to buyer, money/kWh, (T, B, B); it
    takes the place of the flat charge, and may be negative where a trade lowers losses. A pair's
    gain is retail - feed_in - charge a kWh; without one it does not trade, so less may be traded
    than the physical clearing allows. The two share the gain evenly: the seller gets
    feed_in + gain / 2, the buyer pays that and the charge. Equal charges go in the order of
    prosumers. Network charges given from outside: Baroche, Pinson, Moret and Ben Ahmed,
    "Exogenous cost allocation in peer-to-peer electricity markets", IEEE Transactions on Power
    Systems 34(4), 2019.
    """
    gain = (tariffs.retail - tariffs.feed_in)[:, None, None] - charge
    pairs = _greedy(done, charge, gain)
    pair_price = tariffs.feed_in[:, None, None] + 0.5 * gain
    value, charges = pairs * pair_price, pairs * charge
    matched = done.matched(pairs.sum(axis=-1), pairs.sum(axis=-2))
    due, traded = value.sum(axis=-1), pairs.sum(axis=(-2, -1))
    mean = np.divide(due.sum(axis=-1), traded, out=np.zeros_like(traded), where=traded > 0.0)
    return settlement(
        matched,
        tariffs,
        owed=value.sum(axis=-2),
        due=due,
        charges=charges.sum(axis=-2),
        price=mean,
        pairs=pairs,
        pair_price=np.broadcast_to(pair_price, pairs.shape),
    )


def _greedy(done: Exchange, charge: FloatArray, gain: FloatArray) -> FloatArray:
    """Return the energy of each pair, kWh, (..., T, B, B), every step by itself."""
    surplus, deficit = done.surplus.copy(), done.deficit.copy()
    pairs = np.zeros((*surplus.shape, surplus.shape[-1]))
    lead = tuple(range(surplus.ndim - 1))
    sellers, buyers = (np.flatnonzero(e.any(axis=lead)) for e in (surplus, deficit))
    step = np.arange(len(charge))
    among = charge[:, sellers][:, :, buyers].reshape(len(step), -1)
    for place in np.argsort(among, axis=1, kind="stable").T:
        i, j = sellers[place // len(buyers)], buyers[place % len(buyers)]
        kwh = np.minimum(surplus[..., step, i], deficit[..., step, j])
        kwh = np.where((gain[step, i, j] >= 0.0) & (i != j), kwh, 0.0)
        pairs[..., step, i, j] = kwh
        surplus[..., step, i] -= kwh
        deficit[..., step, j] -= kwh
    return pairs
