"""Figures over the hours of the day: traded energy, contributions, losses, voltages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from toolkit.common.types import FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.model.kinds import KINDS, UnitKind
from toolkit.results.figures import style
from toolkit.results.figures.groups import Group
from toolkit.results.figures.time_axis import TimeAxis
from toolkit.results.store.contents import CaseFiles

Quantity = Callable[[CaseFiles], FloatArray]


def traded(groups: Sequence[Group]) -> Figure:
    """Draw the energy traded at each step, as kWh per hour so that any step length compares."""
    step_h = groups[0].step_h
    figure = style.new_figure(9.0, 5.0)
    axes = figure.subplots()
    _lines(axes, groups, lambda case: column(case.hourly, "traded_kwh") / step_h, zero=True)
    axes.set_ylabel("Energy traded (kWh per hour)")
    style.title(axes, f"Energy traded between neighbours{groups[0].on_days}", pad=18)
    style.legend_below(figure, _handles(groups))
    return figure


def losses(groups: Sequence[Group]) -> Figure:
    """Draw the active losses of the network at each step."""
    figure = style.new_figure(9.0, 5.0)
    axes = figure.subplots()
    _lines(axes, groups, lambda case: column(case.hourly, "loss_kw"), zero=True)
    axes.set_ylabel("Active losses (kW)")
    style.title(axes, f"Active losses of the network{groups[0].on_days}", pad=18)
    style.legend_below(figure, _handles(groups))
    return figure


def voltages(groups: Sequence[Group], limits: Limits) -> Figure:
    """Draw the highest and the lowest bus voltage at each step, with their limits."""
    figure = style.new_figure(9.0, 6.6)
    above, below = figure.subplots(2, 1, sharex=True)
    _lines(above, groups, lambda case: column(case.hourly, "v_max_pu"))
    _lines(below, groups, lambda case: column(case.hourly, "v_min_pu"))
    for period in list(below.texts):
        period.remove()  # the panel above has named them
    limit = voltage_limits(above, below, limits)
    above.set_xlabel("")
    above.tick_params(axis="x", which="both", labelbottom=False)
    above.set_ylabel("Highest voltage (pu)")
    below.set_ylabel("Lowest voltage (pu)")
    style.title(above, f"Highest and lowest bus voltage{groups[0].on_days}", pad=18)
    style.legend_below(figure, [*_handles(groups), limit])
    return figure


def contribution(groups: Sequence[Group]) -> Figure | None:
    """Draw what each kind of unit sells at each step, one panel per case; None without units."""
    stacks = [_sold(group) for group in groups]
    highest = max((float(stack.sum(axis=1).max()) for stack in stacks), default=float("nan"))
    kinds = [kind for kind in KINDS if any(kind in stack for stack in stacks)]
    if not kinds:
        return None
    columns = min(len(groups), 2 if len(groups) in (2, 4) else 3)
    if groups[0].separate:  # as wide as the page: there are several days in each panel
        columns = 1
    columns = style.columns(columns, len(groups), 1.8)
    rows = -(-len(groups) // columns)
    width = 9.0 if groups[0].separate else max(4.0 * columns, 6.0)
    figure = style.new_figure(width, 1.3 + 3.2 * rows)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, group, stack in zip(panels, groups, stacks, strict=False):
        _stack(axes, stack, group.time)
        axes.set_title(group.title, fontsize=style.size(10), pad=18)
        style.from_zero(axes, highest)
    style.lowest_labelled(panels, len(groups), columns)
    figure.supylabel("Energy sold to neighbours (kWh per hour)", fontsize=style.size(10))
    style.title(figure, f"What each kind of unit sells{groups[0].on_days}", fontsize=style.size(11))
    style.legend_below(figure, [kind_patch(kind) for kind in kinds])
    return figure


def column(frame: pd.DataFrame, name: str) -> FloatArray:
    """Return a column as numbers."""
    return np.asarray(frame[name], dtype=np.float64)


def _lines(axes: Axes, groups: Sequence[Group], quantity: Quantity, zero: bool = False) -> None:
    """Draw a quantity of every group's median case, with the range over its runs behind."""
    looks = style.line_looks([group.name for group in groups])
    highest = 0.0
    for group in groups:
        time, drawn = group.time, looks[group.name]
        at = time.middles  # values are averages over a step
        every = np.array([quantity(case) for case in group.runs])
        highest = max(highest, float(every.max()))
        if len(every) > 1:
            band: dict[str, Any] = {"color": drawn.colour, "alpha": 0.14, "linewidth": 0}
            low, high = time.broken(every.min(axis=0)), time.broken(every.max(axis=0))
            axes.fill_between(at, low, high, **band)
        axes.plot(at, time.broken(quantity(group.median)), **style.keywords(drawn, len(at)))
    groups[0].time.lay_out(axes)
    if zero:
        style.from_zero(axes, highest)


def _handles(groups: Sequence[Group]) -> list[Artist]:
    looks = style.line_looks([group.name for group in groups])
    handles: list[Artist] = [
        Line2D([], [], label=group.title, **style.keywords(looks[group.name])) for group in groups
    ]
    if any(len(group.runs) > 1 for group in groups):
        handles.append(
            Patch(color=style.FAINT, alpha=0.3, linewidth=0, label="range over all runs")
        )
    return handles


def voltage_limits(above: Axes, below: Axes, limits: Limits) -> Artist:
    """Draw the highest and the lowest voltage allowed; return what the legend says of them.

    A text beside a line would lie over curves, which come near it where it matters.
    """
    dots: dict[str, Any] = {"color": style.INK, "linestyle": (0, (1, 1)), "linewidth": 1.4}
    for axes, value in ((above, limits.v_max), (below, limits.v_min)):
        axes.axhline(value, **dots)
        axes.margins(y=0.12)
    return Line2D([], [], label=f"allowed: {limits.v_min:g} to {limits.v_max:g} pu", **dots)


def _sold(group: Group) -> pd.DataFrame:
    """Return kWh per hour sold, steps down and kinds across."""
    units = group.median.units
    sold = units.pivot_table(index="step", columns="kind", values="sell_kwh", aggfunc="sum")
    return sold.reindex(group.median.hourly["step"]).fillna(0.0) / group.step_h


def _stack(axes: Axes, stack: pd.DataFrame, time: TimeAxis) -> None:
    for start, steps in time.days:
        day = stack.iloc[steps]
        edges = start + np.arange(len(day) + 1) * time.step_h
        under = np.zeros(len(day))
        for kind in (kind for kind in KINDS if kind in stack):
            over = under + column(day, kind)
            axes.stairs(over, edges, baseline=under, fill=True, **kind_fill(kind))
            under = over
    time.lay_out(axes)


def kind_fill(kind: str) -> dict[str, Any]:
    """Return matplotlib's words for an area of a kind."""
    drawn = style.LOOKS[kind]
    return {
        "facecolor": drawn.colour,
        "hatch": drawn.hatch,
        "edgecolor": "white",
        "linewidth": 0.4,
    }


def kind_patch(kind: UnitKind) -> Patch:
    """Return the legend's entry for a kind."""
    return Patch(label=KINDS[kind].title, **kind_fill(kind))
