"""What goes from a results folder into a paper, written into its folder ``print``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from toolkit.commands.papers_asked import Figures
from toolkit.common.errors import NAME, InputError, listed, unknown_name
from toolkit.common.excerpts import shortened
from toolkit.common.files import write_bytes, write_text
from toolkit.results.printed.excel import import_openpyxl, to_excel
from toolkit.results.printed.latex import to_latex
from toolkit.results.printed.methods import to_methods, works
from toolkit.results.printed.tables import tables_of
from toolkit.results.store.names import METHODS, PRINT, REFERENCES
from toolkit.results.store.reading import read_results
from toolkit.results.widths import COLUMN, checked_width

#: What figures can be written as.
FIGURES = ("pdf", "svg", "png")
#: And tables.
TABLES = ("latex", "excel")
#: What forms are called by the ends of their files.
ENDS = {"xlsx": "excel", "xls": "excel", "xlsm": "excel", "tex": "latex"}


def check_figures(asked: Figures) -> None:
    """Raise InputError where figures cannot be drawn as asked for."""
    from toolkit.results.figures.page import page_of

    known(asked.kinds, FIGURES, "--figures")
    _stems(asked.only)
    page_of(asked.width, asked.style)


def write_figures(folder: Path, asked: Figures) -> tuple[list[Path], list[str]]:
    """Draw figures of a results folder for print; return the files, and notes of what they lack.

    Raises InputError, also where the results have nothing to show in a figure that is named.
    """
    from toolkit.results.figures import NAMES, draw_for_print
    from toolkit.results.figures.page import page_of

    check_figures(asked)
    results, stems = read_results(folder), _stems(asked.only)
    page = page_of(asked.width, asked.style, asked.titles)
    paths, notes = draw_for_print(results, folder / PRINT, asked.kinds, page, stems)
    drawn = {path.stem for path in paths}
    if asked.only and (lacking := [NAMES[stem] for stem in stems if stem not in drawn]):
        there = listed(results.plot.available)
        raise InputError(f"--only {lacking[0]}: nothing to show in {folder}; there are {there}.")
    return paths, [*notes, *_earlier(folder / PRINT, paths)]


def _stems(only: Sequence[str]) -> list[str]:
    """Return figures by the stem of their files. Raises InputError for a name that is none.

    What a file is called counts as well: ``ranks`` and ``figure8_ranks`` are ``comparison``.
    """
    from toolkit.results.figures import FIGURES as EVERY
    from toolkit.results.figures import NAMES

    files = {name: stem for stem in EVERY for name in (stem, stem.partition("_")[2])}
    stems = {name: stem for stem, name in NAMES.items()}
    for name in only:
        if name not in {*stems, *files}:
            raise InputError(f"--only: {unknown_name('figure', name, stems)}")
    return [{**files, **stems}[name] for name in only] or [*EVERY]


def _earlier(to: Path, paths: Sequence[Path]) -> list[str]:
    """Return a note on figures of earlier commands, which may have another width or style."""
    kinds = {f".{kind}" for kind in FIGURES}
    found = {path.name for path in to.glob("figure*") if path.suffix in kinds}
    left = sorted(found - {path.name for path in paths})
    if not left:
        return []
    some = f"{', '.join(left[:3])}{' and so on' if len(left) > 3 else ''}"
    count = "1 figure" if len(left) == 1 else f"{len(left)} figures"
    return [f"{to} also holds {count} of earlier commands: {some}"]


def check_tables(kinds: Sequence[str], width: float | None = None) -> None:
    """Raise InputError where tables cannot be written as asked for.

    A library that is missing is told once the other forms are written.
    """
    known(kinds, TABLES, "--tables")
    checked_width(width)
    if [*kinds] == ["excel"]:
        import_openpyxl()


def write_tables(folder: Path, kinds: Sequence[str], width: float | None = None) -> Iterator[Path]:
    """Write the tables of a results folder, in each of the forms; yield each file when it is there.

    LaTeX makes a file of each table, which fits into a column of ``width`` inches; Excel makes one
    workbook. Raises InputError.
    """
    check_tables(kinds, width)
    results, to = read_results(folder), folder / PRINT
    if "latex" in kinds:
        for name, table in tables_of(results).items():
            write_text(to / f"{name}.tex", to_latex({name: table}, width or COLUMN))
            yield to / f"{name}.tex"
    if "excel" in kinds:
        write_bytes(to / "tables.xlsx", to_excel(results))
        yield to / "tables.xlsx"


def write_methods(folder: Path) -> Iterator[Path]:
    """Write methods.md of a results folder, what was computed and how, and references.bib.

    Yields each file. Raises InputError.
    """
    results = read_results(folder)
    text = to_methods(results)
    for name, held in ((METHODS, text), (REFERENCES, works(text, results))):
        write_text(folder / name, held)
        yield folder / name


def known(given: Sequence[str], kinds: Sequence[str], option: str) -> None:
    """Raise InputError for a form that there is not."""
    for kind in given:
        if kind in kinds:
            continue
        near = get_close_matches(kind[:NAME].lower(), ENDS, n=1, cutoff=0.7)
        meant = ENDS[near[0]] if near else ""
        if meant not in kinds:
            raise InputError(f"{option}: {unknown_name('format', kind, kinds)}")
        raise InputError(
            f"{option}: unknown format '{shortened(kind, NAME)}'. Did you mean '{meant}'? "
            f"Known: {listed(sorted(kinds))}."
        )
