"""How a table is laid out so that it is no wider than a column, measured and not hoped for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from toolkit.results.printed.metrics import INCH, width_of
from toolkit.results.printed.numbers import NUMBER
from toolkit.results.printed.paper_table import PaperTable, transposed, without_constants
from toolkit.results.widths import ONE_COLUMN, PAGE

#: Points between two columns, and the least of a column whose texts are broken into lines.
BETWEEN, LEAST = 6.0, 40.0
#: More rows than these do not fit on a page, or do not become columns.
ONE_PAGE, MOST = 45, 12


@dataclass(frozen=True)
class Layout:
    """A table as it is set.

    header: the lines of each column's header; wrapped: width of columns whose texts are broken,
    points, by column; span: whether it takes both columns of a page.
    """

    table: PaperTable
    header: list[list[str]]
    wrapped: dict[int, float]
    span: bool = False

    @property
    def width(self) -> float:
        """How wide it is, inches."""
        return _width(self) / INCH

    def right(self, column: int) -> bool:
        """Say whether a column is set to the right, as numbers are."""
        return column >= self.table.texts and any(
            sign.isdigit() for row in self.table.rows for sign in row[column]
        )


def laid_out(table: PaperTable, width: float) -> Layout:
    """Return a table as it fits into that many inches.

    It is left as it stands, else headers are broken into lines, what is the same in every row
    becomes a note, names are broken, or rows become columns, whichever is enough first. A table
    that fits into no column of a page with two takes both of them.
    """
    for room in (width, PAGE) if width < ONE_COLUMN else (width,):
        for found in _candidates(table, room * INCH):
            if found.width <= room:
                return replace(found, span=room >= ONE_COLUMN)
    return replace(found, span=True)


def _candidates(table: PaperTable, room: float) -> Iterator[Layout]:
    """Yield layouts of a table, the best first; the last breaks names as far as it has to."""
    yield Layout(table, [[table.told(text)] for text in table.header], {})
    yield _stacked(table)
    fewer = without_constants(table)
    yield _stacked(fewer)
    broken = _broken(_stacked(fewer), room)
    yield broken
    if fewer.texts == 1 and len(fewer.rows) <= MOST:
        yield _stacked(transposed(fewer))
    yield broken


def _stacked(table: PaperTable) -> Layout:
    """Return a table whose headers are broken into lines as long as what is below them."""
    header = []
    for i, text in enumerate(table.header):
        name, unit = table.parted(text)
        header.append([*_lines(name, _cells(table, i)), *([f"({unit})"] if unit else [])])
    return Layout(table, header, {})


def _lines(text: str, room: float) -> list[str]:
    """Return a text in lines of at most so many points where its words allow it."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cells(table: PaperTable, column: int) -> float:
    """Return how wide the widest cell of a column is, points."""
    words = column < table.texts
    return max((cell_width(row[column], words) for row in table.rows), default=0.0)


def cell_width(text: str, words: bool) -> float:
    """Return how wide a cell is, points; words: whether it is one of names."""
    return width_of(text, number=not words and NUMBER.fullmatch(text) is not None)


def _columns(layout: Layout) -> list[float]:
    """Return how wide each column is, points."""
    heads = [max(map(width_of, lines), default=0.0) for lines in layout.header]
    return [
        layout.wrapped.get(i, max(head, _cells(layout.table, i))) for i, head in enumerate(heads)
    ]


def _width(layout: Layout) -> float:
    columns = _columns(layout)
    return sum(columns) + BETWEEN * (len(columns) - 1)


def _broken(layout: Layout, room: float) -> Layout:
    """Return a layout whose widest column of names is as narrow as it has to be, if it can be."""
    columns, table = _columns(layout), layout.table
    names = range(max(table.texts, 1))
    widest = max(names, key=lambda i: columns[i])
    words = {w for row in table.rows for w in row[widest].split(" ")} | {*layout.header[widest]}
    least = max(LEAST, *map(width_of, words))
    left = columns[widest] - max(_width(layout) - room, 0.0)
    return replace(layout, wrapped={widest: min(max(left - 0.1, least), columns[widest])})
