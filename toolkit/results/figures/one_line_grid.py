"""How the panels of the one-line diagram are laid out, and how many of them a page has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.results.figures import style
from toolkit.results.figures.geometry import Sketch
from toolkit.results.figures.groups import Group
from toolkit.results.ranking import best_first

#: Everything here is in points, so that what fits on paper is known before it is drawn.
POINTS = 72.0
LINE = 11.0
#: Room above a panel for its title, and for the figure's title and legend.
TITLE, HEAD, FOOT, GAP = 24.0, 26.0, 108.0, 14.0
#: What stands below the panels in print beside the legend: the bar of colours.
BAR = 56.0
#: The least width of a panel in print, and the room that a line of a label takes along it.
ROOM, TAG = 230.0, 170.0
#: Room for a row of a tree, where there is any to give.
ROW = 38.0
#: How high a figure for print is at most: a column of a page.
HIGHEST = 8.75 * POINTS
#: A page takes one panel more where it has room for this share of it; all are then lower.
LOWER = 0.8
#: The lowest and highest panel.
LOWEST_PANEL, HIGHEST_PANEL = 104.0, 460.0


@dataclass(frozen=True)
class Grid:
    """How the panels are laid out: columns, rows, and one panel's size in points."""

    columns: int
    rows: int
    width: float
    height: float


def grid_of(plain: Sketch, panels: int, most: int, rest: float) -> Grid:
    """Choose columns by the feeder's shape: a long one takes the whole width.

    In print there are more where a page has no room for all panels otherwise, if they stay wide
    enough. most: lines that a panel has to tell; rest: what stands above and below the panels,
    points.
    """
    usual = min(1 if plain.ratio > 2.2 else 2 if plain.ratio > 0.7 else 3, panels)
    inches = style.printed_width()
    if inches is None:
        page = 720.0 if len(plain.names) <= 40 else 900.0
        least = 1 if plain.ratio > 2.2 else 2
        width = (page - GAP) / max(usual, least) - GAP
        return Grid(usual, -(-panels // usual), width, _height(plain, width, LOWEST_PANEL))
    widest = max(1, min(int(inches * POINTS // ROOM), panels))
    found = [_printed(plain, columns, panels, most, rest) for columns in range(1, widest + 1)]
    first = found[min(usual, widest) - 1 :]
    return next((grid for grid in first if grid.rows <= _rows(grid, rest)), first[-1])


def _printed(plain: Sketch, columns: int, panels: int, most: int, rest: float) -> Grid:
    """Return the grid of so many columns in print: panels hold all lines and fit on a page."""
    width = ((style.printed_width() or 0.0) * POINTS - GAP) / columns - GAP
    height = _height(plain, width, max(LOWEST_PANEL, most * LINE * TAG / width))
    room, rows = HIGHEST - rest, -(-panels // columns)
    held = max(1, min(rows, math.ceil(room / (height + TITLE) - LOWER)))
    return Grid(columns, rows, width, min(height, room / held - TITLE))


def _height(plain: Sketch, width: float, lowest: float) -> float:
    """Return how high a panel is, points: by the feeder's shape, or with room for its rows."""
    rows = 0.0 if plain.to_scale else float(np.ptp(plain.xy[:, 1]))
    wanted = max(width / plain.ratio, LOWEST_PANEL + ROW * rows)
    return float(np.clip(wanted, lowest, max(lowest, HIGHEST_PANEL)))


def _rows(grid: Grid, rest: float) -> int:
    """Return how many rows of panels a page has room for."""
    return max(1, math.floor((HIGHEST - rest) / (grid.height + TITLE) + 1e-9))


def fitting(groups: Sequence[Group], grid: Grid, rest: float, ranked: str) -> Sequence[Group]:
    """Return the groups that a page has room for in print: the base case, and the best others.

    ranked: the column of what was sought, higher being better.
    """
    room = grid.columns * _rows(grid, rest)
    if style.printed_width() is None or len(groups) <= room:
        return groups
    others = best_first(pd.DataFrame([group.row for group in groups[1:]]), ranked)["case"]
    kept = {groups[0].row["case"], *others.iloc[: room - 1]} if room > 1 else {others.iloc[0]}
    return [group for group in groups if group.row["case"] in kept]
