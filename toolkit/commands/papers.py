"""What goes from a results folder into a paper, written into its folder ``print``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.common.errors import InputError, unknown_name
from toolkit.common.files import write_bytes, write_text
from toolkit.results.printed.excel import import_openpyxl, to_excel
from toolkit.results.printed.latex import to_latex
from toolkit.results.printed.methods import to_methods
from toolkit.results.printed.tables import tables_of
from toolkit.results.store.names import METHODS, PRINT
from toolkit.results.store.reading import read_results

#: What figures can be written as.
FIGURES = ("pdf", "svg", "png")
#: And tables.
TABLES = ("latex", "excel")


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


def check_tables(kinds: Sequence[str]) -> None:
    """Raise InputError where tables cannot be written as asked for."""
    known(kinds, TABLES, "--tables")
    if "excel" in kinds:
        import_openpyxl()


def write_tables(folder: Path, kinds: Sequence[str]) -> list[Path]:
    """Write the tables of a results folder, in each of the forms; return the files.

    LaTeX makes a file of each table, Excel one workbook. Raises InputError.
    """
    check_tables(kinds)
    results, to = read_results(folder), folder / PRINT
    paths = []
    if "latex" in kinds:
        for name, table in tables_of(results).items():
            paths.append(to / f"{name}.tex")
            write_text(paths[-1], to_latex({name: table}))
    if "excel" in kinds:
        paths.append(to / "tables.xlsx")
        write_bytes(paths[-1], to_excel(results))
    return paths


def write_methods(folder: Path) -> Path:
    """Write methods.md of a results folder: what was computed, and how. Raises InputError."""
    path = folder / METHODS
    write_text(path, to_methods(read_results(folder)))
    return path


def known(given: Sequence[str], kinds: Sequence[str], option: str) -> None:
    """Raise InputError for a form that there is not."""
    for kind in given:
        if kind not in kinds:
            raise InputError(f"{option}: {unknown_name('format', kind, kinds)}")
