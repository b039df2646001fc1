"""Which things are joined, as more and more pairs of them are."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence

#: Two things that something joins.
Ends = tuple[str, str]


class Forest:
    """Trees that grow together; what no pair has named yet is a tree of its own."""

    def __init__(self, pairs: Iterable[Ends] = ()) -> None:
        self._above: dict[Hashable, str] = {}
        #: How many pairs have joined two trees.
        self.joins = 0
        for pair in pairs:
            self.join(*pair)

    def root(self, one: str) -> str:
        """Return what stands for the tree of a thing."""
        above = self._above
        while (higher := above.get(one, one)) != one:
            above[one] = above.get(higher, higher)
            one = higher
        return one

    def join(self, one: str, other: str) -> bool:
        """Join two things; say whether they were apart."""
        low, high = self.root(one), self.root(other)
        if low == high:
            return False
        self._above[high] = low
        self.joins += 1
        return True


def way(pairs: Mapping[str, Ends], start: str, end: str) -> Sequence[str]:
    """Return the names of the pairs on a shortest way from start to end; none without a way."""
    beside: dict[str, list[tuple[str, str]]] = {}
    for name, (one, other) in pairs.items():
        beside.setdefault(one, []).append((other, name))
        beside.setdefault(other, []).append((one, name))
    reached: dict[str, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting and end not in reached:
        here = waiting.popleft()
        for there, name in beside.get(here, ()):
            if there not in reached:
                reached[there] = (*reached[here], name)
                waiting.append(there)
    return reached.get(end, ())
