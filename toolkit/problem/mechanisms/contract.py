"""The contract of a mechanism, on one page; docs/how-to/mechanism.md shows how to write one.

A mechanism says at what prices neighbours trade, or how they share their money. The toolkit adds
what the grid and the network get, and checks that nothing is lost on the way.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict

from toolkit.common.types import FloatArray

#: What a mechanism may ask for besides surpluses, deficits and tariffs.
LIMITS, CHARGES = "limits", "charges"


class MechanismOptions(BaseModel):
    """Base class of the options of a mechanism: a pydantic model.

    Each field has a default, limits and a description. Unknown keys are refused; values are frozen.

    Examples
    --------
    >>> from pydantic import Field
    >>> from toolkit import MechanismOptions
    >>> class Options(MechanismOptions):
    ...     share: float = Field(0.5, ge=0, le=1, description="seller's share of the gain")
    >>> Options(share=0.4).share
    0.4
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Offer:
    """What neighbours have to give and need: n plans, T steps, P members of the market.

    All arrays are read-only. What a member uses of its own in a step is no part of it.

    Attributes
    ----------
    surplus, deficit : numpy.ndarray of shape (n, T, P)
        What each has to give and needs, kWh, never negative, and never both.
    sell, buy : numpy.ndarray of shape (n, T, P)
        The physical clearing, kWh: as much as can be traded, each side in proportion.
    exported, imported : numpy.ndarray of shape (n, T, P)
        What the grid then takes and gives, kWh.
    retail, feed_in, network : numpy.ndarray of shape (T,)
        Tariffs, money/kWh: what the grid asks for a kWh, what it gives for one, and the network's
        part of retail, which is due on a kWh bought from a neighbour as well.
    hours : numpy.ndarray of shape (T,)
        How many hours each step stands for.
    ask, bid : numpy.ndarray of shape (T, P) or None
        Limit prices, money/kWh before the network's charge, of who asks for ``"limits"``.
    charge : numpy.ndarray of shape (T, P, P) or None
        What the network asks for a kWh from seller (row) to buyer, money/kWh, in the place of
        ``network``, of who asks for ``"charges"``. It may be negative.

    Examples
    --------
    >>> from toolkit import Offer
    >>> "surplus" in Offer.__dataclass_fields__
    True
    """

    surplus: FloatArray
    deficit: FloatArray
    sell: FloatArray
    buy: FloatArray
    exported: FloatArray
    imported: FloatArray
    retail: FloatArray
    feed_in: FloatArray
    network: FloatArray
    hours: FloatArray
    ask: FloatArray | None = None
    bid: FloatArray | None = None
    charge: FloatArray | None = None

    @property
    def energy(self) -> FloatArray:
        """The most a buyer would pay a neighbour, retail less network, money/kWh, (T,)."""
        # Where there is no room at all, rounding must not make it less than none.
        return np.asarray(np.maximum(self.retail - self.network, self.feed_in))

    @property
    def room(self) -> FloatArray:
        """What a kWh traded saves its two sides together, money/kWh, (T,)."""
        return self.energy - self.feed_in


