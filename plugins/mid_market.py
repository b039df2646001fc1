"""A pool at the mid-market rate."""

from __future__ import annotations

from toolkit import Mechanism, Offer, Outcome


class MidMarket(Mechanism):
    """Trade at the middle between what the grid gives and what it takes for energy.

    price = (feed_in + retail - network) / 2. With network = 0 it is the mid-market rate of Long et
    al. (2017): there as here those on the longer side trade the rest with the grid, which they call
    a blended price.
    """

    description = "A pool: all trade at the middle between what the grid gives and takes"
    reference = (
        'Long, Wu, Zhang, Thomas, Cheng and Jenkins, "Peer-to-peer energy trading in a community '
        'microgrid", IEEE PES General Meeting, 2017'
    )

    def settle(self, offer: Offer) -> Outcome:
        """Return the outcome at that price."""
        return Outcome.at_price(offer, 0.5 * (offer.feed_in + offer.energy))
