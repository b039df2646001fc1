"""The one-line diagram: the feeder once for each case, with the units it places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from toolkit.common.types import FloatArray
from toolkit.inputs.limit_sections import Limits
from toolkit.model.kinds import KINDS
from toolkit.results.figures import maps, style
from toolkit.results.figures.fitting import broken
from toolkit.results.figures.geometry import Page, Sketch, along, around, sketch
from toolkit.results.figures.groups import Group, extreme
from toolkit.results.figures.one_line_grid import (
    BAR,
    FOOT,
    GAP,
    HEAD,
    LINE,
    POINTS,
    TITLE,
    fitting,
    grid_of,
)

SIZE = 7.5
#: Room for labels around the feeder: left, bottom, right, top. Units stand above their bus.
MARGIN = np.array([34.0, 18.0, -34.0, -46.0])
#: Sides of a bus its name is tried on: below first, then above, right, left and aslant.
NAME_ORDER = [8, 0, 4, 12, 10, 6, 14, 2, 24, 16, 20, 28]
#: With more buses than this their names would hide the feeder.
MOST_NAMES = 60
#: Units smaller than this are not there.
LEAST_KW = 0.05


def one_line(
    network: dict[str, Any],
    groups: Sequence[Group],
    limits: Limits,
    ranked: str = "traded_kwh",
    cases: int = 0,
) -> Figure:
    """Draw the feeder with the units of every group's median case, one panel per group.

    A bus has the colour of its voltage nearest to a limit; the lowest of all is told. In print a
    figure is no higher than a page: the base case and the best by the column ``ranked`` are shown,
    of so many ``cases``.
    """
    plain = sketch(network)
    voltages = [maps.nearest_limit(group.median, limits) for group in groups]
    scale = maps.voltage_scale(voltages, limits)
    most = max(sum(1 + len(told) for told in _standing(group).values()) for group in groups)
    handles = [*_handles(network, groups), maps.limit_handle(scale)]
    head, foot, told = _around(_told(network, len(groups), cases), handles)
    grid = grid_of(plain, len(groups), most, head + foot)
    shown = fitting(groups, grid, head + foot, ranked)
    if len(shown) < len(groups):
        return one_line(network, shown, limits, ranked, len(groups))
    wide = grid.columns * (grid.width + GAP) + GAP
    high = head + grid.rows * (grid.height + TITLE) + foot
    figure = style.new_figure(wide / POINTS, high / POINTS, layout="none")
    for i, group in enumerate(groups):
        row, column = divmod(i, grid.columns)
        left = GAP + column * (grid.width + GAP)
        bottom = high - head - (row + 1) * (grid.height + TITLE)
        place = (left / wide, bottom / high, grid.width / wide, grid.height / high)
        axes = figure.add_axes(place)
        axes.set(xlim=(0.0, grid.width), ylim=(0.0, grid.height))
        axes.set_axis_off()
        axes.set_title(group.long_title, fontsize=style.size(10), loc="left", pad=5)
        _panel(axes, plain, network, group, faces(plain, voltages[i], scale))
    style.title(figure, told, y=1 - 6 / high, va="top")
    if cases:
        figure.left_out = f"{cases - len(groups)} of {cases} cases, which a page has no room for"
    _bar(figure, scale, foot)
    style.legend_below(figure, handles)
    return figure


def _told(network: dict[str, Any], shown: int, cases: int) -> str:
    """Return the title, with how many of the cases are shown where it is not all."""
    few = f"; the base case and the best {shown - 1} of {cases - 1} others" if cases else ""
    few = f"; the best of {cases} cases" if cases and shown == 1 else few
    return f"Feeder {network['feeder']}: units, and each bus's voltage nearest a limit{few}"


def _around(told: str, handles: Sequence[Artist]) -> tuple[float, float, str]:
    """Return the room above and below the panels, points, and the title in lines."""
    inches = style.printed_width()
    if inches is None:
        return HEAD, FOOT, told
    told = broken(told, inches * POINTS - GAP, style.size(11.0))
    head = HEAD + told.count("\n") * LINE if style.titled() else 0.0
    return head, BAR + style.legend_rows(inches, handles) * 1.5 * style.entry(), told


def faces(plain: Sketch, voltages: pd.DataFrame, scale: maps.Scale) -> list[Any]:
    """Return each bus's colour, of its worst step; white where its voltage is not known."""
    middle = sum(scale.limits) / 2.0
    held = voltages.to_numpy()
    step = np.nan_to_num(np.abs(held - middle), nan=-1.0).argmax(axis=0)
    worst = dict(zip(voltages, held[step, np.arange(held.shape[1])], strict=True))
    values = np.array([worst.get(name, np.nan) for name in plain.names])
    drawn = colormaps[scale.colours](scale.norm(np.nan_to_num(values, nan=middle)))
    return ["white" if np.isnan(v) else tuple(c) for v, c in zip(values, drawn, strict=True)]


