"""A feeder as values: buses, branches, loads and declared units, without any engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.branches import Branch
from toolkit.model.devices import NOTHING_DECLARED, DeclaredStore
from toolkit.model.kinds import KINDS, UnitKind
from toolkit.model.notices import Notice
from toolkit.model.photovoltaics import Panels
from toolkit.model.voltages import Voltages

T = TypeVar("T", np.float64, np.complex128)


@dataclass(frozen=True, eq=False)
class LoadShape:
    """The own shape of a load or unit: N values for kW and, where they differ, for kvar.

    Shares of the declared power, or, when ``actual``, kW and kvar. interval: hours, 0 when the
    values have ``hours`` of their own, (N,), between which they go in straight lines; element, file
    and line: its full name and where a script gives its values, blank and 0 where none does.
    """

    name: str
    interval: float
    p: FloatArray
    q: FloatArray | None
    actual: bool
    hours: FloatArray | None = None
    element: str = ""
    file: str = ""
    line: int = 0

    @property
    def length(self) -> float:
        """Hours after which the values begin again: with hours of their own, whole days."""
        if self.hours is None:
            return len(self.p) * self.interval
        return 24.0 * max(float(np.ceil(self.hours[-1] / 24.0 - 1e-9)), 1.0)


#: Points of a curve: voltage, pu, and a share of the rating.
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class VoltControl:
    """What an inverter does by the voltage at its terminals; empty where it follows no curve.

    var: reactive injection by voltage, share of the rating in kVA; watt: most real power, share of
    the rating in kW.
    """

    var: Points = ()
    watt: Points = ()


@dataclass(frozen=True)
class DeclaredUnit:
    """A unit as the scripts declare it: kW rating, and kWh for storage (0 otherwise).

    ``phases`` are those it is connected to, from 1; ``delta`` says that it stands between them;
    ``between`` that it is one phase between two of them; ``added`` that a study adds it, so that no
    script holds its element. daily, yearly: its own shape; ``steady`` that it follows none; kvar:
    what a generator injects at ``kw``, or a capacitor's size; switched: whether a capacitor is on
    in some steps alone; panels: those of a PVSystem; temperature: their own series,
    deg C; resets: properties that are set anew; store: what a Storage says of its energy; control:
    of the scripts that works on its inverter, blank for none; volt: the curves by which a study
    controls it; file and line: where it is declared, blank and 0 where no script does.
    """

    name: str
    kind: UnitKind
    element: str
    bus: str
    kw: float
    kwh: float
    phases: tuple[int, ...] = (1, 2, 3)
    delta: bool = False
    between: bool = False
    added: bool = False
    daily: LoadShape | None = None
    yearly: LoadShape | None = None
    steady: bool = False
    kvar: float = 0.0
    switched: bool = False
    panels: Panels | None = None
    temperature: LoadShape | None = None
    resets: tuple[tuple[str, str], ...] = ()
    store: DeclaredStore = NOTHING_DECLARED
    control: str = ""
    volt: VoltControl | None = None
    file: str = ""
    line: int = 0

    @property
    def about(self) -> str:
        """What messages call it."""
        return self.element

    @property
    def follows_voltage(self) -> bool:
        """Whether a control works on its inverter through the day."""
        return bool(self.control) or self.volt is not None

    @property
    def may_give_less(self) -> bool:
        """Whether such a control may take real power from what sun or wind give."""
        curve = self.volt is not None and bool(self.volt.watt)
        return not KINDS[self.kind].stores and (bool(self.control) or curve)


@dataclass(frozen=True)
class DeclaredLoad:
    """A load as the scripts declare it; ``fixed`` that it does not follow any shape.

    kw and kvar are what it draws in the scripts' year at their load multiplier;
    ``by_power_factor`` says that they give its power factor and no kvar.
    """

    name: str
    bus: str
    kw: float
    kvar: float
    daily: LoadShape | None
    yearly: LoadShape | None
    fixed: bool
    by_power_factor: bool = False

    @property
    def about(self) -> str:
        """What messages call it."""
        return f"load {self.name}"


@dataclass(frozen=True, order=True)
class Switching:
    """A conductor of an element's terminal, both from 1, that a control opens or closes."""

    element: str
    terminal: int
    conductor: int
    open: bool


