"""One look for every figure: colours a colour-blind reader can tell apart, never colour alone."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from toolkit.results.figures.page import Page, fonts
from toolkit.results.figures.rules import FAINT as FAINT
from toolkit.results.figures.rules import INK as INK
from toolkit.results.figures.rules import PRINT, RULES

#: The least type in print, points; how much lower a figure gets at most; and how high a page is.
SMALLEST, SHRUNK, PAGE = 7.0, 0.56, 8.5
#: The width of the house's figures, and the least of a panel beside others in print, inches.
USUAL, BESIDE = 9.0, 2.6


class Drawing(Figure):
    """A figure that a notebook shows even where nothing of pyplot is loaded.

    left_out: what there was no room for, in words; caption: what it is about, where no title says.
    """

    left_out = caption = ""

    def _repr_png_(self) -> bytes:
        return to_bytes(self, "png")


def to_tell(figure: Figure) -> list[str]:
    """Return what a figure for print does not show by itself: what is left out, its caption."""
    told = {"without": "left_out", "for its caption,": "caption"}
    said = {words: getattr(figure, name, "") for words, name in told.items()}
    return [f"{words} {text}" for words, text in said.items() if text]


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


#: The page that figures are drawn for now; None for the house's own figures.
_PAGE: ContextVar[Page | None] = ContextVar("page", default=None)


@contextmanager
def look(page: Page | None = None) -> Iterator[None]:
    """Draw with the toolkit's rules, and leave the user's own as they were.

    page: figures for print, where what the user sets comes before these rules. Without one, the
    same results give the same figures whatever anybody has set.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name may be written in letters that the font lacks: its boxes say as much.
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RULES)
        if page is not None:
            rules: Any = matplotlib.rcParams
            rules.update({**PRINT, **page.house, **page.rules})
            # A figure handed out is drawn once these rules are gone.
            rules["font.family"] = fonts(rules)
        token = _PAGE.set(page)
        try:
            yield
        finally:
            _PAGE.reset(token)


def new_figure(
    width: float, height: float, layout: Any = "constrained", least: float = 0.0
) -> Drawing:
    """Return an empty figure of that size in inches, known to no window.

    In print it is as wide as asked for, and lower by about as much, but at least ``least`` inches.
    """
    page = _PAGE.get()
    if page is not None and page.width is not None and layout != "none":
        shrunk = height * min(max(page.width / USUAL, SHRUNK), 1.0)
        width, height = page.width, max(shrunk, least)
    figure = Drawing(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def title(target: Figure | Axes, text: str, **words: Any) -> None:
    """Say above a figure what it is about; where no titles are wanted, a caption has to."""
    if not titled():
        target.get_figure().caption = " ".join(text.split())  # type: ignore[union-attr]
    elif isinstance(target, Figure):
        target.suptitle(text, **words)
    else:
        target.set_title(text, **words)


def titled() -> bool:
    """Say whether figures have titles; in print a caption may say what they are about."""
    page = _PAGE.get()
    return page is None or page.titles


def narrow() -> bool:
    """Say whether figures are drawn for one column of a page."""
    page = _PAGE.get()
    return page is not None and page.narrow


def printed_width() -> float | None:
    """Return the width asked for, inches; None where the house's is as good."""
    page = _PAGE.get()
    return None if page is None else page.width


def columns(usual: int, panels: int, height: float) -> int:
    """Return in how many columns panels stand: in print as many as leave each BESIDE inches.

    More where a page, PAGE inches high, would not hold them otherwise. height: of a panel, inches.
    """
    width = printed_width()
    if width is None:
        return usual
    fitting, most = max(1, int(width // BESIDE)), 2 if narrow() else usual
    while fitting < most and -(-panels // fitting) * height > PAGE:
        fitting += 1
    return min(fitting, usual)


def size(points: float) -> float:
    """Return the size of a text that has so many points beside the house's usual 10."""
    if _PAGE.get() is None:
        return points
    usual = float(matplotlib.rcParams["font.size"])
    return max(points * usual / 10.0, min(SMALLEST, usual))


def line_looks(names: Sequence[str]) -> dict[str, LineLook]:
    """Return how each case is drawn: the base case black and dashed, the others in turn."""
    others = [name for name in names if name != "base"]
    return {"base": BASE, **{name: _look(i) for i, name in enumerate(others)}}


def _look(i: int) -> LineLook:
    """Return the look of case i: once colours run out, each comes again with the next shape."""
    colours = _colours()
    turn, at = divmod(i, len(colours))
    shape = OTHERS[(at + turn) % len(OTHERS)]
    return LineLook(colours[at], shape.dashes, shape.marker)


def _colours() -> list[str]:
    """Return the colours of cases: those of a cycle that the user has set, or the house's."""
    page = _PAGE.get()
    cycle = None if page is None else page.rules.get("axes.prop_cycle")
    own = [] if cycle is None else cycle.by_key().get("color", [])
    return list(own) or [look.colour for look in OTHERS]


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
    rows = legend_rows(figure.get_figwidth(), handles)
    even = -(-len(handles) // rows)
    loc: Any = "lower center" if figure.get_layout_engine() is None else "outside lower center"
    figure.legend(handles=handles, loc=loc, ncols=even)
    if narrow() and figure.get_layout_engine() is not None:  # it takes nothing from the panels
        figure.set_figheight(figure.get_figheight() + (rows - 1) * 1.5 * entry() / 72.0)


def legend_rows(width: float, handles: Sequence[Artist]) -> int:
    """Return how many rows a legend has that is so many inches wide."""
    widest = max((text_width(str(handle.get_label()), entry()) for handle in handles), default=0.0)
    fitting = int((width * 72.0 - 20.0) / (widest + 4.8 * entry()))
    return -(-len(handles) // max(1, min(fitting, len(handles))))


def entry() -> float:
    """Return the size of a legend's entries, points."""
    if _PAGE.get() is None:
        return 10.0
    return FontProperties(size=matplotlib.rcParams["legend.fontsize"]).get_size_in_points()


def text_width(text: str, size: float) -> float:
    """Return how wide a text of that font size is, points."""
    font = FontProperties(size=size)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def to_bytes(figure: Figure, kind: str) -> bytes:
    """Return the figure as PNG, SVG or PDF, the same bytes every time."""
    lay_out(figure)
    buffer = io.BytesIO()
    nothing: dict[str, Any] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }
    figure.savefig(buffer, format=kind, metadata=nothing[kind])
    return buffer.getvalue()


def lay_out(figure: Figure) -> None:
    """Lay out a figure once for all formats: ``savefig`` would draw it twice for each."""
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_dpi(dpi())
        engine.execute(figure)
        figure.set_layout_engine(None)


def dpi() -> float:
    """Return the dots per inch of a file."""
    asked = matplotlib.rcParams["savefig.dpi"]
    return float(matplotlib.rcParams["figure.dpi"] if asked == "figure" else asked)
