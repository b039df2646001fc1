"""What goes from a results folder into a paper, written into its folder ``print``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.common.errors import InputError, unknown_name
from toolkit.results.store.names import PRINT
from toolkit.results.store.reading import read_results

#: What figures can be written as.
FIGURES = ("pdf", "svg", "png")


def check_figures(kinds: Sequence[str], width: float | None, style: str | None) -> None:
    """Raise InputError where figures cannot be drawn as asked for."""
    from toolkit.results.figures.page import page_of

    known(kinds, FIGURES, "--figures")
    page_of(width, style)


def write_figures(
    folder: Path, kinds: Sequence[str], width: float | None = None, style: str | None = None
) -> list[Path]:
    """Draw the figures of a results folder for print, in each of the forms; return the files.

    width: inches, the house's where it is left out; style: a style file of matplotlib, or the name
    of a style it has. Raises InputError.
    """
    from toolkit.results.figures import draw_for_print
    from toolkit.results.figures.page import page_of

    check_figures(kinds, width, style)
    return draw_for_print(read_results(folder), folder / PRINT, kinds, page_of(width, style))


def known(given: Sequence[str], kinds: Sequence[str], option: str) -> None:
    """Raise InputError for a form that there is not."""
    for kind in given:
        if kind not in kinds:
            raise InputError(f"{option}: {unknown_name('format', kind, kinds)}")
