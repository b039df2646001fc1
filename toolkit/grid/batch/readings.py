"""What node voltages of a block say: voltages held to limits, loading of branches, losses."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.blocks import Blocks
from toolkit.grid.batch.impedance import Impedance
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.held_voltages import HeldVoltages
from toolkit.grid.network import Network

#: Entries of a matrix up to which one product is faster than blocks.
SMALL = 1 << 12
#: How alike what two conductors of a branch carry has to be, as a share, for one to stand for both.
ALIKE = 1e-9


class Voltages:
    """Voltages held to limits, pu, of those at the N nodes that stand for all."""

    def __init__(self, held: HeldVoltages, rotation: Rotation) -> None:
        self._held, self._node = held, rotation.node
        self._turned = len(rotation.nodes) < len(rotation.node)
        self._turn = rotation.node_turn[:, None]
        self._per_volt = 1.0 / held.held_v[:, None]
        self.count = len(held.names)

    @property
    def to_ground(self) -> tuple[IndexArray, FloatArray]:
        """The node, of those that stand for all, of each voltage to ground, and pu per volt."""
        return self._node, self._per_volt[:, 0].copy()

    def pu(self, volts: ComplexArray) -> FloatArray:
        """Return what is held, pu, (V, C), of node voltages, V, (N, C)."""
        size = np.abs(volts)
        to_ground = (size[self._node] if self._turned else size) * self._per_volt
        ends = self._held.ends
        if not len(ends):
            return to_ground
        first, second = (self._turn[e] * volts[self._node[e]] for e in ends.T)
        across = np.abs(first - second) / self._held.across_v[:, None]
        return np.concatenate([to_ground, across])

    def of_units(self, volts: ComplexArray, rows: IndexArray) -> FloatArray:
        """Return the voltages of some nodes to ground, pu, (R, C), which are not held elsewhere."""
        size = np.abs(volts[self._node[rows]])
        return np.asarray(size / self._held.of_unit_v[rows, None])


class Conductors:
    """The rated conductors of branches: what they carry follows from the voltages solved, S."""

    def __init__(self, network: Network, rotation: Rotation, impedance: Impedance) -> None:
        rated, begins = network.rated, network.branch_begins
        expanded = csr_matrix(rated @ impedance.expansion)
        if len(rotation.nodes) < len(rotation.node):
            expanded, begins = without_doubles(expanded, begins)
        self._count = len(begins)
        alone = len(begins) == expanded.shape[0] and np.prod(expanded.shape) <= SMALL
        #: The whole matrix where it is small and each branch has one conductor that counts.
        self._whole = expanded.toarray() if alone else None
        counts = np.diff(begins, append=expanded.shape[0])
        parts = ((int(c), np.flatnonzero(counts == c)) for c in np.unique(counts))
        bus = impedance.solved_bus
        self._parts = [_Alike(expanded, begins[own], own, count, bus) for count, own in parts]

    def loading(self, volts: ComplexArray) -> FloatArray:
        """Return the loading of branches, %, (L, C), of the voltages solved, V, (S, C)."""
        if self._whole is not None:
            return np.asarray(np.abs(self._whole @ volts))
        loading: FloatArray = np.empty((self._count, volts.shape[1]))
        for part in self._parts:
            part.write(volts, loading)
        return loading


class _Alike:
    """Branches that have as many conductors, those beside each other that hang on the same buses.

    rated: of all conductors, (R, S); begins: where those of each branch begin, (B,), and branches:
    which ones they are, (B,); bus: of each voltage, (S,).
    """

    def __init__(
        self,
        rated: csr_matrix,
        begins: IndexArray,
        branches: IndexArray,
        conductors: int,
        bus: IndexArray,
    ) -> None:
        rows = begins[:, None] + np.arange(conductors)
        alike: dict[frozenset[int], list[int]] = {}
        for i, own in enumerate(rows):
            found = rated.indices[rated.indptr[own[0]] : rated.indptr[own[-1] + 1]]
            alike.setdefault(frozenset(bus[found].tolist()), []).append(i)
        order = np.array([i for members in alike.values() for i in members], dtype=np.intp)
        counts = np.array([conductors * len(members) for members in alike.values()])
        blocks = Blocks(csr_matrix(rated[rows[order].ravel()]), np.cumsum(counts) - counts)
        self._blocks, self._conductors = blocks, conductors
        self._branches = branches[order[blocks.rows[::conductors] // conductors]]

    def write(self, volts: ComplexArray, loading: FloatArray) -> None:
        """Write the loading of the branches, %, into that of all, (L, C)."""
        size = np.abs(self._blocks.product(volts)).reshape(-1, self._conductors, volts.shape[1])
        most = size[:, 0]
        for k in range(1, self._conductors):
            most = np.maximum(most, size[:, k])
        loading[self._branches] = most


def without_doubles(rated: csr_matrix, begins: IndexArray) -> tuple[csr_matrix, IndexArray]:
    """Return conductors without those that carry what another of their branch does, but turned."""
    kept: list[int] = []
    first = []
    for begin, end in zip(begins, [*begins[1:], rated.shape[0]], strict=True):
        first.append(len(kept))
        own: list[tuple[int, ComplexArray]] = []
        for row in range(begin, end):
            values = rated[row].toarray().ravel()
            if not any(_only_turned(values, other) for _, other in own):
                own.append((row, values))
        kept += [row for row, _ in own]
    return csr_matrix(rated[kept]), np.array(first, dtype=np.intp)


def _only_turned(one: ComplexArray, other: ComplexArray) -> bool:
    """Say whether one conductor carries what another does, times a number of size 1."""
    largest = int(np.argmax(np.abs(other)))
    if not other[largest]:
        return not one.any()
    turn = one[largest] / other[largest]
    near = np.abs(one - turn * other).max() <= ALIKE * np.abs(other[largest])
    return bool(near and abs(abs(turn) - 1.0) <= ALIKE)


class Losses:
    """What elements in series lose, as OpenDSS adds it up: of each V conj(I), of all conductors.

    As the difference of what sources give and loads take it would be as exact as these, not as the
    losses: to 4e-6 on a feeder of 3,437 nodes, measured.
    """

    def __init__(self, network: Network, rotation: Rotation) -> None:
        series = network.series
        self._turned = len(rotation.nodes) < len(rotation.node)
        self._blocks = Blocks(csr_matrix(series.admittance @ rotation.expansion), series.begins)
        node = series.node[self._blocks.rows]
        self._node, self._turn = rotation.node[node], rotation.node_turn[node, None]

    def kw(self, volts: ComplexArray) -> FloatArray:
        """Return losses, kW, (C,), of node voltages, V, (N, C)."""
        amps = self._blocks.product(volts)
        own = volts[self._node]
        if self._turned:
            own *= self._turn
        own *= np.conj(amps, out=amps)
        return np.asarray(own.real.sum(axis=0) / 1000.0)
