"""Drawn figures as text, what they should hold, and names that overlap."""

from itertools import combinations

from matplotlib.text import Text

from toolkit.results import figures
from toolkit.results.figures import FIGURES, style
from toolkit.results.figures.names import fit_to_draw
from toolkit.results.store import read_results

#: Figures of more than a week, and those that show a plan tried on other days.
LONG = ("figure13_duration", "figure14_months", "figure15_validation")
#: Of two optimizers there are no ranks to draw.
DRAWN = [stem for stem in FIGURES if stem not in ("figure8_ranks", *LONG)]


def svg(folder, stem):
    return (folder / "figures" / f"{stem}.svg").read_text(encoding="utf-8")


def drawn(folder, *stems):
    """Return these figures of a results folder as SVG text, by stem; those alone are made."""
    with style.look():
        made = figures.drawn(fit_to_draw(read_results(folder)), stems)
        return {stem: style.to_bytes(figure, "svg").decode() for stem, figure in made}


def put(folder, *stems):
    """Put these figures, or all, into a results folder as a page shows them: as SVG alone."""
    (folder / "figures").mkdir(exist_ok=True)
    for stem, text in drawn(folder, *stems or FIGURES).items():
        (folder / "figures" / f"{stem}.svg").write_text(text, encoding="utf-8")


def put_blank(folder):
    """Put empty pictures in the place of figures, where the words around them are what counts."""
    (folder / "figures").mkdir(exist_ok=True)
    for stem in FIGURES:
        path = folder / "figures" / f"{stem}.svg"
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")


def overlaps(figure):
    """Return the pairs of texts of one panel that lie over each other."""
    figure.canvas.draw()
    found = []
    for axes in figure.axes:
        texts = [t for t in (*axes.texts, axes.title) if t.get_text()]
        boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
        found += [(a, b) for (a, p), (b, q) in combinations(boxes, 2) if p.overlaps(q)]
    return found


def changed(group, **frames):
    """The group with other tables in its median case."""
    median = type(group.median)(**{**vars(group.median), **frames})
    return type(group)(group.name, median, group.row, (median,))


def texts(figure):
    """Return the texts that a figure shows, each with its box, dots; no ticks beyond an axis."""
    shown = [*figure.texts, *(t for legend in figure.legends for t in legend.get_texts())]
    for axes in (a for a in figure.axes if a.get_visible()):
        titles = [c for c in axes.get_children() if isinstance(c, Text) and c not in axes.texts]
        shown += [*titles, *axes.texts]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            inside = [t for t in ticks if low - 1e-9 <= t.get_loc() <= high + 1e-9]
            shown += [axis.label, *(t.label1 for t in inside if t.label1.get_visible())]
    return [(t, t.get_window_extent()) for t in shown if t.get_visible() and t.get_text().strip()]
