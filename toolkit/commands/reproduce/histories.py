"""The histories of runs: what of them follows from themselves, and from the plan at their end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import VOLTAGE, Difference, unlike
from toolkit.common.types import FloatArray
from toolkit.results.case import Case
from toolkit.results.store.sheets import read_words

FILE = "history.csv"
#: Circuits of search and record agree on a violation, a sum over nodes and steps, to this share.
VIOLATION = 1e-4


@dataclass(frozen=True)
class History:
    """A history as numbers, NaN where blank, each (n,); polished: its last rows, by polishing.

    kept: whether polishing left a better plan.
    """

    objective: FloatArray
    violation: FloatArray
    best: FloatArray
    polished: int
    kept: bool

    @property
    def before(self) -> float:
        """Best feasible objective before polishing; NaN without one."""
        at = len(self.best) - self.polished - 1
        return float(self.best[at]) if at >= 0 else np.nan


def read_history(folder: Path, case: str) -> History | None:
    """Read a history; None where there is none that can be read."""
    table = compare.readable(folder / "cases" / case / FILE)
    if table is None:
        return None
    names = ("objective", "violation", "best_objective")
    objective, violation, best = (compare.numbers(table[name]) for name in names)
    blank = np.isnan(objective)
    kept = len(blank) > 1 and not blank[-1] and bool(blank[-2])
    upto = blank[:-1] if kept else blank
    run = int(np.argmin(upto[::-1])) if not upto.all() else len(upto)
    return History(objective, violation, best, run + kept, kept)


def check(folder: Path, case: str, solved: Case | None) -> list[Difference]:
    """Compare a history with itself, and its end with the plan of its case, solved again.

    The best is the best of the column beside it; the last best is the plan's score, and where no
    plan is feasible the least violation is the plan's.
    """
    path = folder / "cases" / case / FILE
    history = read_history(folder, case)
    if history is None:
        return _unreadable(path, case)
    table = read_words(path)
    labels = [f"evaluation {i}" for i in range(1, len(table) + 1)]
    feasible = pd.Series(history.objective).where(history.violation == 0.0)
    columns: dict[str, pd.Series] = {
        "evaluation": pd.Series([str(i) for i in range(1, len(table) + 1)], dtype=object),
        "best_objective": feasible.cummin().ffill(),
    }
    differences = [
        compare.column(case, FILE, name, "", table[name], values, labels)
        for name, values in columns.items()
    ]
    differences += _no_numbers(case, table, history)
    if solved is not None and len(table):
        differences += _ending(case, table, history, solved)
    return differences


def _unreadable(path: Path, case: str) -> list[Difference]:
    if not path.is_file():
        return [unlike(case, FILE, "file", "none", "one")]
    return [unlike(case, FILE, "columns", "others, or no table", "evaluations as columns")]


def _no_numbers(case: str, found: pd.DataFrame, history: History) -> list[Difference]:
    """Return a difference for the first entry that no evaluation can have."""
    searched = len(history.objective) - history.polished
    rows = np.arange(len(history.objective))
    blank = {name: (found[name] == "").to_numpy() for name in ("objective", "violation")}
    bad = {
        "objective": ~np.isfinite(history.objective) & ~(blank["objective"] & (rows >= searched)),
        "violation": ~(history.violation >= 0.0) & ~blank["violation"],
    }
    return [
        unlike(
            case,
            FILE,
            name,
            found[name].iloc[at][:30] or "blank",
            "a number",
            f"evaluation {at + 1}",
        )
        for name, wrong in bad.items()
        if wrong.any()
        for at in [int(wrong.argmax())]
    ]


def _ending(case: str, found: pd.DataFrame, history: History, solved: Case) -> list[Difference]:
    """Compare the best of a history with the plan it left."""
    if "violation" not in solved.summary:
        return []
    feasible = solved.figure("violation") == 0.0
    if feasible or np.isnan(history.violation).all():
        at = len(found) - 1
    else:
        at = int(np.nanargmin(history.violation))
    where, differences = [f"evaluation {at + 1}"], []
    if "score" in solved.summary:
        name = "best_objective" if feasible else "objective"
        last, plan = found[name][at : at + 1], pd.Series([-solved.figure("score")])
        differences.append(compare.column(case, FILE, name, "", last, plan, where))
    if not feasible:
        differences.append(_violation(case, found, history, at, solved.figure("violation")))
    return differences


def _violation(
    case: str, found: pd.DataFrame, history: History, at: int, solved: float
) -> Difference:
    """Compare the least violation of a history with that of the plan it left."""
    amount = abs(float(history.violation[at]) - solved)
    allowed = VIOLATION * max(solved, VOLTAGE)
    texts = (found["violation"].iloc[at][:30] or "blank", f"{solved:.10g}")
    amount = np.inf if np.isnan(amount) else amount
    return Difference(case, FILE, "violation", "", amount, allowed, f"evaluation {at + 1}", *texts)
