"""Heat maps over the hours: voltage at every bus, loading of every branch, who sells to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from toolkit.common.types import BoolArray, FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.results.figures import style
from toolkit.results.figures.calendar import Calendar
from toolkit.results.figures.groups import Group
from toolkit.results.figures.time_axis import TimeAxis
from toolkit.results.store.contents import CaseFiles

#: More rows than these could not be told apart on a page: the worst ones are shown.
MOST_BUSES, MOST_BRANCHES = 40, 20
#: Sellers or buyers told apart in a matrix, and up to how many its cells hold numbers.
MOST_TRADERS, MOST_NUMBERS = 40, 16
#: Inches a row of a map takes, and the least a panel does.
ROW, LEAST = 0.155, 1.5
#: Inches a row takes in print, and the rows of a panel in one column of a page.
CLOSE, FEW = 0.115, 20
#: Size of a cross, points squared: of a step, and of a day among many.
CROSS, SMALL = 9.0, 4.0


@dataclass(frozen=True)
class Scale:
    """How values become colours: what they are, the colour map, its ends, and the limits."""

    title: str
    colours: str
    norm: Normalize
    limits: tuple[float, ...]
    limit_text: str


def nearest_limit(case: CaseFiles, limits: Limits) -> pd.DataFrame:
    """Return the voltage nearest to a limit, or furthest beyond it, pu: steps down, buses across.

    Of the lowest and the highest over the phases of a bus; NaN where the voltage is not known.
    """
    low, high = (_wide(case.buses, "bus", name) for name in ("v_min_pu", "v_max_pu"))
    found: pd.DataFrame = low.where(low - limits.v_min <= limits.v_max - high, high)
    return found


def _wide(frame: pd.DataFrame, across: str, values: str) -> pd.DataFrame:
    """Return a column with the steps down and the names, in their own order, across."""
    names = list(dict.fromkeys(frame[across]))
    if not names:  # a feeder without lines
        return pd.DataFrame()
    steps = frame["step"].to_numpy().reshape(-1, len(names))[:, 0]
    held = frame[values].to_numpy(dtype=np.float64).reshape(-1, len(names))
    return pd.DataFrame(held, index=steps, columns=names)


def voltage_scale(values: Sequence[pd.DataFrame], limits: Limits) -> Scale:
    """Return the colours of voltages: white midway between the limits, darker towards them."""
    middle = (limits.v_min + limits.v_max) / 2.0
    reach = max(float(np.nanmax(np.abs(frame.to_numpy() - middle))) for frame in values)
    half = 1.06 * max(reach, limits.v_max - middle)  # the limits stand inside the bar's ends
    return Scale(
        "Voltage (pu)",
        "PuOr",
        Normalize(middle - half, middle + half),
        (limits.v_min, limits.v_max),
        f"limits: {limits.v_min:g} and {limits.v_max:g} pu",
    )


def voltage_map(groups: Sequence[Group], limits: Limits) -> Figure:
    """Draw every bus's voltage at each step, one panel per case; of many buses the worst."""
    frames = [nearest_limit(group.median, limits).dropna(axis=1, how="all") for group in groups]
    middle = (limits.v_min + limits.v_max) / 2.0
    what = "Voltage by bus and hour"
    if groups[0].long:
        what = "Voltage by bus and day, the furthest from midway between the limits"
        frames = [_furthest(g, frame, middle) for g, frame in zip(groups, frames, strict=True)]
    far = pd.concat([(frame - middle).abs().max() for frame in frames], axis=1).max(axis=1)
    shown = _worst(far, FEW if style.narrow() else MOST_BUSES)
    chosen = f": the {len(shown)} of {len(far):,} buses nearest a limit"
    return _maps(
        f"{what}{groups[0].on_days}{chosen if len(shown) < len(far) else ''}",
        [(g, frame[shown]) for g, frame in zip(groups, frames, strict=True)],
        voltage_scale(frames, limits),
        lambda values: (values < limits.v_min) | (values > limits.v_max),
        "Bus",
    )


