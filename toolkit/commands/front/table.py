"""The tables of a front, made from the results folders of its points."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.commands.front.folder import FRIEDMAN, PAIRS, TABLE, VOLUMES
from toolkit.commands.front.points import Point, Range, plans_of
from toolkit.common.types import FloatArray
from toolkit.model.fronts import dominated, share_dominated
from toolkit.problem.goals import GOALS
from toolkit.results.column import is_of_others
from toolkit.results.columns import columns
from toolkit.results.proof_words import figure_of
from toolkit.results.statistics import comparison
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sheets import read_csv, write_csv

#: Decimals by which figures differ, of the largest of a goal.
APART = 9
#: How far beyond the worst figure of an extreme the reference lies, as a share of a goal's range.
BEYOND = 0.1
#: Columns of summary.csv that a front has as they stand there.
TAKEN = frozenset(columns(TABLE, columns("summary.csv", (g.column for g in GOALS.values()))))


def build(
    points: Sequence[Point],
    goals: Sequence[str],
    more: Sequence[tuple[Point, Mapping[str, Any]]] = (),
) -> pd.DataFrame:
    """Return front.csv: a row for every plan of every complete point, then those of ``more``."""
    plans = [(p, plan) for p in points if is_complete(p.folder) for plan in _plans(p)]
    rows = [_row(point, plan) for point, plan in (*plans, *more)]
    fields = list(dict.fromkeys(path for point in points for path in point.limits))
    there = dict.fromkeys(name for row in rows for name in row)
    first, *names = columns(TABLE, there)
    table = pd.DataFrame(rows, columns=[first, *fields, *names])
    kept = table["feasible"].astype(bool).to_numpy() if rows else np.zeros(0, dtype=bool)
    beaten = np.full(len(table), np.nan)
    beaten[kept] = dominated(_told_apart(costs_of(table[kept], goals)))
    return table.assign(dominated=beaten)


def _plans(point: Point) -> list[dict[str, Any]]:
    """Return the rows of summary.csv of the plans of a point."""
    told = plans_of(point.folder).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in told]


def _row(point: Point, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a plan: its figures, its limits, and how far it is from its bound."""
    goal, bound = GOALS[point.goal], bound_of(point.folder)
    held = {name: value for name, value in plan.items() if name in TAKEN or is_of_others(name)}
    row: dict[str, Any] = held
    row |= {"point": point.name, "goal": point.goal, **point.limits}
    if bound is not None:
        row["bound"] = bound
        if bool(plan["feasible"]):
            row["gap_pct"] = gap_pct(float(plan[goal.column]), bound, goal.sign)
    return row


def bound_of(folder: Path) -> float | None:
    """Return the proven bound of a point, in the unit of what it seeks; None where none is."""
    path = folder / "bound.csv"
    if not path.is_file():
        return None
    row = {str(name): value for name, value in read_csv(path).iloc[0].items()}
    bound = figure_of(row, "bound")
    return bound if math.isfinite(bound) else None


def gap_pct(figure: float, bound: float, sign: float) -> float:
    """Return how far a figure is from a bound, % of the bound; sign: 1 where it is minimised."""
    off = sign * (figure - bound)
    return 100.0 * off / abs(bound) if bound else (0.0 if off == 0.0 else float("nan"))


def costs_of(table: pd.DataFrame, goals: Sequence[str]) -> FloatArray:
    """Return the figures of goals as they are minimised, (n, k)."""
    signs = np.array([GOALS[name].sign for name in goals])
    figures = table[[GOALS[name].column for name in goals]].to_numpy(dtype=float)
    return np.asarray(figures * signs)


def _told_apart(costs: FloatArray) -> FloatArray:
    """Return figures without what rounding makes of one plan that two searches found."""
    scale = np.abs(costs).max(axis=0, initial=0.0)
    return np.asarray(np.round(costs / np.where(scale > 0.0, scale, 1.0), APART))


def references(table: pd.DataFrame, told: Mapping[str, Range]) -> dict[str, dict[str, float]]:
    """Return by which figures hypervolumes are normalised, by goal: the best, the reference.

    The best is that of all plans; the reference is a tenth of the range beyond the worst extreme.
    """
    kept = table[table["feasible"].astype(bool)]
    lowest = costs_of(kept, [*told]).min(axis=0, initial=np.inf)
    found = {}
    for (name, one), least in zip(told.items(), lowest, strict=True):
        best = GOALS[name].sign * float(least)
        found[name] = {"best": best, "reference": one.worst + BEYOND * (one.worst - best)}
    return found


def volumes(
    table: pd.DataFrame, told: Mapping[str, Range], several: Container[str] = ()
) -> pd.DataFrame:
    """Return hypervolume.csv: a row for every optimizer and seed.

    several: optimizers whose plans all come from one search.
    """
    if not told:
        return pd.DataFrame(columns=columns(VOLUMES))
    goals, refer = [*told], references(table, told)
    signs = np.array([GOALS[name].sign for name in goals])
    best = signs * [refer[name]["best"] for name in goals]
    reference = signs * [refer[name]["reference"] for name in goals]
    rows = []
    runs = table[table["optimizer"].notna()]
    for (case, optimizer, seed), own in runs.groupby(["case", "optimizer", "seed"], sort=False):
        costs = costs_of(own[own["feasible"].astype(bool)], goals)
        whole = bool((reference > best).all())
        share = share_dominated(costs, best, reference) if whole else float("nan")
        left = np.unique(costs[~dominated(costs)], axis=0)
        row = {"case": case, "optimizer": optimizer, "seed": seed, "plans": len(left)}
        spent = own["evaluations"].max() if optimizer in several else own["evaluations"].sum()
        rows.append(row | {"evaluations": spent, "hypervolume": share})
    return pd.DataFrame(rows, columns=columns(VOLUMES))


def compared(found: pd.DataFrame) -> comparison.Comparison:
    """Return the statistics of hypervolumes, paired by seed."""
    runs = found.assign(ending="spent", violation=0.0, feasible=True)
    return comparison.compare(runs, {}, "hypervolume")


def all_tables(table: pd.DataFrame, found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return every file of a front by its name, those of tests where there is something to test."""
    return {TABLE: table, VOLUMES: found, **_tests(found)}


def _tests(found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what says whether the hypervolumes of optimizers differ, by the name of its file."""
    if found.empty:
        return {}
    told = compared(found)
    pairs = told.pairs.rename(columns={"median_difference_kwh": "median_difference"})
    frames = {PAIRS: pairs[list(columns(PAIRS))], FRIEDMAN: told.friedman}
    return {name: frame for name, frame in frames.items() if len(frame)}


def write(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the tables of a front by the names of their files."""
    for name, table in tables.items():
        write_csv(folder / name, table)
