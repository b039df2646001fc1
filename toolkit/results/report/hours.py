"""What the page's map and charts are drawn from: the feeder, and cases hour by hour."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from toolkit.common.excerpts import line
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.study import Study
from toolkit.model.kinds import KINDS
from toolkit.problem.sought import goal_of
from toolkit.results.figures import style
from toolkit.results.figures.calendar import calendar
from toolkit.results.figures.groups import Group
from toolkit.results.ranking import best_first
from toolkit.results.report.layouts import feeder
from toolkit.results.report.margins import count, margins, wide
from toolkit.results.report.packing import packed
from toolkit.results.report.third_parties import ThirdParties, third_parties
from toolkit.results.spans import day_label
from toolkit.results.store.contents import CaseFiles, Results

#: Values that a page holds of all cases together: more would make it slow to open.
MOST_VALUES = 9_000_000
#: Mechanisms of settlement by which every buyer has its share of every sale.
POOLS = ("mid-market", "sdr", "bill-sharing")
#: Columns of each table that the page shows, by their names in its data.
SHOWN = {
    "buses": (
        "bus",
        ("v_min_pu", "v_max_pu", "load_kw", "net_kw", "sell_kwh", "buy_kwh", "unbalance_pct"),
    ),
    "lines": ("line", ("p_kw", "i_a", "loading_pct")),
    "units": ("unit", ("p_kw", "soc_kwh", "sell_kwh")),
}
OF_ALL = ("load_kw", "traded_kwh", "import_kwh", "export_kwh", "loss_kw", "v_min_pu", "v_max_pu")


def hours_data(results: Results, groups: Sequence[Group]) -> Markup:
    """Return the data as JSON that may stand in a page: no letter in it ends an element."""
    return as_json(hours(results, groups))


def as_json(data: Mapping[str, Any]) -> Markup:
    """Return data as JSON in which no letter means anything in HTML."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def hours(results: Results, groups: Sequence[Group]) -> dict[str, Any]:
    """Return the feeder, its days, and the cases, the best one first."""
    limits, base = results.study.limits, groups[0]
    order = _in_order(results, groups)
    days = _days(base)
    shown = _fitting(order, results, days)
    kept = _steps(days, shown)
    room = MOST_VALUES // max(1, _values(results.cases[order[0]], len(kept)))
    notes = _notes(results, groups, order[0])
    held = _held(order, notes, room)
    return {
        "limits": [limits.v_min, limits.v_max, limits.loading_max],
        "step_h": base.step_h,
        "days": [
            [line(day_label(name) if len(days) > 1 else ""), len(steps)]
            for name, steps in (days[i] for i in shown)
        ],
        "left_out": [len(days) - len(shown), len(order) - len(held)],
        "mechanism": results.study.settlement.mechanism,
        "paired": results.study.settlement.mechanism not in POOLS,
        "kinds": {
            name: {
                "title": kind.title,
                "word": kind.word,
                "colour": style.LOOKS[name].colour,
                "mark": style.LOOKS[name].outline,
            }
            for name, kind in KINDS.items()
        },
        **feeder(results.network),
        "cases": [
            _case(results.cases[name], notes.get(name, ""), results.study, results.network, kept)
            for name in held
        ],
    }


def _in_order(results: Results, groups: Sequence[Group]) -> list[str]:
    """Return the cases from best to worst, the base case last."""
    searched = results.summary[results.summary["case"] != "base"]
    ranked = best_first(searched, goal_of(results.study).ranked)
    return [*map(str, ranked["case"]), "base"]


def _notes(results: Results, groups: Sequence[Group], best: str) -> dict[str, str]:
    """Return what is said of cases that stand for something."""
    notes = {"base": "base case", best: "best plan found" if best != "base" else "base case"}
    for group in groups[1:]:
        if len(group.runs) > 1:
            told = notes.get(group.median.name, "")
            notes[group.median.name] = f"{told}{', ' if told else ''}median of {group.name}"
    if best in ("plan", "exact"):
        notes[best] = "the plan given" if best == "plan" else "exact model"
    return notes


def _held(order: Sequence[str], notes: Mapping[str, str], room: int) -> list[str]:
    """Return the cases that the page has room for, in their order: first those told about."""
    told = [name for name in order if name in notes]
    first = {*[order[0], "base"], *told[: max(room, 2)]}
    others = [name for name in order if name not in first][: max(0, room - len(first))]
    return [name for name in order if name in first or name in others]


