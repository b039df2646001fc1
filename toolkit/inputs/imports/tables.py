"""Tables as utilities and loggers write them: any separator, decimal mark and lines before them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from toolkit.common import caps, input_files
from toolkit.common.errors import InputError, unknown_name
from toolkit.common.excerpts import excerpt

#: The mark of decimals, as it may be told.
Decimal = Literal["point", "comma"]
#: Marks between cells, the surest first, and what they are called.
MARKS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
#: Lines that are looked at for the mark, and for the header.
LOOKED_AT = 200
#: How values that are not there are written.
BLANK = {"", "-", "--", "n/a", "na", "nan", "null", "none", "#n/a", "?"}
_NUMBER = re.compile(
    r"[+-]?(?:(?:\d+|\d{1,3}(?:[.,' ]\d{3})+)(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
)
#: A number whose only mark may be one between thousands, and one that can have no other.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})+")


@dataclass(frozen=True)
class RawTable:
    """A header and the rows below it, each with its line in the file; decimals: their mark.

    said: what was assumed in reading it.
    """

    where: str
    header: tuple[str, ...]
    line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    said: tuple[str, ...]

    @property
    def lines(self) -> list[int]:
        """The line of each row."""
        return [line for line, _ in self.rows]

    def column(self, at: int) -> list[str]:
        """Return the cells of a column."""
        return [row[at] for _, row in self.rows]

    def place(self, name: str, flag: str) -> int:
        """Return where a column stands. Raises InputError for a name that the header has not."""
        folded = [cell.casefold() for cell in self.header]
        if name.casefold() not in folded:
            raise InputError(
                f"{self.where}, row {self.line}, for {flag}: "
                f"{unknown_name('column', name, self.header)}"
            )
        return folded.index(name.casefold())


def text_of(path: Path) -> tuple[str, str]:
    """Return the text of a file, UTF-8, UTF-16 or Windows-1252, and what was assumed of it."""
    held = input_files.content(path, caps.IMPORT_BYTES)
    if held.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return held.decode("utf-16"), "UTF-16 text"
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: cannot be read: found UTF-16 text cut short.") from error
    try:
        return held.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return held.decode("cp1252", "replace"), "Windows-1252 text"


def open_table(path: Path, is_start: Callable[[str], bool]) -> RawTable:
    """Read a file as a table; its first row is the first with a cell that ``is_start`` finds.

    Raises InputError for a file without such a line or without a header above it, and for a row
    with more or fewer cells than the header.
    """
    text, coded = text_of(path)
    if "\0" in text:
        raise InputError(f"{path}: cannot be read: found NUL characters; expected a CSV file.")
    mark = _mark(text)
    lines = _lines(text, mark, str(path))
    first = next((i for i, (_, r) in enumerate(lines) if any(is_start(c) for c in r[:6])), None)
    if first is None:
        raise InputError(
            f"{path}: found no row with a date and time among its first {len(lines):,} rows; "
            "expected one row per interval; --time-format says how times are written."
        )
    if first == 0:
        raise InputError(
            f"{path}, row {lines[0][0]}: found values; expected a header with the names of columns "
            "above them."
        )
    line, header = lines[first - 1]
    rows = [(n, _fitted(row, len(header), n, str(path))) for n, row in lines[first:]]
    said = [coded, f"{MARKS[mark]} between cells" if mark != "," else ""]
    said.append(f"{first - 1} rows above the header passed over" if first > 1 else "")
    return RawTable(str(path), header, line, tuple(rows), tuple(s for s in said if s))


def _mark(text: str) -> str:
    """Return the mark that stands equally often in most of the first lines."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    score = {}
    for mark in MARKS:
        counts = Counter(n for line in lines if (n := line.count(mark)))
        score[mark] = counts.most_common(1)[0][1] if counts else 0
    return max(MARKS, key=lambda mark: score[mark])


def _lines(text: str, mark: str, where: str) -> list[tuple[int, tuple[str, ...]]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        cells = ((reader.line_num, tuple(c.strip() for c in row)) for row in reader)
        return [(n, row) for n, row in cells if any(row)]
    except (csv.Error, ValueError) as error:
        raise InputError(f"{where}: cannot be read: {error}.") from error


def _fitted(row: tuple[str, ...], count: int, line: int, where: str) -> tuple[str, ...]:
    """Return a row without blank cells beyond the header, and with blanks where it ends early."""
    if len(row) > count and not any(row[count:]):
        return row[:count]
    if len(row) != count:
        raise InputError(
            f"{where}, row {line}: found {len(row)} cells; expected {count}, one a column."
        )
    return row


def decimal_mark(cells: Collection[str], where: str, stated: Decimal | None = None) -> str:
    """Return the mark of decimals in the numbers among cells, ``.`` or ``,``.

    Raises InputError where commas may be either that or marks between thousands.
    """
    if stated:
        return {"point": ".", "comma": ","}[stated]
    marked = [cell for cell in cells if ("," in cell or "." in cell) and is_number(cell)]
    kinds = Counter(_kind(cell) for cell in marked)
    if kinds["comma"] and kinds["point"]:
        raise InputError(
            f"{where}: found numbers with decimal points and numbers with decimal commas; expected "
            "one of them; --decimal says which."
        )
    if kinds["comma"] or kinds["point"]:
        return "," if kinds["comma"] else "."
    if kinds["either,"]:
        seen = next(cell for cell in marked if _kind(cell) == "either,")
        raise InputError(
            f"{where}: found {excerpt(seen)}, and no number tells whether its comma marks decimals "
            "or thousands; expected --decimal comma or --decimal point."
        )
    return "."


def _kind(cell: str) -> str:
    """Say what a number tells of the mark of decimals."""
    if grouped := _GROUPED.fullmatch(cell):
        return {",": "point", ".": "comma"}.get(grouped[1], "")
    if "," in cell and "." in cell:
        return "comma" if cell.rfind(",") > cell.rfind(".") else "point"
    mark = "," if "," in cell else "."
    if _THOUSANDS.fullmatch(cell):
        return f"either{mark}"
    return "comma" if mark == "," else "point"


def numbers(
    cells: Sequence[str], lines: Sequence[int], where: str, column: str, mark: str
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a column as numbers, (n,), NaN where a cell is blank. Raises InputError."""
    other = "." if mark == "," else ","
    grouped = re.compile(rf"[+-]?\d{{1,3}}(?:[{other}' ]\d{{3}})+(?:\{mark}\d*)?")
    values = np.empty(len(cells))
    for i, cell in enumerate(cells):
        plain = cell.replace(mark, ".") if other not in cell else ""
        if grouped.fullmatch(cell):
            plain = re.sub(f"[{other}' ]", "", cell).replace(mark, ".")
        try:
            values[i] = float(plain)
        except ValueError:
            if cell.casefold() not in BLANK:
                raise InputError(
                    f"{where}, row {lines[i]}, column '{column}': found {excerpt(cell)}; expected "
                    f"a number or a blank cell."
                ) from None
            values[i] = np.nan
    if np.isinf(values).any():
        at = int(np.isinf(values).argmax())
        raise InputError(
            f"{where}, row {lines[at]}, column '{column}': found {excerpt(cells[at])}; expected a "
            "finite number."
        )
    return values


def is_number(cell: str) -> bool:
    """Say whether a cell holds a number, whatever its marks."""
    return _NUMBER.fullmatch(cell) is not None
