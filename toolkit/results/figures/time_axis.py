"""Where the steps of a study lie on an axis of time: one after the other, or days side by side."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from toolkit.common.types import FloatArray
from toolkit.results.figures import style
from toolkit.results.periods import PERIODS
from toolkit.results.spans import MONTHS, days_text

#: Hours between two days that do not follow each other.
GAP = 2.0
#: Points of text under such days, and points from the axis down to their names.
SIZE, BELOW = 7.5, 13.5
#: The least width of a day, points, at which hours can be read below it, and below every quarter.
FEW_HOURS, ALL_HOURS = 28.0, 100.0
#: The least width of a panel, points, above which the periods of a day can be named.
LEAST_NAMED = 120.0
#: What such an axis says, and where there is no room for that.
LABEL = "Time of day (h); below it, each day and how many days it stands for"
SHORT = "Days, and how many each stands for"


@dataclass(frozen=True)
class TimeAxis:
    """T steps of step_h hours on an axis in hours.

    names, weights: what each separate day is called and how many days it stands for; both empty
    where days follow each other.
    """

    step_h: float
    steps: int
    names: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()

    @property
    def days(self) -> list[tuple[float, slice]]:
        """Where each stretch of time begins on the axis, hours, and its steps."""
        pitch, each = self.each * self.step_h + GAP, self.each
        return [(d * pitch, slice(d * each, (d + 1) * each)) for d in range(self.steps // each)]

    @property
    def spans(self) -> list[tuple[float, float, slice]]:
        """Where stretches of steps lie on the axis: from, to, and which."""
        return [(start, start + self.each * self.step_h, steps) for start, steps in self.days]

    @property
    def each(self) -> int:
        """Number of steps of a stretch."""
        return self.steps // max(len(self.weights), 1)

    @property
    def end(self) -> float:
        """Where the axis ends, hours."""
        return self.days[-1][0] + self.each * self.step_h

    @property
    def middles(self) -> FloatArray:
        """The middle of each step on the axis, hours, NaN between separate days."""
        each = (np.arange(1.0, self.each + 1.0) - 0.5) * self.step_h
        return _with_breaks([start + each for start, _ in self.days])

    def broken(self, values: FloatArray) -> FloatArray:
        """Return values of the steps, (T,), with NaN between separate days: no line joins them."""
        return _with_breaks([values[steps] for _, steps in self.days])

    def ends(self, start: float, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return hours and values at the ends of steps; each stretch begins with ``start``."""
        each = np.arange(self.each + 1.0) * self.step_h
        shown = [np.concatenate([[start], values[steps]]) for _, steps in self.days]
        return _with_breaks([begin + each for begin, _ in self.days]), _with_breaks(shown)

    def lay_out(self, axes: Axes, shaded: bool = True) -> None:
        """Lay out the axis; separate days with a break between them, their names and weights.

        shaded: whether the three periods of a day are shaded.
        """
        if not self.weights:
            (_day_axis if shaded else _time_ticks)(axes, self.end)
            return
        for start, _ in self.days if shaded else ():
            for i, shade in enumerate(style.SHADES):
                hour = start + 8.0 * i
                axes.axvspan(hour, hour + 8.0, color=shade, linewidth=0, zorder=0)
        for (start, _), (after, _) in pairwise(self.days):
            _break(axes, start + 24.0, after)
        axes.set_xlim(0.0, self.end)
        self._ticks(axes)

    def _ticks(self, axes: Axes) -> None:
        """Write hours below each day where there is room, and below these the days' names."""
        width = _width(axes) / (self.end + GAP)
        hours = _hours(24.0 * width)
        axes.xaxis.remove_overlapping_locs = False  # a name stands at noon, and so may an hour
        axes.set_xticks([start + hour for start, _ in self.days for hour in hours], minor=True)
        axes.set_xticklabels([f"{hour:g}" for hour in hours] * len(self.days), minor=True)
        labels, turned = fitting(self.names, self.weights, (24.0 + GAP) * width)
        axes.set_xticks([start + 12.0 for start, _ in self.days], labels)
        axes.tick_params(axis="x", which="minor", labelsize=style.size(SIZE))
        shape: dict[str, Any] = {"rotation": 90.0} if turned else {}
        pad = BELOW if hours else 2.0
        axes.tick_params(
            axis="x", which="major", length=0, labelsize=style.size(SIZE), pad=pad, **shape
        )
        told = LABEL if hours else LABEL.partition("; ")[2].capitalize()
        axes.set_xlabel(told if style.text_width(told, style.size(10.0)) < _width(axes) else SHORT)