def _values(case: CaseFiles, steps: int) -> int:
    """Return how many values a case has in so many steps."""
    each = sum(len(columns) * count(getattr(case, t)) for t, (_, columns) in SHOWN.items())
    return (each + len(OF_ALL) + len(KINDS)) * steps


def _days(group: Group) -> list[tuple[str, IndexArray]]:
    """Return each day by its name, and which steps are of it."""
    days = calendar(group.median.hourly, group.step_h)
    return [(name, np.flatnonzero(days.day == i)) for i, name in enumerate(days.names)]


def _fitting(
    order: Sequence[str], results: Results, days: Sequence[tuple[str, IndexArray]]
) -> list[int]:
    """Return the days that the page has room for, of two cases at least: all where it can.

    Else half of them are those of the best case that come nearest a limit, the others lie evenly.
    """
    best = results.cases[order[0]]
    per_day = _values(best, max(len(steps) for _, steps in days))
    room = max(MOST_VALUES // (2 * per_day), 1)
    if len(days) <= room:
        return list(range(len(days)))
    near = margins(best, results.study.limits, results.network)[0]
    worst = np.argsort([near[steps].min() for _, steps in days], kind="stable")
    even = np.linspace(0, len(days) - 1, max(room // 2, 1)).astype(int)
    return sorted({*worst[: max(room - len(even), 1)].tolist(), *even.tolist()})


def _steps(days: Sequence[tuple[str, IndexArray]], shown: Sequence[int]) -> IndexArray:
    return np.concatenate([days[i][1] for i in shown])


def _case(
    case: CaseFiles, note: str, study: Study, network: Mapping[str, Any], kept: IndexArray
) -> dict[str, Any]:
    near, words = margins(case, study.limits, network)
    third = third_parties(case, study.ownership)
    opening = int(near[kept].argmin())
    order = {
        "buses": [str(bus["name"]) for bus in network["buses"]],
        "lines": [str(branch["name"]) for branch in network["branches"]],
    }
    series = {
        f"{table}.{column}": _in_places(getattr(case, table), names, column, order.get(table))[kept]
        for table, (names, columns) in SHOWN.items()
        if len(getattr(case, table))
        for column in columns
        if column in getattr(case, table)
    }
    kinds = [f"{kind}_kw" for kind in KINDS if f"{kind}_kw" in case.hourly]
    for column in (*OF_ALL, *kinds):
        series[f"all.{column}"] = case.hourly[column].to_numpy(dtype=np.float64)[kept, None]
    if third.names:
        series["third.sell_kwh"] = third.sell_kwh[kept]
        series["third.buy_kwh"] = third.buy_kwh[kept]
    done = packed(series)
    return {
        "name": line(case.name),
        "note": line(note),
        "opening": opening,
        "beyond": bool(near[int(kept[opening])] < 0.0),
        "nearest": line(words[int(kept[opening])]),
        "third": [line(name) for name in third.names],
        "units": _units(case, order["buses"], third),
        "parts": done.parts,
        "data": done.data,
    }


def _in_places(
    frame: pd.DataFrame, names: str, column: str, order: Sequence[str] | None
) -> FloatArray:
    """Return a column with things in an order of names, or their own; NaN of what is missing."""
    values, own = wide(frame, names, column)
    if order is None or own == list(order):
        return values
    at = {name: i for i, name in enumerate(own)}
    blank = np.full((len(values), 1), np.nan)
    return np.hstack([values, blank])[:, [at.get(name, len(own)) for name in order]]


def _units(case: CaseFiles, buses: Sequence[str], third: ThirdParties) -> list[dict[str, Any]]:
    """Return each unit in the order of units.csv: name, kind, index of its bus, what it holds.

    third: which third party it belongs to, -1 for none.
    """
    first = case.units.iloc[: count(case.units)]
    holds = {str(unit["name"]): float(unit["kwh"] or 0.0) for unit in case.plan["units"]}
    at = {name: i for i, name in enumerate(buses)}
    rows = zip(first["unit"], first["kind"], first["bus"], third.of_unit, strict=True)
    return [
        {
            "name": line(str(name)),
            "kind": str(kind),
            "bus": at.get(str(bus), -1),
            "kwh": holds.get(str(name), 0.0),
            "third": owner,
        }
        for name, kind, bus, owner in rows
    ]
