"""Members and others: who takes no part in the market is billed by the grid alone."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.model.market.settlement import Exchange, Settlement, settlement
from toolkit.model.market.tariffs import Tariffs


def through_the_grid(surplus: FloatArray, deficit: FloatArray) -> Exchange:
    """Return the exchange of those who trade with nobody, kWh, each (..., T, B)."""
    none = np.zeros_like(surplus)
    return Exchange(none, none, surplus, deficit)


def with_others(
    inside: Settlement, others: Exchange, member: BoolArray, tariffs: Tariffs
) -> Settlement:
    """Return the settlement of all P prosumers, given that of M members.

    others: what the P - M others take from the grid and give to it, kWh, (..., T, P - M); member:
    which of the prosumers are members, (P,).
    """
    none = np.zeros_like(others.sell)
    alone = settlement(others, tariffs, owed=none, due=none, charges=none, price=np.array(np.nan))
    within, without = (np.flatnonzero(these) for these in (member, ~member))

    def together(a: FloatArray, b: FloatArray) -> FloatArray:
        return _placed(a, within, len(member)) + _placed(b, without, len(member))

    names = ("sell", "buy", "exported", "imported")
    energies = [together(getattr(inside.exchange, n), getattr(others, n)) for n in names]
    return Settlement(
        exchange=Exchange(*energies),
        paid=together(inside.paid, alone.paid),
        received=together(inside.received, alone.received),
        network=inside.network + alone.network,
        grid=inside.grid + alone.grid,
        price=inside.price,
        pairs=_pairs(inside.pairs, within, len(member)),
        pair_price=_pairs(inside.pair_price, within, len(member)),
    )


def _placed(part: FloatArray, rows: IndexArray, prosumers: int) -> FloatArray:
    """Return values of some prosumers, (..., T, M), among all, (..., T, P), 0 elsewhere.

    They lie in memory prosumer by prosumer, so that sums over a day end in the same last digit
    however many days there are.
    """
    *outer, steps, _ = part.shape
    whole = np.zeros((*outer, prosumers, steps)).swapaxes(-2, -1)
    whole[..., rows] = part
    return whole


def _pairs(pairs: FloatArray | None, rows: IndexArray, prosumers: int) -> FloatArray | None:
    """Return values of pairs of members, (..., T, M, M), among all, (..., T, P, P)."""
    if pairs is None:
        return None
    whole = np.zeros((*pairs.shape[:-2], prosumers, prosumers))
    whole[..., rows[:, None], rows] = pairs
    return whole
