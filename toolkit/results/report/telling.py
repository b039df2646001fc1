"""What is told of a value in short: the answer first, tables, a picture; as text and as HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from markupsafe import Markup

from toolkit.common.excerpts import line, shortened
from toolkit.results.report.environment import environment
from toolkit.results.report.html_tables import HtmlTable

#: Characters of a text altogether, and of one sentence in it.
MOST, SENTENCE = 1900, 420
#: Rows of a table, and characters of a cell, in a text and in a notebook.
ROWS, CELL, HTML_ROWS = 8, 28, 40


@dataclass(frozen=True)
class Telling:
    """What is told of a value.

    said: sentences, the answer first; tables: a text shows the first one; origin: what the value
    is and where it lies; picture: makes a map, when it is looked at; caption: what the map shows.
    """

    said: Sequence[str]
    origin: str
    tables: Sequence[HtmlTable] = ()
    picture: Callable[[], Markup] = Markup
    caption: str = ""

    def text(self) -> str:
        """Return it as lines of text, short whatever it is about."""
        told = [line(shortened(sentence, SENTENCE)) for sentence in self.said if sentence]
        last = line(shortened(self.origin, SENTENCE))
        table = _rows(self.tables[0]) if self.tables else []
        lines = [*told[:1], *table, *told[1:]]
        while lines and sum(len(each) + 1 for each in [*lines, last]) > MOST:
            lines.pop()
        return "\n".join([*lines, last])

    def html(self) -> str:
        """Return it as HTML without script, whose every text is escaped."""
        body = "\n".join([*self.said, self.origin])
        template = environment().get_template("telling.html.j2")
        return template.render(
            told=self,
            picture=self.picture(),
            tables=[_short(table) for table in self.tables],
            key=f"p2p-{hashlib.sha256(body.encode(errors='replace')).hexdigest()[:8]}",
        )


def _rows(table: HtmlTable) -> list[str]:
    """Return the first rows of a table as lines, its columns one below the other."""
    shown = [table.header, *table.rows[:ROWS]]
    cells = [[line(shortened(cell, CELL)) for cell in row] for row in shown]
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [f"{line(table.title)}:"]
    for row in cells:
        put = [
            cell.ljust(width) if i < table.texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, wide, strict=True))
        ]
        lines.append("  " + "  ".join(put).rstrip())
    more = len(table.rows) - ROWS
    return [*lines, f"  ... {more:,} more"] if more > 0 else lines


def _short(table: HtmlTable) -> HtmlTable:
    """Return a table with no more rows than a notebook shows."""
    if len(table.rows) <= HTML_ROWS:
        return table
    few = f"{table.title}: the first {HTML_ROWS} of {len(table.rows):,} rows"
    return HtmlTable(few, table.header, table.rows[:HTML_ROWS], table.texts)


def texts_of(rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns of a table, from the first one, are words and no numbers."""
    for i, column in enumerate(zip(*rows, strict=True)):
        if i and all(cell[:1].isdigit() or cell[:1] == "-" for cell in column):
            return i
    return max(1, len(next(chain(rows), ())))
