"""What trading saves is split evenly among those who take part."""

from __future__ import annotations

import numpy as np
from toolkit import Mechanism, Offer, Outcome


class EqualShares(Mechanism):
    """Bill everybody as alone, less an equal share of what trading saves all together.

    A kWh traded saves retail - network - feed_in. Members with any energy in the time that is
    settled have equal shares of the sum over all steps, so that Jain's index is 1 and nobody is
    worse off. Trades have no price, as with bill sharing.
    """

    description = "Everybody saves the same: an equal share of what trading saves"
    reference = "the egalitarian split of a surplus; an example"

    def settle(self, offer: Offer) -> Outcome:
        """Return whole bills: those of nobody trading, and a share for each."""
        saved = (offer.room[:, None] * offer.sell).sum(axis=(-2, -1), keepdims=True)
        # It is paid out in the first step in which a member has energy.
        moves = (offer.surplus + offer.deficit) > 0.0
        first = moves & (np.cumsum(moves, axis=-2) == 1)
        heads = first.sum(axis=(-2, -1), keepdims=True)
        share = np.divide(saved, heads, out=np.zeros_like(saved), where=heads > 0)
        return Outcome(
            paid=offer.retail[:, None] * offer.deficit,
            received=offer.feed_in[:, None] * offer.surplus + np.where(first, share, 0.0),
        )
