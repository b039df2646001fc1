"""The plan that the answer is about: which units, where, how large, what it gives, what binds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.inputs.study import Study
from toolkit.model.kinds import KINDS
from toolkit.model.notices import shortlist
from toolkit.problem.sought import goal_told
from toolkit.results.figures.groups import Group, extreme
from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.store.contents import Results
from toolkit.results.wording import digits

#: More units than these are not listed: plan.json has them all.
MOST_UNITS = 60
#: Sizes smaller than this are none, kW.
LEAST_KW = 0.05
#: A limit binds where less than this share of half the band, or of the rating, is left.
BINDS = 0.02


def plan_table(shown: Group, base: Group) -> HtmlTable | None:
    """Return the units of a plan, each with bus and size; None without units, or of the base case.

    Of many units the largest.
    """
    before = {str(unit["name"]): unit for unit in base.median.plan["units"]}
    units = [u for u in shown.median.plan["units"] if there(u) or there(before.get(u["name"]))]
    if shown is base or not units:
        return None
    largest = sorted(units, key=lambda u: -max(float(u["kw"]), float(u.get("kvar") or 0.0)))
    kept = {unit["name"] for unit in largest[:MOST_UNITS]}
    rows = [
        [
            str(unit["name"]),
            KINDS[unit["kind"]].word,
            str(unit["bus"]) if there(unit) else "-",
            size_text(unit),
            _before(unit, before.get(str(unit["name"]))),
        ]
        for unit in units
        if unit["name"] in kept
    ]
    few = "" if len(rows) == len(units) else f": the {len(rows)} largest of {len(units):,}"
    header = ["unit", "kind", "bus", "size", "in the base case"]
    return HtmlTable(f"Units of the plan, {shown.title}{few}", header, rows, texts=5)


def there(unit: Mapping[str, Any] | None) -> bool:
    """Say whether a unit is larger than nothing."""
    return unit is not None and max(float(unit["kw"]), float(unit.get("kvar") or 0.0)) >= LEAST_KW


def size_text(unit: Mapping[str, Any]) -> str:
    """Return how large a unit is: '24.0 kW, 96.0 kWh', '12 vehicles, 44.4 kW', '50.0 kvar'."""
    if not there(unit):
        return "none"
    kind = KINDS[unit["kind"]]
    if kind.in_kvar:
        return f"{float(unit['kvar']):,.1f} kvar"
    parts = [f"{float(unit['kw']):,.1f} kW"]
    if kind.in_vehicles and unit.get("vehicles"):
        many = int(unit["vehicles"])
        return f"{many} {'vehicle' if many == 1 else 'vehicles'}, {parts[0]}"
    if unit.get("kwh"):
        parts.append(f"{float(unit['kwh']):,.1f} kWh")
    return ", ".join(parts)


def _before(unit: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    if before is None or not there(before):
        return "not there"
    size, bus = size_text(before), str(before["bus"])
    same = size == size_text(unit) and bus == str(unit["bus"])
    return "the same" if same else f"{size} at {bus}"


def gains_table(shown: Group, groups: Sequence[Group], results: Results) -> HtmlTable | None:
    """Return what a plan gives, beside the base case and its optimizer's median run.

    None of the base case.
    """
    base, goal = groups[0], goal_told(results.study)
    if shown is base:
        return None
    median = next((g for g in groups[1:] if g.name == shown.row["optimizer"]), None)
    beside = [median] if median is not None and len(median.runs) > 1 else []
    told = [base, shown, *beside]
    rows = []
    if goal.risk.averse or goal.short:
        name = f"{goal.about}, {goal.unit}"
        rows.append([name, *(f"{goal.figure(group.row):,.6g}" for group in told)])
    for name, unit, column in (
        ("energy traded", "kWh", "traded_kwh"),
        ("of it to load", "kWh", "traded_to_load_kwh"),
        ("losses", "kWh", "loss_kwh"),
        ("lowest voltage", "pu", "v_min_pu"),
        ("highest voltage", "pu", "v_max_pu"),
    ):
        values = [float(group.row[column]) for group in told]
        kept = 4 if unit == "pu" else digits(values)
        rows.append([f"{name}, {unit}", *(f"{value:,.{kept}f}" for value in values)])
    loading = [_loading(group) for group in told]
    if not any(pd.isna(value) for value in loading):
        rows.append(["highest loading, %", *(f"{value:,.1f}" for value in loading)])
    first = [row for row in rows if row[0].startswith(f"{goal.about},")]
    if goal.column == "loss_kwh":
        first = [row for row in rows if row[0].startswith("losses")]
    ordered = [*first, *(row for row in rows if row not in first)]
    return HtmlTable(
        f"What it gives over the {shown.span}",
        ["figure", *(group.title for group in told)],
        ordered,
    )


def _loading(group: Group) -> float:
    return float(group.median.lines["loading_pct"].max())


def binding(shown: Group, base: Group, results: Results) -> list[str]:
    """Return what keeps a plan from more: limits of the network, and sizes at their ends."""
    near = _network_limits(shown, results)
    tight = [text for share, text in near if share <= BINDS]
    if tight:
        told = [f"What binds: {'; '.join(tight)}."]
    elif near:
        told = [f"No limit of the network binds; the nearest is the {min(near)[1]}."]
    else:
        told = []
    if pd.isna(shown.row["optimizer"]) and shown.name != "exact":
        return told
    ends = _at_ends(shown, base, results.study)
    return [*told, *(f"As {word} as allowed: {shortlist(n)}." for word, n in ends.items() if n)]


def _network_limits(shown: Group, results: Results) -> list[tuple[float, str]]:
    """Return what share is left of each kind of limit, and where that is."""
    limits, case = results.study.limits, shown.median
    inner = case.buses[case.buses["bus"].astype(str) != results.network["head"]]
    half, found = (limits.v_max - limits.v_min) / 2.0, []
    for name, column, lowest, limit in (
        ("lowest voltage", "v_min_pu", True, limits.v_min),
        ("highest voltage", "v_max_pu", False, limits.v_max),
    ):
        if inner[column].notna().any():
            at = extreme(inner, column, "bus", lowest=lowest)
            share = (at.value - limit if lowest else limit - at.value) / half
            when = shown.clock(at.step)
            text = f"{name}, {at.value:.4f} pu at bus {at.at} at {when} (limit {limit:g} pu)"
            found.append((share, text))
    if case.lines["loading_pct"].notna().any():
        at = extreme(case.lines, "loading_pct", "line")
        most = limits.loading_max
        when = f"{at.at} at {shown.clock(at.step)} (limit {most:g} %)"
        found.append((1.0 - at.value / most, f"highest loading, {at.value:,.1f} % at {when}"))
    return found


def _at_ends(shown: Group, base: Group, study: Study) -> dict[str, list[str]]:
    """Return the units whose size is the largest, and the smallest but not none, allowed."""
    declared = {str(unit["name"]): unit for unit in base.median.plan["units"]}
    ends: dict[str, list[str]] = {"large": [], "small": []}
    for unit in shown.median.plan["units"]:
        name, field = str(unit["name"]), KINDS[unit["kind"]].size_field
        before = declared.get(name)
        if before is None or study.fleet.keeps(name):
            continue
        own = study.fleet.bounds(name)
        said = own.size or (own.sizes and (min(own.sizes), max(own.sizes)))
        low, high = said or [float(before[field] or 0.0) * share for share in study.fleet.scale]
        size = float(unit[field] or 0.0)
        if high > low and size >= high * (1.0 - 1e-3):
            ends["large"].append(name)
        elif high > low and low > 0.0 and size <= low * (1.0 + 1e-3):
            ends["small"].append(name)
    return ends
