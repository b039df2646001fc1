"""What the page is made of: tables with units in their headers, figures, and sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.problem.goals import Goal
from toolkit.problem.limit_words import SHARES, held
from toolkit.results import paper_tables, wording
from toolkit.results.column import CURTAILED_BY
from toolkit.results.periods import PERIODS
from toolkit.results.spans import over
from toolkit.results.text_table import TextTable

#: Units of the columns of statistics.csv that the caption alone would tell.
SHORT = {"kWh per hour": "kWh/h"}
#: More elements than these are not listed: reinforce.csv has them all.
MOST_ELEMENTS = 60
SPREAD = ("median", "quartiles", "best")


@dataclass(frozen=True)
class Fact:
    """One figure of the answer: a number with its unit, what it is, and what it compares with."""

    value: str
    about: str
    beside: tuple[str, ...]


@dataclass(frozen=True)
class HtmlTable:
    """One table of the page; the first ``texts`` columns are words, the others numbers."""

    title: str
    header: list[str]
    rows: list[list[str]]
    texts: int = 1


@dataclass(frozen=True)
class Picture:
    """One figure as the page holds it: a data address, what it shows, and what can be seen."""

    source: str
    about: str
    finding: str


@dataclass(frozen=True)
class PageSection:
    """One section of the page: its anchor and title, then words, tables and figures."""

    anchor: str
    title: str
    words: Sequence[str] = ()
    tables: Sequence[HtmlTable] = ()
    pictures: Sequence[Picture] = ()
    said: Sequence[str] = ()
    facts: dict[str, str] | None = None


def paper(tidy: pd.DataFrame, span: str) -> list[HtmlTable]:
    """Return the paper's tables, every column with its unit."""
    tables = zip(paper_tables.TABLES, paper_tables.text_tables(tidy), strict=True)
    return [_paper(table, kind.unit, 2 if kind.number == 2 else 1, span) for kind, table in tables]


def _paper(table: TextTable, unit: str, texts: int, span: str) -> HtmlTable:
    """Name each of the paper's columns by the period it is about."""
    periods = [name.replace("_", "-") for name in PERIODS]
    header, period = [], ""
    for name in table.header:
        period = name if name in periods else period
        about = f"{period} paper" if name == "paper" else name
        header.append(f"{about}, {SHORT.get(unit, unit)}" if period else about)
    return HtmlTable(f"{table.title}{over(span)}", header, table.rows, texts)


def reinforcements(table: pd.DataFrame, titles: Mapping[str, str]) -> HtmlTable:
    """Return reinforce.csv ready to print, the first MOST_ELEMENTS. titles: of its cases."""
    header = ["element", "case", "what", "worst", "when", "hours beyond", "rating, A", "needed, A"]
    ratings = ["rating_a", "needed_a"]
    if table["rating_kva"].notna().any():
        header += ["rating, kVA", "needed, kVA"]
        ratings += ["rating_kva", "needed_kva"]
    rows = [
        [
            str(row["element"]),
            titles[str(row["case"])],
            str(row["what"]),
            f"{row['worst']:.4f} pu" if "voltage" in row["what"] else f"{row['worst']:,.1f} %",
            str(row["when"]),
            f"{row['hours']:,.4g}",
            *("" if pd.isna(row[n]) else f"{row[n]:,.1f}" for n in ratings),
        ]
        for _, row in table.head(MOST_ELEMENTS).iterrows()
    ]
    few = "" if len(rows) == len(table) else f": {len(rows)} of {len(table):,}"
    return HtmlTable(f"Elements beyond their limits{few}", header, rows, texts=5)


def compared(
    statistics: pd.DataFrame, pairs: pd.DataFrame, unit: str, span: str
) -> list[HtmlTable]:
    """Return the tables of a comparison; none for a single run. ``unit`` is of what was ranked."""
    return [
        HtmlTable(table.title, [_with_unit(name, unit) for name in table.header], table.rows)
        for table in wording.comparison_tables(statistics, pairs, unit, span)
    ]


def _with_unit(name: str, unit: str) -> str:
    return f"{name}, {unit}" if name in SPREAD else name


def cases(summary: pd.DataFrame, span: str, goal: Goal) -> HtmlTable:
    """Return summary.csv ready to print; with what is sought where it is no sum over days."""
    header = ["case", "evaluations", "traded, kWh", "to load, kWh", "losses, kWh"]
    header += ["lowest, pu", "highest, pu", "limits"]
    proven = summary["pct_of_bound"].notna().any()
    header += ["% of bound"] if proven else []
    header += [f"{goal.short}, {goal.unit}"] if goal.risk.averse else []
    reasons = [f"curtailed_by_{why}_kwh" for why in CURTAILED_BY]
    cut = [name for name in ("curtailed_kwh", *reasons) if name in summary]
    header += [f"{name.removesuffix('_kwh').replace('_', ' ')}, kWh" for name in cut]
    kept = wording.digits(summary["loss_kwh"])
    rows = [
        [
            str(row["case"]),
            f"{row['evaluations']:,.0f}",
            f"{row['traded_kwh']:,.1f}",
            f"{row['traded_to_load_kwh']:,.1f}",
            f"{row['loss_kwh']:,.{kept}f}",
            f"{row['v_min_pu']:.4f}",
            f"{row['v_max_pu']:.4f}",
            held(float(row["violation"])),
            *([wording.percent(row["pct_of_bound"])] if proven else []),
            *([goal.brief(row)] if goal.risk.averse else []),
            *(f"{row[name]:,.1f}" for name in cut),
        ]
        for _, row in summary.iterrows()
    ]
    told = f"; {goal.short}: {goal.about} {goal.risk.words}" if goal.risk.averse else ""
    told += "" if summary["feasible"].all() else f"; {SHARES}"
    return HtmlTable(f"Every case, over the {span}{told}", header, rows)
