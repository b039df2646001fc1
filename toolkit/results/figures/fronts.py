"""The figure of a front: the plans found, by the optimizer, against what is proven possible."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from toolkit.common.excerpts import line
from toolkit.common.files import write_bytes
from toolkit.problem.goals import GOALS, Goal
from toolkit.results.figures import style

STEM = "figure1_front"
#: What the plan of the exact model is called.
EXACT = "exact"
BOUND: dict[str, Any] = {"color": style.INK, "marker": "_", "markersize": 9.0, "linestyle": "none"}


def draw_front(
    folder: Path,
    table: pd.DataFrame,
    goals: Sequence[str],
    currency: str,
    span: str,
) -> bool:
    """Draw front.csv as PNG and SVG; say whether there is anything to draw.

    currency, span: names of the money and of the time of the study. Each pair of goals has a
    panel. Of fewer than two plans that keep every limit there is none.
    """
    kept = table[table["feasible"].astype(bool)] if len(table) else table
    if len(kept) < 2:
        return False
    with style.look():
        pairs = list(itertools.combinations(goals, 2))
        figure = style.new_figure(7.0 if len(pairs) == 1 else 5.0 * len(pairs), 5.5)
        panels = np.atleast_1d(np.array(figure.subplots(1, len(pairs))))
        names = [str(name) for name in kept["optimizer"].fillna(EXACT).unique()]
        looks = style.line_looks(names)
        for panel, (up, along) in zip(panels, pairs, strict=True):
            for name in names:
                own = kept[kept["optimizer"].fillna(EXACT) == name]
                _plans(panel, own, GOALS[up], GOALS[along], looks[name])
            _bounds(panel, kept, up, along)
            panel.set_xlabel(_named(GOALS[along], currency, span))
            panel.set_ylabel(_named(GOALS[up], currency, span))
        figure.suptitle(_title(goals, kept))
        style.legend_below(figure, _entries(names, looks, kept))
        for kind in ("png", "svg"):
            write_bytes(folder / "figures" / f"{STEM}.{kind}", style.to_bytes(figure, kind))
    return True


def _plans(panel: Axes, own: pd.DataFrame, up: Goal, along: Goal, looks: style.LineLook) -> None:
    """Draw an optimizer's plans; those that another plan dominates are hollow."""
    beaten = own["dominated"] == 1.0
    for part, fill in ((own[~beaten], looks.colour), (own[beaten], "none")):
        panel.plot(
            part[along.column].to_numpy(dtype=float),
            part[up.column].to_numpy(dtype=float),
            color=looks.colour,
            marker=looks.marker,
            linestyle="none",
            markerfacecolor=fill,
        )


def _bounds(panel: Axes, kept: pd.DataFrame, up: str, along: str) -> None:
    """Draw the proven bound of each point above or below the plans of it."""
    proven = kept[kept["bound"].notna()]
    for goal, other, turned in ((up, along, False), (along, up, True)):
        own = proven[proven["goal"] == goal].drop_duplicates("point")
        at = own[GOALS[other].column].to_numpy(dtype=float)
        bound = own["bound"].to_numpy(dtype=float)
        look = BOUND | ({"marker": "|"} if turned else {})
        panel.plot(*((bound, at) if turned else (at, bound)), **look)


def _entries(
    names: Sequence[str], looks: dict[str, style.LineLook], kept: pd.DataFrame
) -> list[Line2D]:
    """Return the legend."""
    found = [Line2D([], [], label=line(name), **style.only_marker(looks[name])) for name in names]
    if (kept["dominated"] == 1.0).any():
        hollow: dict[str, Any] = {"color": style.FAINT, "marker": "o", "markerfacecolor": "none"}
        found.append(Line2D([], [], label="dominated", linestyle="none", **hollow))
    if kept["bound"].notna().any():
        found.append(Line2D([], [], label="proven bound of the point", **BOUND))
    return found


def _title(goals: Sequence[str], kept: pd.DataFrame) -> str:
    """Return what the figure shows, and how far plans are from their bounds."""
    words = " and ".join(GOALS[name].about for name in goals)
    gaps = kept.groupby("point")["gap_pct"].min().dropna()
    proof = f"; nearest plans at most {gaps.max():.1f} % from their bound" if len(gaps) else ""
    return f"Front of {words}{proof}"


def _named(goal: Goal, currency: str, span: str) -> str:
    return f"{goal.title} over the {goal.over(span)} ({line(goal.in_money(currency).unit)})"
