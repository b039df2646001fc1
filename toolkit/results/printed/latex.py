"""Tables as LaTeX, with the rules of booktabs, no wider than a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from toolkit.common.excerpts import line
from toolkit.results.printed.layout import ONE_PAGE, Layout, laid_out
from toolkit.results.printed.metrics import SIZE
from toolkit.results.printed.numbers import NUMBER
from toolkit.results.printed.paper_table import PaperTable
from toolkit.results.widths import COLUMN

#: What TeX would obey, and what is written for it. Signs for which OT1 fonts have another letter
#: are spelt out as well.
ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",
    "`": r"\textasciigrave{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
#: The type of a table and what stands between its columns; widths are measured with these.
TYPE = rf"\fontsize{{{SIZE:g}}}{{9.6}}\selectfont\setlength{{\tabcolsep}}{{3pt}}"


def to_latex(tables: Mapping[str, PaperTable], width: float = COLUMN) -> str:
    """Return tables as LaTeX, each by itself, as wide as a column of so many inches at most.

    One that fits into no column takes both of a page. A comment names the packages they need.
    """
    made = {name: laid_out(table, width) for name, table in tables.items()}
    parts = [part for name, layout in made.items() for part in _table(name, layout)]
    long = any("{longtable}" in part for part in parts)
    needs = f"% needs \\usepackage{{booktabs}}{' and {longtable}' if long else ''}"
    return "\n".join([needs, *parts])


def escaped(text: str) -> str:
    """Return text that TeX sets as it stands; what a terminal would obey is written out."""
    found = "".join(ESCAPES.get(sign, sign) for sign in line(text))
    # Two of these would become a dash or a quotation mark.
    return re.sub(r"([-',])(?=\1)", r"\1{}", found)


def _table(name: str, layout: Layout) -> list[str]:
    """Return a table; in parts where it is longer than a page and stands in one column of two."""
    rows = layout.table.rows
    if len(rows) <= ONE_PAGE:
        return [_floating(name, layout)]
    if layout.span:
        return [_long(name, layout)]
    parts = [rows[i : i + ONE_PAGE] for i in range(0, len(rows), ONE_PAGE)]
    told = []
    for i, part in enumerate(parts, 1):
        title = f"{layout.table.title}, part {i} of {len(parts)}"
        table = replace(layout.table, title=title, rows=part)
        told.append(_floating(name if i == 1 else f"{name}-{i}", replace(layout, table=table)))
    return told


def _floating(name: str, layout: Layout) -> str:
    """Return a table that TeX places, over both columns where it needs them."""
    place = "table*" if layout.span else "table"
    table, notes = layout.table, _notes(layout)
    return (
        f"% {layout.width:.2f} in wide at {SIZE:g} pt\n"
        f"\\begin{{{place}}}\n\\centering\n{_caption(name, table)}\n{TYPE}\n"
        f"\\begin{{tabular}}{{{_alignments(layout)}}}\n\\toprule\n{_head(layout)}\n\\midrule\n"
        f"{_body(layout)}\n\\bottomrule\n\\end{{tabular}}\n{notes}\\end{{{place}}}\n"
    )


def _long(name: str, layout: Layout) -> str:
    """Return a table that breaks over pages, which a page with one column can hold."""
    return (
        f"% {layout.width:.2f} in wide at {SIZE:g} pt\n"
        f"\\begingroup{TYPE}\n\\begin{{longtable}}{{{_alignments(layout)}}}\n"
        f"{_caption(name, layout.table)}\\\\\n\\toprule\n{_head(layout)}\n\\midrule\n"
        f"\\endhead\n\\bottomrule\n\\endfoot\n{_body(layout)}\n\\end{{longtable}}\n"
        f"{_notes(layout)}\\endgroup\n"
    )


def _caption(name: str, table: PaperTable) -> str:
    return f"\\caption{{{escaped(table.title)}}}\\label{{tab:{name}}}"


def _notes(layout: Layout) -> str:
    told = " ".join(escaped(note) for note in layout.table.notes)
    return f"\\par\\smallskip\\parbox{{\\linewidth}}{{\\raggedright {told}}}\n" if told else ""


def _alignments(layout: Layout) -> str:
    """Return how columns are set: words to the left, numbers to the right, names broken."""
    columns = [
        f"p{{{layout.wrapped[i]:.1f}pt}}"
        if i in layout.wrapped
        else "r"
        if layout.right(i)
        else "l"
        for i in range(len(layout.header))
    ]
    return f"@{{}}{''.join(columns)}@{{}}"


def _head(layout: Layout) -> str:
    """Return the header, the last line of each column's above the rule."""
    lines = [*zip_longest(*(reversed(told) for told in layout.header), fillvalue="")]
    return "\n".join(_row([escaped(text) for text in told]) for told in reversed(lines))


def _body(layout: Layout) -> str:
    rows = [[_cell(layout, i, text) for i, text in enumerate(row)] for row in layout.table.rows]
    return "\n".join(_row(row) for row in rows)


def _row(cells: Sequence[str]) -> str:
    """Return a row; a bracket or star at its beginning would be taken for an option of a rule."""
    first = f"{{}}{cells[0]}" if cells[0][:1] in tuple("[(*") else cells[0]
    return f"{' & '.join([first, *cells[1:]])} \\\\"


def _cell(layout: Layout, column: int, text: str) -> str:
    """Return a cell; a number has the minus of mathematics, nothing a dash."""
    if text == "-":
        return "--"
    if column >= layout.table.texts and NUMBER.fullmatch(text):
        return text.replace("-", "$-$")
    broken = r"\raggedright " if column in layout.wrapped else ""
    return broken + escaped(text)
