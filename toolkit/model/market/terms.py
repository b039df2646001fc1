"""What some mechanisms want to know besides surpluses, deficits and tariffs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.market.tariffs import Tariffs


@dataclass(frozen=True)
class Terms:
    """What some mechanisms want to know besides.

    ask, bid: limit prices of each prosumer, money/kWh before the network charge, (T, B); charge:
    what the network asks for a kWh from seller (row) to buyer, money/kWh, (T, B, B).
    """

    ask: FloatArray | None = None
    bid: FloatArray | None = None
    charge: FloatArray | None = None

    def part(self, steps: slice) -> Terms:
        """Return the terms of some of the steps."""
        known = {name: value for name, value in vars(self).items() if value is not None}
        return Terms(**{name: value[steps] for name, value in known.items()})


def seeded_limits(tariffs: Tariffs, prosumers: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Draw limit prices evenly between feed_in and retail - network: (ask, bid), each (T, B)."""
    draw = np.random.default_rng(seed).random((2, len(tariffs.retail), prosumers))
    ask, bid = tariffs.feed_in[:, None] + tariffs.room[:, None] * draw
    return ask, bid
