"""Phases that do the same, one third of a cycle apart: one of three stands for all of them.

Where a network, its loads and the units that may join it are the same in all three phases, turning
the phases turns its solution. One phase is then solved, which is a ninth of the products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from toolkit.common.types import ComplexArray, IndexArray
from toolkit.grid.network import Network

#: How alike entries have to be, as a share of the largest of their row.
ALIKE = 1e-10
#: How alike voltages have to be, as a share of the largest; the engine solves them to this.
SOLVED = 1e-8
#: The angle of a third of a cycle.
THIRD = 2.0 * np.pi / 3.0


@dataclass(frozen=True)
class Rotation:
    """Which nodes and ports stand for the others, and by how much those are turned.

    node, port: the position of each one's stand-in among the stand-ins, (N,) and (P,); node_turn,
    port_turn: by what its voltage or current is that of its stand-in, times; nodes, ports: which
    ones are stand-ins.
    """

    node: IndexArray
    node_turn: ComplexArray
    nodes: IndexArray
    port: IndexArray
    port_turn: ComplexArray
    ports: IndexArray

    @property
    def expansion(self) -> csr_matrix:
        """The matrix that makes all node voltages of those of the stand-ins, (N, N')."""
        rows = np.arange(len(self.node))
        shape = len(self.node), len(self.nodes)
        return csr_matrix((self.node_turn, (rows, self.node)), shape)


def no_rotation(network: Network) -> Rotation:
    """Return what holds anywhere: each node and port stands for itself."""
    nodes, ports = np.arange(len(network.nodes)), np.arange(len(network.ports))
    own, alone = np.ones(len(nodes), dtype=complex), np.ones(len(ports), dtype=complex)
    return Rotation(nodes, own, nodes, ports, alone, ports)


def rotation_of(network: Network) -> Rotation:
    """Return how a network turns into itself, or that it does not."""
    none = no_rotation(network)
    turned = _turned_nodes(network.nodes)
    if turned is None:
        return none
    angle = _angle(network.no_load, turned)
    ports = _turned_ports(network, turned)
    if not angle or ports is None or not _same_matrix(network, turned):
        return none
    if not _same_loads(network, ports) or not _same_units(network, ports):
        return none
    step = np.exp(1j * angle)
    return Rotation(*_orbits(turned, step), *_orbits(ports, step))


def _turned_nodes(nodes: tuple[str, ...]) -> IndexArray | None:
    """Return the node of the next phase of each, None where a bus has others than three phases."""
    index = {node: i for i, node in enumerate(nodes)}
    following = {"1": "2", "2": "3", "3": "1"}
    turned = []
    for node in nodes:
        bus, _, phase = node.rpartition(".")
        turned.append(index.get(f"{bus}.{following.get(phase)}", -1))
    found: IndexArray = np.array(turned, dtype=np.intp)
    return None if (found < 0).any() else found


def _angle(no_load: ComplexArray, turned: IndexArray) -> float:
    """Return by how much voltages turn from a phase to the next, 0 where they do not."""
    for angle in (-THIRD, THIRD):
        off = np.abs(no_load[turned] - np.exp(1j * angle) * no_load)
        if (off <= SOLVED * np.abs(no_load).max()).all():
            return angle
    return 0.0


def _turned_ports(network: Network, turned: IndexArray) -> IndexArray | None:
    """Return the port that each becomes, None where one becomes none."""
    index = {(int(a), int(b)): i for i, (a, b) in enumerate(network.ports)}
    next_node = {**dict(enumerate(turned.tolist())), -1: -1}
    found = [index.get((next_node[int(a)], next_node[int(b)]), -1) for a, b in network.ports]
    ports: IndexArray = np.array(found, dtype=np.intp)
    return None if (ports < 0).any() else ports


def _same_matrix(network: Network, turned: IndexArray) -> bool:
    own = network.admittance.tocsr()
    off = abs(own[turned][:, turned] - own).max(axis=1).toarray().ravel()
    return bool((off <= ALIKE * abs(own).max(axis=1).toarray().ravel()).all())


def _same_loads(network: Network, turned: IndexArray) -> bool:
    """Say whether the legs at each port are those at the port it becomes, in any order."""
    legs = network.loads
    numbers = (legs.base_v, legs.low, legs.least, legs.most, legs.model)
    columns = (*(n[:, None] for n in numbers), legs.by_voltage, legs.mix)
    table = np.column_stack([*columns, legs.power.real, legs.power.imag]).tolist()
    at: dict[int, list[list[float]]] = {port: [] for port in range(len(turned))}
    for row, port in zip(table, legs.port.tolist(), strict=True):
        at[port].append(row)
    return all(sorted(at[port]) == sorted(at[int(turned[port])]) for port in at)


def _same_units(network: Network, turned: IndexArray) -> bool:
    """Say whether each unit stands at the same ports wherever the phases are turned."""
    found = network.unit_ports.values()
    return all(set(ports.tolist()) == set(turned[ports].tolist()) for ports in found)


def _orbits(turned: IndexArray, step: complex) -> tuple[IndexArray, ComplexArray, IndexArray]:
    """Return each one's stand-in, by how much it is turned from it, and the stand-ins."""
    stand_in = np.full(len(turned), -1, dtype=np.intp)
    turn = np.ones(len(turned), dtype=complex)
    first: list[int] = []
    for i in range(len(turned)):
        if stand_in[i] < 0:
            second, third = int(turned[i]), int(turned[turned[i]])
            stand_in[[i, second, third]] = len(first)
            turn[second], turn[third] = step, step * step
            first.append(i)
    return stand_in, turn, np.array(first, dtype=np.intp)
