"""Duration curves: for how many hours import, export or loading are above a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from toolkit.common.types import FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.results.figures import style
from toolkit.results.figures.groups import LONG, Group

#: More points of a curve than these could not be told apart.
MOST_POINTS = 2000
LOADING = "Highest loading\n(% of rating)"


def highest_loading(group: Group) -> FloatArray:
    """Return the highest loading of any branch in each step, %, (T,); NaN without any rating."""
    held = group.median.lines["loading_pct"].to_numpy(dtype=np.float64)
    if not len(held):
        return np.full(len(group.median.hourly), np.nan)
    loading = held.reshape(len(group.median.hourly), -1)
    return np.asarray(np.fmax.reduce(loading, axis=1), dtype=np.float64)


def curve(values: FloatArray, hours: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return for how many hours values are at least as high, and the values, highest first.

    hours: that each value stands for. Starts at 0 h with the highest.
    """
    order = np.argsort(-values, kind="stable")
    held = values[order]
    return np.r_[0.0, np.cumsum(hours[order])], np.r_[held[:1], held]


def duration(groups: Sequence[Group], limits: Limits) -> Figure | None:
    """Draw import, export and the highest loading, sorted; None up to a week."""
    hours = [group.weight * group.step_h for group in groups]
    if float(hours[0].sum()) <= LONG:
        return None
    quantities = {
        "Import (kW)": [_power(group, "import_kwh") for group in groups],
        "Export (kW)": [_power(group, "export_kwh") for group in groups],
        LOADING: [highest_loading(group) for group in groups],
    }
    shown = {name: all_ for name, all_ in quantities.items() if not np.isnan(all_[0]).all()}
    figure = style.new_figure(9.0, 1.4 + 1.9 * len(shown))
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False).ravel()
    looks = style.line_looks([group.name for group in groups])
    for axes, (name, values) in zip(panels, shown.items(), strict=True):
        for group, own, length in zip(groups, values, hours, strict=True):
            at, held = _thinned(*curve(own, length))
            look = looks[group.name]
            axes.plot(at, held, color=look.colour, linestyle=look.dashes)
        limit = limits.loading_max if name == LOADING else 0.0
        style.from_zero(axes, max(limit, *(float(np.nanmax(own)) for own in values)))
        axes.set_ylabel(name)
    panels[-1].set_xlim(0.0, float(hours[0].sum()))
    panels[-1].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    panels[-1].set_xlabel(f"Hours of the {groups[0].span} with at least as much")
    drawn: list[Any] = [style.plain_line(group.title, looks[group.name]) for group in groups]
    if LOADING in shown:
        dots: dict[str, Any] = {"color": style.INK, "linestyle": (0, (1, 1)), "linewidth": 1.4}
        text = f"highest loading allowed: {limits.loading_max:g} %"
        drawn.append(panels[-1].axhline(limits.loading_max, label=text, **dots))
    style.title(figure, "For how many hours import, export and loading are as high")
    style.legend_below(figure, drawn)
    return figure


def _power(group: Group, name: str) -> FloatArray:
    return group.median.hourly[name].to_numpy(dtype=np.float64) / group.step_h


def _thinned(at: FloatArray, held: FloatArray) -> tuple[FloatArray, FloatArray]:
    kept = np.unique(np.linspace(0, len(at) - 1, MOST_POINTS).astype(int))
    return at[kept], held[kept]
