"""What a plan does on days that it was not made for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.exact.shares import pct
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.risk import Risk
from toolkit.problem.goals import GOALS, Goal
from toolkit.results.ranking import best_row

#: The column of each energy that may be maximised.
COLUMN: dict[EnergyGoal, str] = {
    "traded": "traded_kwh",
    "traded_to_load": "traded_to_load_kwh",
}
#: Entries of validation.json: the energy whose bound is told, and why there is no bound.
GOAL, REFUSED = "goal", "no_bound"
#: The same: of which days the study seeks the figure of which objective.
RISK, RISK_LEVEL, OBJECTIVE = "risk", "risk_level", "objective"


def column_of(facts: Mapping[str, Any]) -> str:
    """Return the column of the energy that a validation is about. facts: validation.json."""
    return COLUMN["traded_to_load" if facts.get(GOAL) == "traded_to_load" else "traded"]


def sentences(days: pd.DataFrame, policy: str, facts: Mapping[str, Any]) -> list[str]:
    """Return the answer first, then its spread, limits, the worst day, and what was possible."""
    column = column_of(facts)
    traded = days[column]
    what = "traded between neighbours" + (
        " to serve load" if column == COLUMN["traded_to_load"] else ""
    )
    count = f"{len(days):,} day{'' if len(days) == 1 else 's'}"
    lines = [
        f"Case {days['case'].iloc[0]} under policy {policy}: {traded.sum():,.0f} kWh {what} over "
        f"{count}; a day {traded.mean():,.1f} kWh in the mean, {traded.quantile(0.05):,.1f} to "
        f"{traded.quantile(0.95):,.1f} kWh on 90 % of days."
    ]
    if len(days) == 1:
        lines = [lines[0].partition("; a day")[0] + "."]
    lines.append(_limits(days))
    lines += [_worst(days, column)] if len(days) > 1 else []
    lines += [_at_risk(days, column, facts)] if facts.get(RISK, "mean") != "mean" else []
    unknown = "" if days["bound_kwh"].notna().all() else "none was proven"
    lines.append(_possible(days, column, str(facts.get(REFUSED) or unknown)))
    return lines


def runs_sentences(runs: pd.DataFrame, goal: Goal, span: str) -> list[str]:
    """Return what validation_runs.csv says: the best run, then how many keep every limit."""
    best = best_row(runs, goal.ranked)
    broken = float(best["hours_broken"])
    held = f"limits are broken in {broken:,.4g} h" if broken else "limits hold in every step"
    kept = int(runs["feasible"].sum())
    return [
        f"Best under policy {best['policy']}: {best['case']}, {best[goal.column]:,.6g} "
        f"{goal.unit} {goal.found(span)}; {held}.",
        f"{kept} of {len(runs)} runs keep every limit on these days.",
    ]


def _limits(days: pd.DataFrame) -> str:
    hours = float(days["hours_broken"].sum())
    if not hours:
        return "Limits of the network hold in every step."
    broken = days[days["hours_broken"] > 0.0]
    row = broken.iloc[int(broken["hours_broken"].to_numpy().argmax())]
    return (
        f"Limits are broken in {hours:,.4g} h on {len(broken):,} of {len(days):,} days, most on "
        f"{_day(row['day'])} ({row['hours_broken']:.4g} h): {row['broken']}."
    )


def _worst(days: pd.DataFrame, column: str) -> str:
    row = days.iloc[int(days[column].to_numpy().argmin())]
    bought, sold = float(row["import_kwh"]), float(row["export_kwh"])
    cause = (
        f"little was to spare: {bought:,.0f} kWh came from the grid, {sold:,.0f} kWh went there"
        if bought >= sold
        else f"little was wanted: {sold:,.0f} kWh went to the grid, {bought:,.0f} kWh came from it"
    )
    return f"Least was traded on {_day(row['day'])}, {row[column]:,.1f} kWh: {cause}."


def _at_risk(days: pd.DataFrame, column: str, facts: Mapping[str, Any]) -> str:
    """Return what a study that seeks bad days made of them: the mean, the worst share, the worst.

    column: of the energy that is told where what the study seeks is no column of the days.
    """
    goal = GOALS[str(facts[OBJECTIVE])]
    if goal.column not in days:
        goal = next(each for each in GOALS.values() if each.column == column)
    costs = goal.sign * days[goal.column].to_numpy(dtype=np.float64)
    each = np.ones(len(costs))
    risks = (Risk("mean"), Risk("cvar", float(facts[RISK_LEVEL])), Risk("worst"))
    mean, tail, worst = (f"{goal.sign * risk.of(costs, each):,.1f} {goal.unit}" for risk in risks)
    on = _day(days["day"].iloc[int(costs.argmax())])
    return (
        f"A day's {goal.about}: {mean} in the mean, {tail} in the mean of the worst "
        f"{100.0 * risks[1].tail:.4g} % of days, {worst} on {on}, the worst."
    )


def _possible(days: pd.DataFrame, column: str, refused: str) -> str:
    if refused:
        return f"No bound on what perfect foresight would have given: {refused}."
    most, found = float(days["bound_kwh"].sum()), float(days[column].sum())
    return (
        "Proven: with these sites and sizes and perfect foresight no dispatch that begins and ends "
        f"each day with the energy which the policy had stored trades more than {most:,.0f} kWh, "
        f"network limits left out; the policy reaches {pct(found, most):.1f} % of it."
    )


def _day(name: object) -> str:
    text = str(name)
    return text if "-" in text else f"day {text}"
