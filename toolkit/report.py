"""The report of a results folder: one HTML file that needs nothing else, on screen or on paper."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from toolkit import tables, verdicts
from toolkit.figures import FIGURES
from toolkit.figures.groups import Group, groups_of
from toolkit.goals import GOALS
from toolkit.store import Results, read_results, write_text
from toolkit.tables import Layout

#: What is sought, as the answer puts it, where the goal's own words would not do.
ANSWERS = {
    "traded": "traded between neighbours over the day",
    "traded_to_load": "traded between neighbours to serve load, over the day",
}


@dataclass(frozen=True)
class Fact:
    """One figure of the answer: a number with its unit, what it is, and what it compares with."""

    value: str
    about: str
    beside: str


@dataclass(frozen=True)
class Picture:
    """One figure as the page holds it: a data address, and what it shows in words."""

    source: str
    about: str


def write_report(folder: Path) -> None:
    """Write report.html from what a results folder holds, its figures as they were last drawn."""
    results = read_results(folder)
    groups = groups_of(results)
    objective = results.study.market.objective
    shown = _best(groups, GOALS[objective].ranked)
    page = _environment().get_template("report.html.j2")
    text = page.render(
        study=results.study.name,
        feeder=results.network["feeder"],
        status=results.manifest.get("status", "unknown"),
        sentence=_sentence(shown, groups[0]),
        facts=[
            *_facts(shown, groups[0], objective),
            *_reached(shown, groups[0], results.bound_kwh),
        ],
        layouts=tables.layouts(results.tables),
        compared=verdicts.layouts(results.statistics, results.pairs, GOALS[objective].ranked_in),
        said=verdicts.sentences(results.pairs, results.friedman),
        proven=_proven(results),
        pictures=_pictures(folder / "figures"),
        cases=_cases(results.summary),
        provenance=_provenance(results),
        versions=results.manifest.get("versions", {}),
    )
    write_text(folder / "report.html", text)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _best(groups: Sequence[Group], column: str) -> Group:
    """Return the group the answer is about: of those beside the base case the one that does best.

    A median case that keeps all limits comes before any that does not.
    """
    others = groups[1:] or groups
    return max(others, key=lambda g: (-float(g.row["violation"]), float(g.row[column])))


def _sentence(shown: Group, base: Group) -> str:
    """Return the answer in plain words."""
    mine, before = shown.row, base.row
    if shown is base:
        return (
            f"As declared, the feeder's units let neighbours trade {mine['traded_kwh']:,.0f} kWh "
            f"over the day, and {_limits(mine)}."
        )
    return (
        f"{_where(shown)} neighbours trade {mine['traded_kwh']:,.0f} kWh over the day, "
        f"{mine['traded_to_load_kwh']:,.0f} kWh of it to serve load; in the base case it is "
        f"{before['traded_kwh']:,.0f} kWh, {before['traded_to_load_kwh']:,.0f} kWh of it to serve "
        f"load. Losses {_change(mine['loss_kwh'], before['loss_kwh'])}, and {_limits(mine)}."
    )


def _where(shown: Group) -> str:
    """Return which plan the answer speaks of."""
    if shown.name == "exact":
        return "With the plan of the exact model,"
    if pd.isna(shown.row["optimizer"]):
        return "With the plan given,"
    if len(shown.runs) == 1:
        return f"With the plan {shown.name} found,"
    return f"With the plan of the median of {len(shown.runs)} runs of {shown.name},"


def _limits(row: pd.Series) -> str:
    if row["feasible"]:
        return "every limit holds"
    which = f": {row['broken']}" if pd.notna(row["broken"]) else ""
    return f"at least one limit is broken{which}"


def _change(value: float, before: float) -> str:
    """Return a change in words: 'fall by 3.1 %'."""
    share = (value - before) / before * 100.0 if before else 0.0
    if abs(share) < 0.05:
        return "stay as they are"
    return f"{'rise' if share > 0.0 else 'fall'} by {abs(share):,.1f} %"


def _facts(shown: Group, base: Group, objective: str) -> list[Fact]:
    """Return the three figures of the answer."""
    goal = GOALS[objective]
    form = "{:,.0f} kWh" if objective in ANSWERS else f"{{:,.4g}} {goal.unit}"
    wanted = (
        (goal.column, form, ANSWERS.get(objective, f"{goal.about} over the day")),
        ("loss_kwh", "{:,.1f} kWh", "lost in the network over the day"),
        ("v_min_pu", "{:.4f} pu", "lowest voltage at any bus and hour"),
    )
    return [
        Fact(
            form.format(shown.row[column]),
            about,
            "" if shown is base else f"base case {form.format(base.row[column])}",
        )
        for column, form, about in wanted
    ]


def _reached(shown: Group, base: Group, bound_kwh: float | None) -> list[Fact]:
    """Return how much of the proven bound the answer reaches, if there is one."""
    if bound_kwh is None or pd.isna(shown.row["pct_of_bound"]):
        return []
    about = f"of the {verdicts.bound_text(bound_kwh)} kWh that no plan can exceed"
    before = base.row["pct_of_bound"]
    beside = "" if shown is base or pd.isna(before) else f"base case {before:.1f} %"
    return [Fact(f"{shown.row['pct_of_bound']:.1f} %", about, beside)]


def _proven(results: Results) -> list[str]:
    """Return what was proven and what polishing did, in words."""
    said = [] if results.polish.empty else [verdicts.polish_sentence(results.polish)]
    for row in results.bound.to_dict("records"):
        said += verdicts.proof_sentences({str(key): value for key, value in row.items()})
    return said


def _pictures(folder: Path) -> list[Picture]:
    """Return the figures drawn so far, each in an address of its own so that none sees another."""
    found = []
    for stem, about in FIGURES.items():
        path = folder / f"{stem}.svg"
        if path.is_file():
            held = base64.b64encode(path.read_bytes()).decode("ascii")
            found.append(Picture(f"data:image/svg+xml;base64,{held}", about))
    return found


def _cases(summary: pd.DataFrame) -> Layout:
    """Return summary.csv ready to print."""
    header = ["case", "evaluations", "traded, kWh", "to load, kWh", "losses, kWh"]
    header += ["lowest, pu", "highest, pu", "limits"]
    proven = summary["pct_of_bound"].notna().any()
    header += ["% of bound"] if proven else []
    rows = [
        [
            str(row["case"]),
            f"{row['evaluations']:,.0f}",
            f"{row['traded_kwh']:,.1f}",
            f"{row['traded_to_load_kwh']:,.1f}",
            f"{row['loss_kwh']:,.1f}",
            f"{row['v_min_pu']:.4f}",
            f"{row['v_max_pu']:.4f}",
            "hold" if row["feasible"] else f"broken by {row['violation']:.2g}",
            *([verdicts.percent(row["pct_of_bound"])] if proven else []),
        ]
        for _, row in summary.iterrows()
    ]
    return Layout("Every case, over the day", header, rows)


def _provenance(results: Results) -> dict[str, str]:
    """Return the manifest's facts but for versions and checksums, as text."""
    left_out = ("versions", "files")
    facts = {key: value for key, value in results.manifest.items() if key not in left_out}
    return {key.replace("_", " "): _text(value) for key, value in facts.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)
