"""The tables of results that a paper has: summary, statistics, pairs and the plan's units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.common.errors import InputError, fitting_together, listed, unknown_name
from toolkit.model.kinds import KINDS
from toolkit.problem.sought import goal_of, goal_told
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.report import html_tables
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.plan import LEAST_KW
from toolkit.results.store.contents import Results

#: What a unit of a plan has, by its field: what a column is called, and its decimals.
SIZES = {
    "kw": ("power, kW", 1),
    "kwh": ("energy, kWh", 1),
    "vehicles": ("vehicles", 0),
    "kvar": ("reactive power, kvar", 1),
}


def tables_of(results: Results, names: Sequence[str] = ()) -> dict[str, HtmlTable]:
    """Return the tables of results by name, all that there are or those named.

    Raises InputError for a name that is none, and for a table that these results have not.
    """
    with fitting_together(results.folder):
        found = {name: table for name, make in TABLES.items() if (table := make(results))}
    for name in names:
        if name not in TABLES:
            raise unknown_name("table", name, TABLES)
        if name not in found:
            there = listed([*found])
            raise InputError(f"table '{name}': none in {results.folder}; there are {there}.")
    return {name: found[name] for name in names or found}


def _summary(results: Results) -> HtmlTable:
    """Return the figures of the base case, of the best plan, and of each median run."""
    groups = groups_of(results)
    best, goal = best_plan(results, groups), goal_told(results.study)
    told = [groups[0], *([] if best in groups else [best]), *groups[1:]]
    rows = pd.DataFrame([group.row.to_dict() | {"case": _title(group, best)} for group in told])
    whole = html_tables.cases(rows[results.summary.columns], groups[0].span, goal_of(results.study))
    seeks = f"; sought: {goal.sought(groups[0].span)}" if results.manifest.get("optimizers") else ""
    return HtmlTable(f"Figures over the {groups[0].span}{seeks}", whole.header, whole.rows)


def _title(group: Group, best: Group) -> str:
    """Return what a row is called: best, of which run, or the median run of how many."""
    return f"best plan, {group.name}" if group is best and "-seed" in group.name else group.title


def _statistics(results: Results) -> HtmlTable | None:
    return next(iter(_compared(results)), None)


def _pairs(results: Results) -> HtmlTable | None:
    return next(iter(_compared(results)[1:]), None)


def _compared(results: Results) -> list[HtmlTable]:
    if results.statistics.empty:
        return []
    goal, span = goal_of(results.study), groups_of(results)[0].span
    made = html_tables.compared(results.statistics, results.pairs, goal.ranked_in, goal.over(span))
    return list(made)


def _plan(results: Results) -> HtmlTable | None:
    """Return the units of the best plan, or of the base case where it is alone."""
    shown = best_plan(results, groups_of(results))
    units = [
        unit for unit in shown.median.plan["units"] if _size(unit, "kw") or _size(unit, "kvar")
    ]
    sizes = [field for field in SIZES if any(_size(unit, field) for unit in units)]
    rows = [
        [str(unit["name"]), KINDS[unit["kind"]].word, str(unit["bus"])]
        + [_cell(_size(unit, field), SIZES[field][1]) for field in sizes]
        for unit in units
    ]
    header = ["unit", "kind", "bus", *(SIZES[field][0] for field in sizes)]
    title = f"Units of the plan, {shown.title}" if shown.name != "base" else "Units as declared"
    return HtmlTable(title, header, rows, texts=3) if rows else None


def _size(unit: Mapping[str, Any], field: str) -> float:
    """Return a size of a unit, 0 where it has none; vehicles count where the unit is of any."""
    if field == "vehicles" and not KINDS[unit["kind"]].in_vehicles:
        return 0.0
    size = float(unit.get(field) or 0.0)
    return size if size >= LEAST_KW else 0.0


def _cell(size: float, digits: int) -> str:
    return f"{size:,.{digits}f}" if size else "-"


#: What makes each table, by name.
TABLES: dict[str, Callable[[Results], HtmlTable | None]] = {
    "summary": _summary,
    "statistics": _statistics,
    "pairs": _pairs,
    "plan": _plan,
}
