"""One bill for all, shared by energy."""

from __future__ import annotations

import numpy as np

from toolkit import Mechanism, Offer, Outcome
from toolkit.space import FloatArray


class BillSharing(Mechanism):
    """Share the community's one bill: costs by what each needs, revenues by what each gives.

    Over all steps together: what imports and network charges cost is shared in proportion to
    deficits, what exports earn in proportion to surpluses, as in Long et al. (2017). Trades have no
    price, so a seller may well be worse off than alone, and money is conserved over the day, not in
    each step.
    """

    description = "One bill: costs are shared by what each needs, revenues by what each gives"
    reference = (
        'Long, Wu, Zhang, Thomas, Cheng and Jenkins, "Peer-to-peer energy trading in a community '
        'microgrid", IEEE PES General Meeting, 2017'
    )

    def settle(self, offer: Offer) -> Outcome:
        """Return whole bills."""
        charges, retail = offer.network[:, None] * offer.buy, offer.retail[:, None]
        paid = _shared(retail * offer.imported + charges, offer.deficit)
        received = _shared(offer.feed_in[:, None] * offer.exported, offer.surplus)
        return Outcome(paid=paid, received=received)


def _shared(money: FloatArray, energy: FloatArray) -> FloatArray:
    """Return all the money of steps and members, shared in proportion to their energy."""
    total = energy.sum(axis=(-2, -1), keepdims=True)
    part = np.divide(energy, total, out=np.zeros_like(energy), where=total > 0.0)
    shared: FloatArray = money.sum(axis=(-2, -1), keepdims=True) * part
    return shared
