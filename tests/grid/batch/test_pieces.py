"""A large network in pieces: where it is cut, and that its voltages are those of the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.linalg import splu

from toolkit.grid.batch.pieces import Pieces, Ported
from toolkit.grid.batch.tearing import SIZES, of_size, torn

#: Columns that are worked out together, and some of them.
COLUMNS, GROUPS = 32, [slice(0, 8), slice(8, 16), slice(8, 32), slice(0, 24)]


def random_network(seed, buses, more):
    """Make a tree of buses of one to three nodes, with ``more`` branches besides, and ports."""
    rng = np.random.default_rng(seed)
    width = rng.integers(1, 4, buses)
    first = np.cumsum(width) - width
    count = int(width.sum())
    own = np.zeros((count, count), dtype=complex)
    branches = [(int(rng.integers(max(i - 9, 0), i)), i) for i in range(1, buses)]
    branches += [tuple(rng.choice(buses, 2, replace=False).tolist()) for _ in range(more)]
    for one, other in branches:
        n = min(width[one], width[other])
        ends = np.concatenate([first[one] + np.arange(n), first[other] + np.arange(n)])
        y = np.diag(1.0 / (0.2 + rng.random(n) + 1j * rng.random(n)))
        own[np.ix_(ends, ends)] += np.block([[y, -y], [-y, y]])
    own[:3, :3] += 2.0 * np.eye(count)[:3, :3]
    own += np.diag(0.1j * rng.random(count) + 0.01)
    bus = np.repeat(np.arange(buses), width)
    return csr_matrix(own), bus, _ports(rng, width, first)


def _ports(rng, width, first):
    """Make ports from a node of some buses to ground, or to another node of the same bus."""
    rows = []
    for bus in np.flatnonzero(rng.random(len(width)) < 0.7):
        row = np.zeros(int(width.sum()))
        row[first[bus]] = 1.0
        if width[bus] > 1 and rng.random() < 0.3:
            row[first[bus] + 1] = -1.0
        rows.append(row)
    return csr_matrix(np.array(rows or [np.eye(int(width.sum()))[0]]))


@given(
    seed=st.integers(0, 2**32 - 1),
    buses=st.sampled_from([3, 30, 120, 300]),
    more=st.sampled_from([0, 0, 1, 12]),
)
@settings(max_examples=40, deadline=None)
def test_voltages_are_those_of_the_whole_network(seed, buses, more):
    admittance, bus, ports = random_network(seed, buses, more)
    pieces = Pieces(Ported(admittance, csr_matrix(ports.T), ports, bus))
    rng = np.random.default_rng(seed)
    current = rng.random((ports.shape[0], COLUMNS)) + 1j * rng.random((ports.shape[0], COLUMNS))
    expected = splu(csc_matrix(admittance)).solve(ports.T @ current)
    volts, across = pieces.volts(current), np.empty_like(current)
    pieces.drop(current, across)
    assert np.abs(volts - expected).max() < 1e-12 * np.abs(expected).max()
    assert np.abs(across - ports @ expected).max() < 1e-12 * np.abs(expected).max()
    for some in GROUPS:
        own = np.empty((len(current), some.stop - some.start), dtype=complex)
        pieces.drop(np.ascontiguousarray(current[:, some]), own)
        assert np.array_equal(own, across[:, some])
        assert np.array_equal(pieces.volts(np.ascontiguousarray(current[:, some])), volts[:, some])


def chain(count):
    """Return which of so many buses in a line hang on which."""
    pattern = np.eye(count, k=1) + np.eye(count, k=-1)
    return csr_matrix(pattern)


def test_a_line_of_five_is_cut_in_the_middle():
    # Two ports in each half see one cut node: 2 (2 + 2) products each, and 1 between cut nodes.
    near = [own.tolist() for own in np.split(chain(5).indices, chain(5).indptr[1:-1])]
    found = of_size(near, [0, 1, 2, 3, 4], [1] * 5, [1] * 5, most=2)
    assert [sorted(piece) for piece in found.pieces] == [[0, 1], [3, 4]]
    assert found.cost == 2 * 8 + 1 + 2 * 400


@pytest.mark.parametrize(("count", "ports"), [(1, 1), (5, 1), (300, 1), (300, 3), (40, 0)])
def test_pieces_hang_together_by_cut_buses_alone(count, ports):
    graph = chain(count)
    found = torn(graph, np.full(count, ports), np.full(count, 3))
    piece_of = np.full(count, -1)
    for i, piece in enumerate(found.pieces):
        assert (piece_of[list(piece)] == -1).all()
        piece_of[list(piece)] = i
        assert len(piece) * ports <= SIZES[-1]
    one, other = graph.nonzero()
    inner = (piece_of[one] >= 0) & (piece_of[other] >= 0)
    assert (piece_of[one][inner] == piece_of[other][inner]).all()
