"""A table for a paper: its cells as text, and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.results.report.html_tables import HtmlTable

#: What stands where there is nothing.
NOTHING = "-"


@dataclass(frozen=True)
class PaperTable(HtmlTable):
    """A table with notes, sentences that stand below it.

    spare: columns that become a note where they say the same in every row and room is short.
    """

    notes: Sequence[str] = ()
    spare: Sequence[str] = ()


def without_constants(table: PaperTable) -> PaperTable:
    """Return a table whose spare columns are a note where they say the same in every row."""
    if len(table.rows) < 2:
        return table
    every = {i: _told(table, i) for i, name in enumerate(table.header) if name in table.spare}
    same = {i: cells.pop() for i, cells in every.items() if len(cells) == 1}
    kept = [i for i in range(len(table.header)) if i not in same]
    if not same:
        return table
    told = ", ".join(f"{table.header[i]} {cell}" for i, cell in same.items())
    return replace(
        table,
        header=[table.header[i] for i in kept],
        rows=[[row[i] for i in kept] for row in table.rows],
        notes=[*table.notes, f"In every row: {told}."],
    )


def _told(table: PaperTable, column: int) -> set[str]:
    """Return what a column says, nothing left out."""
    return {row[column] for row in table.rows} - {NOTHING}


def transposed(table: PaperTable) -> PaperTable:
    """Return a table with its columns as rows; that of names becomes the header."""
    names, *columns = zip(table.header, *table.rows, strict=True)
    rows = [[_with_unit(cells[0]), *cells[1:]] for cells in columns]
    return replace(table, header=["", *names[1:]], rows=rows, texts=1)


def _with_unit(text: str) -> str:
    name, comma, unit = text.rpartition(", ")
    return f"{name} ({unit})" if comma else text
