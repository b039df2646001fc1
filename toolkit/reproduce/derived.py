"""What a results folder says over its cases: it has to follow from the cases solved again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from toolkit import statistics, tables, targets
from toolkit.cases import Case
from toolkit.exact import proof
from toolkit.goals import GOALS
from toolkit.reproduce import compare
from toolkit.reproduce.compare import Difference
from toolkit.schema import columns
from toolkit.sections import GoalName

#: Columns of summary.csv that follow from the day of a case.
FROM_DAY = (
    *("case", "traded_kwh", "traded_to_load_kwh", "loss_kwh"),
    *("v_min_pu", "v_max_pu", "violation", "feasible"),
)
#: What rows of the files of a comparison are told apart by.
KEYS = {
    "statistics.csv": ("optimizer",),
    "pairs.csv": ("optimizer_a", "optimizer_b"),
    "friedman.csv": (),
    "targets.csv": ("optimizer", "evaluations"),
}


def history(folder: Path, case: Case, maximised: str) -> list[Difference]:
    """Check that a history's best is the best of its column, and the plan's energy its last.

    Polishing leaves evaluations without an objective; what it found stands at its end.
    """
    path = folder / "cases" / case.name / "history.csv"
    if not path.is_file():
        return []
    found = compare.read(path)
    if list(found.columns) != columns("history.csv"):
        return [compare.unlike(case.name, path.name, "columns", ", ".join(found.columns), "others")]
    numbers = found.apply(pd.to_numeric, errors="coerce")
    feasible = numbers["objective"].where(numbers["violation"] == 0.0)
    best = feasible.cummin().ffill()
    labels = [f"evaluation {i}" for i in range(1, len(found) + 1)]
    name, unit = "best_objective", "kWh"
    said = found[name]
    column = compare.column(case.name, path.name, name, unit, said, best, labels)
    # What a folder alone cannot give, such as a cost, is not compared.
    if not case.summary["feasible"] or not len(found) or maximised not in case.summary:
        return [column]
    kwh = pd.Series([-float(str(case.summary[maximised]))])
    last = compare.column(case.name, path.name, name, unit, said[-1:], kwh, labels[-1:])
    return [column, last]


def summary(
    found: pd.DataFrame, cases: Sequence[Case], bound_kwh: float | None, maximised: str
) -> list[Difference]:
    """Compare summary.csv with the cases solved again, case by case."""
    solved = pd.DataFrame([case.summary for case in cases])[list(FROM_DAY)]
    differences = []
    for name in solved["case"]:
        mine = found[found["case"] == name].reset_index(drop=True)
        theirs = solved[solved["case"] == name].reset_index(drop=True)
        for one in compare.frames("", "summary.csv", mine, theirs, ("case",)):
            differences.append(one)
    if bound_kwh is not None and "pct_of_bound" in found:
        feasible = solved["feasible"].astype(bool)
        share = pd.Series([proof.pct(kwh, bound_kwh) for kwh in solved[maximised]]).where(feasible)
        rows = (
            found.set_index("case").reindex(solved["case"])["pct_of_bound"].reset_index(drop=True)
        )
        labels = [f"case {name}" for name in solved["case"]]
        args = ("", "summary.csv", "pct_of_bound", "%", rows.fillna(""), share, labels)
        differences.append(compare.column(*args))
    return differences


def evaluations(folder: Path, found: pd.DataFrame) -> list[Difference]:
    """Check that summary.csv counts the evaluations that histories hold."""
    paths = [folder / "cases" / name / "history.csv" for name in found["case"]]
    spent = [len(compare.read(path)) if path.is_file() else 0 for path in paths]
    labels = [f"case {name}" for name in found["case"]]
    args = ("evaluations", "", found["evaluations"], pd.Series(spent, dtype=float), labels)
    return [compare.column("", "summary.csv", *args)]


def over_cases(
    folder: Path,
    cases: Mapping[str, Case],
    found: pd.DataFrame,
    dt: float,
    objective: GoalName,
    published: bool,
    bound_kwh: float | None,
) -> list[Difference]:
    """Compare tables.csv, tables.md and the files of a comparison with what cases give.

    found: summary.csv as read, which says which run stands for an optimizer; cases: all of them,
    solved again.
    """
    typed = _typed(found)
    records = typed.to_dict("records")
    rows = {str(row["case"]): {str(k): v for k, v in row.items()} for row in records}
    groups: dict[str, list[Case]] = {}
    for name, optimizer in zip(found["case"], found["optimizer"], strict=True):
        groups.setdefault(optimizer or name, []).append(replace(cases[name], summary=rows[name]))
    tidy = tables.build(groups, dt, objective, published)
    keys = ("table", "case", "item", "period")
    differences = _file(folder, "tables.csv", tidy, keys)
    differences += _markdown(folder)
    maximised = GOALS[objective].ranked
    compared = statistics.compare(typed, _courses(folder, found), maximised, bound_kwh)
    for name, frame in compared.files().items():
        differences += _file(folder, name, frame, KEYS[name])
    return differences


def _file(folder: Path, name: str, solved: pd.DataFrame, keys: Sequence[str]) -> list[Difference]:
    if not (folder / name).is_file():
        return [compare.unlike("", name, "file", "none", "one")]
    return compare.frames("", name, compare.read(folder / name), solved, keys)


def _markdown(folder: Path) -> list[Difference]:
    """Check that tables.md is what tables.csv gives, the note below aside."""
    try:
        tidy = pd.read_csv(folder / "tables.csv").fillna({"item": ""})
        wanted = tables.to_markdown(tidy, "").splitlines()
        found = (folder / "tables.md").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [compare.unlike("", "tables.md", "text", str(error)[:60], "what tables.csv gives")]
    lines = [line for line in wanted if line]
    mine = [line for line in found if line.startswith(("|", "**"))]
    off = next((i for i, line in enumerate(lines) if mine[i : i + 1] != [line]), None)
    if off is None:
        return []
    there = mine[off] if off < len(mine) else "nothing"
    return [compare.unlike("", "tables.md", f"row {off + 1}", there[:60], lines[off][:60])]


def _courses(folder: Path, found: pd.DataFrame) -> dict[str, compare.FloatArray]:
    paths = {name: folder / "cases" / name / "history.csv" for name in found["case"]}
    return {n: targets.course(pd.read_csv(p)) for n, p in paths.items() if p.is_file()}


def _typed(found: pd.DataFrame) -> pd.DataFrame:
    """Return summary.csv, read as text, with the types it was written from."""
    numbers = [c for c in columns("summary.csv") if c in found and c not in _TEXT]
    typed = found.assign(**{c: pd.to_numeric(found[c], errors="coerce") for c in numbers})
    return typed.assign(feasible=(found["feasible"] == "True"))


_TEXT = ("case", "optimizer", "ending", "feasible")


def read_bound(folder: Path) -> float | None:
    """Return the proven bound of a results folder, kWh, if it has one that is a number."""
    try:
        kwh = float(pd.read_csv(folder / "bound.csv")["bound_kwh"].iloc[0])
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return kwh if math.isfinite(kwh) else None
