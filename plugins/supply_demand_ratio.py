"""A pool whose price follows the ratio of supply to demand."""

from __future__ import annotations

import numpy as np

from toolkit import Mechanism, Offer, Outcome


class SupplyDemandRatio(Mechanism):
    """Trade at a price that falls from retail - network to feed_in as supply reaches demand.

    With r the ratio of surplus to deficit, e = retail - network and f = feed_in:
    price = f e / ((e - f) r + f) for r <= 1, else f. With network = 0 it is the internal selling
    price of Liu et al. (2017); their buying price, price r + e (1 - r), is what purchases and
    imports cost together.
    """

    description = "A pool: the price falls from retail less network to feed-in as supply grows"
    reference = (
        'Liu, Yu, Wang, Li, Ma and Lei, "Energy-sharing model with price-based demand response for '
        'microgrids of peer-to-peer prosumers", IEEE Transactions on Power Systems 32(5), 2017, '
        "doi 10.1109/TPWRS.2017.2649558"
    )

    def settle(self, offer: Offer) -> Outcome:
        """Return the outcome at that price."""
        supply, demand = offer.surplus.sum(axis=-1), offer.deficit.sum(axis=-1)
        ratio = np.divide(supply, demand, out=np.ones_like(supply), where=demand > supply)
        top = offer.feed_in * offer.energy
        below = offer.room * ratio + offer.feed_in
        price = np.divide(top, below, out=np.zeros_like(below), where=below > 0.0)
        return Outcome.at_price(offer, price)
