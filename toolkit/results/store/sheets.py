"""CSV files of results, written and read back: the same text, the same numbers.

Text that a spreadsheet would run, or that looks like a mark of ours, is written with an apostrophe
before it, which reading takes off again.
"""

from __future__ import annotations

import bz2
import csv
import io
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pandas as pd

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.results.columns import WORDS, added, columns

#: What text must not begin with in a cell: a spreadsheet takes it for a formula.
RUN = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"
#: How the names of packed tables end, and what damaged ones raise.
PACKED = ".bz2"
UNPACKED = (EOFError, OSError)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a frame as CSV; it reads back to the same words and doubles."""
    files.write_text(path, as_csv(frame))


def as_csv(frame: pd.DataFrame, header: bool = True) -> str:
    """Return a frame as CSV; header: with the names of its columns."""
    words = [name for name in frame if name in WORDS]
    safe = frame.assign(**{name: _each(frame[name], marked) for name in words})
    # A carriage return alone does not make the writer quote a cell, but ends a row when read.
    odd = any(safe[name].astype(str).str.contains("\r", regex=False).any() for name in words)
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if odd else csv.QUOTE_MINIMAL
    return safe.to_csv(index=False, header=header, lineterminator="\n", quoting=quoting)


def marked(text: str) -> str:
    """Return text as it stands in a cell; a dash alone says that there is nothing to say."""
    return MARK + text if text.startswith((*RUN, MARK)) and text != "-" else text


def unmarked(cell: str) -> str:
    """Return the text that stands in a cell."""
    return cell.removeprefix(MARK)


def _text(cell: str) -> str | float:
    """Return the text that stands in a cell, NaN for none."""
    return unmarked(cell) or math.nan


def _each(column: pd.Series, change: Callable[[str], str | float]) -> pd.Series:
    """Change every text of a column; what is no text, such as a blank, stays."""
    return column.map(lambda value: change(value) if isinstance(value, str) else value)


def read_words(path: Path) -> pd.DataFrame:
    """Read a CSV as text, blanks included, so that no number in it can fail to be read.

    Raises InputError for what is no table: rows of other lengths than the header, a column named
    twice.
    """
    try:
        header, *rows = csv.reader(io.StringIO(_read_text(path), newline=""))
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read: {error}.") from error
    except ValueError as error:
        raise InputError(f"{path}: cannot be read: it is empty.") from error
    if len(set(header)) < len(header):
        raise InputError(f"{path}: cannot be read: a column stands there twice.")
    odd = next((i for i, row in enumerate(rows) if len(row) != len(header)), None)
    if odd is not None:
        raise InputError(
            f"{path}: cannot be read: line {odd + 2} has {len(rows[odd])} values under "
            f"{len(header)} columns."
        )
    frame = pd.DataFrame(rows, columns=header, dtype=str)
    return frame.assign(**{n: frame[n].map(unmarked) for n in header if n in WORDS})


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV of results, with the columns it lacks where it is an old one.

    Raises InputError naming file and column where one is missing, or has text instead of numbers.
    """
    file = path.name.removesuffix(PACKED)
    later, held = added(file), files.read_bytes(path)
    header = _parsed(path, held, dtype=str, nrows=0)
    missing = [name for name in columns(file) if name not in header and name not in later]
    if missing:
        raise InputError(f"{path}: column '{missing[0]}' is missing.")
    blank = {name: [""] for name in header if name not in WORDS}
    words = dict.fromkeys((name for name in header if name in WORDS), str)
    try:
        frame = _parsed(path, held, dtype=words, keep_default_na=False, na_values=blank)
    except OverflowError as error:
        _check_numbers(path, _too_large(_parsed(path, held, dtype=str, keep_default_na=False)))
        raise InputError(f"{path}: cannot be read: {error}") from error
    texts = {name: _each(frame[name], _text).astype(frame[name].dtype) for name in words}
    _check_numbers(path, frame)
    lacking = dict.fromkeys((name for name in later if name not in frame), math.nan)
    return frame.assign(**texts, **lacking)


def _parsed(path: Path, held: bytes, **how: object) -> pd.DataFrame:
    """Return the table of a file that holds these bytes."""
    how["compression"] = "bz2" if path.name.endswith(PACKED) else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # rows longer than the header
            frame = pd.read_csv(io.BytesIO(held), index_col=False, low_memory=False, **how)  # type: ignore[call-overload]
    except (ValueError, Warning, *UNPACKED) as error:
        raise InputError(f"{path}{_odd(path)}") from error
    if _is_cut_off(held):
        raise InputError(f"{path}{_odd(path)}")
    return frame  # type: ignore[no-any-return]


def _is_cut_off(held: bytes) -> bool:
    """Say whether a plain table ends in the middle of a row, which would be filled with blanks."""
    if held.startswith(b"BZh") or held.endswith(b"\n"):
        return False
    ends = [held[: held.find(b"\n")], held[held.rfind(b"\n") + 1 :]]
    first, last = (next(csv.reader([end.decode("utf-8", "replace")]), []) for end in ends)
    return len(first) != len(last)


def _odd(path: Path) -> str:
    """Return what of a table cannot be read: at which line, what stands there, what should."""
    try:
        text = _read_text(path)
    except InputError as error:
        return str(error).removeprefix(str(path))
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next(lines, [])
    if not header:
        return ", line 1: found nothing; expected the names of columns: the file is empty."
    try:
        for row in lines:
            if row and len(row) != len(header):
                cut = "" if text.endswith("\n") else "; the file ends there, as one cut off does"
                values = f"{len(row)} {'value' if len(row) == 1 else 'values'}"
                wanted = f"expected {len(header)}, one for each column{cut}"
                return f", line {lines.line_num}: found {values}; {wanted}."
    except csv.Error as error:
        return f", line {lines.line_num}: found what is no row of a table: {error}."
    return ": found what is no table; expected rows of numbers and words, with commas between."


def _too_large(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a table read as text that hold more than a number can."""
    odd = [name for name in frame if not all(map(_is_number, frame[name]))]
    return frame[odd]


def _read_text(path: Path) -> str:
    """Read the text of a table, packed or not. Raises InputError."""
    if not path.name.endswith(PACKED):
        return files.read_text(path)
    try:
        return bz2.decompress(files.read_bytes(path)).decode("utf-8")
    except (ValueError, *UNPACKED) as error:
        raise InputError(
            f"{path}: found what is no whole bzip2 file of text; expected one: it was cut off or "
            "changed."
        ) from error


def _check_numbers(path: Path, frame: pd.DataFrame) -> None:
    """Raise InputError where a column has text in the place of numbers."""
    for name in columns(path.name.removesuffix(PACKED), frame):
        known = name in WORDS or name not in frame or frame.empty
        if known or frame[name].dtype.kind in "iufb":
            continue
        at = next((i for i, cell in enumerate(frame[name]) if not _is_number(cell)), 0)
        raise InputError(
            f"{path}: column '{name}', row {at + 1}: found '{str(frame[name].iloc[at])[:40]}'; "
            "expected a number."
        )


def _is_number(cell: object) -> bool:
    """Say whether a cell holds a number, of a column in which not every cell does."""
    try:
        return isinstance(cell, float) or abs(float(str(cell))) < math.inf
    except ValueError:
        return False
