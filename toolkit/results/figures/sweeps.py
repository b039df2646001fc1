"""The figure of a sweep: what is sought, and what the plans are made of, over the swept fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from toolkit.common.excerpts import line
from toolkit.common.files import write_bytes
from toolkit.common.types import FloatArray
from toolkit.model.kinds import KINDS, UnitKind
from toolkit.problem.goals import Goal
from toolkit.results.figures import style

STEM = "figure1_sweep"
#: The columns of sizes that are drawn, by kind of unit, and the unit each axis has.
POWER: dict[UnitKind, str] = {
    "pv": "pv_size_kw",
    "wt": "wt_size_kw",
    "bess": "bess_size_kw",
    "generator": "generator_size_kw",
}
OTHERS = {"bess": ("bess_size_kwh", "kWh"), "bev": ("bev_vehicles", "vehicles")}
#: Lines of one figure: more are no more told apart.
LINES = 12


def draw_sweep(folder: Path, table: pd.DataFrame, fields: Sequence[str], goal: Goal | None) -> bool:
    """Draw the table of a sweep as PNG and SVG; say whether there is anything to draw.

    goal: what every point seeks; None where they seek different things. Of three fields and more,
    and of a single point, nothing is drawn.
    """
    if goal is None or len(fields) > 2 or len(table) < 2:
        return False
    with style.look():
        figure = _figure(table, fields, goal)
        for kind in ("png", "svg"):
            write_bytes(folder / "figures" / f"{STEM}.{kind}", style.to_bytes(figure, kind))
    return True


def _figure(table: pd.DataFrame, fields: Sequence[str], goal: Goal) -> Figure:
    if len(fields) == 1:
        return _one_field(table, fields[0], goal)
    few, many = sorted(fields, key=lambda field: table[field].nunique())
    return _two_fields(table, many, few, goal)


def _one_field(table: pd.DataFrame, field: str, goal: Goal) -> Figure:
    """Draw goal, power and stores over one field, one below the other."""
    figure = style.new_figure(8.0, 8.0)
    panels = figure.subplots(3, 1, sharex=True)
    axis = _Axis(table[field])
    axis.lines(panels[0], table, _goal_of(table, goal), style.OTHERS[0], "best plan")
    spread = table["plans"].max() > 1
    if spread:
        lowest = -goal.sign * table["lowest_score"]
        worst: dict[str, Any] = {"color": style.FAINT, "linestyle": ":"}
        panels[0].plot(axis.place, lowest.to_numpy(dtype=float), **worst)
    _broken(panels[0], axis, table, _goal_of(table, goal))
    panels[0].set_ylabel(f"{goal.title}\n({_unit(table, goal)})")
    for kind, column in POWER.items():
        if column in table and table[column].max() > 0.0:
            axis.lines(panels[1], table, table[column], _look(kind), KINDS[kind].title)
    panels[1].set_ylabel("Power placed\n(kW)")
    _stores(panels[2], axis, table)
    for panel in panels[1:]:
        style.from_zero(panel, max((_highest(drawn) for drawn in panel.lines), default=0.0))
    axis.lay_out(panels, field)
    handles = [_entry(style.OTHERS[0], "best plan")]
    if spread:
        handles.append(Line2D([], [], label="worst feasible seed", **worst))
    handles += [_entry(_look(kind), KINDS[kind].title) for kind in _kinds(table)]
    if not table["feasible"].astype(bool).all():
        handles.append(_cross())
    figure.suptitle(f"{goal.title} and sizes by {line(field)}")
    style.legend_below(figure, handles)
    return figure


def _stores(panel: Axes, axis: _Axis, table: pd.DataFrame) -> None:
    """Draw the energy of batteries, and vehicles on an axis of their own to the right."""
    axis.lines(panel, table, table["bess_size_kwh"], _look("bess"), "")
    panel.set_ylabel("Batteries\n(kWh)")
    if table["bev_vehicles"].max() > 0.0:
        right = panel.twinx()
        right.grid(False)
        right.spines["right"].set_visible(True)
        axis.lines(right, table, table["bev_vehicles"], _look("bev"), "")
        right.set_ylabel("Vehicles (number)")
        style.from_zero(right, float(table["bev_vehicles"].max()))


def _two_fields(table: pd.DataFrame, many: str, few: str, goal: Goal) -> Figure:
    """Draw the goal over the field with more values, a line for each value of the other."""
    figure = style.new_figure(8.0, 5.0)
    panel = figure.subplots()
    axis, handles = _Axis(table[many]), []
    groups = list(table.groupby(few, sort=False))
    looks = style.line_looks([str(i) for i in range(len(groups))])
    for i, (value, part) in enumerate(groups[:LINES]):
        look, values = looks[str(i)], _goal_of(part, goal)
        own = _Axis(part[many], axis.names)
        own.lines(panel, part, values, look, "")
        _broken(panel, own, part, values)
        handles.append(_entry(look, f"{line(few)} = {_text(value)}"))
    if not table["feasible"].astype(bool).all():
        handles.append(_cross())
    panel.set_ylabel(f"{goal.title} ({_unit(table, goal)})")
    axis.lay_out([panel], many)
    left = f"; the first {LINES} of {len(groups)} lines" if len(groups) > LINES else ""
    figure.suptitle(f"{goal.title} by {line(many)} and {line(few)}{left}")
    style.legend_below(figure, handles)
    return figure


class _Axis:
    """Where the values of a field stand: numbers at themselves, words side by side."""

    def __init__(self, values: pd.Series, names: Sequence[str] | None = None) -> None:
        self.numeric = (values.dtype.kind in "iuf" and names is None) or names == ()
        texts = [_text(value) for value in values]
        self.names = () if self.numeric else tuple(dict.fromkeys(names or texts))
        self.place: FloatArray = (
            values.to_numpy(dtype=float)
            if self.numeric
            else np.array([self.names.index(text) for text in texts], dtype=float)
        )

    def lines(
        self, panel: Axes, table: pd.DataFrame, values: pd.Series, look: Any, label: str
    ) -> None:
        """Draw values by this axis; a line between words would say that there is something."""
        order = np.argsort(self.place, kind="stable")
        words = style.keywords(_line_look(look), len(order)) | {"label": label or "_"}
        if not self.numeric:
            words["linestyle"] = "none"
        panel.plot(self.place[order], values.to_numpy(dtype=float)[order], **words)

    def lay_out(self, panels: Sequence[Axes], field: str) -> None:
        """Name the axis, and its words."""
        panels[-1].set_xlabel(f"{line(field)} (as in the study file)")
        if not self.numeric:
            panels[-1].set_xticks(range(len(self.names)), [line(name) for name in self.names])
            panels[-1].set_xlim(-0.5, len(self.names) - 0.5)


def _line_look(look: Any) -> style.LineLook:
    if isinstance(look, style.KindLook):
        return style.LineLook(look.colour, "-", look.marker)
    found: style.LineLook = look
    return found


def _look(kind: str) -> style.LineLook:
    return _line_look(style.LOOKS[kind])


def _entry(look: style.LineLook, label: str) -> Line2D:
    return Line2D([], [], label=label, **style.keywords(look))


def _cross() -> Line2D:
    return Line2D([], [], label="breaks a limit", **CROSS)


CROSS: Mapping[str, Any] = {
    "color": style.INK,
    "marker": "x",
    "markersize": 9.0,
    "linestyle": "none",
}


def _broken(panel: Axes, axis: _Axis, table: pd.DataFrame, values: pd.Series) -> None:
    """Cross out plans that break a limit."""
    odd = ~table["feasible"].astype(bool).to_numpy()
    if odd.any():
        panel.plot(axis.place[odd], values.to_numpy(dtype=float)[odd], **CROSS)


def _kinds(table: pd.DataFrame) -> list[UnitKind]:
    """Return the kinds of unit that some plan has, in the order of their looks."""
    columns: dict[UnitKind, str] = {**POWER, "bess": "bess_size_kwh", "bev": "bev_vehicles"}
    return [k for k, name in columns.items() if name in table and table[name].max() > 0.0]


def _goal_of(table: pd.DataFrame, goal: Goal) -> pd.Series:
    """Return the figure of what is sought of each point, in the goal's unit."""
    return -goal.sign * table["score"]


def _unit(table: pd.DataFrame, goal: Goal) -> str:
    """Return the unit of the goal; of money its name."""
    return line(goal.in_money(str(table["currency"].iloc[0])).unit)


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _highest(drawn: Line2D) -> float:
    values = np.asarray(drawn.get_ydata(), dtype=float)
    return float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
