"""A uniform-price double auction in every step."""

from __future__ import annotations

import numpy as np

from toolkit import Mechanism, Offer, Outcome
from toolkit.space import FloatArray

#: Energies below this share of what is matched are rounding.
ROUNDING = 1e-12


class Auction(Mechanism):
    """Match the cheapest offers with the highest bids, all at one price a step.

    Nobody asks for less than feed_in or bids more than retail - network, whatever was handed in. As
    much is matched as can be at one price; the price is the middle between the highest ask and the
    lowest bid among those matched, the k-double auction with k = 1/2. Equal limits share in
    proportion. Where bids do not reach asks less is traded than the physical clearing allows, and
    the grid takes the rest; buyers owe the flat network charge.
    """

    description = "A double auction in each step: limit prices, one price for all matched"
    reference = (
        'k = 1/2 of Satterthwaite and Williams, "Bilateral trade with the sealed bid k-double '
        'auction", Journal of Economic Theory 48(1), 1989'
    )
    terms = ("limits",)

    def settle(self, offer: Offer) -> Outcome:
        """Return what is matched, and its price."""
        assert offer.ask is not None
        assert offer.bid is not None
        ask = np.maximum(offer.ask, offer.feed_in[:, None])
        bid = np.minimum(offer.bid, offer.energy[:, None])
        surplus, deficit = offer.surplus, offer.deficit
        volume = _volume(ask, bid, surplus, deficit)
        sell, buy = _filled(ask, surplus, volume), _filled(-bid, deficit, volume)
        price = 0.5 * (_marginal(ask, sell) - _marginal(-bid, buy))
        price = np.where(volume > 0.0, price, 0.0)
        sell, buy = np.minimum(sell, surplus), np.minimum(buy, deficit)
        return Outcome.at_price(offer, price, sell, buy, _pairs(ask, bid, sell, buy))


def _volume(
    ask: FloatArray, bid: FloatArray, surplus: FloatArray, deficit: FloatArray
) -> FloatArray:
    """Return the most that supply and demand have in common at one price, kWh, (..., T)."""
    prices = np.concatenate([ask, bid], axis=-1)[:, :, None]
    supply = (surplus[..., None, :] * (ask[:, None, :] <= prices)).sum(axis=-1)
    demand = (deficit[..., None, :] * (bid[:, None, :] >= prices)).sum(axis=-1)
    most: FloatArray = np.minimum(supply, demand).max(axis=-1, initial=0.0)
    return most


def _filled(limit: FloatArray, energy: FloatArray, volume: FloatArray) -> FloatArray:
    """Return what each gets of a volume, lowest limits first, equal ones in proportion."""
    before = limit[:, None, :] < limit[:, :, None]
    beside = limit[:, None, :] == limit[:, :, None]
    ahead = (energy[..., None, :] * before).sum(axis=-1)
    level = (energy[..., None, :] * beside).sum(axis=-1)
    left = np.clip(volume[..., None] - ahead, 0.0, level)
    left[left <= ROUNDING * volume[..., None]] = 0.0
    share = np.divide(left, level, out=np.zeros_like(level), where=level > 0.0)
    filled: FloatArray = energy * share
    return filled


def _marginal(limit: FloatArray, filled: FloatArray) -> FloatArray:
    """Return the highest limit among those that got something, (..., T); -inf without any."""
    highest: FloatArray = np.where(filled > 0.0, limit, -np.inf).max(axis=-1, initial=-np.inf)
    return np.where(np.isfinite(highest), highest, 0.0)


def _pairs(ask: FloatArray, bid: FloatArray, sell: FloatArray, buy: FloatArray) -> FloatArray:
    """Return who trades with whom, kWh, (..., T, B, B): cheapest offers meet highest bids."""
    top_sell, low_sell = _queue(ask, sell)
    top_buy, low_buy = _queue(-bid, buy)
    top = np.minimum(top_sell[..., :, None], top_buy[..., None, :])
    low = np.maximum(low_sell[..., :, None], low_buy[..., None, :])
    pairs: FloatArray = np.maximum(top - low, 0.0)
    return pairs


def _queue(limit: FloatArray, energy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where each one's energy ends and begins in the order of limits, kWh, (..., T, B)."""
    order = np.broadcast_to(np.argsort(limit, axis=-1, kind="stable"), energy.shape)
    ends = np.cumsum(np.take_along_axis(energy, order, axis=-1), axis=-1)
    end = np.empty_like(energy)
    np.put_along_axis(end, order, ends, axis=-1)
    return end, end - energy
