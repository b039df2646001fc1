"""What a results folder says over its cases: it has to follow from the cases solved again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce import compare, known_figures
from toolkit.commands.reproduce.case_check import CaseCheck
from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.commands.reproduce.histories import History
from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.exact.shares import pct
from toolkit.inputs.study import Study
from toolkit.problem.goals import Goal
from toolkit.problem.sought import goal_of
from toolkit.results import paper_tables
from toolkit.results.case import Case
from toolkit.results.columns import columns, units
from toolkit.results.statistics import comparison
from toolkit.results.store.sheets import read_words

#: Columns of summary.csv that the search, the request or the bound gives.
FROM_SEARCH = ("case", "seed", "evaluations", "optimizer", "ending", "pct_of_bound")
#: What rows of the files of a comparison are told apart by.
KEYS = {
    "statistics.csv": ("optimizer",),
    "pairs.csv": ("optimizer_a", "optimizer_b"),
    "friedman.csv": (),
    "targets.csv": ("optimizer", "evaluations"),
}
_TEXT = ("case", "optimizer", "ending", "feasible", "broken")


def summary(
    found: pd.DataFrame,
    checks: Sequence[CaseCheck],
    histories: Mapping[str, History],
    bound_kwh: float | None,
    maximised: str,
) -> list[Difference]:
    """Compare summary.csv with the cases solved again; columns that are not known are left out.

    found: as text, rows of each case once.
    """
    labels = [f"case {name}" for name in found["case"]]
    solved = {check.name: check.case for check in checks if check.case is not None}
    here = found["case"].isin(list(solved)).to_numpy()
    mine, at = found[here], [label for label, there in zip(labels, here, strict=True) if there]
    rows = pd.DataFrame([solved[name].summary for name in mine["case"]])
    unit = units("summary.csv", rows)
    known = [c for c in columns("summary.csv", rows) if c in rows and c not in FROM_SEARCH]
    spent = [len(histories[n].objective) if n in histories else 0 for n in found["case"]]
    counted = pd.Series(spent, dtype=float)
    args = ("", "summary.csv", "evaluations", "", found["evaluations"], counted, labels)
    differences = [compare.column(*args)]
    differences += [
        compare.column("", "summary.csv", c, unit[c], mine[c], rows[c], at) for c in known
    ]
    differences += _words(mine, checks, at)
    return [*differences, *_shares(mine, rows, bound_kwh, maximised, at)]


def _words(
    mine: pd.DataFrame, checks: Sequence[CaseCheck], labels: Sequence[str]
) -> list[Difference]:
    """Compare what cases are said to break."""
    allowed = {check.name: check.words for check in checks}
    if any(allowed[name] is None for name in mine["case"]):
        return []
    solved = [
        text if known_figures.may_say(text, words) else "; ".join(kind[0] for kind in words)
        for name, text in zip(mine["case"], mine["broken"], strict=True)
        for words in [allowed[name] or ()]
    ]
    texts = pd.Series(solved, dtype=object)
    return [compare.column("", "summary.csv", "broken", "", mine["broken"], texts, labels)]


def _shares(
    mine: pd.DataFrame,
    rows: pd.DataFrame,
    bound_kwh: float | None,
    maximised: str,
    labels: Sequence[str],
) -> list[Difference]:
    """Compare the shares of the bound; blank without a bound, and of a plan that breaks limits."""
    share = pd.Series(np.full(len(mine), np.nan))
    if bound_kwh is not None:
        if not {maximised, "feasible"} <= set(rows) or not np.isfinite(bound_kwh):
            return []
        percent = pd.Series([pct(kwh, bound_kwh) for kwh in rows[maximised]], dtype=float)
        share = percent.where(rows["feasible"].astype(bool))
    args = ("", "summary.csv", "pct_of_bound", "%", mine["pct_of_bound"], share, labels)
    return [compare.column(*args)]


@dataclass(frozen=True)
class Aggregates:
    """What stands over the cases: tables.csv, files of a comparison by name, what is sought."""

    tidy: pd.DataFrame | None
    compared: Mapping[str, pd.DataFrame]
    goal: Goal


def sound(found: pd.DataFrame, maximised: str) -> bool:
    """Say whether a summary read as text has the figures that a comparison stands on."""
    typed = _typed(found)
    needed = typed[["evaluations", "violation", maximised]].to_numpy(dtype=float)
    seeds = typed.loc[found["optimizer"] != "", "seed"].to_numpy(dtype=float)
    return bool(np.isfinite(needed).all() and np.isfinite(seeds).all() and found["case"].is_unique)


def over_cases(
    cases: Mapping[str, Case],
    histories: Mapping[str, History],
    found: pd.DataFrame,
    study: Study,
    dt: float,
    bound_kwh: float | None,
) -> Aggregates:
    """Return what the cases of a sound summary give.

    found: summary.csv as text, which says which run stands for an optimizer; cases: those solved
    again; the tables are left out where one is missing.
    """
    typed, goal = _typed(found), goal_of(study)
    best = {name: -history.best for name, history in histories.items()}
    compared = comparison.compare(typed, best, goal.ranked, bound_kwh).files()
    if not set(found["case"]) <= cases.keys():
        return Aggregates(None, compared, goal)
    groups = _groups(typed, cases)
    return Aggregates(
        paper_tables.build(groups, dt, goal.ranked, paper_tables.is_papers(study)),
        compared,
        goal,
    )


def _groups(typed: pd.DataFrame, cases: Mapping[str, Case]) -> dict[str, list[Case]]:
    """Return cases by what they are called in the tables, with their rows of summary.csv."""
    groups: dict[str, list[Case]] = {}
    for record in typed.to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        case = replace(cases[str(row["case"])], summary=row)
        groups.setdefault(str(row["optimizer"] or row["case"]), []).append(case)
    return groups


def compared(folder: Path, over: Aggregates) -> list[Difference]:
    """Compare tables.csv and the files of a comparison with what they have to be."""
    keys = ("table", "case", "item", "period")
    differences = []
    if over.tidy is not None:
        differences += compare.table(folder, "", "tables.csv", over.tidy, keys)
    differences += _markdown(folder, over.goal)
    for name, frame in over.compared.items():
        differences += compare.table(folder, "", name, frame, KEYS[name])
    return differences


def _markdown(folder: Path, goal: Goal) -> list[Difference]:
    """Check that tables.md is what tables.csv gives, with the note below."""
    polished = (folder / "polish.csv").is_file()
    try:
        table = read_words(folder / "tables.csv")
        figures = {c: compare.numbers(table[c]) for c in ("value", "published")}
        tidy = table.assign(**figures, table=pd.to_numeric(table["table"]))
        wanted = paper_tables.to_markdown(tidy, polished, goal).split("\n")
        mine = files.read_text(folder / "tables.md").split("\n")
    except (InputError, ValueError, KeyError, TypeError) as error:
        return [unlike("", "tables.md", "text", str(error)[:60], "what tables.csv gives")]
    if mine == wanted:
        return [same("", "tables.md", "text", "", "")]
    off = next(i for i in range(len(mine) + 1) if mine[i : i + 1] != wanted[i : i + 1])
    there, expected = (
        lines[off][:60] if off < len(lines) else "nothing" for lines in (mine, wanted)
    )
    return [unlike("", "tables.md", f"line {off + 1}", there, expected)]


def _typed(found: pd.DataFrame) -> pd.DataFrame:
    """Return summary.csv, read as text, with the types it was written from."""
    numbers = [c for c in columns("summary.csv", found) if c not in _TEXT]
    typed = found.assign(**{c: compare.numbers(found[c]) for c in numbers})
    return typed.assign(feasible=(found["feasible"] == "True"))
