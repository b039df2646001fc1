"""A distribution grid as values: what scripts of OpenDSS are written from.

Powers are three-phase totals; impedances are of the positive sequence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def name_of(text: str) -> str:
    """Return a name as scripts and columns of profiles take it: LV1.101 Load 1, lv1_101_load_1."""
    return re.sub(r"[^a-z0-9-]+", "_", str(text).lower()).strip("_")


@dataclass(frozen=True)
class Bus:
    """A bus: kV between phases, and where it is drawn, m east and north."""

    name: str
    kv: float
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A line of so many km: ohm/km, nF/km and A; open: terminals, 1 and 2, at which it is open."""

    name: str
    ends: tuple[str, str]
    km: float
    r: float
    x: float
    c: float
    amps: float
    open: tuple[int, ...] = ()


@dataclass(frozen=True)
class Transformer:
    """A transformer of two windings, the higher voltage first.

    r, x: short-circuit impedance, pu of kVA; iron: what it draws at its rated voltage without load,
    kW and kvar; limit: what it may carry, kVA; taps: pu of kv; delta: its first winding.
    """

    name: str
    ends: tuple[str, str]
    kva: float
    kv: tuple[float, float]
    r: float
    x: float
    iron: complex
    limit: float
    taps: tuple[float, float] = (1.0, 1.0)
    delta: bool = False


@dataclass(frozen=True)
class Load:
    """A load: what it draws at a share of 1."""

    name: str
    bus: str
    kw: float
    kvar: float


@dataclass(frozen=True)
class Plant:
    """A generator: output at a share of 1, rating of its converter, and the series it follows.

    sun: whether it is PV.
    """

    name: str
    bus: str
    sun: bool
    kw: float
    kva: float
    series: str


@dataclass(frozen=True)
class Battery:
    """A battery: kW, kWh, and the shares of energy that stay when it is charged and discharged."""

    name: str
    bus: str
    kw: float
    kwh: float
    efficiency: float
    stored: float


@dataclass(frozen=True)
class Grid:
    """A whole grid; source: the bus held at so many pu; band: lowest and highest voltage, pu.

    remarks: in sentences, what of the original is told otherwise or left out.
    """

    code: str
    hertz: float
    source: str
    source_pu: float
    band: tuple[float, float]
    buses: tuple[Bus, ...]
    lines: tuple[Line, ...]
    transformers: tuple[Transformer, ...]
    loads: tuple[Load, ...]
    plants: tuple[Plant, ...]
    batteries: tuple[Battery, ...]
    remarks: tuple[str, ...] = ()

    @property
    def kv(self) -> dict[str, float]:
        """Voltage of each bus between phases, kV."""
        return {bus.name: bus.kv for bus in self.buses}
