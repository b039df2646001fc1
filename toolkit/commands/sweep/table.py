"""sweep.csv: one row per point of a sweep, made from the results folders of its points."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.sweep.folder import folder_of_point
from toolkit.commands.sweep.grid import Point, Swept
from toolkit.common.errors import InputError
from toolkit.common.files import write_text
from toolkit.model.kinds import KINDS
from toolkit.problem.sought import goal_of
from toolkit.results.column import is_of_others
from toolkit.results.columns import columns
from toolkit.results.ranking import best_row
from toolkit.results.store.documents import read_plan
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sheets import as_csv, marked, read_csv, unmarked

#: Columns that are taken from summary.csv and community.csv as they stand there.
TAKEN = frozenset({*columns("sweep.csv"), "generator_size_kw", "capacitor_size_kvar"})


def build(folder: Path, points: Sequence[Point], swept: Sequence[Swept]) -> pd.DataFrame:
    """Return the table of a sweep: its complete points, in their order."""
    fields = [one.field for one in swept]
    rows = [
        {"point": point.name, **_held(fields, point.values), **_row(folder, point)}
        for point in points
        if is_complete(folder_of_point(folder, point.name))
    ]
    there = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame(rows, columns=with_fields(columns("sweep.csv", there), fields))


def with_fields(names: Sequence[str], fields: Sequence[str]) -> list[str]:
    """Return the columns of the table: the swept fields stand behind the name of the point."""
    return [names[0], *fields, *names[1:]]


def _held(fields: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Return the columns of swept fields: numbers and words as they are, all else as JSON."""
    return {
        field: json.dumps(value) if isinstance(value, list) else value
        for field, value in zip(fields, values, strict=True)
    }


def _row(folder: Path, point: Point) -> dict[str, Any]:
    """Return the figures of a point: those of its best plan, feasible ones first."""
    place = folder_of_point(folder, point.name)
    summary = read_csv(place / "summary.csv")
    goal = goal_of(point.study)
    head: dict[str, Any] = {"goal": point.study.market.objective}
    plans = summary[summary["case"] != "base"]
    runs = plans[plans["case"] != "exact"]
    feasible = runs["feasible"].astype(bool)
    head |= {"plans": len(runs), "feasible_plans": int(feasible.sum())}
    if plans.empty:
        return head
    best = best_row(plans, goal.ranked)
    lowest = runs.loc[feasible, "score"].min() if feasible.any() else float("nan")
    figures = {str(name): value for name, value in best.items() if _taken(name)}
    return {
        **figures,
        **_money(place, str(best["case"])),
        **_sizes(place, str(best["case"])),
        **head,
        "lowest_score": lowest,
    }


def _taken(name: object) -> bool:
    return name in TAKEN or is_of_others(name)


def _money(place: Path, case: str) -> dict[str, Any]:
    """Return what the community saves by trading, and in which money."""
    community = read_csv(place / "community.csv")
    rows = community[community["case"] == case]
    if rows.empty:
        raise InputError(f"{place / 'community.csv'}: column 'case': '{case}' is missing.")
    return {"saving": rows["saving"].iloc[0], "currency": rows["currency"].iloc[0]}


def _sizes(place: Path, case: str) -> dict[str, float]:
    """Return how much of each kind a plan has, by the columns of the table."""
    units = read_plan(place / "cases" / case / "plan.json")["units"]
    return {**dict.fromkeys(_always(), 0.0), **_summed(_sized(units))}


def _always() -> list[str]:
    return ["pv_size_kw", "wt_size_kw", "bess_size_kw", "bess_size_kwh", "bev_vehicles"]


def _summed(sizes: Iterator[tuple[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for name, size in sizes:
        total[name] = total.get(name, 0.0) + size
    return total


def _sized(units: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield column and size of each unit."""
    for unit in units:
        kind = KINDS[unit["kind"]]
        if kind.in_vehicles:
            yield f"{unit['kind']}_vehicles", float(unit["vehicles"])
        elif kind.in_kvar:
            yield f"{unit['kind']}_size_kvar", float(unit.get("kvar", unit["kw"]))
        else:
            yield f"{unit['kind']}_size_kw", float(unit["kw"])
        if kind.stores and not kind.in_vehicles:
            yield f"{unit['kind']}_size_kwh", float(unit["kwh"])


def write(path: Path, table: pd.DataFrame, fields: Sequence[str]) -> None:
    """Write the table."""
    write_text(path, as_text(table, fields))


def as_text(table: pd.DataFrame, fields: Sequence[str]) -> str:
    """Return the table as CSV; no spreadsheet runs the text of a swept field."""
    return as_csv(table.assign(**{name: table[name].map(_marked) for name in fields}))


def read(path: Path, fields: Sequence[str]) -> pd.DataFrame:
    """Read the table as it was written. Raises InputError naming the column that is missing."""
    table = read_csv(path)
    if missing := [name for name in fields if name not in table]:
        raise InputError(f"{path}: column '{missing[0]}' is missing.")
    return table.assign(**{name: table[name].map(_unmarked) for name in fields})


def _marked(value: Any) -> Any:
    return marked(value) if isinstance(value, str) else value


def _unmarked(value: Any) -> Any:
    return unmarked(value) if isinstance(value, str) else value
