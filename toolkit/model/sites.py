"""Which units may share a bus, and whether there are sites for those that may not.

Units of one kind that may be moved stand at different buses. A unit that stays where it is said to
stand shares its bus with others that stay there, and keeps those that move away from it. A unit
that cannot be larger than nothing holds no site.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from toolkit.common.types import IndexArray


class Placed(Protocol):
    """What is known of a unit that is to stand somewhere."""

    @property
    def size_max(self) -> float:
        """Its largest size."""

    @property
    def candidates(self) -> tuple[int, ...]:
        """Buses where it may stand."""

    @property
    def stays(self) -> bool:
        """Whether its one candidate is where it is said to stand."""


@dataclass(frozen=True)
class Sites:
    """The sites of the units of one kind.

    movers: positions of those that have to stand at different buses, in order; candidates: their
    buses, each without those that are ``held`` by units that stay.
    """

    movers: tuple[int, ...]
    candidates: tuple[tuple[int, ...], ...]
    held: frozenset[int]

    @property
    def plain(self) -> bool:
        """Whether each finds a free candidate, however those before it have chosen."""
        return all(len(own) > count for count, own in enumerate(self.candidates))


def sites_of(units: Sequence[Placed], rows: Iterable[int]) -> Sites:
    """Return the sites of the units of one kind, which are those at ``rows``."""
    large = [int(u) for u in rows if units[u].size_max > 0.0]
    held = frozenset(units[u].candidates[0] for u in large if units[u].stays)
    movers = tuple(u for u in large if not units[u].stays)
    free = tuple(tuple(b for b in units[u].candidates if b not in held) for u in movers)
    return Sites(movers, free, held)


def lacking(sites: Sites) -> tuple[tuple[int, ...], frozenset[int]] | None:
    """Return movers that have fewer free buses than they are, and these buses; None where none do.

    By Hall's theorem there are such movers exactly where not all find a site (Hall 1935, doi
    10.1112/jlms/s1-10.37.26).
    """
    site = matching(sites.candidates)
    if (site >= 0).all():
        return None
    holder = {int(bus): mover for mover, bus in enumerate(site) if bus >= 0}
    reached, left = set[int](), [int(np.flatnonzero(site < 0)[0])]
    while left:
        mover = left.pop()
        reached.add(mover)
        left += [holder[b] for b in sites.candidates[mover] if holder[b] not in reached]
    buses = frozenset(b for mover in reached for b in sites.candidates[mover])
    return tuple(sites.movers[m] for m in sorted(reached)), buses


def matching(candidates: Sequence[Sequence[int]]) -> IndexArray:
    """Return a bus of its own for each list of candidates, -1 for one that gets none."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    buses = sorted({bus for own in candidates for bus in own})
    if not buses:
        return np.full(len(candidates), -1, dtype=np.intp)
    column = {bus: i for i, bus in enumerate(buses)}
    columns = [column[bus] for own in candidates for bus in own]
    starts = np.cumsum([0, *(len(own) for own in candidates)])
    graph = csr_array((np.ones(len(columns)), columns, starts), (len(candidates), len(buses)))
    found = maximum_bipartite_matching(graph, perm_type="column")
    return np.where(found >= 0, np.array(buses, dtype=np.intp)[found], -1)


def fitted(sites: Sites, wanted: Sequence[Sequence[int]]) -> list[int]:
    """Return a bus for each mover: the one it wants most of those that leave all a site.

    wanted: all candidates of each, best first; movers choose in order.
    """
    taken: frozenset[int] = frozenset()
    chosen: list[int] = []
    for count, buses in enumerate(wanted):
        rest = sites.candidates[count + 1 :]
        free = (bus for bus in buses if bus not in taken and bus not in sites.held)
        chosen.append(next(bus for bus in free if _leaves_sites(rest, taken | {bus})))
        taken |= {chosen[-1]}
    return chosen


@lru_cache(maxsize=65536)
def _leaves_sites(candidates: tuple[tuple[int, ...], ...], taken: frozenset[int]) -> bool:
    """Say whether movers find a site each among what others have left."""
    left = [[bus for bus in own if bus not in taken] for own in candidates]
    return not left or bool((matching(left) >= 0).all())
