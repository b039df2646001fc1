"""Tables of numbers as text: which mark separates their cells, and which one begins decimals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.common.errors import InputError

#: Marks between cells, and what they are called.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Table:
    """A header and the rows below it with the number of the line on which each ends.

    remark: how the file was read where it is not written as expected, else empty.
    """

    line: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    remark: str


def table(text: str, where: str, least: int) -> Table:
    """Return a text as a table with commas, semicolons or tabs between cells, decimals with points.

    Which mark it is, the header says. Where it is no comma, a comma in a number begins its
    decimals, unless some number of the file has a point. A first line ``sep=;`` is passed over.
    Raises InputError for text that is no table or has fewer than ``least`` rows.
    """
    first, _, rest = text.partition("\n")
    said = _SEP_LINE.fullmatch(first.rstrip("\r"))
    lines = _lines(rest if said else text, where, said[1] if said else None)
    lines = [(number + bool(said), row) for number, row in lines]
    if len(lines) <= least:
        raise InputError(
            f"{where}: found {max(len(lines) - 1, 0)} rows; expected one row per step."
        )
    mark = said[1] if said else separator(text)
    rows, decimals = _points(lines[1:]) if mark != "," else (lines[1:], False)
    return Table(
        lines[0][0],
        tuple(cell.strip() for cell in lines[0][1]),
        tuple(rows),
        _remark(where, mark, decimals),
    )


def separator(text: str) -> str:
    """Return the mark that stands most often in the first line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _lines(text: str, where: str, mark: str | None) -> list[tuple[int, list[str]]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark or separator(text))
        return [(reader.line_num, row) for row in reader if any(c.strip() for c in row)]
    except (csv.Error, TypeError, ValueError) as error:
        raise InputError(f"{where}: cannot be read: {error}.") from error


def _points(
    lines: Sequence[tuple[int, list[str]]],
) -> tuple[list[tuple[int, list[str]]], bool]:
    """Return rows with points for decimal commas, and whether there were any."""
    cells = [cell for _, row in lines for cell in row]
    if any("." in cell for cell in cells) or not any("," in cell for cell in cells):
        return list(lines), False
    return [(number, [_point(cell) for cell in row]) for number, row in lines], True


def _point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell


def _remark(where: str, mark: str, decimals: bool) -> str:
    if mark == ",":
        return ""
    comma = ", and commas as decimal points" if decimals else ""
    return f"{where}: read with {SEPARATORS.get(mark, repr(mark))} between cells{comma}."
