"""Where the buses of a one-line diagram go, and its labels: plain geometry, no drawing."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.results.coordinates import to_scale


@dataclass(frozen=True)
class Sketch:
    """A feeder as points and bent lines.

    names: buses; xy: their places, shape (B, 2); lines: one array of corners, shape (k, 2), a
    branch; to_scale: the places are coordinates, so both axes must keep one scale.
    """

    names: tuple[str, ...]
    xy: FloatArray
    lines: tuple[FloatArray, ...]
    to_scale: bool

    @property
    def ratio(self) -> float:
        """Width over height, within reason."""
        width, height = np.ptp(self.xy, axis=0)
        return float(np.clip(width / max(height, width / 100.0, 1e-9), 0.2, 100.0))

    def fitted(self, box: FloatArray) -> Sketch:
        """Return the sketch scaled and centred into a box (left, bottom, right, top)."""
        extent = np.ptp(self.xy, axis=0)
        room = box[2:] - box[:2]
        scale = room / np.where(extent > 0.0, extent, np.inf)
        if self.to_scale and extent.any():
            scale = np.full(2, scale[extent > 0.0].min())
        middle = (self.xy.min(axis=0) + self.xy.max(axis=0)) / 2.0
        shift = (box[:2] + box[2:]) / 2.0 - middle * scale
        lines = tuple(line * scale + shift for line in self.lines)
        return Sketch(self.names, self.xy * scale + shift, lines, self.to_scale)


def sketch(network: dict[str, Any]) -> Sketch:
    """Return a network's sketch: by its coordinates when the buses have some, else as a tree."""
    placed = by_coordinates(network)
    return as_tree(network) if placed is None else placed


def by_coordinates(network: dict[str, Any]) -> Sketch | None:
    """Return a sketch by the coordinates of the buses, to scale; None where they are no map."""
    names, ends = _connected(network)
    given = [[bus["x"], bus["y"]] for bus in network["buses"]]
    xy = to_scale(_filled(np.array(given, dtype=np.float64), ends))
    if not np.isfinite(xy).all() or 2 * len(np.unique(xy, axis=0)) <= len(xy):
        return None
    return Sketch(names, xy, tuple(xy[[i, j]] for i, j in ends), to_scale=True)


def as_tree(network: dict[str, Any]) -> Sketch:
    """Return a sketch with the head to the left, and every lateral in a row of its own."""
    names, ends = _connected(network)
    parent, depth = _reach(len(names), ends, names.index(network["head"]))
    xy = np.column_stack([depth, -_rows(parent, depth)]).astype(np.float64)
    return Sketch(names, xy, tuple(_bent(xy, parent, i, j) for i, j in ends), to_scale=False)


def _connected(network: dict[str, Any]) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Return the names of the buses, and which two each branch connects."""
    names = tuple(str(bus["name"]) for bus in network["buses"])
    at = {name: i for i, name in enumerate(names)}
    return names, [(at[b["bus1"]], at[b["bus2"]]) for b in network["branches"]]


def _filled(xy: FloatArray, ends: Sequence[tuple[int, int]]) -> FloatArray:
    """Return the places with the few that are missing taken from a neighbour.

    Feeders often leave out the far side of a switch. Where more than a tenth is missing the
    coordinates are no map, and are returned as they are.
    """
    xy = xy.copy()
    for _ in range(np.isnan(xy[:, 0]).sum() if np.isnan(xy[:, 0]).mean() <= 0.1 else 0):
        for i, j in ends:
            for here, there in ((i, j), (j, i)):
                if np.isnan(xy[here]).any():
                    xy[here] = xy[there]
    return xy


def _reach(count: int, ends: Sequence[tuple[int, int]], head: int) -> tuple[list[int], list[int]]:
    """Return each bus's parent (-1 for a root) and depth, breadth first from the head.

    A part that is not connected to the head gets a root of its own.
    """
    beside: list[list[int]] = [[] for _ in range(count)]
    for i, j in ends:
        beside[i].append(j)
        beside[j].append(i)
    parent, depth = [-2] * count, [0] * count
    for root in (head, *range(count)):
        waiting = deque([root] if parent[root] == -2 else [])
        parent[root] = -1 if waiting else parent[root]
        while waiting:
            here = waiting.popleft()
            for other in (o for o in beside[here] if parent[o] == -2):
                parent[other], depth[other] = here, depth[here] + 1
                waiting.append(other)
    return parent, depth


def _rows(parent: Sequence[int], depth: Sequence[int]) -> IndexArray:
    """Return a row for each bus: the longest way on keeps its row, a lateral takes a new one.

    Laterals nearest the far end take the nearest rows, so no line crosses another.
    """
    reach = list(depth)
    children: list[list[int]] = [[] for _ in parent]
    for bus in sorted(range(len(parent)), key=lambda b: -depth[b]):
        if parent[bus] >= 0:
            children[parent[bus]].append(bus)
            reach[parent[bus]] = max(reach[parent[bus]], reach[bus])
    rows, row = np.zeros(len(parent), dtype=np.intp), -1
    waiting = [(bus, True) for bus in reversed(range(len(parent))) if parent[bus] == -1]
    while waiting:
        bus, starts = waiting.pop()
        row += starts
        rows[bus] = row if starts else rows[parent[bus]]
        onward = sorted(children[bus], key=lambda b: (reach[b], -b))
        waiting += [(child, True) for child in onward[:-1]]
        waiting += [(child, False) for child in onward[-1:]]
    return rows


def _bent(xy: FloatArray, parent: Sequence[int], i: int, j: int) -> FloatArray:
    """Return a branch's corners: across, then along its row; straight when it closes a loop."""
    if parent[i] == j:
        i, j = j, i
    if parent[j] != i:
        return xy[[i, j]]
    return np.array([xy[i], [xy[i, 0], xy[j, 1]], xy[j]])


