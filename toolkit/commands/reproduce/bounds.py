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
from toolkit.results.case import Case
from toolkit.results.columns import columns

ENDED = ("proven", "loose", "time", "stopped")


def bound_kwh(folder: Path) -> float | None:
    """Return the bound of a results folder, kWh; None if it has none that is a number."""
    table = compare.readable(folder / "bound.csv")
    if table is None or len(table) != 1:
        return None
    kwh = float(compare.numbers(table["bound_kwh"])[0])
    return None if np.isnan(kwh) else kwh


def bound(folder: Path, cases: Mapping[str, Case], maximised: str) -> list[Difference]:
    """Compare bound.csv with the cases: no feasible one is above it, and ``exact`` is as it says.

    Whether it bounds what nobody found is not to be seen from the results.
    """
    if not (folder / "bound.csv").is_file():
        return []
    table = compare.readable(folder / "bound.csv")
    if table is None or len(table) != 1:
        return [unlike("", "bound.csv", "rows", "none, several, or no table", "one")]
    numbers = {name: float(compare.numbers(table[name])[0]) for name in columns("bound.csv")[:-1]}
    feasible = [case for case in cases.values() if case.summary.get("feasible")]
    best = max((case.figure(maximised) for case in feasible), default=0.0)
    exact = cases["exact"].figure(maximised) if "exact" in cases else np.nan
    # A small gap would show every rounding of the day: it is that of what the file says.
    gap = 100.0 - pct(numbers["exact_kwh"], numbers["bound_kwh"])
    solved = {
        "bound_kwh": float(np.fmax(numbers["bound_kwh"], best)),
        "without_limits_kwh": _between(numbers["without_limits_kwh"], exact, numbers["bound_kwh"]),
        "exact_kwh": exact,
        "exact_pct_of_bound": pct(exact, numbers["bound_kwh"]),
        "gap_pct": gap,
        "bound_s": abs(numbers["bound_s"]),
        "seconds": float(np.fmax(numbers["seconds"], numbers["bound_s"])),
        "ended": table["ended"].iloc[0] if table["ended"].iloc[0] in ENDED else " or ".join(ENDED),
    }
    if solved["bound_kwh"] == np.inf:
        # Nothing was proven, which the file says itself.
        solved["bound_kwh"] = numbers["bound_kwh"]
    frame = pd.DataFrame([solved], columns=columns("bound.csv"))
    return compare.frames("", "bound.csv", table, frame, ())


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
