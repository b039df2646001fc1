"""The answer of a results folder: a few figures, one sentence, and what weakens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.exact.relaxed import left_out, relaxations
from toolkit.model.notices import gathered
from toolkit.problem.goals import GOALS, Goal
from toolkit.problem.sought import goal_of, goal_told
from toolkit.results import paper_tables, wording
from toolkit.results.figures.groups import Group
from toolkit.results.proof_words import (
    contradiction,
    most_possible,
    polish_sentence,
    proof_sentences,
)
from toolkit.results.report import plan
from toolkit.results.report.html_tables import Fact, HtmlTable
from toolkit.results.report.worth import worth_facts
from toolkit.results.store.contents import Results

#: What a run that did not end as asked is called.
STATUS = {
    "interrupted": "was interrupted: the figures are those found until then",
    "failed": "failed in part: the figures are those of what did not",
    "running": "has not ended: the figures are those found so far",
}


#: How notices begin that say what figures stand for: of which time, and of which prices.
MEANING = ("horizon", "tariffs.", "costs.")


@dataclass(frozen=True)
class Answer:
    """The answer as page and terminal tell it.

    sentence: what the plan gives; medians: what the median runs reach; tables: the units of the
    plan, and its figures beside those of the base case; binds: what keeps it from more.
    """

    sentence: str
    medians: str
    tables: tuple[HtmlTable, ...]
    binds: tuple[str, ...]


def answer_of(results: Results, groups: Sequence[Group], shown: Group) -> Answer:
    """Return the answer of results: that of the best plan found."""
    base, goal = groups[0], goal_told(results.study)
    tables = (plan.plan_table(shown, base), plan.gains_table(shown, groups, results))
    return Answer(
        sentence(shown, base, goal),
        medians(groups, shown, goal),
        tuple(table for table in tables if table is not None),
        tuple(plan.binding(shown, base, results)),
    )


def is_papers(results: Results) -> bool:
    """Say whether the paper's tables belong to results: those of its study, by its goal."""
    return paper_tables.is_papers(results.study) and goal_of(results.study).is_energy


def sentence(shown: Group, base: Group, goal: Goal) -> str:
    """Return the answer in plain words, beginning with what was sought."""
    mine, before, over = shown.row, base.row, shown.span
    if shown is base:
        return (
            f"As declared, the feeder's units let neighbours trade {_kwh(mine['traded_kwh'])} "
            f"over the {over}, {_kwh(mine['traded_to_load_kwh'])} of it to serve load, and "
            f"{_limits(mine)}."
        )
    if goal.ranked == "score":
        found, declared = (_figure(goal, goal.figure(row)) for row in (mine, before))
        days = f" over the {over}" if goal.risk.averse else ""
        return (
            f"{_where(shown)} {goal.about} over the {goal.over(over)}: {found} against {declared} "
            f"in the base case; neighbours trade {_kwh(mine['traded_kwh'])} against "
            f"{_kwh(before['traded_kwh'])}{days}, and {_limits(mine)}."
        )
    return (
        f"{_where(shown)} neighbours trade {_kwh(mine['traded_kwh'])} over the {over} "
        f"({_kwh(mine['traded_to_load_kwh'])} of it to serve load) against "
        f"{_kwh(before['traded_kwh'])} ({_kwh(before['traded_to_load_kwh'])}) in the base "
        f"case; losses {_change(mine['loss_kwh'], before['loss_kwh'])}, and {_limits(mine)}."
    )


def _kwh(value: float) -> str:
    """Return energy in whole kWh, of less than 100 with three digits."""
    return f"{value:,.0f} kWh" if abs(value) >= 99.95 or value == 0.0 else f"{value:.3g} kWh"


def _figure(goal: Goal, value: float) -> str:
    """Return a figure of a goal with its unit."""
    return _kwh(value) if goal.is_energy else goal.form.format(value)


def _where(shown: Group) -> str:
    """Return which plan the answer speaks of."""
    if shown.name == "exact":
        return "With the plan of the exact model,"
    if pd.isna(shown.row["optimizer"]):
        return "With the plan given,"
    if shown.name == shown.row["optimizer"]:
        return f"With the plan {shown.name} found,"
    return f"With the best plan found, {shown.name},"


