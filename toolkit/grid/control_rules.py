"""The rules of regulators and capacitor controls, as values: what they see, and what they move."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.common.types import ComplexArray, FloatArray, IndexArray

#: Which of several phases a regulator works on: one, or the highest or lowest at the moment.
ONE, HIGHEST, LOWEST = 0, 1, -1


@dataclass(frozen=True, eq=False)
class Regulators:
    """R regulators, each of a transformer of its own, of W conductors at most.

    Ports stand between a conductor and ground; -1 is ground itself, and fills up. ports: of each
    transformer's conductors, (R, W); start: its tap as a day begins, pu; admittance: its matrix
    there, S, (R, W, W), and turns: what that gains by 1 / tap and its square, (R, 2, W, W);
    least, most, increment: its taps, pu; across: the ports between which the regulated voltage
    stands in each phase, (R, F, 2); which: of those; conductor: the one that leads the current of
    each phase, (R, F); ratio: volts for each that the regulator sees; ct: its rated amperes; drop:
    the impedance it adds, and drop_size: the same by size alone, V; target, band: V; limit: the
    voltage it keeps below, V; base_v: of the winding; direction: 1 where raising the tap raises the
    voltage, or -1; delay: s; most_at_once: taps; branch: its position among the branches or -1, and
    rated: % of the rating that 1 A is, (R, W), 0 where unrated.
    """

    ports: IndexArray
    start: FloatArray
    admittance: ComplexArray
    turns: ComplexArray
    least: FloatArray
    most: FloatArray
    increment: FloatArray
    across: IndexArray
    which: IndexArray
    conductor: IndexArray
    ratio: FloatArray
    ct: FloatArray
    drop: ComplexArray
    drop_size: FloatArray
    target: FloatArray
    band: FloatArray
    limit: FloatArray
    base_v: FloatArray
    direction: FloatArray
    delay: FloatArray
    most_at_once: FloatArray
    branch: IndexArray
    rated: FloatArray

    def __len__(self) -> int:
        return len(self.start)


def turned(start: FloatArray, taps: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return by how much 1 / tap and its square differ from where a day begins."""
    return 1.0 / taps - 1.0 / start, 1.0 / taps**2 - 1.0 / start**2


@dataclass(frozen=True, eq=False)
class Sensor:
    """What of several values of a monitored element counts: ``of`` is one, avg, max or min.

    at: which conductors' currents, (F,); or the ports between which voltages stand, (F, 2).
    """

    of: str
    at: IndexArray
    ratio: float


@dataclass(frozen=True, eq=False)
class CapacitorControl:
    """The control of one capacitor of S steps that are switched one after the other.

    ports: of its W conductors; steps: the admittance of each step, S, (S, W, W); start: how many
    are in service as a day begins; kind: current, voltage, kvar, powerfactor or time; on, off: its
    settings; monitored: ports of the M conductors of the element it watches, admittance: its
    matrix, S, (M, M), and terminal: which are the terminal's; amps, volts: what it sees of those;
    least_v, most_v: the voltages at which it switches whatever else holds, -inf and inf for none;
    on_kvar, more_kvar: what has to flow for a first and for a further step where it holds a power
    factor; on_delay, off_delay, dead: s.
    """

    ports: IndexArray
    steps: ComplexArray
    start: int
    kind: str
    on: float
    off: float
    monitored: IndexArray
    admittance: ComplexArray
    terminal: IndexArray
    amps: Sensor
    volts: Sensor
    least_v: float
    most_v: float
    on_kvar: float
    more_kvar: float
    on_delay: float
    off_delay: float
    dead: float


@dataclass(frozen=True, eq=False)
class ControlRules:
    """All that acts within a day, and the hours of a step."""

    regulators: Regulators
    capacitors: tuple[CapacitorControl, ...]
    step_h: float
