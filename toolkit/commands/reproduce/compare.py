"""Tables found in a results folder against the same tables solved again, column by column."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.results.columns import FILES, columns
from toolkit.results.store import read_words

#: How far a figure may be off, as a share of the largest of its column, at least of 1. The power
#: flow ends at 1e-9 pu, which another processor may reach an iteration sooner or later.
RELATIVE = 1e-6
#: The same for voltages, pu.
VOLTAGE = 1e-8
#: A figure much smaller than the largest of its column may be off by no more than this share of
#: itself, unless that is less than this share of the largest. Reactive powers are left out:
#: those of units without any are what the power flow leaves.
OWN, LEAST = 1e-4, 1e-7
#: A share by which a figure may not be changed without its being seen.
CHANGE = 1e-3


@dataclass(frozen=True)
class Difference:
    """The largest difference in one column of one file of a case; ``case`` is empty beside them.

    amount: in ``unit``, inf where no difference can be taken (text, a missing row or column);
    where: the step, bus or row it is in; telling: False for figures that are rounding alone, of
    which a change by ``CHANGE`` is not to be told.
    """

    case: str
    file: str
    column: str
    unit: str
    amount: float
    tolerance: float
    where: str
    found: str
    solved: str
    telling: bool = True

    @property
    def holds(self) -> bool:
        """Say whether what was found is what was solved."""
        return self.amount <= self.tolerance

    @property
    def path(self) -> str:
        """The file as a path in the results folder."""
        return f"cases/{self.case}/{self.file}" if self.case else self.file

    def __str__(self) -> str:
        where = f", {self.where}" if self.where else ""
        if math.isinf(self.amount):
            return f"{self.column}{where}: found {self.found}, expected {self.solved}"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.column}{where}: found {self.found}, solved {self.solved}{unit}"


def readable(path: Path) -> pd.DataFrame | None:
    """Read a table that has the columns of its file; None where there is none such."""
    try:
        found = read_words(path)
    except InputError:
        return None
    return found if list(found.columns) == columns(path.name) else None


def numbers(found: pd.Series[str]) -> FloatArray:
    """Return text as numbers, NaN where it is none."""
    return np.asarray(pd.to_numeric(found, errors="coerce"), dtype=np.float64)


def table(
    home: Path, case: str, file: str, solved: pd.DataFrame, keys: Sequence[str]
) -> list[Difference]:
    """Compare a file of a folder with what was solved; see :func:`frames`."""
    if not (home / file).is_file():
        return [unlike(case, file, "file", "none", "one")]
    try:
        return frames(case, file, read_words(home / file), solved, keys)
    except InputError as error:
        said = str(error).removeprefix(f"{home / file}: ")
        return [unlike(case, file, "file", said[:60], "a table")]


def frames(
    case: str, file: str, found: pd.DataFrame, solved: pd.DataFrame, keys: Sequence[str]
) -> list[Difference]:
    """Return the largest difference of every column of a file; rows belong together by ``keys``.

    Columns, rows and their order have to be those of what was solved.
    """
    odd = odd_columns(case, file, found, list(solved.columns))
    if odd is not None:
        return [odd]
    mine, theirs = _labels(found, keys), _labels(solved, keys)
    if mine != theirs:
        where, has, wanted = _odd_row(mine, theirs)
        return [unlike(case, file, "rows", has, wanted, where)]
    units = {c.name: c.unit for c in FILES[file]}
    compared = [c for c in solved.columns if c not in keys]
    same = [Difference(case, file, key, "", 0.0, 0.0, "", "", "") for key in keys]
    return [*same, *(column(case, file, c, units[c], found[c], solved[c], mine) for c in compared)]


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
        return unlike(case, file, _short(extra[0]), "a column", "none")
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
        return _cut(lacking), "no such row", "one"
    extra = next((row for row in mine if row not in there), None)
    if extra is not None:
        return _cut(extra), "a row", "none"
    if len(mine) != len(theirs):
        more = Counter(mine) - Counter(theirs) or Counter(theirs) - Counter(mine)
        return _cut(next(iter(more))), f"{len(mine)} rows", f"{len(theirs)}"
    at = next(i for i, row in enumerate(mine) if row != theirs[i])
    return f"row {at + 1}", _cut(mine[at]), _cut(theirs[at])


def unlike(
    case: str, file: str, name: str, found: str, solved: str = "", where: str = ""
) -> Difference:
    """Return a difference that is no number."""
    return Difference(case, file, name, "", math.inf, 0.0, where, found, solved)


def same(case: str, file: str, name: str, found: object, solved: object) -> Difference:
    """Compare two values that are the same or not."""
    mine, theirs = _short(str(found)), _short(str(solved))
    amount = 0.0 if found == solved and type(found) is type(solved) else math.inf
    return Difference(case, file, name, "", amount, 0.0, "", mine, theirs)


def column(
    case: str,
    file: str,
    name: str,
    unit: str,
    found: pd.Series[str],
    solved: pd.Series,
    labels: Sequence[str],
) -> Difference:
    """Return the largest difference of one column; text must be the same, blank equals NaN."""
    if solved.dtype.kind in "fiu":
        theirs = solved.to_numpy(dtype=float)
        blank = (found == "").to_numpy() & np.isnan(theirs)
        amounts = np.where(blank, 0.0, np.abs(numbers(found) - theirs))
        allowed = np.full(len(theirs), VOLTAGE) if unit == "pu" else allowances(theirs, unit)
    else:
        amounts = np.where(found.to_numpy() == solved.astype(str).to_numpy(), 0.0, np.inf)
        allowed = np.zeros(len(amounts))
        theirs = np.zeros(len(amounts))
    write = _short if solved.dtype.kind in "fiu" else _cut
    if not len(amounts):
        return Difference(case, file, name, unit, 0.0, 0.0, "", "", "")
    told = CHANGE * np.abs(theirs) > allowed
    telling = bool(told.any()) or not np.nan_to_num(theirs).any()
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


def _short(text: str) -> str:
    """Return a number with the digits a reader needs, other text cut."""
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return _cut(text)


def _cut(text: str) -> str:
    if not text:
        return "blank"
    return text if len(text) <= 60 else f"{text[:57]}..."
