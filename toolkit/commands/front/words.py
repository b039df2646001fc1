"""What a front tells: the answer in words, the best plan of each point, the hypervolumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from toolkit.commands.front.table import compared
from toolkit.problem.goals import GOALS
from toolkit.results.ranking import best_row
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.telling import Telling
from toolkit.results.wording import sentences

if TYPE_CHECKING:
    from toolkit.commands.front import Front

#: From here on a figure is told to one decimal; a smaller one to four digits.
ONE_DECIMAL = 100.0


def told(found: Front) -> Telling:
    """Return what is told of a front at a prompt and in a notebook."""
    best = best_plans(found)
    tables = [points_table(found, best)] if len(best) else []
    tables += [volumes_table(found)] if len(found.volumes) else []
    goals = " against ".join(GOALS[name].about for name in found.goals)
    origin = f"Front of {goals}, {found.status}: {len(best):,} points in {found.folder}"
    said = (answer(found, best), *volumes_told(found), *found.notes)
    return Telling(said, origin, tables)


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


def points_table(found: Front, best: pd.DataFrame) -> HtmlTable:
    """Return the best plan of each extreme and point, ready to print."""
    goals = [GOALS[name].in_money(found.currency) for name in found.goals]
    proven = bool(best["bound"].notna().any())
    header = ["point", *(goal.short or name for name, goal in zip(found.goals, goals, strict=True))]
    header += ["case", *(["bound", "gap, %"] if proven else []), "dominated", "limits"]
    rows = []
    for _, row in best.iterrows():
        figures = [_number(row[goal.column]) for goal in goals]
        limits = "hold" if row["feasible"] else f"broken {row['violation']:.2g}"
        told = {1.0: "yes", 0.0: "no"}.get(row["dominated"], "-")
        proof = [_number(row["bound"]), _number(row["gap_pct"])] if proven else []
        rows.append([str(row["point"]), *figures, str(row["case"]), *proof, told, limits])
    units = ", ".join(
        f"{goal.about} over the {goal.over(found.span)} in {goal.unit}" for goal in goals
    )
    return HtmlTable(f"Best plan of each extreme and point: {units}", header, rows)


def volumes_table(found: Front) -> HtmlTable:
    """Return the median hypervolume of each optimizer, ready to print."""
    volumes = found.volumes
    rows = []
    for name, own in volumes.groupby("optimizer", sort=False):
        share = own["hypervolume"]
        spread = [f"{v:.4f}" for v in (share.median(), share.min(), share.max())]
        rows.append([str(name), str(len(own)), *spread, f"{own['evaluations'].max():,.0f}"])
    header = ["optimizer", "seeds", "median", "lowest", "highest", "evaluations"]
    return HtmlTable("Hypervolume of each optimizer's front, 0 to 1", header, rows)


def volumes_told(found: Front) -> list[str]:
    """Return in words whether the optimizers' hypervolumes differ."""
    if found.volumes.empty:
        return []
    apart = compared(found.volumes)
    return sentences(apart.pairs, apart.friedman)


def _number(value: float) -> str:
    if pd.isna(value):
        return "-"
    return f"{value:,.1f}" if abs(value) >= ONE_DECIMAL or value == 0.0 else f"{value:.4g}"
