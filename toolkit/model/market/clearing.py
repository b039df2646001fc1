"""Physical clearing of the local market: pure functions over arrays whose last axis is the bus.

Equation numbers are those of Stalin (2026), doi 10.63458/ijerst.v4i1.148. Its equations (1) and
(8) leave the upstream grid out; here the grid takes what the neighbours cannot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray


@dataclass(frozen=True)
class Trades:
    """Outcome of clearing, in the unit of the net positions handed in.

    sell and buy: shape (..., B); traded, imported and exported: shape (...), with traded =
    sum(sell) = sum(buy); ``imported`` is what deficits still take from the grid and ``exported``
    what surpluses still give to it.
    """

    sell: FloatArray
    buy: FloatArray
    traded: FloatArray
    imported: FloatArray
    exported: FloatArray


def clear(net: FloatArray, members: BoolArray | None = None) -> Trades:
    """Clear net positions of shape (..., B), surplus positive, equations (1) and (8).

    The smaller of total surplus and total deficit is traded; each side shares it in proportion.
    members: who takes part, (B,), None for all; the others import and export all that they need
    and have.
    """
    if members is not None:
        return _among(net, members)
    surplus = np.maximum(net, 0.0)
    deficit = np.maximum(-net, 0.0)
    supply = surplus.sum(axis=-1)
    demand = deficit.sum(axis=-1)
    traded = np.minimum(supply, demand)
    return Trades(
        sell=surplus * _share(traded, supply),
        buy=deficit * _share(traded, demand),
        traded=traded,
        imported=demand - traded,
        exported=supply - traded,
    )


def _among(net: FloatArray, members: BoolArray) -> Trades:
    """Clear the positions of members; the grid serves the others as well."""
    inside, alone = clear(np.where(members, net, 0.0)), net[..., ~members]
    return replace(
        inside,
        imported=inside.imported + np.maximum(-alone, 0.0).sum(axis=-1),
        exported=inside.exported + np.maximum(alone, 0.0).sum(axis=-1),
    )


def traded(net: FloatArray, members: BoolArray | None = None) -> FloatArray:
    """Return what :func:`clear` trades, shape (...), without whose it is: all a search asks."""
    if members is not None:
        net = np.where(members, net, 0.0)
    side = np.maximum(net, 0.0)
    supply = side.sum(axis=-1)
    demand = np.subtract(side, net, out=side).sum(axis=-1)
    return np.asarray(np.minimum(supply, demand))


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part / whole with a trailing axis, 0 where whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0.0)[..., None]


def traded_to_load(buy: FloatArray, load: FloatArray, charging: FloatArray) -> FloatArray:
    """Return the purchases that serve load, summed over buses, shape (...).

    buy, load, charging >= 0 of shape (..., B). A purchase of a bus that also charges a battery
    counts for load / (load + charging): what is sold to a battery and sold again would otherwise
    count twice.
    """
    use = load + charging
    share = np.divide(load, use, out=np.ones_like(use), where=use > 0.0)
    served: FloatArray = (buy * share).sum(axis=-1)
    return served


def contributions(sell: FloatArray, injected: FloatArray, unit_bus: IndexArray) -> FloatArray:
    """Split each bus's sale over its injecting units in proportion, shape (..., U).

    sell: shape (..., B); injected: shape (..., U), only its positive part counts; unit_bus: bus
    index of each unit, shape (U,).
    """
    positive = np.maximum(injected, 0.0)
    membership = np.zeros((len(unit_bus), sell.shape[-1]))
    membership[np.arange(len(unit_bus)), unit_bus] = 1.0
    at_bus = (positive @ membership)[..., unit_bus]
    share = np.divide(positive, at_bus, out=np.zeros_like(positive), where=at_bus > 0.0)
    return sell[..., unit_bus] * share
