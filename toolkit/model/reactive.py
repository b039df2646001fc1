"""Reactive power of units whose inverters a study sets: pure functions, in kW, kvar and kVA.

Injection into the network is positive, of both powers. A power factor is signed as in OpenDSS:
negative where a unit that injects real power absorbs reactive power.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from toolkit.common.types import BoolArray, FloatArray

#: What a search decides of a unit's reactive power: its power factor, or each step's share.
Searched = Literal["", "power_factor", "kvar"]


@dataclass(frozen=True)
class Reactive:
    """How the reactive power of one unit is decided.

    searched: by which variables, if any; power_factor: what holds where none is decided; least:
    smallest size of one that is searched; kva and kva_per_kw: the inverter's rating, whichever is
    smaller, infinite where none limits; reactive_first: whether real power gives way at the rating;
    by_voltage: whether it follows the voltage, so that no plan says it.
    """

    searched: Searched = ""
    power_factor: float = 1.0
    least: float = 1.0
    kva: float = np.inf
    kva_per_kw: float = np.inf
    reactive_first: bool = False
    by_voltage: bool = False


def kvar_at(p_kw: FloatArray, power_factor: FloatArray | float) -> FloatArray:
    """Return the reactive power, kvar, that makes a signed power factor with real power, kW."""
    tangent = np.sqrt(1.0 / np.square(power_factor) - 1.0) * np.sign(power_factor)
    return np.asarray(p_kw * tangent)


def kvar_left(p_kw: FloatArray, kva: FloatArray | float) -> FloatArray:
    """Return the most reactive power, kvar, that a rating, kVA, leaves beside real power, kW."""
    left: FloatArray = np.sqrt(np.maximum(np.square(kva) - np.square(p_kw), 0.0))
    return left


@dataclass(frozen=True)
class Inverters:
    """How the reactive power of each of U units is decided, None where scripts declare it."""

    units: tuple[Reactive | None, ...]

    @cached_property
    def any(self) -> bool:
        """Say whether the reactive power of any unit is decided."""
        return bool(self.decided.any())

    @cached_property
    def decided(self) -> BoolArray:
        """Of which units it is decided, (U,)."""
        return np.array([unit is not None for unit in self.units], dtype=bool)

    @cached_property
    def power_factor(self) -> FloatArray:
        """What holds where none is decided, (U,); 1 where scripts declare it."""
        return np.array([1.0 if unit is None else unit.power_factor for unit in self.units])

    @cached_property
    def _limits(self) -> tuple[FloatArray, FloatArray]:
        """The most that units are rated at, kVA, and that per kW, both (U,)."""
        own = [unit or Reactive() for unit in self.units]
        return np.array([u.kva for u in own]), np.array([u.kva_per_kw for u in own])

    def kva(self, kw: FloatArray) -> FloatArray:
        """Return the ratings, kVA, of units of so many kW, (..., U); infinite without a limit."""
        most, per_kw = self._limits
        # Infinity times nothing is no number.
        by_size = np.where(np.isfinite(per_kw), np.nan_to_num(per_kw, posinf=0.0) * kw, np.inf)
        return np.asarray(np.minimum(most, by_size))

    @cached_property
    def gives_way(self) -> BoolArray:
        """Of which units real power gives way at the rating, (U,)."""
        return np.array([unit is not None and unit.reactive_first for unit in self.units], bool)

    def real_kw(
        self, kw: FloatArray, p_kw: FloatArray, power_factor: FloatArray | None
    ) -> FloatArray:
        """Return the injection that is left of units whose reactive power goes first, (..., U, T).

        That of others stays; arguments as for :meth:`kvar`.
        """
        kva = self.kva(kw)[..., None]
        wanted = np.minimum(np.abs(kvar_at(p_kw, self.factors(power_factor)[..., None])), kva)
        least = np.minimum(p_kw, kvar_left(wanted, kva))
        return np.where(self.gives_way[:, None], least, p_kw)

    def factors(self, decided: FloatArray | None) -> FloatArray:
        """Return the power factors of units, (..., U), as far as they are ``decided``, not NaN."""
        if decided is None:
            return self.power_factor
        return np.where(np.isnan(decided), self.power_factor, decided)

    def kvar(
        self,
        kw: FloatArray,
        p_kw: FloatArray,
        power_factor: FloatArray | None,
        share: FloatArray | None,
    ) -> FloatArray:
        """Return the reactive injection of units, kvar, (..., U, T), 0 where it is not decided.

        kw: ratings, (..., U); p_kw: injection, (..., U, T); power_factor, (..., U), and share of
        what the rating leaves, (..., U, T), as far as they are decided, else NaN. Reactive power
        gives way at the rating, but where it goes first: there the rating alone limits it.
        """
        kva = self.kva(kw)[..., None]
        left = np.where(self.gives_way[:, None], kva, kvar_left(p_kw, kva))
        wanted = kvar_at(p_kw, self.factors(power_factor)[..., None])
        if share is not None:
            # Where no share is decided, no rating need limit, and 0 times infinity is no number.
            by_share = np.multiply(share, left, out=wanted.copy(), where=~np.isnan(share))
            wanted = np.where(np.isnan(share), wanted, by_share)
        limited = np.minimum(np.maximum(wanted, -left), left)
        return np.where(self.decided[:, None], limited, 0.0)
