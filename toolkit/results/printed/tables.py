"""The tables of results that a paper has: summary, statistics, ranks, pairs, the plan's units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from toolkit.common.errors import InputError, fitting_together, listed, unknown_name
from toolkit.model.kinds import KINDS
from toolkit.results.column import CURTAILED_BY
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.printed import compared
from toolkit.results.printed.numbers import SHARE, VOLTAGE, Sought, number, sought
from toolkit.results.printed.paper_table import NOTHING, PaperTable
from toolkit.results.report.plan import LEAST_KW, there
from toolkit.results.store.contents import Results
from toolkit.results.wording import digits

#: What a unit of a plan has, by its field: what a column is called, and its decimals.
SIZES = {
    "kw": ("power, kW", 1),
    "kwh": ("energy, kWh", 1),
    "vehicles": ("vehicles", 0),
    "kvar": ("reactive power, kvar", 1),
}
#: Columns of energy in summary.csv, and what they are called.
ENERGIES = {"traded_kwh": "traded", "traded_to_load_kwh": "to load", "loss_kwh": "losses"}
#: Columns of the summary that become a note where all their rows are alike.
SPARE = {"evaluations": "Evaluations in each run: {}.", "limits": "Limits {} in every row."}
#: A column of a table: its header, and its cell of a row of summary.csv.
Shown = tuple[str, Callable[[pd.Series], str]]


def tables_of(results: Results, names: Sequence[str] = ()) -> dict[str, PaperTable]:
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


def _summary(results: Results) -> PaperTable:
    """Return the figures of the base case, of the best plan, and of each median run."""
    groups, told = groups_of(results), sought(results)
    best, span = best_plan(results, groups), groups[0].span
    rows = [groups[0], *([] if best in groups else [best]), *groups[1:]]
    columns = _columns(results.summary, told)
    seeks = f"; sought: {told.goal.sought(span)}" if results.manifest.get("optimizers") else ""
    return PaperTable(
        f"Figures over the {span}{seeks}",
        ["case", *(header for header, _ in columns)],
        [[_title(group, best), *(cell(group.row) for _, cell in columns)] for group in rows],
        notes=_medians(groups, told),
        spare=SPARE,
    )


def _columns(summary: pd.DataFrame, told: Sought) -> list[Shown]:
    """Return the columns of the summary: what is sought, energies, voltages, and limits."""
    goal, shown = told.goal, []
    if goal.column not in ENERGIES:
        words = goal.short or goal.about
        shown += [(f"{words}, {told.unit}", lambda row: number(goal.figure(row), told.decimals))]
    reasons = [f"curtailed_by_{why}_kwh" for why in CURTAILED_BY]
    cut = [name for name in ("curtailed_kwh", *reasons) if name in summary]
    energies = {name: name.removesuffix("_kwh").replace("_", " ") for name in cut}
    for name, words in {**ENERGIES, **energies}.items():
        decimals = told.decimals if name == goal.column else digits(summary[name])
        shown += [(f"{words}, kWh", partial(_figure, name, decimals))]
    shown += [
        ("lowest voltage, pu", partial(_figure, "v_min_pu", VOLTAGE)),
        ("highest voltage, pu", partial(_figure, "v_max_pu", VOLTAGE)),
    ]
    if summary["pct_of_bound"].notna().any():
        shown += [("% of bound", partial(_figure, "pct_of_bound", SHARE))]
    return [*shown, ("evaluations", _evaluations), ("limits", _limits)]


def _figure(name: str, decimals: int, row: pd.Series) -> str:
    return number(float(row[name]), decimals)


def _evaluations(row: pd.Series) -> str:
    return f"{row['evaluations']:,.0f}" if row["evaluations"] else NOTHING


def _limits(row: pd.Series) -> str:
    return "hold" if row["feasible"] else f"broken by {row['violation']:.2g}"


def _title(group: Group, best: Group) -> str:
    """Return what a row is called: the optimizer for its median run, the best plan by its run."""
    if group.name in ("base", "exact"):
        return group.title
    seed = group.row["seed"]
    if group is best and len(group.runs) == 1 and not pd.isna(seed):
        return f"best plan ({group.row['optimizer']}, seed {seed:.0f})"
    return group.name


def _medians(groups: Sequence[Group], told: Sought) -> list[str]:
    """Return which run stands for an optimizer where there are several."""
    several = {len(group.runs) for group in groups} - {1}
    if not several:
        return []
    of = f" of {several.pop()}" if len(several) == 1 else ""
    return [f"Rows of optimizers are their median run{of} by {told.goal.median_of}."]


def _plan(results: Results) -> PaperTable | None:
    """Return the units of the best plan, or of the base case where it is alone."""
    shown = best_plan(results, groups_of(results))
    units = [unit for unit in shown.median.plan["units"] if there(unit)]
    sizes = [field for field in SIZES if any(_size(unit, field) for unit in units)]
    rows = [
        [str(unit["name"]), KINDS[unit["kind"]].word, str(unit["bus"])]
        + [_cell(_size(unit, field), SIZES[field][1]) for field in sizes]
        for unit in units
    ]
    header = ["unit", "kind", "bus", *(SIZES[field][0] for field in sizes)]
    title = f"Units of the {_title(shown, shown)}" if shown.name != "base" else "Units as declared"
    return PaperTable(title, header, rows, texts=3) if rows else None


def _size(unit: Mapping[str, Any], field: str) -> float:
    """Return a size of a unit, 0 where it has none; vehicles count where the unit is of any."""
    if field == "vehicles" and not KINDS[unit["kind"]].in_vehicles:
        return 0.0
    size = float(unit.get(field) or 0.0)
    return size if size >= LEAST_KW else 0.0


def _cell(size: float, decimals: int) -> str:
    return number(size, decimals) if size else NOTHING


#: What makes each table, by name.
TABLES: dict[str, Callable[[Results], PaperTable | None]] = {
    "summary": _summary,
    "statistics": compared.statistics,
    "friedman": compared.ranks,
    "pairs": compared.pairs,
    "plan": _plan,
}
