"""How much of what is used comes from own generation, with storage in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from toolkit.common.types import FloatArray

Energy = TypeVar("Energy", float, FloatArray)


@dataclass(frozen=True)
class Balance:
    """Energy of one meter over a time, kWh.

    generated: by PV and wind; own: what was kept of it; used: that and what was taken from outside.
    """

    generated: float
    own: float
    used: float

    @property
    def self_sufficiency(self) -> float:
        """Share of what was used that was its own, %; NaN where nothing was used."""
        return _percent(self.own, self.used)

    @property
    def self_consumption(self) -> float:
        """Share of what was generated that was kept, %; NaN where nothing was generated."""
        return _percent(self.own, self.generated)

    def columns(self) -> dict[str, float]:
        """Return it as columns of bills.csv."""
        return {
            "made_kwh": self.generated,
            "used_kwh": self.used,
            "self_sufficiency_pct": self.self_sufficiency,
            "self_consumption_pct": self.self_consumption,
        }


def balance(generated: float, given: float, taken: float) -> Balance:
    """Return the balance of energies summed over a time, kWh.

    given, taken: out of the meter, and in through it.
    What was generated and not given away was kept, whether it was used at once or later. Energy
    that a store takes from outside and uses up or gives back is never anybody's own.
    """
    own = kept(generated, given)
    return Balance(float(generated), float(own), float(own + taken))


def kept(generated: Energy, given: Energy) -> Energy:
    """Return what was kept of what was generated, not below 0: given may come from a store."""
    left: Energy = np.maximum(generated - given, 0.0)
    return left


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole > 0.0 else float("nan")
