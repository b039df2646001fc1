"""What currents at ports do to voltages: one dense matrix, or a network in pieces.

All is in per unit of the voltages without loads and units: a port's current is given as the power
it would be at that voltage, VA, so that a matrix of impedances has the unit 1/VA.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_matrix, diags_array

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.kept_nodes import KeptNodes, bus_of
from toolkit.grid.batch.pieces import Pieces, Ported
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.network import Network

#: Ports up to which a dense matrix is the faster.
DENSE = 300
#: Columns that the sparse factors solve at a time: more leave the cache, and always as many.
SOLVED = 24
#: Share of the highest voltage below which a port is fed by nothing.
DEAD = 1e-6
#: Products of a dense matrix that cost as much as one entry of the factors does.
PER_ENTRY = 6


class Impedance(ABC):
    """A network seen from its ports: P of them that stand for all, N nodes that do.

    start: voltages across ports without loads and units, pu, (P, 1); base_v: what 1 pu is, V, (P,).
    """

    #: Whether the voltages across ports are a product with a matrix that is kept.
    dense: ClassVar[bool] = False

    def __init__(self, network: Network, rotation: Rotation) -> None:
        self._of_ports = ends(network)
        across = csr_matrix(self._of_ports[rotation.ports] @ rotation.expansion)
        volts = np.asarray(across @ network.no_load[rotation.nodes])
        size = np.abs(volts)
        # A port that nothing feeds has no voltage to count in.
        self.base_v: FloatArray = np.where(size > DEAD * size.max(), size, 1.0)
        self.start: ComplexArray = np.asarray(volts / self.base_v, dtype=complex)[:, None]
        #: The matrix that makes the voltages of all nodes of those that are solved, (all, S).
        self.expansion = rotation.expansion
        #: The number of the bus of each node that is solved, (S,).
        self.solved_bus: IndexArray = bus_of(network.nodes)[rotation.nodes]

    @abstractmethod
    def drop(self, current: ComplexArray, out: ComplexArray) -> None:
        """Write what currents, (P, C), take off the voltages across ports, pu."""

    @abstractmethod
    def node_volts(
        self, current: ComplexArray, units: IndexArray | None = None
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return the voltages, V, at the nodes solved, (S, C), and those for all, (N, C).

        current: what it is that leaves them, at all ports, (P, C); or, where the matrix is dense,
        at those of loads and, below, of each plan's units, which are ``units``, (R, n).
        """

    @property
    def network(self) -> tuple[ComplexArray, ComplexArray] | None:
        """The matrix that makes voltages of currents with a row of ones below, pu, (P, P + 1).

        And the same, conjugated; None where no matrix is kept.
        """
        return None

    def port_volts(self, volts: ComplexArray) -> ComplexArray:
        """Return voltages across ports, V, the last of which is ground, (P + 1, C), of pu."""
        own = volts * self.base_v[:, None]
        return np.concatenate([own, np.zeros((1, own.shape[1]))])


def impedance_of(network: Network, rotation: Rotation) -> Impedance:
    """Return a network seen from its ports, as one dense matrix or in pieces."""
    if len(rotation.ports) <= DENSE:
        return DenseImpedance(network, rotation)
    return TornImpedance(network, rotation)


