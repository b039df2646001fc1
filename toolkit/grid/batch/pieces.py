"""A large network as dense pieces and what passes between them.

The nodes of a piece see each other through a matrix of their own; all others reach them through
the cut nodes at its ends, which see each other through one more matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, hstack
from scipy.sparse.linalg import splu

from toolkit.common.types import ComplexArray, IndexArray
from toolkit.grid.batch.kept_nodes import ORDER
from toolkit.grid.batch.tearing import torn


@dataclass(frozen=True)
class Ported:
    """A network of N nodes seen from P ports, each at one bus.

    admittance: (N, N); at: currents at nodes of those at ports, (N, P); across: voltages across
    ports of those at nodes, (P, N); bus: the number of the bus of each node, (N,).
    """

    admittance: csr_matrix
    at: csr_matrix
    across: csr_matrix
    bus: IndexArray


@dataclass(frozen=True)
class _Piece:
    """Nodes, n of N, ports, m of P, and the cut nodes at the piece's ends, k of those cut.

    volts, across: voltages at the nodes and across the ports, (n, m + k) and (m, m + k), of the
    currents at the ports and the voltages at the ends; given: what the currents are to the ends,
    (k, m); ties: what the piece takes off the admittance between its ends, (k, k).
    """

    nodes: IndexArray
    ports: IndexArray
    ends: IndexArray
    volts: ComplexArray
    across: ComplexArray
    given: ComplexArray
    ties: ComplexArray


class Pieces:
    """Voltages that currents at ports cause, by pieces.

    Columns are worked out each by itself, the same bits in whatever groups of 8 they come.
    """

    def __init__(self, network: Ported) -> None:
        self._cut, self._pieces = _torn(network)
        pieces = self._pieces
        none = np.empty(0, dtype=np.intp)
        inner = np.concatenate([none, *(piece.ports for piece in pieces)])
        count = network.at.shape[1]
        outer = np.setdiff1d(np.arange(count), inner)
        #: Ports in the order of pieces, and the row at which each of them stands there.
        self._ported = [piece for piece in pieces if len(piece.ports)]
        self._place = np.argsort(np.concatenate([inner, outer]))
        self._outer = outer
        #: Cut nodes at the ends of pieces, one after the other.
        self._ends = np.concatenate([none, *(piece.ends for piece in self._ported)])
        self._rows, self._end_rows = self._laid_out()
        joins = csr_matrix(
            (np.ones(len(self._ends)), (self._ends, np.arange(len(self._ends)))),
            (len(self._cut), len(self._ends)),
        )
        self._into = csr_matrix(hstack([joins, network.at[self._cut][:, outer]]), dtype=complex)
        self._across = csr_matrix(network.across[outer][:, self._cut])
        between = network.admittance[self._cut][:, self._cut].toarray().astype(complex)
        for piece in pieces:
            between[np.ix_(piece.ends, piece.ends)] -= piece.ties
        self._between = np.linalg.inv(between)
        self._count = network.at.shape
        self._held: dict[int, tuple[ComplexArray, ...]] = {}

    def _laid_out(self) -> tuple[IndexArray, IndexArray]:
        """Return the port of each row of what is multiplied, and the rows of ends between them."""
        rows: list[IndexArray] = []
        at: list[IndexArray] = []
        begin = 0
        for piece in self._ported:
            ends = np.zeros(len(piece.ends), dtype=np.intp)
            rows += [piece.ports, ends]
            begin += len(piece.ports)
            at.append(np.arange(begin, begin + len(ends)))
            begin += len(ends)
        none = np.empty(0, dtype=np.intp)
        return np.concatenate([none, *rows]), np.concatenate([none, *at])

    def _scratch(self, columns: int) -> tuple[ComplexArray, ...]:
        """Return arrays to work in, made once while the number of columns stays."""
        if columns not in self._held:
            if len(self._held) > 3:
                self._held.clear()
            count = len(self._rows), len(self._ends) + len(self._outer), self._count[1]
            self._held[columns] = (*(np.empty((n, columns), dtype=complex) for n in count),)
        return self._held[columns]

    def drop(self, current: ComplexArray, out: ComplexArray) -> None:
        """Write the voltages across ports that currents at them, (P, C), cause."""
        laid, cut = self._passed(current)
        caused = self._scratch(current.shape[1])[2]
        begin = done = 0
        for piece in self._ported:
            m, both = piece.across.shape
            np.matmul(piece.across, laid[begin : begin + both], out=caused[done : done + m])
            begin, done = begin + both, done + m
        caused[done:] = self._across @ cut
        np.take(caused, self._place, axis=0, out=out, mode="clip")

    def volts(self, current: ComplexArray) -> ComplexArray:
        """Return the voltages at all nodes that currents at ports, (P, C), cause, (N, C)."""
        laid, cut = self._passed(current)
        whole = np.empty((self._count[0], current.shape[1]), dtype=complex)
        whole[self._cut] = cut
        begin = 0
        for piece in self._pieces:
            if len(piece.ports):
                both = laid[begin : begin + piece.across.shape[1]]
                begin += len(both)
            else:
                both = cut[piece.ends]
            whole[piece.nodes] = piece.volts @ both
        return whole

    def _passed(self, current: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """Return currents at the ports of each piece above voltages at its ends; and all cut."""
        laid, given, _ = self._scratch(current.shape[1])
        np.take(current, self._rows, axis=0, out=laid, mode="clip")
        begin = done = 0
        for piece in self._ported:
            k, m = piece.given.shape
            np.matmul(piece.given, laid[begin : begin + m], out=given[done : done + k])
            begin, done = begin + m + k, done + k
        given[done:] = current[self._outer]
        cut = self._between @ np.asarray(self._into @ given)
        laid[self._end_rows] = cut[self._ends]
        return laid, cut


def _torn(network: Ported) -> tuple[IndexArray, list[_Piece]]:
    """Return the nodes that are cut, and the pieces."""
    count, bus = network.at.shape[0], network.bus
    at_bus = csr_matrix((np.ones(count), (np.arange(count), bus)))
    pattern = _pattern(network.admittance)
    graph = csr_matrix(at_bus.T @ (pattern + pattern.T) @ at_bus)
    graph.setdiag(0)
    graph.eliminate_zeros()
    ports = np.diff(csr_matrix(at_bus.T @ _pattern(network.at)).indptr)
    tearing = torn(graph, ports, np.bincount(bus))
    number = np.full(len(ports), -1)
    for i, buses in enumerate(tearing.pieces):
        number[list(buses)] = i
    piece_of = number[bus]
    cut = np.flatnonzero(piece_of < 0)
    order = np.argsort(piece_of, kind="stable")[len(cut) :]
    ends = np.cumsum(np.bincount(piece_of[order], minlength=len(tearing.pieces)))
    by_node = csr_matrix(network.admittance), csc_matrix(network.admittance[cut])
    return cut, [_piece(network, by_node, cut, nodes) for nodes in np.split(order, ends[:-1])]


def _piece(
    network: Ported, by_node: tuple[csr_matrix, csc_matrix], cut: IndexArray, nodes: IndexArray
) -> _Piece:
    rows, to_cut = csc_matrix(by_node[0][nodes]), by_node[1][:, nodes]
    off = rows[:, cut]
    ends = np.union1d(np.flatnonzero(np.diff(off.indptr)), np.unique(to_cut.indices))
    at = csc_matrix(network.at[nodes])
    ports = np.flatnonzero(np.diff(at.indptr))
    given = hstack([at[:, ports], -off[:, ends]]).toarray().astype(complex)
    volts = splu(csc_matrix(rows[:, nodes]), permc_spec=ORDER).solve(given)
    passed = -(csr_matrix(to_cut)[ends] @ volts)
    across = network.across[ports][:, nodes] @ volts
    m = len(ports)
    return _Piece(
        nodes, ports, ends, volts, np.asarray(across), passed[:, :m].copy(), passed[:, m:].copy()
    )


def _pattern(matrix: csr_matrix) -> csr_matrix:
    own = csr_matrix(matrix)
    return csr_matrix((np.ones(len(own.data)), own.indices, own.indptr), own.shape)
