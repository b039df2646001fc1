"""What the answer's plan is worth in money: the figures and words that a household asks first."""

from __future__ import annotations

import pandas as pd

from toolkit.problem.sought import goal_of
from toolkit.results.figures.groups import Group
from toolkit.results.money_words import money_sentences, together
from toolkit.results.report.html_tables import Fact
from toolkit.results.store.contents import Results

#: What is left out of the years until units are paid back.
SIMPLE = (
    "simple payback: invested over what is saved in a year before capital costs; replacements "
    "left out"
)


def worth_facts(results: Results, shown: Group, base: Group) -> list[Fact]:
    """Return what is saved in a year and when it is paid back, where the study states costs."""
    mine, before = (_row(results, group) for group in (shown, base))
    if mine is None or before is None or "annual_cost" not in mine:
        return []
    whose = together(shown.median.owners, _outsiders(shown))
    of_whom = (f"of all together: {whose}",) if whose else ()
    beside = () if shown is base else (f"base case {_saved(before)} {_less(before)}",)
    than = "than without new units, all costs included"
    saved = Fact(_saved(mine), f"{_less(mine)} to pay in a year {than}", (*of_whom, *beside))
    if not mine["investment"] > 0.0:
        return [saved]
    spent = f"until {mine['investment']:,.0f} {mine['currency']} invested are paid back"
    held = results.study.costs
    value = (
        f"net present value {mine['npv']:,.0f} {mine['currency']} over {held.years:g} years at a "
        f"discount rate of {100.0 * held.discount_rate:g} %"
    )
    more = () if goal_of(results.study).column == "npv" else (value,)
    beside = () if shown is base else (f"base case {_years(before)}",)
    return [saved, Fact(_years(mine), spent, (SIMPLE, *more, *of_whom, *beside))]


def worth_words(results: Results, shown: Group) -> tuple[str, ...]:
    """Return what the terminal says of the plan's money, that of a year first."""
    hours = float(shown.weight.sum()) * shown.step_h
    case = shown.median
    told = money_sentences(
        results.community, case.name, shown.span, hours, case.owners, _outsiders(shown)
    )
    return (*told[1:], *told[:1])


def _outsiders(shown: Group) -> bool:
    """Say whether bills.csv has prosumers who deal with the grid alone."""
    bills = shown.median.bills
    return "member" in bills and not bills["member"].astype(bool).all()


def _row(results: Results, group: Group) -> pd.Series | None:
    """Return the row of a group's case in community.csv."""
    if results.community.empty:
        return None
    found = results.community[results.community["case"] == group.median.name]
    return None if found.empty else found.iloc[0]


def _saved(row: pd.Series) -> str:
    return f"{abs(row['reference_cost'] - row['annual_cost']):,.0f} {row['currency']}"


def _less(row: pd.Series) -> str:
    return "less" if row["reference_cost"] >= row["annual_cost"] else "more"


def _years(row: pd.Series) -> str:
    years = row["payback_years"]
    return "never" if pd.isna(years) else f"{years:,.1f} years"
