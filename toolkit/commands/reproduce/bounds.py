"""A bound and the polishing of plans: what of them follows from the cases and their histories."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, unlike
from toolkit.commands.reproduce.histories import History
from toolkit.commands.reproduce.manifest_request import ManifestRequest
from toolkit.common.types import FloatArray
from toolkit.exact.shares import pct
from toolkit.problem.goals import Goal
from toolkit.results.case import Case
from toolkit.results.columns import columns

ENDED = ("proven", "loose", "time", "stopped")
#: What bound.csv has figures of, in columns of kWh where energy is sought.
FOUND = ("bound", "without_limits", "exact")


def bound_kwh(folder: Path, goal: Goal) -> float | None:
    """Return the bound of a results folder, the higher the better; None if it is no number."""
    table = compare.readable(folder / "bound.csv")
    if table is None or len(table) != 1:
        return None
    name = "bound_kwh" if goal.is_energy else "bound"
    if name not in table:
        return None
    figure = float(compare.numbers(table[name])[0])
    return None if np.isnan(figure) else _sign(goal) * figure


def _sign(goal: Goal) -> float:
    """Return by what figures of bound.csv are ranked: costs with a minus."""
    return 1.0 if goal.is_energy else -goal.sign


def bound(folder: Path, cases: Mapping[str, Case], goal: Goal, objective: str) -> list[Difference]:
    """Compare bound.csv with the cases: no feasible one is above it, and ``exact`` is as it says.

    Whether it bounds what nobody found is not to be seen from the results.
    """
    if not (folder / "bound.csv").is_file():
        return []
    table = compare.readable(folder / "bound.csv")
    if table is None or len(table) != 1:
        return [unlike("", "bound.csv", "rows", "none, several, or no table", "one")]
    ends = "_kwh" if goal.is_energy else ""
    if f"bound{ends}" not in table:
        return [unlike("", "bound.csv", "bound", "no such column", f"that of {objective}")]
    solved = _solved(table, cases, goal, ends)
    if not ends:
        solved |= {f"{name}_kwh": np.nan for name in FOUND} | {"goal": objective}
    frame = pd.DataFrame([solved], columns=columns("bound.csv", solved))
    return compare.frames("", "bound.csv", table, frame, ())


def _solved(
    table: pd.DataFrame, cases: Mapping[str, Case], goal: Goal, ends: str
) -> dict[str, object]:
    """Return what bound.csv has to say, as far as cases solved again tell; ends: of its columns."""
    sign = _sign(goal)
    figures = {n: sign * float(compare.numbers(table[f"{n}{ends}"])[0]) for n in FOUND}
    times = {name: float(compare.numbers(table[name])[0]) for name in ("bound_s", "seconds")}
    # The base case need not be a plan of the study.
    plans = [case for name, case in cases.items() if name != "base"]
    feasible = [case for case in plans if case.summary.get("feasible")]
    least = 0.0 if goal.is_energy else -np.inf
    best = max((case.figure(goal.ranked) for case in feasible), default=least)
    exact = cases["exact"].figure(goal.ranked) if "exact" in cases else np.nan
    found = {
        "bound": float(np.fmax(figures["bound"], best)),
        "without_limits": _between(figures["without_limits"], exact, figures["bound"]),
        "exact": exact,
    }
    if found["bound"] == np.inf:
        # Nothing was proven, which the file says itself.
        found["bound"] = figures["bound"]
    return {
        **{f"{name}{ends}": sign * value for name, value in found.items()},
        "exact_pct_of_bound": pct(exact, figures["bound"]),
        # A small gap would show every rounding of the day: it is that of what the file says.
        "gap_pct": 100.0 - pct(figures["exact"], figures["bound"]),
        "bound_s": abs(times["bound_s"]),
        "seconds": float(np.fmax(times["seconds"], times["bound_s"])),
        "ended": table["ended"].iloc[0] if table["ended"].iloc[0] in ENDED else " or ".join(ENDED),
    }


def _between(value: float, low: float, high: float) -> float:
    """Return a value, or the end of a range it is beyond; blank only where the lower end is."""
    if np.isnan(value):
        return low
    return float(np.fmax(np.fmin(value, high), low))


def polishing(
    folder: Path, request: ManifestRequest, cases: list[str], histories: Mapping[str, History]
) -> list[Difference]:
    """Compare polish.csv with the ends of the histories; units moved and times stand there alone.

    cases: runs that have a row, in the order they were carried out.
    """
    rows = [_row(name, histories[name]) for name in cases if name in histories]
    if not request.polish or not rows:
        return []
    solved = pd.DataFrame(rows, columns=columns("polish.csv"))
    table = compare.readable(folder / "polish.csv")
    if table is not None and len(table) == len(solved):
        moved, seconds = (_counts(table[name]) for name in ("moved_units", "seconds"))
        solved = solved.assign(seconds=seconds, moved_units=np.where(solved["kept"], moved, 0.0))
    return compare.table(folder, "", "polish.csv", solved, ("case",))


def _row(case: str, history: History) -> dict[str, object]:
    return {
        "case": case,
        "searched_kwh": -history.before,
        "polished_kwh": -float(history.best[-1]),
        "kept": history.kept,
        "moved_units": 0.0,
        "evaluations": history.polished,
        "seconds": 0.0,
    }


def _counts(found: pd.Series[str]) -> FloatArray:
    """Return what can be a count or a time as it is, 0 for what cannot."""
    values = compare.numbers(found)
    return np.where(np.isfinite(values) & (values >= 0.0), values, 0.0)
