"""Two results folders side by side as tables ready to print."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.commands.diff.words import decimals, share_text
from toolkit.model.kinds import KINDS
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.telling import Telling
from toolkit.results.text_table import TextTable

if TYPE_CHECKING:
    from toolkit.commands.diff import Diff

#: Rows of a table that a terminal shows; the files have all of them.
ROWS = 40
#: Characters of a value that a terminal shows.
VALUE = 24
PARTS = {
    "study": "Fields of the study that differ",
    "search": "Of the search",
    "files": "Files that the study reads, by their SHA-256",
    "versions": "Versions",
}


def told(found: Diff) -> Telling:
    """Return what is told of it at a prompt and in a notebook."""
    figures = [_figures(found, "best", "Figures of the best plans")] if not found.same else []
    beside = [t for t in tables(found) if t.rows and t.title != "Figures of the best plans"]
    shown = [HtmlTable(t.title, t.header, t.rows) for t in (*figures, *beside)]
    origin = f"A: {found.a}, B: {found.b}"
    return Telling((*found.sentences, *binding(found)), origin, shown)


def tables(found: Diff, everything: bool = False) -> list[TextTable]:
    """Return the tables that have a row; everything: with rows that are the same in both."""
    told: list[TextTable | None] = [_overview(found), *_asked(found, everything)]
    if found.same and not everything:
        return [table for table in told if table is not None and table.rows]
    told += [*_plan(found, everything)]
    told += [_figures(found, "best", "Figures of the best plans"), _base(found, everything)]
    told.append(_optimizers(found))
    return [table for table in told if table is not None and table.rows]


def binding(found: Diff) -> list[str]:
    """Return what keeps each plan from more, once where it is the same of both."""
    if found.binds[0] == found.binds[1]:
        return [f"Both: {text}" for text in found.binds[0]]
    return [
        f"{name}: {text}" for name, held in zip("AB", found.binds, strict=True) for text in held
    ]


def _overview(found: Diff) -> TextTable:
    rows = [
        [str(row["name"]), str(row["a"]), str(row["b"])] for _, row in found.overview.iterrows()
    ]
    return TextTable("Both folders", ["", "A", "B"], rows)


def _asked(found: Diff, everything: bool) -> Iterator[TextTable]:
    for part, title in PARTS.items():
        rows = found.asked[found.asked["part"] == part]
        cells = [[str(r["name"]), str(r["a"]), str(r["b"])] for _, r in rows.iterrows()]
        if not everything:
            few = f": {ROWS} of {len(cells)}" if len(cells) > ROWS else ""
            cells = [[name, *map(_cut, values)] for name, *values in cells[:ROWS]]
            title += few
        yield TextTable(title, ["name", "A", "B"], cells)


def _cut(value: str) -> str:
    """Return the beginning of a value, or of a path its end, which tells it from others."""
    if len(value) <= VALUE:
        return value
    path = value.startswith(("/", "\\")) or value[1:3] == ":\\"
    return f"...{value[-(VALUE - 3) :]}" if path else f"{value[: VALUE - 3]}..."


def _plan(found: Diff, everything: bool) -> Iterator[TextTable]:
    """Return units by kind, then by bus: where both have the same they are counted."""
    plan = found.plan
    sums = plan.groupby(["kind", "unit"], sort=False).sum(numeric_only=True).reset_index()
    header = ["A", "B"]
    rows = [[KINDS[row["kind"]].word, *_both(row)] for _, row in sums.iterrows()]
    yield TextTable("All units of the best plans", ["kind", *header], rows)
    differ = plan if everything else plan[~plan["same"].astype(bool)]
    rows = [[str(row["bus"]), KINDS[row["kind"]].word, *_both(row)] for _, row in differ.iterrows()]
    same = len(plan) - len(differ)
    title = "Units by bus" if everything else "Units by bus, where they differ"
    title += f" ({same} the same)" if same else ""
    if not everything and len(rows) > ROWS:
        title += f": {ROWS} of {len(rows)}"
        rows = rows[:ROWS]
    yield TextTable(title, ["bus", "kind", *header], rows)


def _both(row: pd.Series) -> list[str]:
    """Return what stands at a place in A and in B: "2: 100.0 kW, 400.0 kWh"."""
    return [_units(row, side) for side in "ab"]


def _units(row: pd.Series, side: str) -> str:
    if not row[f"units_{side}"]:
        return "-"
    size = f"{row[f'size_{side}']:,.{0 if row['unit'] == 'vehicles' else 1}f} {row['unit']}"
    kwh = f", {row[f'kwh_{side}']:,.1f} kWh" if row[f"kwh_{side}"] else ""
    return f"{row[f'units_{side}']}: {size}{kwh}"


def _figures(found: Diff, plan: str, title: str) -> TextTable:
    rows = found.figures[found.figures["plan"] == plan]
    cells = [_numbers(str(row["figure"]), row) for _, row in rows.iterrows()]
    return TextTable(title, ["figure", "A", "B", "B - A", "%"], cells)


def _base(found: Diff, everything: bool) -> TextTable | None:
    """Return the base cases, unless they are the best plans, or the same in both."""
    best, base = (found.figures[found.figures["plan"] == name] for name in ("best", "base"))
    same = base["a"].equals(base["b"]) or base["a"].equals(best["a"])
    if same and not everything:
        return None
    return _figures(found, "base", "Figures of the base cases")


def _optimizers(found: Diff) -> TextTable:
    rows = [
        _numbers(f"{row['optimizer']} ({row['runs_a']} and {row['runs_b']} runs)", row)
        for _, row in found.optimizers.iterrows()
    ]
    title = "What is sought, of the median run of each optimizer"
    return TextTable(title, ["optimizer", "A", "B", "B - A", "%"], rows)


def _numbers(name: str, row: pd.Series) -> list[str]:
    a, b = float(row["a"]), float(row["b"])
    kept = 4 if row["unit"] == "pu" else decimals(a, b)
    values = [a, b, float(row["difference"])]
    share = float(row["difference_pct"])
    told = ["-" if math.isnan(value) else f"{value:,.{kept}f}" for value in values]
    unit = f", {row['unit']}" if row["unit"] else ""
    return [f"{name}{unit}", *told, "-" if math.isnan(share) else share_text(share)]