def loading_map(groups: Sequence[Group], limits: Limits) -> Figure | None:
    """Draw the most loaded branches at each step, one panel per case; None without any rating."""
    frames = [
        _wide(group.median.lines, "line", "loading_pct").dropna(axis=1, how="all")
        for group in groups
    ]
    if groups[0].long:
        frames = [_highest(group, frame) for group, frame in zip(groups, frames, strict=True)]
    peak = pd.concat([frame.max() for frame in frames], axis=1).max(axis=1)
    if peak.empty:
        return None
    shown = sorted(_worst(peak, MOST_BRANCHES), key=lambda line: -float(peak[line]))
    top = 1.03 * max(limits.loading_max, float(peak.max()))
    text = f"limit: {limits.loading_max:g} %"
    scale = Scale(
        "Loading (% of rating)", "YlGnBu", Normalize(0.0, top), (limits.loading_max,), text
    )
    chosen = f": the {len(shown)} most loaded of {len(peak):,}"
    chosen = chosen if len(shown) < len(peak) else ""
    when = ", the highest of each day" if groups[0].long else ""
    return _maps(
        f"Loading of lines and transformers{when}{groups[0].on_days}{chosen}",
        [(g, frame[shown]) for g, frame in zip(groups, frames, strict=True)],
        scale,
        lambda values: values > limits.loading_max,
        "Line or transformer",
    )


def _furthest(group: Group, frame: pd.DataFrame, middle: float) -> pd.DataFrame:
    """Return of each day the value furthest from the middle: days down, buses across."""
    values = frame.to_numpy(dtype=np.float64)
    low, high = group.calendar.lowest(values), group.calendar.highest(values)
    return pd.DataFrame(np.where(middle - low >= high - middle, low, high), columns=frame.columns)