def face_colours(plain: Sketch, group: Group, limits: Limits) -> list[str]:
    """Return each bus's colour in one case by itself, as SVG has it; "none" where unknown."""
    voltages = maps.nearest_limit(group.median, limits)
    found = faces(plain, voltages, maps.voltage_scale([voltages], limits))
    return ["none" if isinstance(face, str) else to_hex(face) for face in found]


def _bar(figure: Figure, scale: maps.Scale, foot: float) -> None:
    """Draw the bar of colours between the panels and the legend."""
    wide, high = np.array(figure.get_size_inches()) * POINTS
    long = min(340.0, wide - 40.0)
    place = ((wide - long) / 2.0 / wide, (foot - 14.0) / high, long / wide, 9.0 / high)
    shown = ScalarMappable(scale.norm, colormaps[scale.colours])
    maps.marked(figure.colorbar(shown, cax=figure.add_axes(place), orientation="horizontal"), scale)


def _panel(
    axes: Axes, plain: Sketch, network: dict[str, Any], group: Group, faces: list[Any]
) -> None:
    frame = np.array([0.0, 0.0, axes.get_xlim()[1], axes.get_ylim()[1]])
    drawn = plain.fitted(frame + MARGIN)
    _feeder(axes, drawn, network, faces)
    page = Page(frame, along(drawn.lines))
    dot = np.full(2, 4.0)
    page.boxes += [np.concatenate([at - dot, at + dot]) for at in drawn.xy]
    head = drawn.xy[drawn.names.index(network["head"])]
    page.boxes.append(np.concatenate([head - 1.5 * dot, head + 1.5 * dot]))
    standing = {bus: told for bus, told in _standing(group).items() if bus in drawn.names}
    named = _names(axes, drawn, page)
    # Largest first: the more there is to say at a bus, the harder it is to find room for it.
    for bus in sorted(standing, key=lambda b: (-len(standing[b]), drawn.names.index(b))):
        _tag(axes, page, drawn.xy[drawn.names.index(bus)], standing[bus], "" if named else bus)


def _feeder(axes: Axes, drawn: Sketch, network: dict[str, Any], faces: list[Any]) -> None:
    axes.add_collection(
        LineCollection(list(drawn.lines), colors=style.FAINT, linewidths=1.3, zorder=1)
    )
    loads = np.array([bus["load_kw"] > 0.0 for bus in network["buses"]])
    head = np.array([name == network["head"] for name in drawn.names])
    size = 44.0 if len(drawn.names) <= 40 else 16.0 if len(drawn.names) <= 400 else 7.0
    for chosen, marker, area in (
        (~loads & ~head, "o", size / 4.0),
        (loads & ~head, "o", size),
        (head, "s", 70.0),
    ):
        x, y = drawn.xy[chosen].T
        face = [faces[i] for i in np.flatnonzero(chosen)]
        ring: dict[str, Any] = {"edgecolor": style.INK, "linewidth": 0.8, "zorder": 3}
        axes.scatter(x, y, s=area, marker=marker, facecolor=face, **ring)


def _standing(group: Group) -> dict[str, list[tuple[str, str]]]:
    """Return what to tell at each bus: (kind, size in words) of its units, the lowest voltage."""
    found: dict[str, list[tuple[str, str]]] = {}
    kinds = list(style.LOOKS)
    units = [unit for unit in group.median.plan["units"] if unit["kw"] >= LEAST_KW]
    for unit in sorted(units, key=lambda u: kinds.index(u["kind"])):
        found.setdefault(unit["bus"], []).append((unit["kind"], _size(unit)))
    lowest = extreme(group.median.buses, "v_min_pu", "bus", lowest=True)
    when = group.clock(lowest.step)
    found.setdefault(lowest.at, []).append(("", f"lowest, {lowest.value:.4f} pu at {when}"))
    return found


def _size(unit: dict[str, Any]) -> str:
    if unit["kind"] == "bev" and unit["vehicles"]:
        return f"{unit['vehicles']} vehicle{'s' if unit['vehicles'] > 1 else ''}"
    return f"{unit['kw']:.0f} kW" if unit["kw"] >= 10.0 else f"{unit['kw']:.1f} kW"