@dataclass(frozen=True)
class Controls:
    """The controls that work through the day, and the state that each day begins with.

    taps: transformers under a regulator with the tap of each winding, pu; steps: capacitors under a
    control with the state, 0 or 1, of each step; idle: other controls, which are switched off;
    inverters: those of inverters with the full names of their elements; resting: those of taps and
    capacitors where the scripts switch all controls off; switched: what idle ones open or close as
    a day begins; left_taps, left_steps: what controls that rest left behind where the scripts
    solve on the way.
    """

    taps: tuple[tuple[str, tuple[float, ...]], ...] = ()
    steps: tuple[tuple[str, tuple[int, ...]], ...] = ()
    idle: tuple[str, ...] = ()
    inverters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    resting: tuple[str, ...] = ()
    switched: tuple[Switching, ...] = ()
    left_taps: tuple[tuple[str, tuple[float, ...]], ...] = ()
    left_steps: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def any(self) -> bool:
        """Say whether taps or capacitors are under control."""
        return bool(self.taps or self.steps)

    def of_inverter(self, element: str) -> str:
        """Return the control that works on the inverter of an element, blank for none."""
        own = (name for name, under in self.inverters if element.lower() in map(str.lower, under))
        return next(own, "")


@dataclass(frozen=True)
class Feeder:
    """A compiled feeder as plain values.

    base_kv: line-to-line kV of each bus, shape (B,); xy: bus coordinates, shape (B, 2), NaN where
    the scripts give none; load_kw and load_kvar: declared load of each bus, shape (B,);
    ``phases``: those, of 1 to 3, that lines and transformers bring to each bus, ``load_phases``
    those its loads are connected to; ``head`` is the bus of the upstream source. Within
    ``constant_power_band``, pu, every load draws its declared power; it is empty, (inf, -inf), when
    some load never does. ``notices``: what its figures have to be read with; ``root``: a folder
    below which its scripts may read files; ``voltages``: what voltage limits are held to.
    """

    name: str
    script: Path
    buses: tuple[str, ...]
    head: str
    base_kv: FloatArray
    xy: FloatArray
    phases: tuple[tuple[int, ...], ...]
    load_phases: tuple[tuple[int, ...], ...]
    load_kw: FloatArray
    load_kvar: FloatArray
    loads: tuple[DeclaredLoad, ...]
    units: tuple[DeclaredUnit, ...]
    branches: tuple[Branch, ...]
    constant_power_band: tuple[float, float]
    controls: Controls = Controls()
    notices: tuple[Notice, ...] = ()
    root: Path | None = None
    voltages: Voltages = field(default_factory=Voltages)

    @cached_property
    def bus_index(self) -> dict[str, int]:
        """Position of each bus in ``buses``."""
        return {bus: i for i, bus in enumerate(self.buses)}

    @cached_property
    def three_phase(self) -> bool:
        """Whether every bus has all three phases."""
        return all(there == (1, 2, 3) for there in self.phases)

    @cached_property
    def controls_act(self) -> bool:
        """Whether any control works through the day."""
        acting = (unit.follows_voltage or unit.switched for unit in self.units)
        return self.controls.any or any(acting)

    @property
    def prosumers(self) -> tuple[str, ...]:
        """Buses that carry load."""
        return tuple(b for b, kw in zip(self.buses, self.load_kw, strict=True) if kw > 0.0)


def sum_at_buses(values: NDArray[T], bus: IndexArray, count: int) -> NDArray[T]:
    """Sum the columns of values, shape (..., K), that stand at the same bus, shape (..., count)."""
    last = values.ndim - 1
    total = np.zeros((count, *values.shape[:-1]), dtype=values.dtype)
    np.add.at(total, bus, values.transpose(last, *range(last)))
    return total.transpose(*range(1, last + 1), 0)
