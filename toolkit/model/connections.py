"""What may pass through connections, at the feeder head and at buses, in each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.types import FloatArray, IndexArray

#: The place of the feeder head among buses.
HEAD = -1
#: What it is called.
HEAD_NAME = "the feeder head"


@dataclass(frozen=True)
class Connections:
    """Limits of P connections over T steps, those of buses first, kW; infinite where there is none.

    bus: index of each, HEAD for the feeder head, (P,); names: such as "bus c"; most_out: what loads
    and units together may give, most_in: what they may take, both (P, T); margin: share of the
    head's most_in that a plan is repaired to leave free, for losses.
    """

    bus: IndexArray
    names: tuple[str, ...]
    most_out: FloatArray
    most_in: FloatArray
    margin: float = 0.0

    def part(self, steps: slice) -> Connections:
        """Return the limits of some of the steps."""
        out, into = self.most_out[:, steps], self.most_in[:, steps]
        return Connections(self.bus, self.names, out, into, self.margin)

    @property
    def needs_losses(self) -> bool:
        """Say whether what passes depends on the losses of the network."""
        return HEAD in self.bus

    @property
    def repaired_in(self) -> FloatArray:
        """What plans are repaired to take at most, kW, (P, T)."""
        spare = np.where(self.bus == HEAD, self.margin, 0.0)
        return np.asarray(self.most_in * (1.0 - spare[:, None]))

    def passing(
        self, load_kw: FloatArray, unit_kw: FloatArray, bus: IndexArray, loss_kw: FloatArray
    ) -> FloatArray:
        """Return what passes out of each connection, kW, (n, T, P).

        load_kw: of each bus, (n, T, B); unit_kw: injection, (n, T, U); bus: of each unit, (n, U);
        loss_kw: of the network, (n, T), which counts at the head alone.
        """
        passing = np.empty((*loss_kw.shape, len(self.bus)))
        for k, at in enumerate(self.bus.tolist()):
            if at == HEAD:
                passing[..., k] = unit_kw.sum(axis=2) - load_kw.sum(axis=2) - loss_kw
            else:
                here = (bus == at)[:, None, :]
                passing[..., k] = np.where(here, unit_kw, 0.0).sum(axis=2) - load_kw[..., at]
        return passing

    def excess(self, passing: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return by how much what passes is too much outwards and inwards, kW, each (..., T, P)."""
        return passing - self.most_out.T, -passing - self.most_in.T


def joined_connections(days: Sequence[Connections | None]) -> Connections | None:
    """Return the limits of days side by side as those of one scenario."""
    known = [day for day in days if day is not None]
    if not known:
        return None
    out, into = (
        np.concatenate([getattr(day, name) for day in known], axis=1)
        for name in ("most_out", "most_in")
    )
    return Connections(known[0].bus, known[0].names, out, into, known[0].margin)
