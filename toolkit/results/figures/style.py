"""One look for every figure: colours a colour-blind reader can tell apart, never colour alone."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from toolkit.results.periods import PERIODS

INK = "#222222"
FAINT = "#6b6b6b"
RULES: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "figure.titlesize": 11.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#d5d5d5",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.0,
    "savefig.dpi": 160.0,
    # Names are the user's: a dollar sign in one is no formula.
    "text.parse_math": False,
    # The same results give the same bytes, with text left as text.
    "svg.hashsalt": "p2p-der-toolkit",
    "svg.fonttype": "none",
}


class KindLook(NamedTuple):
    """How one kind of unit is drawn."""

    colour: str
    marker: str
    hatch: str
    #: The same mark as a path of SVG, of size 1, for maps that are no figures.
    outline: str


class LineLook(NamedTuple):
    """How one case is drawn."""

    colour: str
    dashes: str
    marker: str


#: Okabe and Ito's palette, shared out so that kinds and the first cases never share a colour.
LOOKS: dict[str, KindLook] = {
    "pv": KindLook("#E69F00", "o", "", "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0Z"),
    "wt": KindLook("#56B4E9", "^", "///", "M0 -1.1L1.1 .9H-1.1Z"),
    "bess": KindLook("#009E73", "s", "...", "M-.95 -.95h1.9v1.9h-1.9Z"),
    "bev": KindLook("#CC79A7", "D", "xxx", "M0 -1.25L1.25 0L0 1.25L-1.25 0Z"),
    "generator": KindLook("#D55E00", "h", "\\\\\\", "M-.55 -1h1.1L1.1 0L.55 1h-1.1L-1.1 0Z"),
    "capacitor": KindLook("#999999", "|", "", "M-1 -.75h2v.45h-2ZM-1 .3h2v.45h-2Z"),
}
BASE = LineLook("#000000", "--", "o")
OTHERS = (
    LineLook("#0072B2", "-", "s"),
    LineLook("#D55E00", "-", "^"),
    LineLook("#009E73", "-.", "D"),
    LineLook("#CC79A7", "-.", "v"),
    LineLook("#E69F00", ":", "P"),
    LineLook("#56B4E9", ":", "X"),
)
#: A thin white edge keeps markers apart where lines meet.
EDGE = {"markeredgecolor": "white", "markeredgewidth": 0.6}
SHADES = ("#ffffff", "#f6f6f6", "#ececec")


@contextmanager
def look() -> Iterator[None]:
    """Draw with the toolkit's rules, whatever the user's own are, and leave those as they were."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name may be written in letters that the font lacks: its boxes say as much.
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RULES)
        yield


def new_figure(width: float, height: float, layout: Any = "constrained") -> Figure:
    """Return an empty figure of that size in inches, known to no window."""
    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def line_looks(names: Sequence[str]) -> dict[str, LineLook]:
    """Return how each case is drawn: the base case black and dashed, the others in turn."""
    others = [name for name in names if name != "base"]
    return {"base": BASE, **{name: _look(i) for i, name in enumerate(others)}}


def _look(i: int) -> LineLook:
    """Return the look of case i: once colours run out, each comes again with the next shape."""
    turn, at = divmod(i, len(OTHERS))
    shape = OTHERS[(at + turn) % len(OTHERS)]
    return LineLook(OTHERS[at].colour, shape.dashes, shape.marker)


def only_marker(line_look: LineLook) -> dict[str, Any]:
    """Return matplotlib's words for a case's markers without a line."""
    return {"color": line_look.colour, "marker": line_look.marker, "linestyle": "none", **EDGE}


def keywords(line_look: LineLook, points: int = 1) -> dict[str, Any]:
    """Return matplotlib's words for a line; markers stay apart however short the steps are."""
    return {
        "color": line_look.colour,
        "linestyle": line_look.dashes,
        "marker": line_look.marker,
        "markevery": max(1, points // 24),
        **EDGE,
    }


def plain_line(label: str, line_look: LineLook) -> Line2D:
    """Return the legend's entry for a line without markers."""
    shape: dict[str, Any] = {"color": line_look.colour, "linestyle": line_look.dashes}
    return Line2D([], [], label=label, **shape)


def day_axis(axes: Axes, hours: float) -> None:
    """Lay out a time axis of so many hours with the day's three periods shaded and named."""
    for i, start in enumerate(np.arange(0.0, hours, 8.0)):
        end = min(start + 8.0, hours)
        axes.axvspan(start, end, color=SHADES[i % 3], linewidth=0, zorder=0)
        name = list(PERIODS)[i % 3].replace("_", "-")
        if hours <= 24.0:
            place: dict[str, Any] = {
                "ha": "center",
                "va": "bottom",
                "transform": axes.get_xaxis_transform(),
            }
            axes.text((start + end) / 2, 1.01, name, fontsize=8, color=FAINT, **place)
    time_ticks(axes, hours)


def time_ticks(axes: Axes, hours: float) -> None:
    """Lay out a time axis of so many hours: every 4 hours, of several days every midnight."""
    axes.set_xlim(0.0, hours)
    whole = 24.0 * max(1.0, hours // (24.0 * 7.0))
    axes.set_xticks(np.arange(0.0, hours + 1e-9, 4.0 if hours <= 48.0 else whole))
    axes.set_xlabel("Time of day (h)" if hours <= 24.0 else "Time (h)")


def lowest_labelled(panels: Iterable[Axes], shown: int, columns: int) -> None:
    """Hide the panels beyond those shown; the lowest of each column keeps its time axis."""
    for i, axes in enumerate(panels):
        axes.set_visible(i < shown)
        lowest = i + columns >= shown
        axes.tick_params(which="both", labelbottom=lowest)
        axes.xaxis.label.set_visible(lowest)


def from_zero(axes: Axes, highest: float) -> None:
    """Start the vertical axis at zero, with a little room above the highest value."""
    axes.set_ylim(0.0, highest * 1.06 if highest > 0.0 else 1.0)


def legend_below(figure: Figure, handles: Sequence[Artist]) -> None:
    """Put one legend under everything, where it covers no data, as wide as the page allows."""
    widest = max((text_width(str(handle.get_label()), 10.0) for handle in handles), default=0.0)
    columns = int((figure.get_figwidth() * 72.0 - 20.0) / (widest + 48.0))
    columns = max(1, min(columns, len(handles)))
    rows = -(-len(handles) // columns)
    even = -(-len(handles) // rows)
    loc: Any = "lower center" if figure.get_layout_engine() is None else "outside lower center"
    figure.legend(handles=handles, loc=loc, ncols=even)


def text_width(text: str, size: float) -> float:
    """Return how wide a text of that font size is, points."""
    font = FontProperties(size=size)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def to_bytes(figure: Figure, kind: str) -> bytes:
    """Return the figure as PNG or SVG, the same bytes every time."""
    _lay_out(figure)
    buffer = io.BytesIO()
    nothing = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    figure.savefig(buffer, format=kind, metadata=nothing[kind])
    return buffer.getvalue()


def _lay_out(figure: Figure) -> None:
    """Lay out a figure once for all formats: ``savefig`` would draw it twice for each."""
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_dpi(float(matplotlib.rcParams["savefig.dpi"]))
        engine.execute(figure)
        figure.set_layout_engine(None)