@dataclass
class Page:
    """The boxes taken on a page so far, and the points lines run through; finds room for labels."""

    frame: FloatArray
    points: FloatArray
    boxes: list[FloatArray] = field(default_factory=list)

    def place(self, anchor: FloatArray, size: FloatArray, offsets: FloatArray) -> FloatArray:
        """Take the best box of that size around an anchor and return it.

        offsets: shifts of the box's middle to try, the preferred first, shape (n, 2).
        """
        costs = self.costs(anchor, size, offsets)
        middle = anchor + offsets[int(np.argmin(costs))]
        box = np.concatenate([middle - size / 2.0, middle + size / 2.0])
        self.boxes.append(box)
        return box

    def costs(self, anchor: FloatArray, size: FloatArray, offsets: FloatArray) -> FloatArray:
        """Return how bad each place is: leaving the page, covering a label, a line, being far."""
        low = anchor + offsets - size / 2.0
        high = low + size
        out = np.maximum(self.frame[:2] - low, 0.0) + np.maximum(high - self.frame[2:], 0.0)
        taken = np.array(self.boxes).reshape(-1, 1, 4)
        common = np.minimum(high, taken[:, :, 2:]) - np.maximum(low, taken[:, :, :2])
        covered = np.prod(np.maximum(common, 0.0), axis=2).sum(axis=0)
        at = self.points[:, None, :]
        crossed = np.all((at > low - 1.0) & (at < high + 1.0), axis=2).sum(axis=0)
        far = np.hypot(*offsets.T) - np.hypot(*size) / 2.0
        ties = self.tied(anchor, low, high)
        cost = ties + out.sum(axis=1) * 200.0 + covered * 2.0 + crossed * 3.0 + far * 0.25
        return np.asarray(cost, dtype=np.float64)

    def tied(self, anchor: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        """Return how bad the line from the anchor to each box is: what else it runs through."""
        ends = np.clip(anchor, low, high)
        ways = np.linspace(0.0, 1.0, 64)[:, None, None] * (ends - anchor) + anchor
        # The first box taken around the anchor is its own dot: every line starts there.
        boxes = np.array([b for b in self.boxes if not _holds(b, anchor)]).reshape(-1, 1, 1, 4)
        inside = (ways > boxes[..., :2]) & (ways < boxes[..., 2:])
        through = np.any(np.all(inside, axis=3), axis=1)
        return np.asarray(60.0 * through.sum(axis=0), dtype=np.float64)


def _holds(box: FloatArray, point: FloatArray) -> bool:
    return bool((box[:2] <= point).all() and (point <= box[2:]).all())


def along(lines: Sequence[FloatArray], spacing: float = 3.0) -> FloatArray:
    """Return points along bent lines, at most so far apart, shape (n, 2)."""
    points = [np.empty((0, 2))]
    for line in lines:
        for start, end in pairwise(line):
            count = int(np.hypot(*(end - start)) / spacing) + 2
            points.append(np.linspace(start, end, count))
    return np.concatenate(points)


def around(size: FloatArray, distances: Sequence[float], directions: int) -> FloatArray:
    """Return shifts that put a box of that size at distances from a point, straight up first."""
    turns = np.arange(directions) * 2.0 * np.pi / directions
    ways = np.column_stack([np.sin(turns), np.cos(turns)])
    # A box touches a circle sooner along its short side: shift by where its edge is.
    reach = 1.0 / np.maximum(np.abs(ways) / (size / 2.0), 1e-9).max(axis=1)
    return np.concatenate([ways * (reach + d)[:, None] for d in distances])
