"""What a kWh costs at the meter, by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray

#: A price difference of less, money/kWh, is rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Tariffs:
    """Prices in money/kWh, each of shape (T,).

    retail: what a kWh drawn from the grid costs, everything included; feed_in: what the grid gives
    for a kWh; network: the network operator's part of retail, due as well on a kWh bought from a
    neighbour. Raises InputError where a price is negative or feed_in + network is above retail:
    then no price could suit both sides of a trade.
    """

    retail: FloatArray
    feed_in: FloatArray
    network: FloatArray

    def __post_init__(self) -> None:
        for name in ("retail", "feed_in", "network"):
            low = np.flatnonzero(getattr(self, name) < 0.0)
            if low.size:
                raise InputError(
                    f"tariffs.{name}: found {getattr(self, name)[low[0]]:g} in step {low[0] + 1}; "
                    "expected a price that is not negative."
                )
        short = np.flatnonzero(self.retail - self.network < self.feed_in - ROUNDING)
        if short.size:
            t = short[0]
            raise InputError(
                f"tariffs: found retail {self.retail[t]:g}, feed_in {self.feed_in[t]:g} and "
                f"network {self.network[t]:g} in step {t + 1}; expected feed_in + network of at "
                "most retail, or no trade could pay both sides."
            )

    def part(self, steps: slice) -> Tariffs:
        """Return the prices of some of the steps."""
        return Tariffs(self.retail[steps], self.feed_in[steps], self.network[steps])

    @property
    def energy(self) -> FloatArray:
        """The most a buyer would pay a neighbour for a kWh: retail less network, (T,)."""
        # Where there is no room at all, rounding must not make it less than none.
        return np.asarray(np.maximum(self.retail - self.network, self.feed_in))

    @property
    def room(self) -> FloatArray:
        """What a kWh traded saves its two sides together: retail - network - feed_in, (T,)."""
        return self.energy - self.feed_in


def series(value: float | Sequence[float], steps: int, what: str, day: int = 0) -> FloatArray:
    """Return a constant, or a list of ``steps`` numbers, as an array, (T,).

    day: the steps of a day, of which a list repeats from day to day. Raises InputError.
    """
    values = np.atleast_1d(np.asarray(value, dtype=float))
    of_days = bool(day) and len(values) == day and steps % day == 0
    if len(values) not in (1, steps) and not of_days:
        days = f", or {day}, which repeat from day to day" if day and day != steps else ""
        raise InputError(
            f"{what}: found {len(values)} values; expected one number, or {steps}, one per step"
            f"{days}."
        )
    return np.array(np.resize(values, steps))
