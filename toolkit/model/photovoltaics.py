"""Panels behind their inverter, as OpenDSS's PVSystem has them: pure functions, per kW of Pmpp.

Source: OpenDSS, PVSystem element model, EPRI 2011; checked against the engine step by step.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from toolkit.common.types import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class Curve:
    """Points (x, y), joined by straight lines that go on beyond the first and the last, (N,)."""

    x: FloatArray
    y: FloatArray

    def at(self, x: FloatArray) -> FloatArray:
        """Return the values at ``x``, of any shape."""
        if len(self.x) == 1:
            return np.full(np.shape(x), float(self.y[0]))
        left = np.clip(np.searchsorted(self.x, x, side="right") - 1, 0, len(self.x) - 2)
        slope = (self.y[left + 1] - self.y[left]) / (self.x[left + 1] - self.x[left])
        value: FloatArray = self.y[left] + slope * (x - self.x[left])
        return value


@dataclass(frozen=True, eq=False)
class Inverter:
    """What stands between panels and network; powers are shares of Pmpp, kvar and kVA as well.

    kva: rating; limit: most real power; cut_in, cut_out: panel power, % of the rating, from which
    it works and below which it stops; pf: power factor, negative where it absorbs, or NaN where
    ``kvar`` is held; first: what keeps its wish when the rating is too small for both; rated:
    whether the scripts give its rating.
    """

    kva: float
    limit: float = 1.0
    cut_in: float = 0.0
    cut_out: float = 0.0
    efficiency: Curve | None = None
    pf: float = 1.0
    kvar: float = 0.0
    first: str = "kvar"
    rated: bool = True


@dataclass(frozen=True, eq=False)
class Panels:
    """The panels of one PVSystem: ``irradiance`` and ``temperature`` hold where no series does.

    by_temperature: Pmpp over Pmpp at the rated temperature, by deg C.
    """

    inverter: Inverter
    irradiance: float = 1.0
    temperature: float = 25.0
    by_temperature: Curve | None = field(default=None)


def panel_power(panels: Panels, irradiance: FloatArray, temperature: FloatArray) -> FloatArray:
    """Return DC power per kW of Pmpp, (T,), for kW/m2 and deg C of each step."""
    dc = irradiance * panels.irradiance
    if panels.by_temperature is None:
        return dc
    warm: FloatArray = dc * panels.by_temperature.at(temperature)
    return warm


def inverter_power(dc: FloatArray, inverter: Inverter) -> tuple[FloatArray, FloatArray]:
    """Return real and reactive power, each (T,), per kW of Pmpp, of DC power through an inverter.

    Efficiency follows the DC power over kVA. Real power ends at the limit; then the rating limits
    both, the reactive power first, the real power first ("kw") or both at the power factor ("pf").
    """
    given = dc if inverter.efficiency is None else dc * inverter.efficiency.at(dc / inverter.kva)
    p = np.where(working(dc, inverter), np.minimum(given, inverter.limit), 0.0)
    if np.isnan(inverter.pf):
        q = np.full(len(p), inverter.kvar)
    else:
        q = p * np.sqrt(1.0 / inverter.pf**2 - 1.0) * np.sign(inverter.pf)
    over = np.hypot(p, q) > inverter.kva
    least, most = _limited(p, q, inverter)
    return np.where(over, least, p), np.where(over, most, q)


def working(dc: FloatArray, inverter: Inverter) -> BoolArray:
    """Return the steps in which an inverter works that worked before the first of them, (T,).

    Power that is what it takes to start, but for rounding, starts it.
    """
    on, states = True, np.zeros(len(dc), dtype=bool)
    scale = inverter.kva / 100.0 * (1.0 - 1e-9)
    for t, power in enumerate(dc):
        on = bool(power >= (inverter.cut_out if on else inverter.cut_in) * scale)
        states[t] = on
    return states


def _limited(p: FloatArray, q: FloatArray, inverter: Inverter) -> tuple[FloatArray, FloatArray]:
    """Return the powers of an inverter that is at its rating."""
    kva = inverter.kva
    if inverter.first == "pf" and not np.isnan(inverter.pf):
        share = abs(inverter.pf)
        side = kva * np.sqrt(1.0 - share**2) * np.sign(inverter.pf)
        return np.full(len(p), kva * share), np.full(len(p), side)
    if inverter.first == "kw":
        real = np.minimum(p, kva)
        return real, np.sqrt(kva**2 - real**2) * np.sign(q)
    reactive = np.clip(q, -kva, kva)
    return np.sqrt(kva**2 - reactive**2), reactive