def _day_axis(axes: Axes, hours: float) -> None:
    """Lay out a time axis of so many hours with the day's three periods shaded and named."""
    for i, start in enumerate(np.arange(0.0, hours, 8.0)):
        end = min(start + 8.0, hours)
        axes.axvspan(start, end, color=style.SHADES[i % 3], linewidth=0, zorder=0)
        name = list(PERIODS)[i % 3].replace("_", "-")
        if hours <= 24.0 and not (style.narrow() and _width(axes) < LEAST_NAMED):
            place: dict[str, Any] = {
                "ha": "center",
                "va": "bottom",
                "transform": axes.get_xaxis_transform(),
            }
            axes.text(
                (start + end) / 2, 1.01, name, fontsize=style.size(8), color=style.FAINT, **place
            )
    _time_ticks(axes, hours)


def _time_ticks(axes: Axes, hours: float) -> None:
    """Lay out a time axis of so many hours: every 4 hours, of several days every midnight."""
    axes.set_xlim(0.0, hours)
    whole = 24.0 * max(1.0, hours // (24.0 * 7.0))
    axes.set_xticks(np.arange(0.0, hours + 1e-9, 4.0 if hours <= 48.0 else whole))
    axes.set_xlabel("Time of day (h)" if hours <= 24.0 else "Time (h)")


def fitting(names: Sequence[str], weights: Sequence[float], width: float) -> tuple[list[str], bool]:
    """Return a label for each day that fits a width in points, and whether it has to be turned.

    As much as there is room for: "2023-07-01, stands for 48.9 days", and shorter by steps.
    """
    pairs = [(name, days_text(weight)) for name, weight in zip(names, weights, strict=True)]
    forms = (
        [f"{name}, stands for {days}" for name, days in pairs],
        [f"{name}\nstands for {days}" for name, days in pairs],
        [f"{name}\n{days}" for name, days in pairs],
        [f"{_short(name)}\n{days}" for name, days in pairs],
    )
    for form in forms:
        widest = max(
            style.text_width(line, style.size(SIZE)) for text in form for line in text.split("\n")
        )
        if widest + 3.0 <= width:
            return form, False
    return [f"{_short(name)}, {days}" for name, days in pairs], True


def _short(name: str) -> str:
    """Return a date without its year, as every reader reads it: 1 Jul."""
    try:
        day = datetime.date.fromisoformat(name)
    except ValueError:
        return name
    return f"{day.day} {MONTHS[day.month - 1]}"


def _hours(width: float) -> tuple[float, ...]:
    """Return the hours that can be written below a day so many points wide."""
    if width < FEW_HOURS:
        return ()
    return (0.0, 12.0) if width < ALL_HOURS else (0.0, 6.0, 12.0, 18.0)


def _width(axes: Axes) -> float:
    """Return about how wide a panel is, points: constrained layout settles it at the end."""
    spec, figure = axes.get_subplotspec(), axes.get_figure()
    columns = spec.get_gridspec().ncols if spec else 1
    inches = figure.get_figwidth() if figure is not None else 0.0  # type: ignore[union-attr]
    return (inches * 72.0 - 50.0) / columns - 12.0


def _break(axes: Axes, left: float, right: float) -> None:
    """Leave nothing between two days: neither grid nor axis, but the edges of both."""
    axes.axvspan(left, right, facecolor="white", linewidth=0, zorder=0.6)
    line: dict[str, Any] = {"color": style.FAINT, "linewidth": 0.6, "zorder": 0.7}
    for at in (left, right):
        axes.axvline(at, **line)
    hidden: dict[str, Any] = {"color": "white", "linewidth": 2.0, "zorder": 2.6, "clip_on": False}
    axes.plot([left, right], [0.0, 0.0], transform=axes.get_xaxis_transform(), **hidden)


def _with_breaks(parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(list(_joined(parts)))


def _joined(parts: Sequence[FloatArray]) -> Iterator[FloatArray]:
    for i, part in enumerate(parts):
        if i:
            yield np.array([np.nan])
        yield part
