"""Tables found in a results folder against the same tables solved again, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce.difference import (
    CHANGE,
    LEAST,
    OWN,
    RELATIVE,
    VOLTAGE,
    Difference,
    excerpt,
    shortened,
    unlike,
)
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.results.columns import columns, units
from toolkit.results.store.compact import form_of, half_digits
from toolkit.results.store.sheets import read_words


def readable(path: Path) -> pd.DataFrame | None:
    """Read a table that has the columns of its file; None where there is none such."""
    try:
        table = read_words(form_of(path))
    except InputError:
        return None
    return table if list(table.columns) == columns(path.name, table) else None


def numbers(found: pd.Series[str]) -> FloatArray:
    """Return text as numbers, NaN where it is none."""
    return np.asarray(pd.to_numeric(found, errors="coerce"), dtype=np.float64)


def table(
    home: Path, case: str, file: str, solved: pd.DataFrame, keys: Sequence[str]
) -> list[Difference]:
    """Compare a file of a folder with what was solved; see :func:`frames`."""
    path = form_of(home / file)
    if not path.is_file():
        return [unlike(case, file, "file", "none", "one")]
    try:
        return frames(case, file, read_words(path), solved, keys, packed=path.name != file)
    except InputError as error:
        message = str(error).removeprefix(f"{path}: ")
        return [unlike(case, file, "file", message[:60], "a table")]


def frames(
    case: str,
    file: str,
    found: pd.DataFrame,
    solved: pd.DataFrame,
    keys: Sequence[str],
    packed: bool = False,
) -> list[Difference]:
    """Return the largest difference of every column of a file; rows belong together by ``keys``.

    Columns, rows and their order have to be those of what was solved. packed: the file holds fewer
    digits, by which its figures may be off besides.
    """
    odd = odd_columns(case, file, found, list(solved.columns))
    if odd is not None:
        return [odd]
    mine, theirs = _labels(found, keys), _labels(solved, keys)
    if mine != theirs:
        where, has, wanted = _odd_row(mine, theirs)
        return [unlike(case, file, "rows", has, wanted, where)]
    unit = units(file, solved.columns)
    compared = [c for c in solved.columns if c not in keys]
    same = [Difference(case, file, key, "", 0.0, 0.0, "", "", "") for key in keys]
    off = half_digits(file, solved) if packed else {}
    each = ((case, file, c, unit[c], found[c], solved[c], mine, off.get(c, 0.0)) for c in compared)
    return [*same, *(column(*args) for args in each)]


def odd_columns(
    case: str, file: str, found: pd.DataFrame, wanted: Sequence[str]
) -> Difference | None:
    """Return a difference where a table has not the wanted columns in their order."""
    mine = list(found.columns)
    missing = [c for c in wanted if c not in mine]
    if missing:
        return unlike(case, file, missing[0], "no such column", "one")
    extra = [c for c in mine if c not in wanted]
    if extra:
        return unlike(case, file, shortened(extra[0]), "a column", "none")
    return (
        None if mine == list(wanted) else unlike(case, file, "columns", "another order", "theirs")
    )


def _labels(frame: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """Return what each row is called: 'step 3, bus 12', or 'row 4' without keys."""
    if not keys:
        return [f"row {i}" for i in range(1, len(frame) + 1)]
    parts = [[f"{key} {value}" for value in frame[key]] for key in keys]
    return [", ".join(row) for row in zip(*parts, strict=True)]


def _odd_row(mine: list[str], theirs: list[str]) -> tuple[str, str, str]:
    """Return the first row that is not as it should be: where, what was found, what was solved."""
    here, there = set(mine), set(theirs)
    lacking = next((row for row in theirs if row not in here), None)
    if lacking is not None:
        return excerpt(lacking), "no such row", "one"
    extra = next((row for row in mine if row not in there), None)
    if extra is not None:
        return excerpt(extra), "a row", "none"
    if len(mine) != len(theirs):
        more = Counter(mine) - Counter(theirs) or Counter(theirs) - Counter(mine)
        return excerpt(next(iter(more))), f"{len(mine)} rows", f"{len(theirs)}"
    at = next(i for i, row in enumerate(mine) if row != theirs[i])
    return f"row {at + 1}", excerpt(mine[at]), excerpt(theirs[at])


def column(
    case: str,
    file: str,
    name: str,
    unit: str,
    found: pd.Series[str],
    solved: pd.Series,
    labels: Sequence[str],
    rounding: float = 0.0,
) -> Difference:
    """Return the largest difference of one column; text must be the same, blank equals NaN.

    rounding: how far the digits that were written may be off besides.
    """
    if solved.dtype.kind in "fiu":
        theirs = solved.to_numpy(dtype=float)
        blank = (found == "").to_numpy() & np.isnan(theirs)
        amounts = np.where(blank, 0.0, np.abs(numbers(found) - theirs))
        allowed = np.full(len(theirs), VOLTAGE) if unit == "pu" else allowances(theirs, unit)
        allowed = allowed + rounding
    else:
        amounts = np.where(found.to_numpy() == solved.astype(str).to_numpy(), 0.0, np.inf)
        allowed = np.zeros(len(amounts))
        theirs = np.zeros(len(amounts))
    write = shortened if solved.dtype.kind in "fiu" else excerpt
    if not len(amounts):
        return Difference(case, file, name, unit, 0.0, 0.0, "", "", "")
    seen = CHANGE * np.abs(theirs) > allowed
    telling = bool(seen.any()) or not np.nan_to_num(theirs).any()
    amounts = np.where(np.isnan(amounts), np.inf, amounts)
    at = int((amounts / np.maximum(allowed, 1e-300)).argmax())
    mine, solution = (write(str(values.iloc[at])) for values in (found, solved))
    amount, tolerance = float(amounts[at]), float(allowed[at])
    return Difference(
        case, file, name, unit, amount, tolerance, labels[at], mine, solution, telling
    )


def allowances(values: FloatArray, unit: str) -> FloatArray:
    """Return how far each figure of a column may be off."""
    known = np.abs(values[np.isfinite(values)])
    largest = max(float(known.max()) if known.size else 0.0, 1.0)
    if unit == "kvar":
        return np.full(len(values), RELATIVE * largest)
    own = np.fmax(OWN * np.abs(values), LEAST * largest)
    return np.minimum(own, RELATIVE * largest)
