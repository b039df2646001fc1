"""The figure of how the runs got to their plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from toolkit.common.types import FloatArray
from toolkit.problem.goals import Goal
from toolkit.results.figures import style
from toolkit.results.figures.groups import Group
from toolkit.results.statistics import targets


def convergence(
    groups: Sequence[Group], goal: Goal, bound_kwh: float | None = None
) -> Figure | None:
    """Draw the best feasible objective by evaluation; None when nothing was searched.

    bound_kwh: a proven upper bound, drawn as a line.
    """
    looks = style.line_looks([group.name for group in groups])
    searched = [group for group in groups if _histories(group)]
    if not searched:
        return None
    figure = style.new_figure(9.0, 5.0)
    axes = figure.subplots()
    for group in searched:
        _course(axes, group, looks[group.name])
    handles = [_handle(group, looks[group.name]) for group in searched]
    if any(len(group.runs) > 1 for group in searched):
        quartiles = "middle half of the runs (quartiles)"
        handles.append(Patch(color=style.FAINT, alpha=0.35, linewidth=0, label=quartiles))
    handles += [_base(axes, group, goal.ranked) for group in groups if group.name == "base"]
    if bound_kwh is not None:
        shape: dict[str, Any] = {"color": style.INK, "linestyle": (0, (1, 1.5)), "linewidth": 1.6}
        handles.append(axes.axhline(bound_kwh, label="proven upper bound", **shape))
    axes.set_xlabel("Evaluations")
    # On a line of their own, since the height of the figure holds no more than one of both.
    days = f",\n{goal.risk.words}" if goal.risk.averse else ""
    over = f"{goal.unit} over the {groups[0].span}{days}"
    axes.set_ylabel(f"Best feasible {goal.words} so far\n({over})")
    style.title(axes, "Progress of the search")
    axes.margins(x=0.01)
    axes.set_xlim(left=0.0)
    style.legend_below(figure, handles)
    return figure


def _histories(group: Group) -> list[FloatArray]:
    """Return each run's best so far, the higher the better, -inf before its first feasible plan."""
    best = [targets.course(case.history) for case in group.runs if case.history is not None]
    return [np.where(np.isnan(course), -np.inf, course) for course in best if len(course)]


def quartiles(courses: Sequence[FloatArray]) -> FloatArray:
    """Return lower quartile, median and upper quartile by evaluation, shape (3, evaluations).

    A run that ended early keeps its last value. NaN where a quartile falls on a run that has no
    feasible plan yet.
    """
    longest = max(len(course) for course in courses)
    padded = [np.pad(course, (0, longest - len(course)), mode="edge") for course in courses]
    with np.errstate(invalid="ignore"):
        quantiles = np.quantile(np.array(padded), [0.25, 0.5, 0.75], axis=0)
    return np.where(np.isfinite(quantiles), quantiles, np.nan)


def _course(axes: Axes, group: Group, look: style.LineLook) -> None:
    low, middle, high = bands = quartiles(_histories(group))
    # Only evaluations that change something are drawn: the file stays small at any budget.
    filled = np.nan_to_num(bands, nan=-1.0)
    kept = np.flatnonzero(np.r_[True, np.any(np.diff(filled, axis=1) != 0.0, axis=0)])
    kept = np.unique(np.r_[kept, bands.shape[1] - 1])
    at = kept + 1
    band: dict[str, Any] = {"color": look.colour, "alpha": 0.16, "linewidth": 0, "step": "post"}
    axes.fill_between(at, low[kept], high[kept], **band)
    line: dict[str, Any] = {
        "color": look.colour,
        "linestyle": look.dashes,
        "drawstyle": "steps-post",
    }
    axes.plot(at, middle[kept], **line)
    spread = np.unique(np.linspace(0, bands.shape[1] - 1, 11).astype(int)[1:])
    axes.plot(spread + 1, middle[spread], **style.only_marker(look))


def _handle(group: Group, look: style.LineLook) -> Artist:
    runs = len(group.runs)
    text = group.name if runs == 1 else f"{group.name}, median of {runs} runs"
    shape: dict[str, Any] = {
        "color": look.colour,
        "linestyle": look.dashes,
        "marker": look.marker,
    }
    return Line2D([], [], label=text, **shape)


def _base(axes: Axes, group: Group, column: str) -> Artist:
    shape: dict[str, Any] = {
        "color": style.BASE.colour,
        "linestyle": style.BASE.dashes,
        "linewidth": 1.4,
    }
    return axes.axhline(float(group.row[column]), label="base case", **shape)
