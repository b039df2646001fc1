"""Files of numbers that scripts name: read by the toolkit, passed on as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.inputs.scripts.files import FileTrouble, bytes_of, text_of
from toolkit.inputs.scripts.lexer import parameters
from toolkit.inputs.scripts.values import Form

_BINARY = {"dbl": "<f8", "sng": "<f4"}


def table(
    path: Path, form: Form, columns: Sequence[int], header: bool = False, bare: bool = False
) -> FloatArray:
    """Return some columns, counted from 1, of a file of numbers, shape (rows, columns).

    Text has one row on a line, with blanks or commas between its numbers; ``header`` says that the
    first line is none, ``bare`` that a line holds no other columns. Binary files hold row after
    row, of 8 or 4 bytes a number. Raises FileTrouble that names the line which is not what is
    expected.
    """
    if form == "csv":
        return _of_text(path, columns, header, bare)
    flat = np.frombuffer(bytes_of(path), dtype=np.uint8)
    size, width = np.dtype(_BINARY[form]).itemsize, max(columns)
    if len(flat) % (size * width):
        said = f"'{path.name}' holds {len(flat)} bytes; expected rows of {width} x {size} bytes."
        raise FileTrouble("missing", said)
    rows = flat.view(_BINARY[form]).reshape(-1, width).astype(float)
    return _finite(path, rows[:, [column - 1 for column in columns]])


def _of_text(path: Path, columns: Sequence[int], header: bool, bare: bool) -> FloatArray:
    lines = text_of(path)
    while lines and not lines[-1].strip():
        lines.pop()
    first = 1 if header else 0
    if max(columns) == 1:
        try:
            # Most files hold a bare number on each line; the underscore is Python's alone.
            if not any("_" in line for line in lines):
                single = np.array([float(line) for line in lines[first:]], dtype=float)
                return _finite(path, single.reshape(-1, 1))
        except ValueError:
            pass
    numbered = enumerate(lines[first:], start=first + 1)
    rows = [_row(path, n, line, columns, bare) for n, line in numbered]
    return _finite(path, np.array(rows, dtype=float).reshape(-1, len(columns)))


def _row(path: Path, number: int, line: str, columns: Sequence[int], bare: bool) -> list[float]:
    words = [word.value for word in parameters(line)]
    found = [words[column - 1] if column <= len(words) else "" for column in columns]
    where = f"'{path.name}', line {number}"
    if bare and len(words) > len(columns):
        one = f"{len(columns)} number{'s' * (len(columns) != 1)}"
        raise FileTrouble(
            "missing",
            f"{where}: found '{line.strip()[:40]}', {len(words)} numbers; expected {one}: a comma "
            "ends a number, so decimals take a point; (file=..., column=...) picks a column.",
        )
    try:
        if any("_" in word for word in found):
            raise ValueError
        return [float(word) for word in found]
    except ValueError:
        said = f"found '{line.strip()[:40]}'; expected {max(columns)} numbers in a row."
        raise FileTrouble("missing", f"{where}: {said}") from None


def _finite(path: Path, rows: FloatArray) -> FloatArray:
    if not np.isfinite(rows).all():
        row = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0]) + 1
        said = f"'{path.name}', row {row} of its numbers: found one that is not finite."
        raise FileTrouble("missing", said)
    return rows


def coordinates(path: Path, swapped: bool) -> tuple[tuple[tuple[str, float, float], ...], int]:
    """Return (bus, x, y) of every line that holds them, and how many other lines there are.

    ``swapped``: y comes before x, as in files of latitude and longitude.
    """
    found, others = [], 0
    for line in text_of(path):
        words = [word.value for word in parameters(line)]
        try:
            if not words:
                continue
            x, y = float(words[1]), float(words[2])
            if not (np.isfinite(x) and np.isfinite(y)):
                raise ValueError
        except (ValueError, IndexError):
            others += 1
            continue
        found.append((words[0].lower(), y, x) if swapped else (words[0].lower(), x, y))
    return tuple(found), others