def medians(groups: Sequence[Group], shown: Group, goal: Goal) -> str:
    """Return what the median run of each optimizer reaches; blank where none ran several times."""
    told = [
        f"{_figure(goal, goal.figure(group.row))} in the median of {len(group.runs)} runs of "
        f"{group.name}{'' if group.row['feasible'] else ', where a limit is broken'}"
        for group in groups[1:]
        if len(group.runs) > 1
    ]
    text = "; ".join(told)
    return f"{goal.about[0].upper()}{goal.about[1:]}: {text}." if told else ""


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
    """Return the figures of the answer: what was sought first, then what it is worth."""
    goal, reached = goal_told(results.study), _reached(shown, results)
    mine, before = shown.row, base.row
    figures = [_figure(goal, goal.figure(row)) for row in (mine, before)]
    sought = (figures, goal.found(shown.span), reached)
    kept = wording.digits([mine["loss_kwh"], before["loss_kwh"]])
    losses = ("loss_kwh", f"{{:,.{kept}f}} kWh", f"lost in the network over the {shown.span}")
    traded = ("traded_kwh", "", GOALS["traded"].found(shown.span))
    # Where days count by how bad they are, the sum over all of them is told beside.
    other = traded if goal.column == "loss_kwh" or goal.risk.averse else losses
    lowest = ("v_min_pu", "{:.4f} pu", "lowest voltage at any bus and step")
    beside = [
        ([form.format(row[c]) if form else _kwh(row[c]) for row in (mine, before)], words, ())
        for c, form, words in (other, lowest)
    ]
    first, *others = [
        Fact(
            values[0],
            words,
            (*(() if shown is base else (f"base case {values[1]}",)), *more),
        )
        for values, words, more in (sought, *beside)
    ]
    worth = worth_facts(results, shown, base)
    return [first, *worth, *(others[1:] if worth else others)]


def _reached(shown: Group, results: Results) -> tuple[str, ...]:
    """Return how much of the proven bound the answer reaches, if there is one."""
    bound, goal = results.bound_score, goal_of(results.study)
    if bound is None or pd.isna(shown.row["pct_of_bound"]):
        return ()
    share, possible = f"{shown.row['pct_of_bound']:.1f} %", most_possible(bound, goal)
    return (
        f"{share} of it is the {possible}" if goal.sign > 0.0 else f"{share} of the {possible}",
    )


@dataclass(frozen=True)
class Notices:
    """What the figures of an answer are to be read with.

    beside: what changes how they are read, which stands at them; after: what was done otherwise
    than scripts or habit have it.
    """

    beside: list[str]
    after: list[str]


def notices_of(results: Results) -> Notices:
    """Return the notices of a run."""
    told = gathered([str(notice) for notice in results.manifest.get("notices", [])])
    beside = [notice for notice in told if notice.startswith(MEANING)]
    return Notices(beside, [notice for notice in told if notice not in beside])


def cautions(groups: Sequence[Group], results: Results) -> list[str]:
    """Return what weakens the answer: a run that did not end, plans not found or beyond limits."""
    status = results.manifest.get("status", "unknown")
    sentences = []
    if status != "complete":
        sentences.append(
            f"This run {STATUS.get(status, f'is {status}: the figures may not be whole')}."
        )
    if wrong := contradiction(results.summary):
        sentences.append(wrong)
    searched = bool(results.manifest.get("optimizers")) or not results.bound.empty
    if searched and len(groups) == 1:
        sentences.append("No plan was found: the figures are those of the base case.")
    elif len(groups) > 1 and not any(group.row["feasible"] for group in groups[1:]):
        sentences.append(
            "No plan shown keeps every limit: the figures are those of the one that breaks them "
            "least."
        )
    return sentences


def proven(results: Results, span: str) -> list[str]:
    """Return what was proven and what polishing did, in words."""
    sentences = (
        [] if results.polish.empty else [polish_sentence(results.polish, goal_of(results.study))]
    )
    for row in results.bound.to_dict("records"):
        told = {str(key): value for key, value in row.items()}
        study = results.study
        sentences += proof_sentences(
            told,
            goal_of(study),
            span,
            study.dispatch.policy,
            left_out(study),
            relaxations(study),
        )
    return sentences
