"""The answer of a results folder: three figures, one sentence, and what weakens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.model.notices import gathered
from toolkit.problem.goals import GOALS, Goal
from toolkit.problem.sought import goal_of
from toolkit.results import wording
from toolkit.results.figures.groups import Group
from toolkit.results.store.contents import Results

#: What a run that did not end as asked is called.
STATUS = {
    "interrupted": "was interrupted: the figures are those found until then",
    "failed": "failed in part: the figures are those of what did not",
    "running": "has not ended: the figures are those found so far",
}


@dataclass(frozen=True)
class Fact:
    """One figure of the answer: a number with its unit, what it is, and what it compares with."""

    value: str
    about: str
    beside: tuple[str, ...]


def sentence(shown: Group, base: Group, goal: Goal) -> str:
    """Return the answer in plain words, beginning with what was sought."""
    mine, before, over = shown.row, base.row, shown.span
    if shown is base:
        return (
            f"As declared, the feeder's units let neighbours trade {mine['traded_kwh']:,.0f} kWh "
            f"over the {over}, {mine['traded_to_load_kwh']:,.0f} kWh of it to serve load, and "
            f"{_limits(mine)}."
        )
    if goal.ranked == "score":
        found, declared = (goal.form.format(goal.figure(row)) for row in (mine, before))
        days = f" over the {over}" if goal.risk.averse else ""
        return (
            f"{_where(shown)} {goal.about} over the {goal.over(over)}: {found} against {declared} "
            f"in the base case; neighbours trade {mine['traded_kwh']:,.0f} kWh against "
            f"{before['traded_kwh']:,.0f} kWh{days}, and {_limits(mine)}."
        )
    return (
        f"{_where(shown)} neighbours trade {mine['traded_kwh']:,.0f} kWh over the {over} "
        f"({mine['traded_to_load_kwh']:,.0f} kWh of it to serve load) against "
        f"{before['traded_kwh']:,.0f} kWh ({before['traded_to_load_kwh']:,.0f} kWh) in the base "
        f"case; losses {_change(mine['loss_kwh'], before['loss_kwh'])}, and {_limits(mine)}."
    )


def _where(shown: Group) -> str:
    """Return which plan the answer speaks of."""
    if shown.name == "exact":
        return "With the plan of the exact model,"
    if pd.isna(shown.row["optimizer"]):
        return "With the plan given,"
    if len(shown.runs) == 1:
        return f"With the plan {shown.name} found,"
    return f"With the plan of the median of {len(shown.runs)} runs of {shown.name},"


def _limits(row: pd.Series) -> str:
    """Return in words whether the limits hold, and which are broken where."""
    if row["feasible"]:
        return "every limit holds"
    which = f": {row['broken']}" if pd.notna(row["broken"]) else ""
    return f"at least one limit is broken{which}"


def _change(value: float, before: float) -> str:
    """Return a change in words: 'fall by 3.1 %'."""
    share = (value - before) / before * 100.0 if before else 0.0
    if abs(share) < 0.05:
        return "stay as they are"
    return f"{'rise' if share > 0.0 else 'fall'} by {abs(share):,.1f} %"


def facts(shown: Group, base: Group, results: Results) -> list[Fact]:
    """Return the three figures of the answer."""
    goal, reached = goal_of(results.study), _reached(shown, results.bound_kwh)
    mine, before = shown.row, base.row
    sought = ([goal.figure(mine), goal.figure(before)], goal.form, goal.found(shown.span), reached)
    losses = ("loss_kwh", "{:,.1f} kWh", f"lost in the network over the {shown.span}")
    traded = ("traded_kwh", "{:,.0f} kWh", GOALS["traded"].found(shown.span))
    # Where days count by how bad they are, the sum over all of them is told beside.
    other = traded if goal.column == "loss_kwh" or goal.risk.averse else losses
    lowest = ("v_min_pu", "{:.4f} pu", "lowest voltage at any bus and step")
    beside = [([mine[c], before[c]], form, words, ()) for c, form, words in (other, lowest)]
    return [
        Fact(
            form.format(values[0]),
            words,
            (*(() if shown is base else (f"base case {form.format(values[1])}",)), *more),
        )
        for values, form, words, more in (sought, *beside)
    ]


def _reached(shown: Group, bound_kwh: float | None) -> tuple[str, ...]:
    """Return how much of the proven bound the answer reaches, if there is one."""
    if bound_kwh is None or pd.isna(shown.row["pct_of_bound"]):
        return ()
    share = f"{shown.row['pct_of_bound']:.1f} %"
    return (f"{share} of the {wording.bound_text(bound_kwh)} kWh that no plan can exceed",)


def warnings(groups: Sequence[Group], results: Results) -> list[str]:
    """Return what a reader must know before any figure: how the run ended, what was not found."""
    status = results.manifest.get("status", "unknown")
    sentences = []
    if status != "complete":
        sentences.append(
            f"This run {STATUS.get(status, f'is {status}: the figures may not be whole')}."
        )
    searched = bool(results.manifest.get("optimizers")) or not results.bound.empty
    if searched and len(groups) == 1:
        sentences.append("No plan was found: the figures are those of the base case.")
    elif len(groups) > 1 and not any(group.row["feasible"] for group in groups[1:]):
        sentences.append(
            "No plan shown keeps every limit: the figures are those of the one that breaks them "
            "least."
        )
    return [*sentences, *gathered([str(n) for n in results.manifest.get("notices", [])])]


def proven(results: Results, span: str) -> list[str]:
    """Return what was proven and what polishing did, in words."""
    sentences = [] if results.polish.empty else [wording.polish_sentence(results.polish)]
    for row in results.bound.to_dict("records"):
        told = {str(key): value for key, value in row.items()}
        sentences += wording.proof_sentences(
            told, span, results.study.dispatch.policy, (*results.study.limits.of_goals,)
        )
    return sentences
