"""Where the page puts buses and branches: by their coordinates, and as a one-line diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from toolkit.common.excerpts import line
from toolkit.results.figures.geometry import Sketch, as_tree, by_coordinates

#: Places are whole numbers up to this.
GRID = 100_000
#: The least share of buses with coordinates, and how many branches the others may be away.
LEAST_KNOWN, FURTHEST = 0.25, 3
#: How far from their neighbour buses without coordinates stand, as a share of the feeder's extent,
#: and by which angle each goes on from the one before: no two stand in one place.
ASIDE, TURN = 0.004, 2.4


def feeder(network: dict[str, Any]) -> dict[str, Any]:
    """Return buses, branches and both layouts, in whole numbers."""
    tree, (placed, guessed) = as_tree(network), on_map(network)
    at = {name: i for i, name in enumerate(tree.names)}
    ends = [(at[b["bus1"]], at[b["bus2"]]) for b in network["branches"]]
    return {
        "buses": [line(name) for name in tree.names],
        "head": at[network["head"]],
        "loads": [int(bus["load_kw"] > 0.0) for bus in network["buses"]],
        "lines": [line(str(branch["name"])) for branch in network["branches"]],
        "ends": [i for pair in ends for i in pair],
        "bends": [
            0 if len(drawn) < 3 else 1 if drawn[1, 0] == tree.xy[i, 0] else 2
            for drawn, (i, _) in zip(tree.lines, ends, strict=True)
        ],
        "tree": _places(tree),
        "map": None if placed is None else _places(placed),
        "guessed": guessed if placed is not None else 0,
    }


def on_map(network: dict[str, Any]) -> tuple[Sketch | None, int]:
    """Return a sketch by coordinates, None where they are no map; and how many were guessed."""
    placed = by_coordinates(network)
    if placed is not None:
        return placed, 0
    filled, guessed = beside_neighbours(network)
    return by_coordinates(filled), guessed


def beside_neighbours(network: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return a network whose buses without coordinates stand around their neighbours; how many.

    Homes often have none while the lines that feed them do. Unchanged where less than a quarter is
    known.
    """
    at = {b["name"]: (b["x"], b["y"]) for b in network["buses"] if b["x"] is not None}
    if len(at) < max(2, LEAST_KNOWN * len(network["buses"])):
        return dict(network), 0
    aside = ASIDE * float(np.ptp(np.array(list(at.values())), axis=0).max())
    known = len(at)
    for hop in range(FURTHEST):
        found: dict[str, tuple[float, float]] = {}
        for branch in network["branches"]:
            ends = (branch["bus1"], branch["bus2"])
            for here, there in (ends, ends[::-1]):
                if here in at and there not in at and there not in found:
                    angle = TURN * (len(at) + len(found))
                    shift = aside / 2.0**hop * np.array([np.cos(angle), np.sin(angle)])
                    found[there] = (at[here][0] + shift[0], at[here][1] + shift[1])
        at |= found
    # What no branch leads to, as a source behind its own transformer, stands at the first bus.
    first = next(iter(at.values()))
    places = [at.get(bus["name"], first) for bus in network["buses"]]
    buses = [
        {**bus, "x": float(x), "y": float(y)}
        for bus, (x, y) in zip(network["buses"], places, strict=True)
    ]
    return {**network, "buses": buses}, len(buses) - known


def _places(sketch: Sketch) -> list[int]:
    """Return x and y of every bus in turn, y downwards, the larger extent being GRID."""
    extent = np.ptp(sketch.xy, axis=0)
    reach = np.full(2, extent.max()) if sketch.to_scale else extent
    share = (sketch.xy - sketch.xy.min(axis=0)) / np.where(reach > 0.0, reach, 1.0)
    share[:, 1] = share[:, 1].max(initial=0.0) - share[:, 1]
    found: list[int] = np.round(share * GRID).astype(int).reshape(-1).tolist()
    return found