def _names(axes: Axes, drawn: Sketch, page: Page) -> bool:
    """Write every bus's name where they all fit; return whether they do."""
    if len(drawn.names) > MOST_NAMES:
        return False
    trial = Page(page.frame, page.points, list(page.boxes))
    found = []
    for name, at in zip(drawn.names, drawn.xy, strict=True):
        size = np.array([style.text_width(name, style.size(SIZE)) + 1.0, SIZE + 1.0])
        offsets = around(size, (5.0, 8.0), 16)[NAME_ORDER]
        found.append((trial.costs(at, size, offsets).min(), name, trial.place(at, size, offsets)))
    if np.mean([cost > 12.0 for cost, _, _ in found]) > 0.1:
        return False
    page.boxes[:] = trial.boxes
    for _, name, box in found:
        x, y = (box[:2] + box[2:]) / 2.0
        axes.text(
            x,
            y,
            name,
            ha="center",
            va="center_baseline",
            fontsize=style.size(SIZE),
            color=style.INK,
        )
    return True


def _tag(
    axes: Axes, page: Page, at: FloatArray, units: Sequence[tuple[str, str]], bus: str
) -> None:
    """Write a bus's units into a small box near it, tied to it by a thin line."""
    lines = [("", f"bus {bus}")] * bool(bus) + list(units)
    widest = max(style.text_width(text, style.size(SIZE)) for _, text in lines)
    size = np.array([widest + 19.0, LINE * len(lines) + 3.0])
    box = page.place(at, size, around(size, (9.0, 14.0, 22.0, 32.0, 46.0, 64.0, 90.0, 130.0), 24))
    tie = np.array([at, np.clip(at, box[:2], box[2:])])
    page.points = np.concatenate([page.points, along([tie])])
    axes.plot(*tie.T, color=style.FAINT, linewidth=0.8, zorder=2)
    if bus:  # a crowded diagram: a ring says at which of the buses nearby the line ends
        ring: dict[str, Any] = {"markeredgecolor": style.INK, "markersize": 8.5, "zorder": 2.6}
        axes.plot(*at, marker="o", markerfacecolor="white", markeredgewidth=0.9, **ring)
    rounded = "round,pad=0,rounding_size=2.5"
    shape: dict[str, Any] = {
        "facecolor": "white",
        "edgecolor": "#a8a8a8",
        "linewidth": 0.7,
        "zorder": 4,
    }
    axes.add_patch(FancyBboxPatch((box[0], box[1]), size[0], size[1], boxstyle=rounded, **shape))
    for i, (kind, text) in enumerate(lines):
        y = box[3] - 1.5 - LINE * (i + 0.5)
        left = box[0] + 8.0
        if kind:
            axes.plot([left], [y], **_marker(kind), zorder=5)
        shown: dict[str, Any] = {
            "va": "center_baseline",
            "fontsize": style.size(SIZE),
            "color": style.INK,
            "zorder": 5,
        }
        axes.text(left + (6.0 if kind else -4.0), y, text, **shown)


def _marker(kind: str) -> dict[str, Any]:
    drawn = style.LOOKS[kind]
    return {
        "marker": drawn.marker,
        "color": drawn.colour,
        "markersize": 6.0,
        "markeredgecolor": style.INK,
        "markeredgewidth": 0.6,
        "linestyle": "none",
    }


def _handles(network: dict[str, Any], groups: Sequence[Group]) -> list[Artist]:
    standing = [_standing(group) for group in groups]
    present = {kind for told in standing for at in told.values() for kind, _ in at}
    handles: list[Artist] = [
        Line2D([], [], label=KINDS[kind].title, **_marker(kind))
        for kind in KINDS
        if kind in present
    ]
    ring: dict[str, Any] = {"linestyle": "none", "markeredgecolor": style.INK, "color": "white"}
    others = (bus for bus in network["buses"] if bus["name"] != network["head"])
    idle = any(bus["load_kw"] <= 0.0 for bus in others)
    shown = {"bus with load": ("o", 6.6, "white"), "upstream grid": ("s", 8.0, "white")}
    if idle:
        shown["bus without load"] = ("o", 3.3, "white")
    for text, (marker, size, face) in shown.items():
        shape: dict[str, Any] = {
            **ring,
            "marker": marker,
            "markersize": size,
            "markerfacecolor": face,
        }
        handles.append(Line2D([], [], label=text, **shape))
    return handles
