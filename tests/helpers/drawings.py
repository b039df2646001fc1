"""Drawn figures as text, what they should hold, and names that overlap."""

from itertools import combinations

from toolkit.results import figures
from toolkit.results.figures import FIGURES, style
from toolkit.results.figures.names import fit_to_draw
from toolkit.results.store import read_results

#: Of two optimizers there are no ranks to draw.
DRAWN = [stem for stem in FIGURES if stem != "figure8_ranks"]


def svg(folder, stem):
    return (folder / "figures" / f"{stem}.svg").read_text(encoding="utf-8")


def drawn(folder, *stems):
    """Return these figures of a results folder as SVG text, by stem; most of a folder's time goes
    into writing files."""
    with style.look():
        made = figures._figures(fit_to_draw(read_results(folder)))
        return {stem: style.to_bytes(f, "svg").decode() for stem, f in made if stem in stems}


def put(folder, *stems):
    """Put these figures, or all, into a results folder as a page shows them: as SVG alone."""
    (folder / "figures").mkdir(exist_ok=True)
    for stem, text in drawn(folder, *stems or FIGURES).items():
        (folder / "figures" / f"{stem}.svg").write_text(text, encoding="utf-8")


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
