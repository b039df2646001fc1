"""What currents at ports do to voltages: one dense matrix, or the factors of a sparse one.

All is in per unit of the voltages without loads and units: a port's current is given as the power
it would be at that voltage, VA, so that a matrix of impedances has the unit 1/VA.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, diags_array

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.kept_nodes import KeptNodes
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


class Impedance:
    """A network seen from its ports: P of them that stand for all, N nodes that do.

    start: voltages across ports without loads and units, pu, (P, 1); base_v: what 1 pu is, V, (P,);
    dense: whether ``across`` is kept.
    """

    def __init__(self, network: Network, rotation: Rotation) -> None:
        of_ports = ends(network)
        self._kept = KeptNodes(network)
        #: Currents at the nodes kept of those at the ports that stand for all, (K, P).
        self._at_kept = csr_matrix((of_ports.T @ turns(rotation)).tocsr()[self._kept.nodes])
        #: Voltages across ports of those at the nodes kept, (P, K).
        self._across_kept = csr_matrix(of_ports[rotation.ports][:, self._kept.nodes])
        self._stand_ins = rotation.nodes
        self._turned = len(rotation.nodes) < len(rotation.node)
        self._no_load = network.no_load[rotation.nodes]
        self._no_load_kept = network.no_load[self._kept.nodes]
        across_ports = csr_matrix(of_ports[rotation.ports] @ rotation.expansion)
        volts = np.asarray(across_ports @ self._no_load)
        size = np.abs(volts)
        # A port that nothing feeds has no voltage to count in.
        self.base_v: FloatArray = np.where(size > DEAD * size.max(), size, 1.0)
        self.start: ComplexArray = np.asarray(volts / self.base_v, dtype=complex)[:, None]
        per_volt = diags_array(1.0 / self.base_v)
        #: The same two, of and in pu.
        self._from_pu = csr_matrix(self._at_kept @ per_volt)
        self._to_pu = csr_matrix(per_volt @ self._across_kept)
        count, factors = len(rotation.ports), self._kept.factors
        self.dense = count <= DENSE
        entries = factors.L.nnz + factors.U.nnz
        self._rotation = rotation
        self._spread_densely = self.dense and len(self._stand_ins) * count <= PER_ENTRY * entries
        self._by_stand_ins = self._turned or self._spread_densely

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
        """The matrix that makes voltages of currents with a row of ones below, pu, (P, P + 1).

        And the same, conjugated.
        """
        network = np.concatenate([-self.across, self.start], axis=1)
        return network, np.conj(network)

    def drop(self, current: ComplexArray, out: ComplexArray) -> None:
        """Write what currents, (P, C), take off the voltages across ports, pu."""
        if self.dense:
            np.matmul(self.across, current, out=out)
            return
        out[:] = self._to_pu @ self._solved(current)

    def port_volts(self, volts: ComplexArray) -> ComplexArray:
        """Return voltages across ports, V, the last of which is ground, (P + 1, C), of pu."""
        own = volts * self.base_v[:, None]
        return np.concatenate([own, np.zeros((1, own.shape[1]))])

    @cached_property
    def expansion(self) -> csr_matrix:
        """The matrix that makes the voltages of all nodes of those that are solved, (all, S)."""
        return self._rotation.expansion if self._by_stand_ins else self._kept.expansion

    @cached_property
    def solved_bus(self) -> IndexArray:
        """The number of the bus of each node that is solved, (S,)."""
        return self._kept.bus[self._stand_ins if self._by_stand_ins else self._kept.nodes]

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
