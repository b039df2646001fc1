"""Bilateral trades, each paying the network for the way it takes."""

from __future__ import annotations

import numpy as np

from toolkit import Mechanism, Offer, Outcome
from toolkit.space import FloatArray


class Bilateral(Mechanism):
    """Match pairs one by one, the lowest network charge first, while both sides gain.

    A pair's charge takes the place of the flat one, and may be negative where a trade lowers
    losses. Its gain is retail - feed_in - charge a kWh; without one it does not trade, so less may
    be traded than the physical clearing allows. The two share the gain evenly: the seller gets
    feed_in + gain / 2, the buyer pays that and the charge. Equal charges go in the order of
    members.
    """

    description = "Pairs trade, the lowest network charge first, and share their gain evenly"
    reference = (
        "network charges given from outside: Baroche, Pinson, Moret and Ben Ahmed, "
        '"Exogenous cost allocation in peer-to-peer electricity markets", IEEE Transactions on '
        "Power Systems 34(4), 2019"
    )
    terms = ("charges",)

    def settle(self, offer: Offer) -> Outcome:
        """Return who trades with whom, at what price and charge."""
        assert offer.charge is not None
        charge = offer.charge
        gain = (offer.retail - offer.feed_in)[:, None, None] - charge
        pairs = _greedy(offer, charge, gain)
        pair_price = offer.feed_in[:, None, None] + 0.5 * gain
        value, charges = pairs * pair_price, pairs * charge
        due, traded = value.sum(axis=-1), pairs.sum(axis=(-2, -1))
        mean = np.divide(due.sum(axis=-1), traded, out=np.zeros_like(traded), where=traded > 0.0)
        return Outcome(
            owed=value.sum(axis=-2),
            due=due,
            sell=pairs.sum(axis=-1),
            buy=pairs.sum(axis=-2),
            charges=charges.sum(axis=-2),
            price=mean,
            pairs=pairs,
            pair_price=np.broadcast_to(pair_price, pairs.shape),
        )


def _greedy(offer: Offer, charge: FloatArray, gain: FloatArray) -> FloatArray:
    """Return the energy of each pair, kWh, (..., T, B, B), every step by itself."""
    surplus, deficit = offer.surplus.copy(), offer.deficit.copy()
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
