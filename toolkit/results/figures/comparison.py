"""The figures of a comparison: targets reached by budget, and average ranks that differ or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter, PercentFormatter, StrMethodFormatter

from toolkit.results.figures import style
from toolkit.results.figures.groups import Group
from toolkit.results.wording import p_text

#: Inches between two rows of names, and between two bars, in the diagram of ranks.
ROW = 0.34
BAR = 0.2


def targets_reached(
    groups: Sequence[Group], reached: pd.DataFrame, bound_kwh: float | None = None
) -> Figure | None:
    """Draw the share of (run, target) pairs reached by evaluations; None without any.

    bound_kwh: the proven upper bound that is the highest target, if there is one.
    """
    if reached.empty:
        return None
    looks = _looks(groups, reached["optimizer"])
    figure = style.new_figure(9.0, 5.0)
    axes = figure.subplots()
    handles = []
    for name, rows in reached.groupby("optimizer", sort=False):
        look = looks[str(name)]
        at, share = rows["evaluations"].to_numpy(), rows["share"].to_numpy()
        line: dict[str, Any] = {"color": look.colour, "linestyle": look.dashes}
        axes.plot(at, share, drawstyle="steps-post", **line)
        spread = np.unique(np.searchsorted(at, np.geomspace(1, at[-1], 11)))
        axes.plot(at[spread], share[spread], **style.only_marker(look))
        handles.append(Line2D([], [], label=str(name), marker=look.marker, **line))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(1.0, float(reached["evaluations"].max()) * 1.05)
    axes.set_ylim(0.0, 1.0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_xlabel("Evaluations (logarithmic)")
    axes.set_ylabel("Share of (run, target) pairs reached")
    highest = "best found" if bound_kwh is None else "proven bound"
    style.title(
        axes,
        f"Targets reached by budget: levels from the worst first feasible plan to the {highest}",
    )
    style.legend_below(figure, handles)
    return figure


def _looks(groups: Sequence[Group], named: pd.Series) -> dict[str, style.LineLook]:
    """Return how each optimizer is drawn, the same as in every other figure."""
    return style.line_looks(list(dict.fromkeys([*(g.name for g in groups), *map(str, named)])))


def joined(ranks: Sequence[float], critical: float) -> list[tuple[int, int]]:
    """Return the runs of sorted ranks, first and last index, that do not differ significantly.

    Only runs of two or more that are not part of a longer one.
    """
    runs: list[tuple[int, int]] = []
    for first in range(len(ranks)):
        last = int(np.searchsorted(ranks, ranks[first] + critical, side="right")) - 1
        if last > first and (not runs or last > runs[-1][1]):
            runs.append((first, last))
    return runs


def critical_difference(
    groups: Sequence[Group], statistics: pd.DataFrame, friedman: pd.DataFrame
) -> Figure | None:
    """Draw the average ranks on a line, bars joining those that do not differ significantly.

    The diagram of Demsar (2006). None below three optimizers.
    """
    if friedman.empty:
        return None
    looks = _looks(groups, statistics["optimizer"])
    test = friedman.iloc[0]
    sorted_ranks = statistics.sort_values("average_rank", kind="stable")
    names = [str(name) for name in sorted_ranks["optimizer"]]
    ranks = [float(rank) for rank in sorted_ranks["average_rank"]]
    bars = joined(ranks, float(test["critical_difference"]))
    rows = -(-len(names) // 2)
    depth = BAR * (len(bars) + 1) + ROW * rows
    figure = style.new_figure(9.0, depth + 1.5, least=depth + 1.5)
    axes = figure.subplots()
    axes.set_ylim(-depth, 0.75)
    _rank_line(axes, len(names))
    _scale(axes, len(names), float(test["critical_difference"]))
    for i, (first, last) in enumerate(bars):
        _bar(axes, ranks[first], ranks[last], -BAR * (i + 1))
    _names(axes, names, ranks, looks, -BAR * (len(bars) + 1))
    style.title(
        figure,
        f"Average rank over {test['seeds']:.0f} seeds, 1 is best (Friedman {p_text(test['p'])})\n"
        "A bar joins optimizers that do not differ significantly",
    )
    return figure


def _rank_line(axes: Axes, count: int) -> None:
    """Lay out the line of ranks with its numbers, room for names left and right."""
    room = 0.3 * (count - 1)
    axes.set_xlim(1.0 - room, count + room)
    axes.set_axis_off()
    axes.plot([1.0, count], [0.0, 0.0], color=style.INK, linewidth=1.2)
    for rank in range(1, count + 1):
        axes.plot([rank, rank], [0.0, 0.08], color=style.INK, linewidth=1.2)
        axes.text(rank, 0.11, str(rank), ha="center", va="bottom", color=style.INK)


def _scale(axes: Axes, count: int, critical: float) -> None:
    """Show how long the critical difference is, above the line."""
    end = min(1.0 + critical, axes.get_xlim()[1])
    whole = "" if end == 1.0 + critical else " (wider than drawn)"
    axes.plot([1.0, end], [0.5, 0.5], color=style.INK, linewidth=1.2, marker="|", markersize=8.0)
    text = f"critical difference {critical:.2f} (Nemenyi, 0.05){whole}"
    axes.text(1.0, 0.56, text, ha="left", va="bottom", fontsize=style.size(9), color=style.INK)


def _bar(axes: Axes, start: float, end: float, height: float) -> None:
    axes.plot([start - 0.02, end + 0.02], [height] * 2, color=style.FAINT, linewidth=4.0)


def _names(
    axes: Axes,
    names: Sequence[str],
    ranks: Sequence[float],
    looks: Mapping[str, style.LineLook],
    top: float,
) -> None:
    """Write the better half to the left and the rest to the right, each with its rank."""
    left, right = axes.get_xlim()
    half = -(-len(names) // 2)
    for i, (name, rank) in enumerate(zip(names, ranks, strict=True)):
        at_left = i < half
        height = top - ROW * ((i if at_left else len(names) - 1 - i) + 0.5)
        inner = 1.0 - 0.03 * (right - left) if at_left else right - (1.0 - left) * 0.9
        look = looks[name]
        axes.plot(
            [rank, rank, inner], [0.0, height, height], color=look.colour, linewidth=1.2, zorder=1
        )
        axes.plot([rank], [0.0], **style.only_marker(look), zorder=3)
        text = f" {name}: {rank:.2f} "
        axes.text(inner, height, text, ha="right" if at_left else "left", va="center")
