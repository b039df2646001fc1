"""The order of plans: those that keep every limit first, then by what is sought, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.common.errors import InputError, unknown_name
from toolkit.results.case import Case


def best_first(summary: pd.DataFrame, ranked: str) -> pd.DataFrame:
    """Return rows of summary.csv in the order of their plans; equal ones stay as they were.

    ranked: the column of what is sought, higher being better, here and below.
    """
    by = ["violation", ranked]
    return summary.sort_values(by, ascending=[True, False], kind="stable")


def best_row(summary: pd.DataFrame, ranked: str) -> pd.Series[Any]:
    """Return the row of the best plan."""
    return best_first(summary, ranked).iloc[0]


def median_row(summary: pd.DataFrame, ranked: str = "traded_kwh") -> pd.Series[Any]:
    """Return the middle row; of two middle rows the lower one."""
    return best_first(summary, ranked).iloc[len(summary) // 2]


def median_case(cases: Sequence[Case], ranked: str) -> Case:
    """Return the case that stands for a group; see :func:`median_row`."""
    summary = pd.DataFrame([case.summary for case in cases])
    middle = median_row(summary, ranked)["case"]
    return next(case for case in cases if case.name == middle)


def chosen_case(summary: pd.DataFrame, case: str | None, ranked: str, folder: Path) -> str:
    """Return the case asked for, or the feasible one that has most of what is maximised.

    Raises InputError for an unknown case, and where no plan is feasible.
    """
    if case is not None:
        if case not in set(summary["case"]):
            raise unknown_name("case", case, map(str, summary["case"]))
        return case
    feasible = summary[summary["feasible"].astype(bool)]
    if feasible.empty:
        raise InputError(f"{folder}: no plan keeps every limit; choose one with --case NAME.")
    return str(best_row(feasible, ranked)["case"])
