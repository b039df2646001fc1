"""What was proven and what polishing did, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.problem.goals import GOALS, Goal

#: How a search for a bound ended, in words.
ENDINGS = {
    "proven": "as close as asked",
    "loose": "every layout looked at, the model allows no closer",
    "time": "out of time, more would sharpen it",
    "stopped": "stopped by the user",
}
#: How far beyond the bound a plan may be by rounding, as a share.
ROUNDING = 1e-6
#: What was proven where no plan keeps what the model knows of limits.
NOTHING_POSSIBLE = "Proven: no plan of this study keeps its limits of goals"


def bound_so_far(bound: float, best: float, goal: Goal = GOALS["traded"]) -> str:
    """Return where a proof stands, in a few words; both are the higher the better."""
    found = "no plan yet" if math.isinf(best) else f"best plan {_own(goal, best):,.1f} {goal.unit}"
    return f"bound {bound_text(_own(goal, bound), goal)} {goal.unit}, {found}"


def _own(goal: Goal, score: float) -> float:
    """Return a figure as its goal has it; what is minimised is ranked with a minus."""
    return score if goal.is_energy else -goal.sign * score


def bound_text(figure: float, goal: Goal = GOALS["traded"]) -> str:
    """Return a bound rounded up, one from below rounded down: what is printed is a bound too."""
    if math.isinf(figure):
        return f"{figure:g}"
    rounded = math.floor(figure * 10.0) if goal.sign > 0.0 else math.ceil(figure * 10.0)
    return f"{rounded / 10.0:,.1f}"


def most_possible(score: float, goal: Goal) -> str:
    """Return the figure that no plan can exceed, or get below, in words; score: of the bound."""
    return f"{bound_text(_own(goal, score), goal)} {goal.unit} that no plan can {_beyond(goal)}"


def no_plan_can(score: float, goal: Goal) -> str:
    """Return what no plan can do, in a few words; score: of the bound."""
    return f"no plan can {_beyond(goal)} {_own(goal, score):,.0f} {goal.unit}"


def _beyond(goal: Goal) -> str:
    return "get below" if goal.sign > 0.0 else "exceed"


def polish_sentence(polished: pd.DataFrame, goal: Goal = GOALS["traded"]) -> str:
    """Return in words what polish.csv says."""
    kept = polished[polished["kept"].astype(bool)]
    gain = (kept["polished_kwh"] - kept["searched_kwh"]).median()
    text = f"Polishing improved {len(kept)} of {len(polished)} plans"
    if math.isnan(gain):
        return f"{text}."
    moved = f"{kept['moved_units'].median():.0f}"
    units = "unit" if moved == "1" else "units"
    return f"{text}, by {gain:,.1f} {goal.unit} and with {moved} {units} moved in the median."


def proof_sentences(
    row: Mapping[str, Any],
    goal: Goal = GOALS["traded"],
    span: str = "day",
    policy: str = "schedule",
    left_out: Sequence[str] = (),
    relaxed: Sequence[str] = (),
) -> list[str]:
    """Return what a row of bound.csv says; ``span``: the time that a plan is about.

    policy: what decides the study's dispatch; a bound looks ahead, whatever that does. left_out:
    limits of goals that the model does not know; relaxed: what it counts as less than it is.
    """
    lines = [_proven(row, goal, span)]
    if policy != "schedule":
        lines.append(
            "It is the proven most with foresight, above whatever policies reach; case exact knows "
            f"the whole {span}, policy '{policy}' does not have to."
        )
    if left_out:
        lines.append(
            f"The model does not know {', '.join(left_out)} of [limits.goals]: they leave fewer "
            "plans, so the bound holds, and the best that is possible may lie further from it."
        )
    return [*lines, *relaxed, _exact(row, goal, bool(left_out))]


def contradiction(summary: pd.DataFrame) -> str:
    """Return which plan is better than the bound allows, which none may be; blank if none is.

    summary: rows of summary.csv. The base case need not be a plan of the study, whose bounds of
    sizes, candidates and rules of dispatch it may leave.
    """
    beyond = summary["pct_of_bound"] > 100.0 * (1.0 + ROUNDING)
    better = summary[beyond & (summary["case"] != "base")]
    if better.empty:
        return ""
    row = better.sort_values("pct_of_bound").iloc[-1]
    return (
        f"The bound is WRONG: case {row['case']} keeps every limit and reaches "
        f"{row['pct_of_bound']:.2f} % of it. Do not use the bound or shares of it, and please "
        "report this study; the cases' own figures are OpenDSS's and are not touched by it."
    )


def figure_of(row: Mapping[str, Any], name: str) -> float:
    """Return a figure of a row of bound.csv, in the goal's unit: energies have columns of kWh."""
    own = row.get(name)
    return float(row[f"{name}_kwh"] if own is None or pd.isna(own) else own)


def _proven(row: Mapping[str, Any], goal: Goal, span: str) -> str:
    bound, took = figure_of(row, "bound"), f"{_seconds(row['bound_s'])}, {ENDINGS[row['ended']]}"
    if math.isinf(bound) and (bound > 0.0) == (goal.sign > 0.0):
        return f"{NOTHING_POSSIBLE} ({took}; network limits left out)."
    figure = f"{bound_text(bound, goal)} {goal.unit}"
    if goal.is_energy:
        return (
            f"Proven: no plan of this study exceeds {figure} over the {span} ({took}; network "
            "limits left out)."
        )
    return (
        f"Proven: no plan of this study can {_beyond(goal)} {figure}, {goal.about} over the "
        f"{span} ({took}; network limits left out)."
    )


def _exact(row: Mapping[str, Any], goal: Goal, held: bool) -> str:
    exact, share = figure_of(row, "exact"), f"{row['exact_pct_of_bound']:.2f} %"
    if math.isnan(exact):
        what = "the network's limits and those of goals" if held else "the network's limits"
        return f"No plan of the model was found that keeps {what}."
    of = f"of which the bound is {share}" if goal.sign > 0.0 else f"{share} of the bound"
    return (
        f"Case exact keeps every limit with {exact:,.1f} {goal.unit}, {of} "
        f"({_seconds(row['seconds'])} in all)."
    )


def _seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 100.0 else f"{value:.3g} s"
