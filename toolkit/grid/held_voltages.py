"""Voltages held to limits, worked out from those of all nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray
from toolkit.model.voltages import Voltages

#: A node beyond the three phases is a neutral wire, which has no voltage to be held.
PHASES = 3


class HeldVoltages:
    """The voltages of a circuit whose nodes have an order: each node to ground, then those across.

    names: such as "611.3" or "701.1-2", V of them. What is not held is NaN.
    """

    def __init__(
        self, voltages: Voltages, base_kv: Mapping[str, float], nodes: Sequence[str]
    ) -> None:
        """Take the nodes in their order, N of them, and the line-to-line base of each bus, kV."""
        self._index = {node: i for i, node in enumerate(nodes)}
        across = [a for a in voltages.across if all(node in self._index for node in a.nodes)]
        self.names = (*nodes, *(a.name for a in across))
        kv = np.array([base_kv[node.rpartition(".")[0]] for node in nodes], dtype=np.float64)
        number = np.array([int(node.rpartition(".")[2]) for node in nodes], dtype=np.intp)
        base_v = np.where(number <= PHASES, kv * 1000.0 / np.sqrt(3.0), np.nan)
        for node, own in voltages.own_v.items():
            if node in self._index:
                base_v[self._index[node]] = own
        #: What 1 pu of each node to ground is, V, and the same of those that are held, (N,).
        self._of_unit_v, self._held_v = base_v, base_v.copy()
        self._held_v[[self._index[n] for n in voltages.left_out if n in self._index]] = np.nan
        ends = [[self._index[node] for node in a.nodes] for a in across]
        self._ends = np.array(ends, dtype=np.intp).reshape(len(across), 2)
        self._across_v = np.array([a.base_v for a in across], dtype=np.float64)

    def pu(self, volts: ComplexArray, of_units: Iterable[str] = ()) -> FloatArray:
        """Return what is held, pu, (T, V), of node voltages, V, (T, N).

        ``of_units``: nodes that count besides, for units stand between them and ground.
        """
        rows = [self._index[node] for node in of_units if node in self._index]
        base_v = self._held_v
        if rows:
            base_v = base_v.copy()
            base_v[rows] = self._of_unit_v[rows]
        to_ground = np.abs(volts) / base_v
        if not len(self._ends):
            return np.asarray(to_ground)
        across = np.abs(volts[:, self._ends[:, 0]] - volts[:, self._ends[:, 1]]) / self._across_v
        return np.concatenate([to_ground, across], axis=1)
