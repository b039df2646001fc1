"""Tables as LaTeX, with the rules of booktabs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from toolkit.common.excerpts import line
from toolkit.results.report.html_tables import HtmlTable

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
#: More rows than these break over pages.
ONE_PAGE = 45
NUMBER = re.compile(r"-?[\d,]*\.?\d+(e[-+]?\d+)?")


def to_latex(tables: Mapping[str, HtmlTable]) -> str:
    """Return tables as LaTeX, each by itself; a comment names the packages that they need."""
    long = any(len(table.rows) > ONE_PAGE for table in tables.values())
    needs = f"% needs \\usepackage{{booktabs}}{' and {longtable}' if long else ''}"
    return "\n".join([needs, *(_table(name, table) for name, table in tables.items())])


def escaped(text: str) -> str:
    """Return text that TeX sets as it stands; what a terminal would obey is written out."""
    found = "".join(ESCAPES.get(sign, sign) for sign in line(text))
    # Two of these would become a dash or a quotation mark.
    return re.sub(r"([-',])(?=\1)", r"\1{}", found)


def _table(name: str, table: HtmlTable) -> str:
    head = _row([_header(text) for text in table.header])
    body = "\n".join(_row([_cell(text) for text in row]) for row in table.rows)
    columns = "".join(_alignment(table, i) for i in range(len(table.header)))
    caption = f"\\caption{{{escaped(table.title)}}}\\label{{tab:{name}}}"
    if len(table.rows) > ONE_PAGE:
        return (
            f"\\begin{{longtable}}{{{columns}}}\n{caption}\\\\\n\\toprule\n{head}\n\\midrule\n"
            f"\\endhead\n\\bottomrule\n\\endfoot\n{body}\n\\end{{longtable}}\n"
        )
    return (
        f"\\begin{{table}}\n\\centering\n{caption}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n"
        f"{head}\n\\midrule\n{body}\n\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n"
    )


def _row(cells: list[str]) -> str:
    """Return a row; a bracket or star at its beginning would be taken for an option of a rule."""
    first = f"{{}}{cells[0]}" if cells[0][:1] in tuple("[(*") else cells[0]
    return f"{' & '.join([first, *cells[1:]])} \\\\"


def _header(text: str) -> str:
    """Return the name of a column with its unit in brackets."""
    name, comma, unit = text.rpartition(", ")
    return escaped(f"{name} ({unit})" if comma else text)


def _cell(text: str) -> str:
    """Return a cell; a number has the minus of mathematics, nothing a dash."""
    if text == "-":
        return "--"
    if NUMBER.fullmatch(text):
        return text.replace("-", "$-$")
    return escaped(text)


def _alignment(table: HtmlTable, column: int) -> str:
    """Return how a column is set: words to the left, numbers to the right."""
    if column < table.texts:
        return "l"
    cells = [row[column] for row in table.rows]
    return "r" if not cells or any(sign.isdigit() for cell in cells for sign in cell) else "l"
