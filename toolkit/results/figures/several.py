"""The figure of several results folders: what is sought, of best plans, runs and base cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from toolkit.common.excerpts import line, shortened
from toolkit.results.figures import style

#: Characters of a name beside the axis.
NAME = 36
BEST: dict[str, Any] = {"color": style.OTHERS[0].colour, "marker": "o", "markersize": 8.0}
RUN: dict[str, Any] = {"color": style.OTHERS[0].colour, "marker": "|", "markersize": 9.0}
BASE: dict[str, Any] = {"color": style.INK, "marker": "o", "markersize": 7.0}
BASE |= {"markerfacecolor": "none"}
BOUND: dict[str, Any] = {"color": style.INK, "marker": "|", "markersize": 16.0}
BROKEN: dict[str, Any] = {"color": style.INK, "marker": "x", "markersize": 10.0}


@dataclass(frozen=True)
class Panel:
    """One figure of each folder: best plan, base case, every run, and the proven bound."""

    label: str
    best: Sequence[float]
    base: Sequence[float]
    runs: Sequence[Sequence[float]]
    bounds: Sequence[float | None]


def draw_several(names: Sequence[str], feasible: Sequence[bool], panels: Sequence[Panel]) -> bytes:
    """Return the figure as SVG: a line for each folder, a panel for each figure."""
    with style.look():
        figure = style.new_figure(8.0, 1.6 + 0.36 * len(names))
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for held, panel in zip(axes, panels, strict=True):
            _draw(held, panel, feasible)
        axes[0].set_yticks(range(len(names)), [shortened(line(name), NAME) for name in names])
        axes[0].set_ylim(len(names) - 0.5, -0.5)
        style.legend_below(figure, _entries(feasible, panels))
        return style.to_bytes(figure, "svg")


def _draw(axes: Axes, panel: Panel, feasible: Sequence[bool]) -> None:
    for place, runs in enumerate(panel.runs):
        axes.plot(runs, [place] * len(runs), linestyle="none", alpha=0.5, **RUN)
    for values, look in ((panel.base, BASE), (panel.best, BEST)):
        axes.plot(values, range(len(values)), linestyle="none", **look)
    for place, (value, keeps) in enumerate(zip(panel.best, feasible, strict=True)):
        if not keeps:
            axes.plot([value], [place], linestyle="none", **BROKEN)
    for place, bound in enumerate(panel.bounds):
        if bound is not None:
            axes.plot([bound], [place], linestyle="none", **BOUND)
    axes.grid(visible=True, axis="x")
    axes.set_xlabel(line(panel.label))


def _entries(feasible: Sequence[bool], panels: Sequence[Panel]) -> list[Line2D]:
    """Return the legend of what is drawn."""
    told: list[tuple[str, dict[str, Any]]] = [("best plan", BEST), ("base case", BASE)]
    if any(len(runs) > 1 for panel in panels for runs in panel.runs):
        told.append(("each run", RUN))
    if any(bound is not None for panel in panels for bound in panel.bounds):
        told.append(("proven bound", BOUND))
    if not all(feasible):
        told.append(("breaks a limit", BROKEN))
    return [Line2D([], [], label=label, linestyle="none", **look) for label, look in told]
