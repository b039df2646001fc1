"""A network as matrices and values: what a power flow needs that no plan changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.grid.control_rules import ControlRules
from toolkit.grid.held_voltages import HeldVoltages

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix, csr_matrix

    from toolkit.common.types import ComplexArray, FloatArray, IndexArray


@dataclass(frozen=True, eq=False)
class LoadLegs:
    """The legs of all loads, G of them: each stands between two nodes.

    port: which pair of nodes, (G,); bus: of its load, (G,); power: what it draws at its base
    voltage, VA, (G, T); base_v: that voltage, V; low, least, most: voltages, pu, below which it is
    an impedance, and between which it does what its ``model`` says; by_voltage: exponents of real
    and reactive power where the model has them, (G, 2); mix: shares of impedance, current and power
    in real and reactive power, and the voltage, pu, at which the leg drops out, (G, 7).
    """

    port: IndexArray
    bus: IndexArray
    power: ComplexArray
    base_v: FloatArray
    low: FloatArray
    least: FloatArray
    most: FloatArray
    model: IndexArray
    by_voltage: FloatArray
    mix: FloatArray


@dataclass(frozen=True, eq=False)
class Series:
    """What carries current through the network, element by element, E of them; R conductors.

    admittance: of each conductor to each node, S, (R, N); node: where each is connected, (R,), and
    begins: where the conductors of each element begin, (E,). Conductors at ground are left out, and
    shunts, whose losses OpenDSS does not count, and what is under control.
    """

    admittance: csr_matrix
    node: IndexArray
    begins: IndexArray


@dataclass(frozen=True, eq=False)
class Network:
    """A network whose admittances no load or unit changes.

    nodes: N names; admittance: S, (N, N), without loads and units; no_load: V without them, (N,);
    ports: the two nodes of each pair that a load or unit may stand between, -1 for ground, (P, 2);
    loads: the legs of all loads; unit_ports: those of a unit, by its position and bus; unit_kvar:
    reactive injection per kW of rating, (U, T); source_nodes: where sources stand, (S,); series:
    elements that have losses; rated: what each rated conductor
    carries per volt, % of its rating, (R, N), and branch_begins: where those of each branch begin,
    (L,); held: what of the voltages is held to limits; unit_nodes: the nodes that are so besides
    where a unit stands at a bus, by its position and bus, empty where there are none; control: what
    acts within a day, whose admittances are those with which a day begins; available: what units
    generate per kW of rating, (U, T), where reactive power has to follow what is curtailed.
    """

    nodes: tuple[str, ...]
    admittance: csc_matrix
    no_load: ComplexArray
    ports: IndexArray
    loads: LoadLegs
    unit_ports: Mapping[tuple[int, int], IndexArray]
    unit_kvar: FloatArray
    source_nodes: IndexArray
    series: Series
    rated: csr_matrix
    branch_begins: IndexArray
    held: HeldVoltages
    unit_nodes: Mapping[tuple[int, int], tuple[str, ...]]
    control: ControlRules | None = None
    available: FloatArray | None = None


class Unfit(Exception):
    """A circuit that is more than fixed admittances and powers; the message says why."""
