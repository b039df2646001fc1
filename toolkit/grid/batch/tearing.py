"""Where a large network is cut into pieces, so that each may be a small dense matrix.

Source: G. Kron, Diakoptics: the piecewise solution of large-scale systems, Macdonald (1963).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import reverse_cuthill_mckee

from toolkit.common.types import IndexArray

#: Ports of a piece at most, one of which is picked by what it costs.
SIZES = (16, 24, 32, 48, 64, 96, 128, 192, 256)
#: Cut buses that a piece of several parts may hang on.
ENDS = 3
#: Products that take as long as what a piece takes besides, in a block of columns.
PER_PIECE = 400


@dataclass(frozen=True)
class Tearing:
    """Pieces of a network, each the numbers of its buses; the other buses are cut.

    cost: products of numbers that a column takes.
    """

    pieces: Sequence[Sequence[int]]
    cost: int


def torn(graph: csr_matrix, ports: IndexArray, nodes: IndexArray) -> Tearing:
    """Return the pieces of a network that cost least.

    graph: which buses hang on which, symmetric, (B, B); ports, nodes: how many a bus has, (B,).
    """
    order = reverse_cuthill_mckee(graph, symmetric_mode=True)
    near = [own.tolist() for own in np.split(graph.indices, graph.indptr[1:-1])]
    found = (of_size(near, order.tolist(), ports.tolist(), nodes.tolist(), s) for s in SIZES)
    return min(found, key=lambda tearing: tearing.cost)


def of_size(
    near: list[list[int]], order: list[int], ports: list[int], nodes: list[int], most: int
) -> Tearing:
    """Return pieces of at most so many ports, where no bus has more itself."""
    parts = _parts(near, order, ports, most)
    cut = set(order).difference(*parts)
    place = {bus: i for i, bus in enumerate(order)}
    ends = [{b for bus in part for b in near[bus] if b in cut} for part in parts]
    # Parts that hang on the same bus follow each other.
    keys = [(max((place[b] for b in own), default=-1), i) for i, own in enumerate(ends)]
    pieces: list[list[int]] = []
    joint: set[int] = set()
    for _, i in sorted(keys):
        both = joint | ends[i]
        count = sum(ports[bus] for bus in (*pieces[-1], *parts[i])) if pieces else 0
        if pieces and count <= most and len(both) <= max(ENDS, len(joint)):
            pieces[-1].extend(parts[i])
            joint = both
        else:
            pieces.append(list(parts[i]))
            joint = ends[i]
    return Tearing(pieces, _cost(pieces, near, cut, ports, nodes))


def _parts(near: list[list[int]], order: list[int], ports: list[int], most: int) -> list[list[int]]:
    """Return what hangs together once buses are cut where more ports would come together.

    Buses are looked at from the ends of the network on, so that what hangs on one is known.
    """
    parts: dict[int, list[int]] = {}
    size: dict[int, int] = {}
    of: dict[int, int] = {}
    for bus in order:
        joined = {of[b] for b in near[bus] if b in of}
        together = ports[bus] + sum(size[part] for part in joined)
        if together > most:
            continue
        # The others join the longest, so that few change.
        longest = max(joined, key=lambda part: (len(parts[part]), part), default=bus)
        members = [bus, *(b for part in sorted(joined - {longest}) for b in parts.pop(part))]
        parts.setdefault(longest, []).extend(members)
        size[longest] = together
        of.update(dict.fromkeys(members, longest))
    return list(parts.values())


def _cost(
    pieces: list[list[int]],
    near: list[list[int]],
    cut: set[int],
    ports: list[int],
    nodes: list[int],
) -> int:
    cost = sum(nodes[bus] for bus in cut) ** 2
    for piece in pieces:
        own = sum(ports[bus] for bus in piece)
        ends = {b for bus in piece for b in near[bus] if b in cut}
        if own:
            cost += own * (own + 2 * sum(nodes[bus] for bus in ends)) + PER_PIECE
    return cost