@dataclass(frozen=True)
class Outcome:
    """What a mechanism says: energies that are matched, and who owes what for them.

    Either ``owed`` and ``due``, the money of trades, or ``paid`` and ``received``, the whole bills.

    Attributes
    ----------
    owed, due : numpy.ndarray of shape (n, T, P) or None
        What each buyer owes its neighbours for what it buys, and each seller is due, money. Their
        sums are the same in each step. The toolkit adds imports, exports and charges.
    paid, received : numpy.ndarray of shape (n, T, P) or None
        What each pays and gets in all, the grid and the network included, money. Summed over steps
        and members, ``paid`` less ``received`` is what the grid and the network get.
    sell, buy : numpy.ndarray of shape (n, T, P) or None
        Energy that is matched, kWh, no more than surplus and deficit; None: the physical clearing.
    charges : numpy.ndarray of shape (n, T, P) or None
        What each buyer owes the network for its purchases, money, of a mechanism that asks for
        ``"charges"``; None: ``network`` a kWh.
    price : numpy.ndarray of shape (n, T) or None
        What sellers get for a kWh, money/kWh, as results show it; None where trades have none.
    pairs, pair_price : numpy.ndarray of shape (n, T, P, P) or None
        Energy and price from seller (row) to buyer, kWh and money/kWh; None: every buyer has its
        share of every sale, at ``price``.

    Examples
    --------
    >>> from toolkit import Outcome
    >>> Outcome().price is None
    True
    """

    owed: FloatArray | None = None
    due: FloatArray | None = None
    paid: FloatArray | None = None
    received: FloatArray | None = None
    sell: FloatArray | None = None
    buy: FloatArray | None = None
    charges: FloatArray | None = None
    price: FloatArray | None = None
    pairs: FloatArray | None = None
    pair_price: FloatArray | None = None

    @classmethod
    def at_price(
        cls,
        offer: Offer,
        price: FloatArray,
        sell: FloatArray | None = None,
        buy: FloatArray | None = None,
        pairs: FloatArray | None = None,
    ) -> Outcome:
        """Return the outcome in which all trade at one price a step.

        Parameters
        ----------
        offer : Offer
            What the mechanism was told.
        price : numpy.ndarray of shape (n, T) or (T,)
            What buyers pay and sellers get for a kWh, money/kWh.
        sell, buy, pairs : numpy.ndarray, optional
            As in ``Outcome``.

        Returns
        -------
        Outcome
            Energies, money and price.
        """
        sold, bought = (offer.sell if sell is None else sell), (offer.buy if buy is None else buy)
        rate = price[..., None]
        whole = np.broadcast_to(price, sold.shape[:-1])
        return cls(
            owed=rate * bought, due=rate * sold, sell=sell, buy=buy, price=whole, pairs=pairs
        )


class Mechanism(ABC):
    """Base class of every mechanism; a subclass has to define ``settle`` only.

    A plug-in names its subclass in the entry-point group ``toolkit.mechanisms``.

    Parameters
    ----------
    options : MechanismOptions, optional
        Values of the class's ``Options``; the defaults when left out.

    Attributes
    ----------
    description : str
        One line saying what it does.
    reference : str
        Where it comes from: paper, DOI.
    terms : tuple of str
        What it asks for besides: ``"limits"``, limit prices; ``"charges"``, charges of pairs.
    requires : mapping of str to str
        Libraries that may be missing: import name to the command that installs the library. Import
        them in ``settle``.

    Examples
    --------
    >>> import toolkit
    >>> class Cheap(toolkit.Mechanism):
    ...     description = "Sellers get what the grid gives, buyers keep the whole gain"
    ...     reference = "folklore"
    ...
    ...     def settle(self, offer):
    ...         return toolkit.Outcome.at_price(offer, offer.feed_in)
    >>> from toolkit.testing import check_mechanism
    >>> all(check.passed for check in check_mechanism(Cheap))
    True
    """

    description: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    terms: ClassVar[tuple[str, ...]] = ()
    requires: ClassVar[Mapping[str, str]] = {}

    class Options(MechanismOptions):
        """Options of this mechanism; none unless a subclass declares them."""

    def __init__(self, options: Any = None) -> None:
        self.options: Any = self.Options() if options is None else options

    @abstractmethod
    def settle(self, offer: Offer) -> Outcome:
        """Return who owes what for what is traded.

        Parameters
        ----------
        offer : Offer
            What members have to give and need, and the tariffs; read-only. The n plans are
            different days of the same members: each has to be settled by itself.

        Returns
        -------
        Outcome
            Energies in kWh, money in the tariffs' currency. What is lost or made, and energy that
            is not there, is refused.
        """
