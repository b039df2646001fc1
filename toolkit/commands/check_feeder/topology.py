"""Islands and loops, judged on closed branches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from toolkit.common.types import IndexArray
from toolkit.grid.circuit import Circuit, Link


def islands(circuit: Circuit) -> list[tuple[str, ...]]:
    """Return the groups of buses that no source reaches over closed branches, largest first."""
    index = {bus: i for i, bus in enumerate(circuit.buses)}
    ends = _ends([link for link in circuit.links if link.closed], index)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(index),) * 2)
    _, label = connected_components(graph, directed=False)
    fed = {label[index[bus]] for bus in circuit.sources}
    groups: dict[int, list[str]] = {}
    for bus, group in zip(circuit.buses, label, strict=True):
        if group not in fed:
            groups.setdefault(int(group), []).append(bus)
    return sorted(map(tuple, groups.values()), key=len, reverse=True)


def loops(circuit: Circuit) -> list[Link]:
    """Return the branches without which the closed network would be radial.

    Branches between the same two buses that share no phase count as one, and so do single-phase
    transformers, which make a bank. Of a loop the branch that comes last in the scripts is named.
    """
    index = {bus: i for i, bus in enumerate(circuit.buses)}
    single, extra = _one_a_pair([link for link in circuit.links if link.closed])
    ends = _ends(single, index)
    # Weights grow along the scripts, so that what the tree leaves out is what comes last.
    weight = np.arange(1.0, len(single) + 1.0)
    graph = coo_array((weight, (ends[:, 0], ends[:, 1])), shape=(len(index),) * 2)
    kept = set(minimum_spanning_tree(graph).tocoo().data.astype(int))
    return [link for i, link in enumerate(single, start=1) if i not in kept] + extra


def _one_a_pair(links: Sequence[Link]) -> tuple[list[Link], list[Link]]:
    """Return one link for each pair of buses, and those that stand parallel to it."""
    phases: dict[frozenset[str], set[int]] = {}
    single: list[Link] = []
    extra: list[Link] = []
    for link in links:
        pair = frozenset((link.bus1, link.bus2))
        taken = phases.get(pair)
        if taken is None:
            single.append(link)
        elif taken & link.nodes and not (link.is_transformer and link.phases == 1):
            extra.append(link)
        phases[pair] = (taken or set()) | link.nodes
    return single, extra


def _ends(links: Sequence[Link], index: dict[str, int]) -> IndexArray:
    """Return the bus indices of links, lower one first, shape (L, 2)."""
    ends = [sorted((index[link.bus1], index[link.bus2])) for link in links]
    return np.array(ends, dtype=np.intp).reshape(len(links), 2)
