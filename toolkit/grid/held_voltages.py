"""Voltages held to limits, worked out from those of all nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.unbalance import unbalance
from toolkit.model.voltages import Voltages, three_phase_buses

#: A node beyond the three phases is a neutral wire, which has no voltage to be held.
PHASES = 3


class HeldVoltages:
    """The voltages of a circuit whose nodes have an order: each node to ground, then those across.

    names: such as "611.3" or "701.1-2", V of them. What is not held is NaN. of_unit_v: what 1 pu of
    each node to ground is, V, and held_v: the same of those that are held, (N,); ends: the nodes of
    each voltage across, (A, 2), and across_v: what 1 pu of it is, V, (A,).
    """

    def __init__(
        self, voltages: Voltages, base_kv: Mapping[str, float], nodes: Sequence[str]
    ) -> None:
        """Take the nodes in their order, N of them, and the line-to-line base of each bus, kV."""
        self._watched = voltages.unbalance
        self._index = {node: i for i, node in enumerate(nodes)}
        across = [a for a in voltages.across if all(node in self._index for node in a.nodes)]
        self.names = (*nodes, *(a.name for a in across))
        kv = np.array([base_kv[node.rpartition(".")[0]] for node in nodes], dtype=np.float64)
        number = np.array([int(node.rpartition(".")[2]) for node in nodes], dtype=np.intp)
        base_v = np.where(number <= PHASES, kv * 1000.0 / np.sqrt(3.0), np.nan)
        for node, own in voltages.own_v.items():
            if node in self._index:
                base_v[self._index[node]] = own
        self.of_unit_v, self.held_v = base_v, base_v.copy()
        self.held_v[[self._index[n] for n in voltages.left_out if n in self._index]] = np.nan
        ends = [[self._index[node] for node in a.nodes] for a in across]
        self.ends = np.array(ends, dtype=np.intp).reshape(len(across), 2)
        self.across_v = np.array([a.base_v for a in across], dtype=np.float64)

    def unbalance(self, volts: ComplexArray) -> FloatArray | None:
        """Return the unbalance of buses with three phases, %, (T, K), where it is watched.

        volts: of all nodes, V, (T, N). NaN at a bus without a voltage base.
        """
        return self.unbalance_of(volts) if self._watched else None

    def unbalance_of(self, volts: ComplexArray) -> FloatArray:
        """Return the same, watched or not."""
        buses = three_phase_buses(self.names)
        rows = [self._index[f"{bus}.{phase}"] for bus in buses for phase in (1, 2, 3)]
        at = np.array(rows, dtype=np.intp).reshape(len(buses), 3)
        based = np.isfinite(self.of_unit_v[at]).all(axis=1)
        return np.where(based, unbalance(volts[:, at]), np.nan)

    def rows(self, nodes: Iterable[str]) -> IndexArray:
        """Return the positions of those nodes that there are."""
        found = [self._index[node] for node in nodes if node in self._index]
        return np.array(found, dtype=np.intp)

    def pu(self, volts: ComplexArray, of_units: Iterable[str] = ()) -> FloatArray:
        """Return what is held, pu, (T, V), of node voltages, V, (T, N).

        ``of_units``: nodes that count besides, for units stand between them and ground.
        """
        rows = self.rows(of_units)
        base_v = self.held_v
        if len(rows):
            base_v = base_v.copy()
            base_v[rows] = self.of_unit_v[rows]
        to_ground = np.abs(volts) / base_v
        if not len(self.ends):
            return np.asarray(to_ground)
        across = np.abs(volts[:, self.ends[:, 0]] - volts[:, self.ends[:, 1]]) / self.across_v
        return np.concatenate([to_ground, across], axis=1)
