"""Tables found in a results folder against the same tables solved again, column by column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import store
from toolkit.schema import FILES

FloatArray = NDArray[np.float64]
#: How far a figure may be off, as a share of the largest of its column, at least of 1. The power
#: flow ends at 1e-9 pu, which another processor may reach an iteration sooner or later.
RELATIVE = 1e-6
#: The same for voltages, pu.
VOLTAGE = 1e-8


@dataclass(frozen=True)
class Difference:
    """The largest difference in one column of one file of a case; ``case`` is empty beside them.

    amount: in ``unit``, inf where no difference can be taken (text, a missing row or column);
    where: the step, bus or row it is in.
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
        unit = f" {self.unit}" if self.unit and not math.isinf(self.amount) else ""
        return f"{self.column}{where}: found {self.found}, solved {self.solved}{unit}"


def read(path: Path) -> pd.DataFrame:
    """Read a CSV as text, blanks included, so that nothing in it can fail to be read."""
    return store.read_words(path)


def frames(
    case: str, file: str, found: pd.DataFrame, solved: pd.DataFrame, keys: Sequence[str]
) -> list[Difference]:
    """Return the largest difference of every column of a file; rows belong together by ``keys``."""
    missing = [c for c in solved.columns if c not in found]
    if missing:
        return [unlike(case, file, missing[0], "no such column", "one")]
    mine, theirs = _labels(found, keys), _labels(solved, keys)
    if sorted(mine) != sorted(theirs):
        where, has, wanted = _odd_row(mine, theirs)
        return [unlike(case, file, "rows", has, wanted, where)]
    order = pd.Index(theirs).get_indexer(pd.Index(mine)) if keys else np.arange(len(mine))
    units = {c.name: c.unit for c in FILES[file]}
    columns = [c for c in solved.columns if c not in keys]
    aligned = solved.iloc[order].reset_index(drop=True)
    return [column(case, file, c, units[c], found[c], aligned[c], mine) for c in columns]


def _labels(frame: pd.DataFrame, keys: Sequence[str]) -> list[str]:
    """Return what each row is called: 'step 3, bus 12', or 'row 4' without keys."""
    if not keys:
        return [f"row {i}" for i in range(1, len(frame) + 1)]
    parts = [[f"{key} {value}" for value in frame[key]] for key in keys]
    return [", ".join(row) for row in zip(*parts, strict=True)]


def _odd_row(mine: list[str], theirs: list[str]) -> tuple[str, str, str]:
    """Return the first row that is not in both: where, what was found, what was solved."""
    lacking = [row for row in theirs if row not in set(mine)]
    if lacking:
        return lacking[0], "no such row", "one"
    extra = [row for row in mine if row not in set(theirs)]
    return (extra[0], "a row", "none") if extra else ("", f"{len(mine)}", f"{len(theirs)}")


def unlike(
    case: str, file: str, name: str, found: str, solved: str = "", where: str = ""
) -> Difference:
    """Return a difference that is no number."""
    return Difference(case, file, name, "", math.inf, 0.0, where, found, solved)


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
    if solved.dtype.kind == "f" or solved.dtype.kind in "iu":
        mine = pd.to_numeric(found, errors="coerce").to_numpy(dtype=float)
        theirs = solved.to_numpy(dtype=float)
        blank = (found == "").to_numpy() & np.isnan(theirs)
        amounts = np.where(blank, 0.0, np.abs(mine - theirs))
        tolerance = VOLTAGE if unit == "pu" else RELATIVE * max(_largest(theirs), 1.0)
    else:
        amounts = np.where(found.to_numpy() == solved.astype(str).to_numpy(), 0.0, np.inf)
        tolerance = 0.0
    amounts = np.where(np.isnan(amounts), np.inf, amounts)
    if not len(amounts):
        return Difference(case, file, name, unit, 0.0, tolerance, "", "", "")
    at = int(amounts.argmax())
    text = found.iloc[at] or "blank"
    return Difference(
        case, file, name, unit, float(amounts[at]), tolerance, labels[at], _short(text),
        _short(str(solved.iloc[at])),
    )  # fmt: skip


def _largest(values: FloatArray) -> float:
    known = np.abs(values[np.isfinite(values)])
    return float(known.max()) if known.size else 0.0


def _short(text: str) -> str:
    """Return a number with the digits a reader needs, other text cut."""
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text[:30]
