"""Whose units are, and so whose energy: pure functions from units and buses to parties.

Parties are the B buses of a feeder, each the prosumer that lives there, then K third parties, which
have no load: A = B + K. A unit that belongs to the prosumer at whose bus it stands is behind that
meter. Every other one has a meter of its own, and what it gives or takes in a step counts as its
owners' in that step, by their shares (virtual net metering).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray


@dataclass(frozen=True)
class Owners:
    """Whose the U units of a fleet are.

    apart: which have a meter of their own, (U,); shares: what part of each of these is whose,
    (U, A), rows of 0 for all others; third: names of the third parties, (K,).
    """

    apart: BoolArray
    shares: FloatArray
    third: tuple[str, ...] = ()

    @property
    def parties(self) -> int:
        """Number of parties A."""
        return int(self.shares.shape[1])

    def spread(self, values: FloatArray, bus: IndexArray) -> FloatArray:
        """Sum values of units, (..., U, T), over their owners, (..., T, A).

        bus: where each unit stands, (..., U). Units that are owned alike are added up first. No
        product is one of matrices, so that a plan gives the same digits alone and among others.
        """
        *outer, units, steps = values.shape
        total = np.zeros((*outer, self.parties, steps))
        flat, each = total.reshape(-1, self.parties, steps), values.reshape(-1, units, steps)
        at = np.broadcast_to(bus, (*outer, units)).reshape(-1, units)
        rows = np.arange(len(flat))
        for u in np.flatnonzero(~self.apart).tolist():
            flat[rows, at[:, u]] += each[:, u]
        for alike, owning in self._alike:
            given = each[:, alike].sum(axis=1)
            flat[:, owning] += self.shares[alike[0], owning][:, None] * given[:, None]
        return total.swapaxes(-2, -1)

    @cached_property
    def _alike(self) -> list[tuple[list[int], IndexArray]]:
        """Units apart that are owned alike, and the parties that own them."""
        groups: dict[bytes, list[int]] = {}
        for u in np.flatnonzero(self.apart).tolist():
            groups.setdefault(self.shares[u].tobytes(), []).append(u)
        return [(units, np.flatnonzero(self.shares[units[0]])) for units in groups.values()]

    def with_third(self, at_buses: FloatArray) -> FloatArray:
        """Return values of buses, (..., T, B), as those of parties, (..., T, A); 0 of others."""
        more = [(0, 0)] * (at_buses.ndim - 1) + [(0, len(self.third))]
        return np.pad(at_buses, more)

    def net(self, load: FloatArray, unit_kw: FloatArray, bus: IndexArray) -> FloatArray:
        """Return the position of each party, kW, surplus positive, (..., T, A).

        load: of buses, (..., T, B); unit_kw: (..., U, T); bus: (..., U).
        """
        return np.asarray(self.spread(unit_kw, bus) - self.with_third(load))

    def metered(self, load: FloatArray, unit_kw: FloatArray, bus: IndexArray) -> FloatArray:
        """Return what every meter reads, kW, surplus positive, (..., T, B + U).

        Those of buses see loads and the units behind them; then come those of units apart, 0 for
        units behind the meter of a bus.
        """
        apart = unit_kw * self.apart[:, None]
        behind = self.net(load, unit_kw - apart, bus)[..., : load.shape[-1]]
        return np.concatenate([behind, apart.swapaxes(-2, -1)], axis=-1)

    def collected(self, values: FloatArray, bus: IndexArray) -> FloatArray:
        """Return for each unit the mean over its owners of their values, (..., U, T), by share.

        values: of parties, (..., T, A). The reverse of ``spread``.
        """
        own = values.swapaxes(-2, -1)
        *outer, _, steps = own.shape
        found = np.zeros((*outer, len(self.apart), steps))
        flat, each = found.reshape(-1, len(self.apart), steps), own.reshape(-1, *own.shape[-2:])
        at = np.broadcast_to(bus, (*outer, len(self.apart))).reshape(-1, len(self.apart))
        rows = np.arange(len(flat))
        for u in range(len(self.apart)):
            if not self.apart[u]:
                flat[:, u] = each[rows, at[:, u]]
                continue
            for party in np.flatnonzero(self.shares[u]):
                flat[:, u] += self.shares[u, party] * each[:, party]
        return found

    def sold_by_unit(self, sell: FloatArray, unit_kw: FloatArray, bus: IndexArray) -> FloatArray:
        """Split what parties sell, (..., T, A), over the units that inject, (..., U, T).

        unit_kw: (..., U, T), only its positive part counts. A party's sale is its units' in
        proportion to what they give it.
        """
        given = np.maximum(unit_kw, 0.0)
        of_party = self.spread(given, bus)
        share = np.divide(sell, of_party, out=np.zeros_like(sell), where=of_party > 0.0)
        return np.asarray(given * self.collected(share, bus))
