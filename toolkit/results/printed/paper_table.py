"""A table for a paper: its cells as text, and what stands below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolkit.results.report.html_tables import HtmlTable

#: What stands where there is nothing.
NOTHING = "-"


@dataclass(frozen=True)
class PaperTable(HtmlTable):
    """A table with notes, sentences that stand below it.

    spare: columns that become a note where they say the same in every row and room is short, with
    the sentence it is; a note that explains one begins with its name and a colon;
    units: whether headers are names with their units, such as "traded, kWh".
    """

    notes: Sequence[str] = ()
    spare: Mapping[str, str] = field(default_factory=dict)
    units: bool = True

    def parted(self, header: str) -> tuple[str, str]:
        """Return the name of a column, and its unit, blank where it has none."""
        name, comma, unit = header.rpartition(", ")
        return (name, unit) if comma and self.units else (header, "")

    def told(self, header: str) -> str:
        """Return the name of a column with its unit in brackets."""
        name, unit = self.parted(header)
        return f"{name} ({unit})" if unit else name


def without_constants(table: PaperTable) -> PaperTable:
    """Return a table whose spare columns are a note where they say the same in every row."""
    if len(table.rows) < 2:
        return table
    every = {i: _told(table, i) for i, name in enumerate(table.header) if name in table.spare}
    same = {i: cells.pop() for i, cells in every.items() if len(cells) == 1}
    kept = [i for i in range(len(table.header)) if i not in same]
    if not same:
        return table
    gone = tuple(f"{table.header[i]}: " for i in same)
    return replace(
        table,
        header=[table.header[i] for i in kept],
        rows=[[row[i] for i in kept] for row in table.rows],
        notes=[
            *(note for note in table.notes if not note.startswith(gone)),
            *(table.spare[table.header[i]].format(told) for i, told in same.items()),
        ],
    )


def _told(table: PaperTable, column: int) -> set[str]:
    """Return what a column says, nothing left out."""
    return {row[column] for row in table.rows} - {NOTHING}


def transposed(table: PaperTable) -> PaperTable:
    """Return a table with its columns as rows; that of names becomes the header."""
    names, *columns = zip(table.header, *table.rows, strict=True)
    rows = [[table.told(cells[0]), *cells[1:]] for cells in columns]
    return replace(table, header=["", *names[1:]], rows=rows, texts=1, units=False)
