"""What two results folders differ in, in sentences, the answer first."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from toolkit.results.together.found import Found
from toolkit.results.wording import digits

#: Names that are told; more are counted.
NAMED = 4
#: Shares smaller than this are called none, %.
LEAST_SHARE = 1e-4
#: Figures that are told where two folders seek different things: column, verb, what more is.
SHARED = (("traded_kwh", "trades"), ("loss_kwh", "loses"))


def answer(a: Found, b: Found, units: str, fields: Sequence[str]) -> str:
    """Return what B gives against A, with which units, and what of the study differs."""
    keeps = [name for name, one in (("A", a), ("B", b)) if one.feasible]
    alone = f"Only {keeps[0]} keeps every limit: " if len(keeps) == 1 else ""
    if a.shown.span != b.shown.span:
        return f"{_times(a, b)}. B comes {units}; {_differ(fields)}."
    return f"{alone}{_given(a, b)}, {units}; {_differ(fields)}."


def _times(a: Found, b: Found) -> str:
    return (
        f"A is about the {a.shown.span} and B about the {b.shown.span}, so that their sums cannot "
        "be compared"
    )


def _given(a: Found, b: Found) -> str:
    if a.aim == b.aim:
        return _sought(a, b, a.shown.span)
    seek = f"A seeks {a.goal.about} and B {b.goal.about}"
    if a.goal.about == b.goal.about:
        seek = f"A and B do not seek {a.goal.about} alike"
    rows = (a.shown.row, b.shown.row)
    told = [
        f"{verb} {change(float(rows[0][column]), float(rows[1][column]), 'kWh')}"
        for column, verb in SHARED
    ]
    return f"{seek}: B {told[0]}, and {told[1]} in the network"


def _sought(a: Found, b: Found, span: str) -> str:
    """Return how much more or less B has of what both seek."""
    goal, before, now = a.goal, a.sought, b.sought
    kept = decimals(before, now)
    figures = [f"{value:,.{kept}f} {goal.unit}" for value in (before, now)]
    over = goal.over(span)
    if goal.column == "traded_kwh":
        told = f"{figures[1]} over the {over}"
        if before == now:
            return f"B trades as much as A, {told}"
        return f"B trades {change(before, now, goal.unit)}: {told} against {figures[0]} in A"
    if before == now:
        return f"B is as good as A: {goal.about} over the {over}, {figures[1]}"
    if a.feasible != b.feasible:
        # Which is better has been said by then: what keeps every limit is.
        more = change(before, now, goal.unit)
        return f"of {goal.about} over the {over} B has {more}, {figures[1]} against {figures[0]}"
    better = "better" if goal.sign * (now - before) < 0.0 else "worse"
    return (
        f"B is {better}, {goal.about} over the {over} being {change(before, now, goal.unit)}: "
        f"{figures[1]} against {figures[0]} in A"
    )


def change(before: float, now: float, unit: str) -> str:
    """Return a difference in words: "12.3 kWh more (+4.1 %)"."""
    off = now - before
    if off == 0.0:
        return "as much"
    size = f"{abs(off):,.{decimals(before, now)}f} {unit}".strip()
    share = per_cent(before, now)
    told = "" if math.isnan(share) else f" ({share_text(share)} %)"
    return f"{size} {'more' if off > 0.0 else 'less'}{told}"


def decimals(before: float, now: float) -> int:
    """Return how many decimals tell two figures apart, from 1 to 6."""
    off = abs(now - before)
    apart = 1 if off == 0.0 or not math.isfinite(off) else 2 - math.floor(math.log10(off))
    return max(digits([before, now]), min(apart, 6))


def per_cent(before: float, now: float) -> float:
    """Return a difference as a share of what was before, %; NaN of nothing."""
    return 100.0 * (now - before) / abs(before) if before else math.nan


def share_text(share: float) -> str:
    """Return a percentage with its sign, small ones with two digits, next to none without."""
    if abs(share) < LEAST_SHARE:
        return "0.0"
    return f"{share:+,.1f}" if abs(share) >= 0.05 else f"{share:+.2g}"


def _differ(fields: Sequence[str]) -> str:
    """Return how many fields of the study differ, and which where they are few."""
    if not fields:
        return "no field of the study differs"
    many = "1 field of the study differs" if len(fields) == 1 else ""
    many = many or f"{len(fields)} fields of the study differ"
    return f"{many}: {', '.join(fields)}" if len(fields) <= NAMED else many


def equal(same: str, many: int) -> str:
    """Return how far two folders are the same; blank where they differ in more than times."""
    if not same:
        return ""
    times = "" if same == "bytes" else " but for the times that bound and polishing took"
    return f"The same results: all {many} files of A and B have the same bytes{times}."


def beside(a: Found, b: Found, asked: pd.DataFrame, dispatched: float | None) -> list[str]:
    """Return what the answer has to be read with."""
    told = [f"{name} {one.status}." for name, one in (("A", a), ("B", b)) if one.status]
    if not (a.feasible and b.feasible):
        told.append(" ".join(_limits(name, one) for name, one in (("A", a), ("B", b))))
    search = asked.loc[asked["part"] == "search", "name"].tolist()
    if search:
        told.append(f"The search differs: {', '.join(search)}.")
    if (asked["part"] == "files").any():
        told.append("What the study reads differs: see the files below.")
    if dispatched:
        told.append(f"Their stores give {dispatched:,.4g} kWh at other times.")
    return told


def _limits(name: str, one: Found) -> str:
    if one.feasible:
        return f"{name} keeps every limit."
    which = one.shown.row["broken"]
    return f"{name} breaks a limit{'' if pd.isna(which) else f': {which}'}."
