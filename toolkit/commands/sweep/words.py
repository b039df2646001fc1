"""What a sweep tells: the best point in words, and a table of the points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.commands.sweep.grid import in_words, shown
from toolkit.results.ranking import best_row
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.telling import Telling

if TYPE_CHECKING:
    from toolkit.commands.sweep import Sweep

#: Columns of sizes with their heading, shown where some plan has any.
SIZES = {
    "pv_size_kw": "PV",
    "wt_size_kw": "wind",
    "bess_size_kw": "batt.",
    "bess_size_kwh": "batt. kWh",
    "bev_vehicles": "vehicles",
    "generator_size_kw": "gen.",
    "capacitor_size_kvar": "kvar",
}


def told(found: Sweep) -> Telling:
    """Return what is told of a sweep at a prompt and in a notebook."""
    tables = () if found.table.empty else (table_of(found),)
    points = f"{len(found.table):,} complete {'point' if len(found.table) == 1 else 'points'}"
    origin = f"Sweep of {', '.join(found.fields)}, {found.status}: {points} in {found.folder}"
    return Telling((answer(found), *found.notes), origin, tables)


def answer(found: Sweep) -> str:
    """Return the best point in words."""
    table, goal = found.table, found.goal
    feasible = table[table["feasible"].eq(True)] if len(table) else table
    if table.empty or feasible.empty:
        return f"No plan of {len(table):,} points keeps every limit."
    if goal is None:
        return f"{len(table):,} points, which seek different things: none is the best."
    best = best_row(feasible, "score")
    values = in_words(found.fields, [best[field] for field in found.fields])
    told = goal.in_money(str(best["currency"]))
    figure = told.form.format(-goal.sign * best["score"])
    less = f" {len(table) - len(feasible):,} points have no plan that keeps every limit."
    return (
        f"Best of {len(table):,} points: {values}: {figure} {goal.about} (point {best['point']}, "
        f"{best['case']})." + (less if len(feasible) < len(table) else "")
    )


def table_of(found: Sweep) -> HtmlTable:
    """Return the best plan of each point, ready to print."""
    table, goal = found.table, found.goal
    sizes = [n for n in SIZES if n in table and table[n].max() > 0.0]
    seeks = "score" if goal is None else goal.unit
    also = ["traded_kwh"] if goal is None or goal.column != "traded_kwh" else []
    header = ["point", *_short(found.fields), seeks, *("traded" for _ in also), "losses"]
    header += [*(SIZES[name] for name in sizes), "limits"]
    rows = []
    for _, row in table.iterrows():
        sought = row["score"] if goal is None else -goal.sign * row["score"]
        figures = [sought, *(row[name] for name in also), row["loss_kwh"]]
        cells = [str(row["point"]), *(shown(row[field]) for field in found.fields)]
        cells += [_number(value) for value in [*figures, *(row[name] for name in sizes)]]
        rows.append([*cells, _limits(row)])
    sought = "score" if goal is None else f"{goal.about} in {goal.unit}"
    title = f"Best plan of each point: {sought}, energies in kWh, sizes in kW"
    return HtmlTable(title, header, rows)


def _short(fields: Sequence[str]) -> list[str]:
    """Return headings of fields: their last name, the whole path where that says too little."""
    last = [field.rpartition(".")[2] for field in fields]
    return [f if last.count(name) > 1 else name for f, name in zip(fields, last, strict=True)]


def _number(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.1f}"


def _limits(row: pd.Series) -> str:
    if pd.isna(row["violation"]):
        return "no plan"
    return "hold" if row["feasible"] else f"broken {row['violation']:.2g}"
