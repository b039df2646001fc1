"""What a terminal shows of a front: the answer, the best plan of each point, the hypervolumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from toolkit.cli.console import print_table
from toolkit.cli.terminal import say, wrapped
from toolkit.commands.front.table import compared
from toolkit.problem.goals import GOALS
from toolkit.results.ranking import best_row
from toolkit.results.wording import sentences
from toolkit.runs.archive import resume_words

if TYPE_CHECKING:
    from toolkit.commands.front import Front

#: Rows that a terminal shows; front.csv has all of them.
ROWS = 40


def print_front(found: Front, drawn: bool) -> None:
    """Print what the points have in common, their best plans, the notes, and the folder."""
    best = best_plans(found)
    wrapped(answer(found, best))
    if len(best):
        say()
        _points(found, best)
        _volumes(found)
    for note in (*_notes(found, drawn), *found.notes):
        wrapped(f"Note: {note}")
    if found.status != "complete":
        say(f"{found.status.capitalize()}: {len(best)} points and extremes have a plan.")
        say(resume_words(found.folder))
    say(found.folder)


def best_plans(found: Front) -> pd.DataFrame:
    """Return the row of the best plan of each extreme and point, in their order."""
    rows = []
    for _, own in found.table.groupby("point", sort=False):
        goal = GOALS[str(own["goal"].iloc[0])]
        rows.append(best_row(own.assign(by=-goal.sign * own[goal.column]), "by").drop("by"))
    return pd.DataFrame(rows)


def answer(found: Front, best: pd.DataFrame) -> str:
    """Return in words how many points have a plan worth having, and from where to where."""
    points = best[~best["point"].isin(found.goals)] if len(best) else best
    kept = points[points["feasible"].astype(bool)] if len(points) else points
    if kept.empty:
        return "No point of the front has a plan that keeps every limit."
    free = int((kept["dominated"] == 0.0).sum())
    ends = " to ".join(_figures(found, row) for row in (kept.iloc[0], kept.iloc[-1]))
    worst = kept["gap_pct"].max() if "gap_pct" in kept else float("nan")
    gap = "" if pd.isna(worst) else f" Every plan is within {worst:.1f} % of its proven bound."
    if kept["gap_pct"].isna().any():
        gap = ""
    columns = [GOALS[name].column for name in found.goals]
    different = len(kept.drop_duplicates(columns))
    shared = "" if different == len(kept) else f" They are {different} different plans."
    shared = " All share one plan." if different == 1 < len(kept) else shared
    return (
        f"{len(kept)} of {len(points)} points have a plan that keeps every limit, {free} of them "
        f"one that no other plan dominates: from {ends}.{shared}{gap}"
    )


def _figures(found: Front, row: pd.Series) -> str:
    """Return the figures of all goals of a plan in words."""
    goals = [GOALS[name].in_money(found.currency) for name in found.goals]
    return ", ".join(f"{goal.form.format(row[goal.column])} of {goal.about}" for goal in goals)


def _points(found: Front, best: pd.DataFrame) -> None:
    """Print the best plan of each extreme and point."""
    goals = [GOALS[name].in_money(found.currency) for name in found.goals]
    proven = bool(best["bound"].notna().any())
    header = ["point", *(goal.short or name for name, goal in zip(found.goals, goals, strict=True))]
    header += ["case", *(["bound", "gap, %"] if proven else []), "dominated", "limits"]
    rows = []
    for _, row in best.head(ROWS).iterrows():
        figures = [_number(row[goal.column]) for goal in goals]
        limits = "hold" if row["feasible"] else f"broken {row['violation']:.2g}"
        told = {1.0: "yes", 0.0: "no"}.get(row["dominated"], "-")
        proof = [_number(row["bound"]), _number(row["gap_pct"])] if proven else []
        rows.append([str(row["point"]), *figures, str(row["case"]), *proof, told, limits])
    units = ", ".join(
        f"{goal.about} over the {goal.over(found.span)} in {goal.unit}" for goal in goals
    )
    print_table(f"Best plan of each extreme and point: {units}", header, rows)
    if len(best) > ROWS:
        say(f"{len(best) - ROWS:,} more rows are in front.csv.")


def _volumes(found: Front) -> None:
    """Print the median hypervolume of each optimizer, and whether they differ."""
    volumes = found.volumes
    if volumes.empty:
        return
    rows = []
    for name, own in volumes.groupby("optimizer", sort=False):
        share = own["hypervolume"]
        spread = [f"{v:.4f}" for v in (share.median(), share.min(), share.max())]
        rows.append([str(name), str(len(own)), *spread, f"{own['evaluations'].max():,.0f}"])
    header = ["optimizer", "seeds", "median", "lowest", "highest", "evaluations"]
    print_table("Hypervolume of each optimizer's front, 0 to 1", header, rows)
    told = compared(volumes)
    for sentence in sentences(told.pairs, told.friedman):
        wrapped(sentence)


def _number(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:,.1f}"


def _notes(found: Front, drawn: bool) -> list[str]:
    """Return what the table has to be read with."""
    notes = []
    if len(found.volumes) and len({*found.volumes["seed"]}) == 1:
        notes.append(
            "one run per point: how much of a front is the optimizer's luck is not known; --runs 5 "
            "gives the spread of seeds."
        )
    if len(found.table) and found.table["bound"].isna().all():
        notes.append("no bound is proven: nobody knows how much better plans there are.")
    if not drawn and len(found.table):
        notes.append("no figure: fewer than two plans keep every limit.")
    return notes
