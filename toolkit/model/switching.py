"""Lines that may be open or closed, and the choices of them that leave a network radial."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray


@dataclass(frozen=True)
class Switches:
    """K lines that a study opens and closes.

    names: their full names; ends: the two sections that each may join, counted from 0, a section
    being what lines that are no switches hold together; base_open: which are open in the base case;
    searched: whether a search decides which are open, else ``base_open`` holds for every plan;
    disabled: those that the scripts disable, which are there once enabled.
    """

    names: tuple[str, ...]
    ends: tuple[tuple[int, int], ...]
    base_open: tuple[bool, ...]
    searched: bool
    disabled: tuple[str, ...] = ()

    @cached_property
    def base(self) -> BoolArray:
        """Which are open in the base case, (K,)."""
        return np.array(self.base_open, dtype=bool)

    @cached_property
    def _ends(self) -> IndexArray:
        return np.array(self.ends, dtype=np.intp).reshape(-1, 2)

    def opened(self, keys: FloatArray) -> BoolArray:
        """Return which switches are open, (n, K), by keys of any numbers, (n, K).

        In the order of their keys, the largest first and of equal ones the first named, each is
        closed unless that would close a loop (Kruskal 1956): what is closed is a spanning tree of
        the sections, and every spanning tree has keys.
        """
        order = np.argsort(-keys, axis=1, kind="stable")
        rows, sections = np.arange(len(keys)), int(self._ends.max(initial=0)) + 1
        joined = np.tile(np.arange(sections), (len(keys), 1))
        is_open = np.ones(keys.shape, dtype=bool)
        for k in order.T:
            one, other = joined[rows, self._ends[k, 0]], joined[rows, self._ends[k, 1]]
            closes = one != other
            is_open[rows, k] = ~closes
            moved = closes[:, None] & (joined == other[:, None])
            joined = np.where(moved, one[:, None], joined)
        return is_open

    def keys(self, is_open: BoolArray) -> FloatArray:
        """Return keys, (K,), by which these are open where that leaves the network radial."""
        return np.where(is_open, 0.25, 0.75)

    def radial(self, is_open: BoolArray) -> bool:
        """Say whether some open switches, (K,), leave a network without loops, all of it fed."""
        return bool((self.opened(self.keys(is_open)[None])[0] == is_open).all())

    def said(self, is_open: BoolArray) -> tuple[str, ...]:
        """Return the names of the open ones, without their class."""
        pairs = zip(self.names, is_open.tolist(), strict=True)
        return tuple(name.partition(".")[2] for name, is_off in pairs if is_off)
