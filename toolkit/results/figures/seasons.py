"""Figures of more than a week: carpets of hours and days, envelopes of each day, and months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter

from toolkit.common.types import FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.model.kinds import KINDS
from toolkit.results.figures import style
from toolkit.results.figures.calendar import Calendar
from toolkit.results.figures.daily import column, kind_fill, kind_patch, voltage_limits
from toolkit.results.figures.groups import Group

#: Inches of a carpet, and colours of energy and of losses.
CARPET = 1.75
GAINED, LOST = "YlGnBu", "YlOrRd"


def traded(groups: Sequence[Group]) -> Figure:
    """Draw the energy traded as carpets: the hour of day down, days across."""
    grids = [g.calendar.by_hour(column(g.median.hourly, "traded_kwh") / g.step_h) for g in groups]
    title = "Energy traded between neighbours, by hour and day"
    return _carpets(groups, grids, title, "Energy traded (kWh per hour)", GAINED)


def losses(groups: Sequence[Group]) -> Figure:
    """Draw the active losses of the network as carpets."""
    grids = [g.calendar.by_hour(column(g.median.hourly, "loss_kw")) for g in groups]
    title = "Active losses of the network, by hour and day"
    return _carpets(groups, grids, title, "Active losses (kW)", LOST)


def _carpets(
    groups: Sequence[Group], grids: Sequence[FloatArray], title: str, what: str, colours: str
) -> Figure:
    figure = style.new_figure(9.0, 1.5 + len(groups) * (CARPET + 0.4))
    panels = figure.subplots(len(groups), 1, sharex=True, sharey=True, squeeze=False).ravel()
    norm = Normalize(0.0, max(float(np.nanmax(grid)) for grid in grids) or 1.0)
    for axes, group, grid in zip(panels, groups, grids, strict=True):
        where = (0.0, float(grid.shape[1]), 24.0, 0.0)
        look: dict[str, Any] = {"cmap": colours, "norm": norm, "extent": where}
        axes.imshow(grid, aspect="auto", interpolation="none", **look)
        axes.grid(False)
        axes.set_yticks([0.0, 6.0, 12.0, 18.0, 24.0])
        axes.set_title(group.title, fontsize=style.size(10), loc="left")
        group.calendar.lay_out(axes)
    style.lowest_labelled(panels, len(groups), 1)
    figure.supylabel("Time of day (h)", fontsize=style.size(10))
    style.title(figure, title)
    shape: dict[str, Any] = {"location": "bottom", "shrink": 0.6, "aspect": 40, "pad": 0.02}
    bar = figure.colorbar(panels[0].images[0], ax=list(panels), **shape)
    bar.set_label(what)
    bar.ax.grid(False)
    return figure


def voltages(groups: Sequence[Group], limits: Limits) -> Figure:
    """Draw the highest and the lowest bus voltage of each day: the range of its steps, and median.

    With the limits.
    """
    figure = style.new_figure(9.0, 6.6)
    above, below = figure.subplots(2, 1, sharex=True)
    for axes, name in ((above, "v_max_pu"), (below, "v_min_pu")):
        for group, look in _looks(groups):
            envelope(axes, group.calendar.by_hour(column(group.median.hourly, name)), look)
        groups[0].calendar.lay_out(axes)
    limit = voltage_limits(above, below, limits)
    style.lowest_labelled((above, below), 2, 1)
    above.set_ylabel("Highest voltage (pu)")
    below.set_ylabel("Lowest voltage (pu)")
    style.title(figure, "Highest and lowest bus voltage of each day: the range over its steps")
    style.legend_below(figure, [*handles(groups), limit])
    return figure


def envelope(axes: Axes, grid: FloatArray, look: style.LineLook) -> None:
    """Draw the range and the median of each day. grid: hours down, days across."""
    at = np.arange(grid.shape[1]) + 0.5
    band: dict[str, Any] = {"color": look.colour, "alpha": 0.25, "linewidth": 0}
    axes.fill_between(at, np.nanmin(grid, axis=0), np.nanmax(grid, axis=0), **band)
    line: dict[str, Any] = {"color": look.colour, "linestyle": look.dashes, "linewidth": 1.2}
    axes.plot(at, np.nanmedian(grid, axis=0), **line)


def handles(groups: Sequence[Group]) -> list[Any]:
    """Return the legend of envelopes: the median of each case, and what a band is."""
    lines = [style.plain_line(f"{g.title}, median of the day", k) for g, k in _looks(groups)]
    text = "lowest to highest of the day"
    return [*lines, Patch(color=style.FAINT, alpha=0.35, linewidth=0, label=text)]


def _looks(groups: Sequence[Group]) -> list[tuple[Group, style.LineLook]]:
    looks = style.line_looks([group.name for group in groups])
    return [(group, looks[group.name]) for group in groups]


def contribution(groups: Sequence[Group]) -> Figure | None:
    """Draw what each kind of unit sells in each month, one panel per case; None without units."""
    stacks = [sold_by_block(group) for group in groups]
    kinds = [kind for kind in KINDS if any(kind in stack for stack in stacks)]
    if not kinds:
        return None
    figure = style.new_figure(9.0, 1.3 + 2.4 * len(groups))
    panels = figure.subplots(len(groups), 1, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, group, stack in zip(panels, groups, stacks, strict=True):
        under = np.zeros(len(stack))
        for kind in (kind for kind in kinds if kind in stack):
            sold = column(stack, kind)
            axes.bar(range(len(stack)), sold, bottom=under, width=0.8, **kind_fill(kind))
            under = under + sold
        _name_blocks(axes, group.calendar)
        axes.set_title(group.title, fontsize=style.size(10), loc="left")
    style.from_zero(panels[0], max(float(stack.sum(axis=1).max()) for stack in stacks))
    style.lowest_labelled(panels, len(groups), 1)
    block = groups[0].calendar.block
    figure.supylabel(f"Energy sold to neighbours (kWh in a {_one(block)})", fontsize=style.size(10))
    style.title(figure, f"What each kind of unit sells, by {block}")
    style.legend_below(figure, [kind_patch(kind) for kind in kinds])
    return figure


def sold_by_block(group: Group) -> pd.DataFrame:
    """Return kWh sold: months (or weeks, or 30 days) down, kinds across."""
    units, calendar = group.median.units, group.calendar
    day = calendar.day[units["step"].to_numpy() - 1]
    sold = units.assign(day=day)
    daily = sold.pivot_table(index="day", columns="kind", values="sell_kwh", aggfunc="sum")
    rows = [daily.iloc[days].sum() for _, days in calendar.blocks()]
    return pd.DataFrame(rows).reset_index(drop=True)


def traded_by_block(group: Group) -> FloatArray:
    """Return kWh traded in each month, week, or 30 days."""
    daily = np.bincount(group.calendar.day, column(group.median.hourly, "traded_kwh"))
    return np.array([daily[days].sum() for _, days in group.calendar.blocks()])


def months(groups: Sequence[Group]) -> Figure:
    """Draw the energy traded in each month (or week, or 30 days), a bar for each case."""
    figure = style.new_figure(9.0, 4.6)
    axes = figure.subplots()
    width, highest = 0.8 / len(groups), 0.0
    bars = []
    for i, (group, look) in enumerate(_looks(groups)):
        energy = traded_by_block(group)
        at = np.arange(len(energy)) + (i - (len(groups) - 1) / 2.0) * width
        hatch = ("", "///", "...", "xxx")[i % 4]
        colour = style.FAINT if group.name == "base" else look.colour
        fill: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "white"}
        bars.append(axes.bar(at, energy, width=width, linewidth=0.4, label=group.title, **fill))
        highest = max(highest, float(energy.max()))
    calendar = groups[0].calendar
    _name_blocks(axes, calendar)
    style.from_zero(axes, highest)
    axes.set_ylabel(f"Energy traded (kWh in a {_one(calendar.block)})")
    style.title(axes, f"Energy traded between neighbours, by {calendar.block}")
    patches = [Patch(label=g.title, **_filled(bar)) for g, bar in zip(groups, bars, strict=True)]
    style.legend_below(figure, patches)
    return figure


def _filled(bars: Any) -> dict[str, Any]:
    first = bars.patches[0]
    look = {"facecolor": first.get_facecolor(), "hatch": first.get_hatch()}
    return {**look, "edgecolor": "white", "linewidth": 0.4}


def _one(block: str) -> str:
    return block.replace("30 days", "block of 30 days")


def _name_blocks(axes: Axes, calendar: Calendar) -> None:
    labels = [name for name, _ in calendar.blocks()]
    turned: dict[str, Any] = {"rotation": 90.0} if len(labels) > 24 else {}
    axes.set_xticks(range(len(labels)), labels, **turned)
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if not calendar.dated:
        axes.set_xlabel(f"First day of each {_one(calendar.block)}")