def _highest(group: Group, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the highest of each day: days down."""
    values = frame.to_numpy(dtype=np.float64)
    return pd.DataFrame(group.calendar.highest(values), columns=frame.columns)


def trade_matrix(group: Group) -> Figure | None:
    """Draw who sells how much to whom over the day in one case; None where nobody does.

    Of many prosumers those that trade the most; the others stand together.
    """
    matrix = traded_between(group.median.trades)
    if matrix.empty:
        return None
    side = max(ROW * 1.35 * max(matrix.shape), 2.5)
    least = CLOSE * max(matrix.shape) + 1.3
    figure = style.new_figure(max(6.4, side + 3.0), side + 1.3, least=least)
    axes = figure.subplots()
    held = matrix.where(matrix > 0.0).to_numpy()
    top = float(np.nanmax(held))
    shown = axes.imshow(
        held, cmap="YlGnBu", norm=Normalize(0.0, top), aspect="auto", interpolation="none"
    )
    axes.grid(False)
    axes.set_yticks(range(len(matrix)), list(matrix.index), fontsize=style.size(8))
    axes.set_xticks(
        range(matrix.shape[1]), list(matrix.columns), fontsize=style.size(8), rotation=90
    )
    axes.set_ylabel("Seller (bus)")
    axes.set_xlabel("Buyer (bus)")
    if max(matrix.shape) <= MOST_NUMBERS:
        _numbers(axes, held, top)
    bar = figure.colorbar(shown, ax=axes)
    bar.set_label(f"Energy sold (kWh over the {group.span})")
    bar.ax.grid(False)
    style.title(figure, f"Who sells to whom, {group.title}")
    return figure


def traded_between(trades: pd.DataFrame) -> pd.DataFrame:
    """Return kWh sold, sellers down and buyers across, in the order of their names.

    Beyond MOST_TRADERS of a side the smaller ones are summed as "others".
    """
    named = trades[["kwh"]].copy()
    for side in ("seller", "buyer"):
        sums = trades.groupby(side)["kwh"].sum().sort_values(ascending=False, kind="stable")
        kept = set(sums.index if len(sums) <= MOST_TRADERS else sums.index[: MOST_TRADERS - 1])
        rest = f"{len(sums) - len(kept)} others"
        named[side] = trades[side].where(trades[side].isin(kept), rest)
    wide = named.pivot_table(index="seller", columns="buyer", values="kwh", aggfunc="sum")
    found: pd.DataFrame = wide.fillna(0.0)
    return found.loc[sorted(found.index, key=_natural), sorted(found.columns, key=_natural)]


def _natural(name: str) -> tuple[bool, list[tuple[bool, float, str]]]:
    """Return a key that sorts names as people count: 2 before 10, the others last."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    numbers = [(not p.isdecimal(), float(p) if p.isdecimal() else 0.0, p) for p in parts]
    return name.endswith(" others"), numbers


def _numbers(axes: Axes, held: FloatArray, top: float) -> None:
    """Write each energy into its cell, legible on light and on dark."""
    for row, column in np.argwhere(held > 0.0):
        dark = held[row, column] > 0.55 * top
        text = f"{held[row, column]:,.0f}" if held[row, column] >= 0.5 else "<1"
        shape: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": style.size(7)}
        axes.text(column, row, text, color="white" if dark else style.INK, **shape)


def _worst(badness: pd.Series, most: int) -> list[str]:
    """Return the names of the worst in their own order."""
    kept = set(badness.sort_values(ascending=False, kind="stable").index[:most])
    return [str(name) for name in badness.index if name in kept]


def _maps(
    title: str,
    panels: Sequence[tuple[Group, pd.DataFrame]],
    scale: Scale,
    beyond: Callable[[FloatArray], BoolArray],
    what: str,
) -> Figure:
    """Draw maps side by side with one bar of colours for all."""
    columns = 1 if panels[0][0].long else min(len(panels), 2)
    tall = max(ROW * panels[0][1].shape[1], LEAST)
    close = max((CLOSE if style.narrow() else ROW) * panels[0][1].shape[1], 1.1) + 0.3  # in print
    columns = style.columns(columns, len(panels), close)
    rows = -(-len(panels) // columns)
    figure = style.new_figure(9.0, 1.5 + rows * (tall + 0.45), least=1.4 + rows * close)
    found = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    broken = False
    for axes, (group, frame) in zip(found, panels, strict=False):
        values = frame.to_numpy(dtype=np.float64).T
        outside = beyond(values)
        broken |= bool(outside.any())
        _map(axes, values, outside, group.calendar if group.long else group.time, scale)
        axes.set_title(group.title, fontsize=style.size(10), loc="left")
        axes.tick_params(axis="y", labelsize=style.size(7.5))
    style.lowest_labelled(found, len(panels), columns)
    found[0].set_yticks(range(panels[0][1].shape[1]), list(panels[0][1].columns))
    figure.supylabel(what, fontsize=style.size(10))
    style.title(figure, title)
    _bar(figure, list(found[: len(panels)]), scale, broken)
    return figure


def _map(
    axes: Axes,
    values: FloatArray,
    outside: BoolArray,
    time: TimeAxis | Calendar,
    scale: Scale,
) -> None:
    rows = len(values)
    size = CROSS if isinstance(time, TimeAxis) else SMALL
    mark: dict[str, Any] = {"marker": "x", "color": "black", "linewidth": 0.8, "s": size}
    for left, right, steps in time.spans:
        axes.imshow(
            values[:, steps],
            cmap=scale.colours,
            norm=scale.norm,
            aspect="auto",
            interpolation="none",
            extent=(left, right, rows - 0.5, -0.5),
        )
        row, step = np.nonzero(outside[:, steps])
        width = (right - left) / values[:, steps].shape[1]
        axes.scatter(left + (step + 0.5) * width, row, rasterized=True, **mark)
    axes.grid(False)
    time.lay_out(axes, shaded=False)


def _bar(figure: Figure, panels: list[Axes], scale: Scale, broken: bool) -> None:
    """Draw the bar of colours below the maps, the limits marked on it."""
    shape: dict[str, Any] = {"location": "bottom", "shrink": 0.6, "aspect": 40, "pad": 0.02}
    bar = figure.colorbar(panels[0].images[0], ax=panels, **shape)
    marked(bar, scale)
    handles = [limit_handle(scale)]
    if broken:
        cross: dict[str, Any] = {"color": "black", "marker": "x", "linestyle": "none"}
        handles.append(Line2D([], [], label="beyond a limit", **cross))
    style.legend_below(figure, handles)


def marked(bar: Colorbar, scale: Scale) -> None:
    """Say on a bar of colours what it shows, and mark the limits."""
    bar.set_label(scale.title)
    bar.ax.grid(False)
    for limit in scale.limits:
        bar.ax.axvline(limit, color="black", linewidth=2.5)


def limit_handle(scale: Scale) -> Line2D:
    """Return the legend's entry for the limits on a bar of colours."""
    line: dict[str, Any] = {"marker": "|", "markersize": 11.0, "markeredgewidth": 2.5}
    return Line2D([], [], color="black", linestyle="none", label=scale.limit_text, **line)
