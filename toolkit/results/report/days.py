"""The separate days of a study as the page tells them: what each is, and what happens on it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from toolkit.results.figures.groups import Group
from toolkit.results.report.html_tables import HtmlTable, PageSection
from toolkit.results.spans import day_label


def days_section(groups: Sequence[Group], shown: Group) -> PageSection:
    """Return a table of the separate days; an empty section where days follow each other.

    Of the base case and of the case that the answer is about.
    """
    if not shown.separate:
        return PageSection("days", "The days")
    words = [
        f"The figures of this page are over the {shown.span}: each day below counts as often as it "
        "stands for days. A row holds what happens on that one day; stores begin each at their "
        "start. The last row is the weighted sum, and the lowest voltage of all days."
    ]
    told = [groups[0]] if shown is groups[0] else [groups[0], shown]
    return PageSection("days", "The days", words, [_table(group) for group in told])


def by_day(group: Group) -> pd.DataFrame:
    """Return each day of a group's median case: weight, traded_kwh, loss_kwh, v_min_pu."""
    hourly = group.median.hourly
    found = hourly.assign(loss_kwh=hourly["loss_kw"] * group.step_h).groupby("day", sort=False)
    sums = {"traded_kwh": ("traded_kwh", "sum"), "loss_kwh": ("loss_kwh", "sum")}
    of_day = {"weight": ("weight", "first"), **sums, "v_min_pu": ("v_min_pu", "min")}
    return found.agg(**of_day).reset_index()


def _table(group: Group) -> HtmlTable:
    days = by_day(group)
    rows = [
        [day_label(str(row["day"])), _days(row["weight"]), *_figures(row)]
        for _, row in days.iterrows()
    ]
    whole = {name: (days[name] * days["weight"]).sum() for name in ("traded_kwh", "loss_kwh")}
    every = pd.Series({**whole, "v_min_pu": days["v_min_pu"].min()})
    rows.append(["all", _days(days["weight"].sum()), *_figures(every)])
    header = ["day", "stands for, days", "traded, kWh", "losses, kWh", "lowest voltage, pu"]
    return HtmlTable(f"Each day, {group.title}", header, rows)


def _days(weight: float) -> str:
    return f"{weight:,.1f}"


def _figures(row: pd.Series) -> list[str]:
    return [f"{row['traded_kwh']:,.1f}", f"{row['loss_kwh']:,.1f}", f"{row['v_min_pu']:.4f}"]
