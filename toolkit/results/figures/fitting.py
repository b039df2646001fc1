"""Figures for print whose texts fit: long ones are broken into lines, crowded ticks thinned out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, MaxNLocator

from toolkit.results.figures import style

#: Points that stay free at the edges, and beside a legend's entry for its symbol.
EDGE, SYMBOL = 3.0, 34.0
#: How often a figure is laid out anew: a broken title may leave less room for what is below.
TURNS = 5


def fitted(figure: Figure) -> None:
    """Change a figure until its texts fit into it, and lay it out."""
    figure.set_dpi(style.dpi())
    written: dict[Text, str] = {}
    for _ in range(TURNS):
        figure.draw_without_rendering()
        changed = [_broken(text, room, written) for text, room in _rooms(figure)]
        changed += [_cleared(axes) for axes in _shown(figure)]
        changed += [_thinned(axis) for axes in _shown(figure) for axis in (axes.xaxis, axes.yaxis)]
        if not any(changed):
            break
    style.lay_out(figure)
    figure.draw_without_rendering()  # ticks made here keep their looks once the rules are gone
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            # How many ticks there is room for is asked anew whenever it is drawn.
            axis.set_tick_params(labelsize=axis.get_major_ticks(1)[0].label1.get_fontsize())


def broken(text: str, room: float, size: float) -> str:
    """Return a text in lines of at most so many points where its words allow it."""
    return "\n".join(
        line for part in text.split("\n") for line in _lines(part.split(" "), room, size)
    )


def _lines(words: list[str], room: float, size: float) -> Iterator[str]:
    line = words[0]
    for word in words[1:]:
        if style.text_width(f"{line} {word}", size) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}"
    yield line


def _broken(text: Text, room: float, written: dict[Text, str]) -> bool:
    """Break a text that is longer than its room; say whether that changed anything.

    written: texts as they were before they were broken.
    """
    told = text.get_text()
    changed = broken(written.setdefault(text, told), room, float(text.get_fontsize()))
    text.set_text(changed)
    return changed != told


def _shown(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def _rooms(figure: Figure) -> Iterator[tuple[Text, float]]:
    """Yield the texts that may be too long, and how long each may be, points."""
    width, height = figure.get_size_inches() * 72.0
    for text in figure.texts:
        yield text, (height if text.get_rotation() == 90.0 else width) - 2.0 * EDGE
    for legend in figure.legends:
        yield from ((text, width - SYMBOL - 4.0 * EDGE) for text in legend.get_texts())
    panels = _shown(figure)
    for axes in panels:
        own = axes.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
        left, right = own.x0 * 72.0, own.x1 * 72.0
        low, high = own.y0 * 72.0, own.y1 * 72.0
        beside, below = _neighbours(axes, panels)
        centred = right - left if beside else min(left + right, 2.0 * width - left - right)
        stacked = high - low if below else min(low + high, 2.0 * height - low - high)
        middle, *sides = (
            c for c in axes.get_children() if isinstance(c, Text) and c not in axes.texts
        )
        yield from ((t, centred - 2.0 * EDGE) for t in (middle, axes.xaxis.label))
        yield from ((t, (right - left if beside else width - left) - EDGE) for t in sides)
        yield axes.yaxis.label, stacked


def _neighbours(axes: Axes, panels: list[Axes]) -> tuple[bool, bool]:
    """Say whether a panel has others beside it, and above or below it."""
    spec = axes.get_subplotspec()
    others = [p.get_subplotspec() for p in panels if p is not axes]
    if spec is None:
        return any(_overlap(axes, p) for p in panels if p is not axes), False
    known = [other for other in others if other is not None]
    return (
        any(other.colspan.start != spec.colspan.start for other in known),
        any(other.rowspan.start != spec.rowspan.start for other in known),
    )


def _overlap(axes: Axes, other: Axes) -> bool:
    """Say whether two panels stand at the same height."""
    a, b = axes.get_position(), other.get_position()
    return bool(a.y0 < b.y1 and b.y0 < a.y1)


def _cleared(axes: Axes) -> bool:
    """Take the numbers out of the cells of a map where they overlap; say whether that was so."""
    boxes = [text.get_window_extent() for text in axes.texts] if axes.images else []
    if not any(a.overlaps(b) for a, b in combinations(boxes, 2)):
        return False
    for text in list(axes.texts):
        text.remove()
    return True


def _thinned(axis: Axis) -> bool:
    """Leave out every second tick where their names overlap; say whether that was needed."""
    names = [
        label for label in axis.get_majorticklabels() if label.get_visible() and label.get_text()
    ]
    boxes = [label.get_window_extent() for label in names]
    spans = sorted((b.x0, b.x1) if axis is axis.axes.xaxis else (b.y0, b.y1) for b in boxes)
    if all(end <= start + 0.5 for (_, end), (start, _) in pairwise(spans)):
        return False
    places = np.asarray(axis.get_majorticklocs())
    if isinstance(axis.get_major_locator(), FixedLocator):
        texts = [label.get_text() for label in axis.get_majorticklabels()]
        axis.set_ticks(places[::2], texts[::2])
    else:
        axis.set_major_locator(MaxNLocator(max(len(names) // 2, 2)))
    return True
