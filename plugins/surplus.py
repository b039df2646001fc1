"""Stores that follow the community's surplus and deficit of the moment."""

from __future__ import annotations

import numpy as np

from toolkit import Known, Parameter, Policy
from toolkit.space import BoolArray, FloatArray, IndexArray


class Surplus(Policy):
    """Stores take what neighbours have too much of, and give back what they lack.

    Energy stored or given back is traded as long as it is no more than the community's balance: the
    sum over buses of what sun, wind and load leave. So the stores share out just that, each by its
    ``share``, and by all shares where these are more than 1 together. A store of a bus that is no
    member of the market follows what that bus alone has and lacks. A store gives back what it
    has above its ``reserve``, in steps whose retail price is ``price`` of the way from the lowest
    to the highest of the scenario or above: tariffs are published ahead.
    """

    description = "Stores share out the community's surplus and deficit of the moment; causal"
    reference = (
        "self-consumption rule, as in Luthander et al. (2015), doi 10.1016/j.apenergy.2014.12.028; "
        "reserve, share and price threshold are our own"
    )

    def parameters(self, steps: int) -> tuple[Parameter, ...]:
        """Return reserve, share and price, whatever the horizon."""
        return (
            Parameter("reserve", 0.0, 1.0, 0.2, "share of capacity", "energy never given back"),
            Parameter("share", 0.0, 1.0, 1.0, "share of balance", "part of the balance it follows"),
            Parameter(
                "price",
                0.0,
                1.0,
                0.0,
                "share of range",
                "it gives back from this price on, 0 the lowest and 1 the highest retail price",
            ),
        )

    def power(self, now: Known) -> FloatArray:
        """Return each store's part of the balance, what it takes below 0."""
        share, net = now.values["share"], now.net[-1]
        trades = now.members[now.bus]
        everyone = np.where(now.members, net, 0.0).sum(axis=1, keepdims=True)
        balance = np.where(trades, everyone, np.take_along_axis(net, now.bus, axis=1))
        part = share / np.maximum(_shares_beside(share, now.bus, trades), 1.0)
        wanted = -balance * part
        gives = self._may_give(now)
        return np.asarray(np.where(wanted > 0.0, np.minimum(wanted, gives), wanted))

    def _may_give(self, now: Known) -> FloatArray:
        """Return the power each store may give back, kW, by its reserve and its price."""
        above = np.maximum(now.stored - now.values["reserve"] * now.capacity, 0.0)
        low, high = now.retail.min(), now.retail.max()
        threshold = low + now.values["price"] * (high - low)
        dear = now.retail[now.step] >= threshold - 1e-12
        return np.asarray(np.where(dear, above * now.eta_discharge / now.dt, 0.0))


def _shares_beside(share: FloatArray, bus: IndexArray, trades: BoolArray) -> FloatArray:
    """Return the sum of all shares that follow the same balance as each store, (n, S)."""
    members = np.where(trades, share, 0.0).sum(axis=1, keepdims=True)
    together = (bus[:, :, None] == bus[:, None, :]) & ~trades[:, None, :]
    beside = (together * share[:, None, :]).sum(axis=2)
    return np.asarray(np.where(trades, members, beside))
