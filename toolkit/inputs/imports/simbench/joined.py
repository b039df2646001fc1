"""Switches of a grid: buses that closed ones make one, and ends of branches that open ones open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.inputs.imports.simbench.grid import name_of


@dataclass(frozen=True)
class Joined:
    """The buses that are left when those between closed switches are one.

    kept: their numbers; first: number of each bus -> the one that stands for it; names: of those
    kept; apart: (kind of branch, its number) -> numbers of the buses at which it is open; closed:
    switches between buses that are closed, and open ones.
    """

    kept: tuple[int, ...]
    first: Mapping[int, int]
    names: Mapping[int, str]
    apart: Mapping[tuple[str, int], frozenset[int]]
    closed: tuple[int, int]

    @classmethod
    def of(cls, net: Any) -> Joined:
        """Return what the switches of a grid make of its buses."""
        switches = list(net.switch.itertuples())
        between = [row for row in switches if row.et == "b"]
        first = _first(net.bus.index, [(r.bus, r.element) for r in between if r.closed])
        kept = tuple(i for i in net.bus.index if first[i] == i)
        apart: dict[tuple[str, int], frozenset[int]] = {}
        for row in switches:
            if row.et != "b" and not row.closed:
                key = (row.et, row.element)
                apart[key] = apart.get(key, frozenset()) | {row.bus}
        closed = sum(bool(row.closed) for row in between)
        names = {i: name_of(net.bus.name[i]) for i in kept}
        return cls(kept, first, names, apart, (closed, len(between) - closed))

    def __getitem__(self, bus: int) -> str:
        """Return the name of the bus that a bus is part of."""
        return self.names[self.first[bus]]

    def opened(self, kind: str, element: int) -> frozenset[int]:
        """Return the buses at which a line ('l') or a transformer ('t') is open."""
        return self.apart.get((kind, element), frozenset())

    def remarks(self) -> Iterator[str]:
        """Yield what becomes of switches, in sentences."""
        closed, opened = self.closed
        if closed:
            yield f"{closed} closed switches between buses: the buses they join are one."
        if opened:
            yield f"{opened} open switches between buses: nothing stands in their place."
        if self.apart:
            yield f"{len(self.apart)} branches are open at an end, by switches: written as Open."


def _first(buses: Any, pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Return for each bus the first of those that pairs join it with."""
    first = {int(bus): int(bus) for bus in buses}

    def root(bus: int) -> int:
        while first[bus] != bus:
            bus = first[bus]
        return bus

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    return {bus: root(bus) for bus in first}