class TornImpedance(Impedance):
    """A network of many ports, in pieces. All nodes that stand for others are solved."""

    def __init__(self, network: Network, rotation: Rotation) -> None:
        super().__init__(network, rotation)
        expansion, per_volt = rotation.expansion, diags_array(1.0 / self.base_v)
        # Phases are alike but for rounding, of which the mean leaves least.
        alike = len(network.nodes) // len(rotation.nodes)
        own = expansion.conj().T @ network.admittance @ expansion / alike
        at = (self._of_ports.T @ turns(rotation)).tocsr()[rotation.nodes] @ per_volt
        across = per_volt @ self._of_ports[rotation.ports] @ expansion
        network_of = Ported(csr_matrix(own), csr_matrix(at), csr_matrix(across), self.solved_bus)
        self._pieces = Pieces(network_of)
        self._no_load = network.no_load[rotation.nodes, None]

    def drop(self, current: ComplexArray, out: ComplexArray) -> None:
        """Write what currents, (P, C), take off the voltages across ports, pu."""
        self._pieces.drop(current, out)

    def node_volts(
        self, current: ComplexArray, units: IndexArray | None = None
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return the voltages, V, at the nodes that stand for all, (N, C), twice."""
        volts = self._pieces.volts(current)
        np.subtract(self._no_load, volts, out=volts)
        return volts, volts


class DenseImpedance(Impedance):
    """A network of few ports, as one matrix ``across`` them."""

    dense: ClassVar[bool] = True

    def __init__(self, network: Network, rotation: Rotation) -> None:
        super().__init__(network, rotation)
        self._kept = KeptNodes(network)
        #: Currents at the nodes kept of those at the ports that stand for all, (K, P).
        self._at_kept = csr_matrix((self._of_ports.T @ turns(rotation)).tocsr()[self._kept.nodes])
        #: Voltages across ports of those at the nodes kept, (P, K).
        self._across_kept = csr_matrix(self._of_ports[rotation.ports][:, self._kept.nodes])
        self._stand_ins = rotation.nodes
        self._turned = len(rotation.nodes) < len(rotation.node)
        self._no_load = network.no_load[rotation.nodes]
        self._no_load_kept = network.no_load[self._kept.nodes]
        #: Currents at the nodes kept of those at ports, of pu.
        self._from_pu = csr_matrix(self._at_kept @ diags_array(1.0 / self.base_v))
        factors = self._kept.factors
        products = len(self._stand_ins) * len(rotation.ports)
        self._spread_densely = products <= PER_ENTRY * (factors.L.nnz + factors.U.nnz)
        if not (self._turned or self._spread_densely):
            self.expansion = self._kept.expansion
            self.solved_bus = self._kept.bus[self._kept.nodes]

    @cached_property
    def _caused(self) -> ComplexArray:
        """Voltage at each node kept for a current at each port, V per VA, (K, P)."""
        caused = self._kept.factors.solve(self._at_kept.toarray().astype(complex))
        return np.ascontiguousarray(caused / self.base_v)

    @cached_property
    def _caused_at_all(self) -> ComplexArray:
        """The same at each node that stands for others, (N, P)."""
        return np.ascontiguousarray(self._kept.all(self._caused)[self._stand_ins])

    @cached_property
    def across(self) -> ComplexArray:
        """What a current at each port does across each, 1/VA, (P, P)."""
        across = np.asarray(self._across_kept @ self._caused) / self.base_v[:, None]
        return np.ascontiguousarray(across)

    @cached_property
    def network(self) -> tuple[ComplexArray, ComplexArray]:
        """The matrix that makes voltages of currents with a row of ones below, and conjugated."""
        network = np.concatenate([-self.across, self.start], axis=1)
        return network, np.conj(network)

    def drop(self, current: ComplexArray, out: ComplexArray) -> None:
        """Write what currents, (P, C), take off the voltages across ports, pu."""
        np.matmul(self.across, current, out=out)

    def node_volts(
        self, current: ComplexArray, units: IndexArray | None = None
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return the voltages, V, at the nodes solved, (S, C), and those for all, (N, C).

        current: what it is that leaves them, at all ports, (P, C); or at those of loads and, below,
        of each plan's units, which are ``units``, (R, n).
        """
        if self._spread_densely:
            drop = self._dropped(self._caused_at_all, current, units)
            np.subtract(self._no_load[:, None], drop, out=drop)
            return drop, drop
        if units is None:
            volts = self._solved(current)
        else:
            volts = self._dropped(self._caused, current, units)
        np.subtract(self._no_load_kept[:, None], volts, out=volts)
        whole = self._kept.all(volts)
        if self._turned:
            whole = whole[self._stand_ins]
        return whole if self._turned else volts, whole

    @staticmethod
    def _dropped(
        caused: ComplexArray, current: ComplexArray, units: IndexArray | None
    ) -> ComplexArray:
        """Return what currents, as in ``node_volts``, cause by a matrix of all ports, (X, P)."""
        if units is None:
            return caused @ current
        loads, count = len(current) - len(units), units.shape[1]
        drop = caused[:, :loads] @ current[:loads]
        width = current.shape[1] // count
        for i in range(count):
            own = slice(i * width, (i + 1) * width)
            drop[:, own] += caused[:, units[:, i]] @ current[loads:, own]
        return drop

    def _solved(self, current: ComplexArray) -> ComplexArray:
        """Return the voltages at the nodes kept, V, (K, C), that currents at ports cause."""
        at_kept = np.asarray(self._from_pu @ current)
        count, columns = at_kept.shape
        if columns == SOLVED:
            return np.asarray(self._kept.factors.solve(at_kept))
        solved = np.empty((count, columns), dtype=complex)
        for begin in range(0, columns, SOLVED):
            part = at_kept[:, begin : begin + SOLVED]
            width = part.shape[1]
            if width < SOLVED:
                part = np.concatenate([part, np.zeros((count, SOLVED - width))], axis=1)
            solved[:, begin : begin + width] = self._kept.factors.solve(part)[:, :width]
        return solved


def turns(rotation: Rotation) -> csr_matrix:
    """Return the currents at all ports of those that stand for all, (all, P)."""
    rows = np.arange(len(rotation.port))
    shape = len(rotation.port), len(rotation.ports)
    return csr_matrix((rotation.port_turn, (rows, rotation.port)), shape)


def ends(network: Network) -> csr_matrix:
    """Return which nodes each port begins (1) and ends at (-1), (P, N)."""
    count = len(network.ports)
    rows = np.repeat(np.arange(count), 2)
    nodes, signs = network.ports.ravel(), np.tile([1.0, -1.0], count)
    inner = nodes >= 0
    shape = count, len(network.nodes)
    return csr_matrix((signs[inner], (rows[inner], nodes[inner])), shape)
