"""Tables as a workbook of Excel, numbers as numbers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd

from toolkit.common.excerpts import line
from toolkit.common.extras import library
from toolkit.results.columns import units
from toolkit.results.printed.compared import statistics
from toolkit.results.printed.numbers import NUMBER
from toolkit.results.printed.paper_table import PaperTable
from toolkit.results.printed.tables import tables_of
from toolkit.results.store.contents import Results

#: The table of cases, and the sheet with all of its rows; workbooks hold 16 digits.
SUMMARY, EVERY = "summary.csv", "every case"
#: Widest column, characters, and the first moment that an archive knows.
WIDEST, EPOCH = 40, (1980, 1, 1, 0, 0, 0)


def import_openpyxl() -> Any:
    """Return what writes workbooks. Raises InputError that names how to install it."""
    return library("openpyxl", "workbooks are written by openpyxl", "excel")


def to_excel(results: Results) -> bytes:
    """Return the tables of results as a workbook, a sheet each; the same bytes every time.

    Raises InputError where what writes it is not installed.
    """
    book = import_openpyxl().Workbook()
    book.remove(book.active)
    tables = tables_of(results)
    if (apart := statistics(results, apart=True)) is not None:
        tables["statistics"] = apart
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        _sheet(sheet, [table.title], table.header, _numbers(table))
        for i, note in enumerate(table.notes, len(table.rows) + 4):
            _write(sheet.cell(i, 1), note, "General")
    _every(book.create_sheet(EVERY), results)
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue())


def _every(sheet: Any, results: Results) -> None:
    """Fill a sheet with every row of summary.csv; money is in the currency of the study."""
    summary, currency = results.summary, results.study.tariffs.currency
    named = {name: of.replace("money", currency) for name, of in units(SUMMARY, summary).items()}
    header = [f"{c}, {named[str(c)]}" if named.get(str(c)) else str(c) for c in summary]
    rows = [
        [(_plain(value), "General") for value in row] for row in summary.itertuples(index=False)
    ]
    _sheet(sheet, [f"{SUMMARY}, with 16 digits"], header, rows)


def _numbers(table: PaperTable) -> list[list[tuple[Any, str]]]:
    """Return the cells of a table: numbers with the digits that the table has of them, or text."""
    return [[_number(cell, i < table.texts) for i, cell in enumerate(row)] for row in table.rows]


def _number(cell: str, word: bool) -> tuple[Any, str]:
    if word or not NUMBER.fullmatch(cell):
        return (None if cell == "-" else cell), "General"
    bare = cell.replace(",", "")
    decimals = len(bare.partition(".")[2]) if "e" not in bare else None
    if decimals is None:
        return float(bare), "0.00E+00"
    return float(bare), f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _plain(value: Any) -> Any:
    """Return a cell of a frame as a workbook knows it."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _sheet(
    sheet: Any, title: list[str], header: list[str], rows: list[list[tuple[Any, str]]]
) -> None:
    """Fill a sheet: its title, names of columns with units, and rows below them."""
    shown: list[list[tuple[Any, str]]] = [[(text, "General") for text in title]]
    shown += [[(_with_unit(text), "General") for text in header], *rows]
    for i, row in enumerate(shown, 1):
        for j, (value, form) in enumerate(row, 1):
            _write(sheet.cell(i, j), value, form)
    for j, text in enumerate(header, 1):
        longest = max([len(str(row[j - 1][0] or "")) for row in rows] + [len(text) + 1])
        sheet.column_dimensions[sheet.cell(2, j).column_letter].width = min(longest + 2, WIDEST)
    sheet.freeze_panes = "B3"


def _write(cell: Any, value: Any, form: str) -> None:
    cell.value = line(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"  # no name is a formula
    cell.number_format = form


def _with_unit(text: str) -> str:
    name, comma, unit = text.rpartition(", ")
    return f"{name} ({unit})" if comma else text


def _timeless(content: bytes) -> bytes:
    """Return a workbook without the time at which it was written."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            held = given.read(name)
            if name == "docProps/core.xml":
                held = re.sub(rb">[^<>]*</dcterms:", b">1980-01-01T00:00:00Z</dcterms:", held)
            made.writestr(zipfile.ZipInfo(name, EPOCH), held, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
