"""What a terminal shows of a sweep: the answer, then the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.cli.console import print_table
from toolkit.cli.terminal import say, wrapped
from toolkit.commands.sweep.grid import in_words, shown
from toolkit.results.ranking import best_row
from toolkit.runs.archive import resume_words

if TYPE_CHECKING:
    from toolkit.commands.sweep import Sweep

#: Rows that a terminal shows; sweep.csv has all of them.
ROWS = 40
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


def print_sweep(found: Sweep, drawn: bool) -> None:
    """Print the best point, the table, what has to be known besides, and the folder."""
    table = found.table
    wrapped(_answer(found))
    if not table.empty:
        say()
        _table(found)
    for note in _notes(found, drawn):
        wrapped(f"Note: {note}")
    for note in found.notes:
        wrapped(f"Note: {note}")
    if found.status != "complete":
        say(f"{found.status.capitalize()}: {len(table)} points are complete.")
        say(resume_words(found.folder))
    say(found.folder)


def _answer(found: Sweep) -> str:
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


def _table(found: Sweep) -> None:
    """Print the table, as far as a screen holds it."""
    table, goal = found.table, found.goal
    sizes = [n for n in SIZES if n in table and table[n].max() > 0.0]
    seeks = "score" if goal is None else goal.unit
    also = ["traded_kwh"] if goal is None or goal.column != "traded_kwh" else []
    header = ["point", *_short(found.fields), seeks, *("traded" for _ in also), "losses"]
    header += [*(SIZES[name] for name in sizes), "limits"]
    rows = []
    for _, row in table.head(ROWS).iterrows():
        sought = row["score"] if goal is None else -goal.sign * row["score"]
        figures = [sought, *(row[name] for name in also), row["loss_kwh"]]
        cells = [str(row["point"]), *(shown(row[field]) for field in found.fields)]
        cells += [_number(value) for value in [*figures, *(row[name] for name in sizes)]]
        rows.append([*cells, _limits(row)])
    sought = "score" if goal is None else f"{goal.about} in {goal.unit}"
    title = f"Best plan of each point: {sought}, energies in kWh, sizes in kW"
    print_table(title, header, rows)
    if len(table) > ROWS:
        say(f"{len(table) - ROWS:,} more rows are in sweep.csv.")


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


def _notes(found: Sweep, drawn: bool) -> list[str]:
    """Return what the table has to be read with."""
    notes = []
    if len(found.table) and found.table["plans"].max() == 1:
        notes.append(
            "one run per point: how much of a difference is the optimizer's luck is not known; "
            "--runs 5 gives the worst seed beside the best."
        )
    if not drawn and len(found.table) > 1:
        why = (
            "points seek different things"
            if found.goal is None
            else f"a figure shows one field or two, not {len(found.fields)}"
        )
        notes.append(f"no figure: {why}; sweep.csv has the table.")
    return notes
