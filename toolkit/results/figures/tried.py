"""The figure of a plan on days that it was not made for: energy beside its bound, limits broken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter

from toolkit.common.types import FloatArray
from toolkit.results.figures import style
from toolkit.results.figures.calendar import Calendar
from toolkit.results.validation_words import column_of

TRADED, BROKEN = style.OTHERS[0].colour, style.OTHERS[1].colour


def tried(days: pd.DataFrame, facts: Mapping[str, Any]) -> Figure | None:
    """Draw validation.csv; None where no plan was tried. facts: validation.json."""
    if days.empty:
        return None
    names = tuple(str(day) for day in days["day"])
    calendar = Calendar(24.0, names, np.arange(len(names)))
    energy, bound = _numbers(days[column_of(facts)]), _numbers(days["bound_kwh"])
    hours = _numbers(days["hours_broken"])
    panels = 2 if hours.any() else 1
    figure = style.new_figure(9.0, 3.6 + 1.7 * (panels - 1))
    found = figure.subplots(
        panels, 1, sharex=True, squeeze=False, height_ratios=[2.2, 1.0][:panels]
    ).ravel()
    _bars(found[0], energy, TRADED)
    drawn: list[Any] = [Patch(color=TRADED, label="traded under the policy")]
    if np.isfinite(bound).all():
        line: dict[str, Any] = {"color": style.INK, "linewidth": 1.0}
        found[0].stairs(bound, np.arange(len(bound) + 1.0), baseline=None, **line)
        drawn.append(Line2D([], [], label="proven: no dispatch trades more", **line))
    style.from_zero(found[0], float(np.nanmax(np.r_[energy, bound])))
    found[0].set_ylabel("Energy traded\n(kWh in a day)")
    found[0].yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if panels == 2:
        _bars(found[1], hours, BROKEN)
        style.from_zero(found[1], float(hours.max()))
        found[1].set_ylabel("Limits broken\n(h in a day)")
        drawn.append(Patch(color=BROKEN, label="hours in which a limit is broken"))
    for axes in found:
        calendar.lay_out(axes)
    style.lowest_labelled(found, panels, 1)
    unbroken = "" if panels == 2 else ": no limit is broken"
    case = str(days["case"].iloc[0])
    style.title(figure, f"{case} on {len(days):,} days it was not made for{unbroken}")
    style.legend_below(figure, drawn)
    return figure


def _numbers(values: pd.Series) -> FloatArray:
    return values.to_numpy(dtype=np.float64)


def _bars(axes: Axes, values: FloatArray, colour: str) -> None:
    axes.stairs(values, np.arange(len(values) + 1.0), fill=True, color=colour, linewidth=0)
