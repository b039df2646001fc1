"""Bills as the page tells them: the community by case, and every prosumer of the answer's case."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from toolkit.results.figures.groups import Group
from toolkit.results.report.html_tables import HtmlTable, PageSection
from toolkit.results.store.contents import Results

#: More prosumers than these are not listed: bills.csv has them all.
MOST_BILLS = 60


def bills_section(results: Results, groups: Sequence[Group], shown: Group) -> PageSection:
    """Return bills with and without trading; an empty section where none were worked out."""
    if results.community.empty:
        return PageSection("bills", "Bills")
    first = results.community.iloc[0]
    words = [
        f"What trading meant in {first['currency']} over the {shown.span}, settled by "
        f"{first['mechanism']}. A bill alone is what a prosumer pays or, with a minus, gets "
        "without neighbours; tariffs are those of study.toml."
    ]
    tables = [_community(results.community, groups, str(first["currency"]))]
    bills = _bills(shown, str(first["currency"]))
    return PageSection("bills", "Bills", words, [*tables, *([bills] if bills else [])])


def _community(community: pd.DataFrame, groups: Sequence[Group], currency: str) -> HtmlTable:
    """Return a row of community.csv for the median case of every group."""
    rows_by_case = {str(row["case"]): row for _, row in community.iterrows()}
    money = ("cost_alone", "cost_trading", "saving", "network_income")
    rows = [
        [
            group.title,
            *(_money(row[column]) for column in money),
            f"{row['worse_off']:.0f}",
            _share(row["self_sufficiency_pct"]),
        ]
        for group in groups
        if (row := rows_by_case.get(group.median.name)) is not None
    ]
    header = ["case", f"bills alone, {currency}", f"bills with trading, {currency}"]
    header += [f"saving, {currency}", f"to the network, {currency}", "worse off, prosumers"]
    return HtmlTable(
        f"The community, over the {groups[0].span}", [*header, "self-sufficiency, %"], rows
    )


def _bills(group: Group, currency: str) -> HtmlTable | None:
    """Return the bills of one case; of many prosumers those for whom trading changes the most."""
    bills = group.median.bills
    day = bills[bills["period"] == "day"]
    if day.empty:
        return None
    largest = day["saving"].abs().sort_values(ascending=False, kind="stable").index[:MOST_BILLS]
    rows = [
        [
            str(row["bus"]),
            *(f"{row[name]:,.1f}" for name in ("used_kwh", "made_kwh", "sold_kwh", "bought_kwh")),
            *(_money(row[name]) for name in ("bill_alone", "bill_trading", "saving")),
            _share(row["self_sufficiency_pct"]),
        ]
        for _, row in day[day.index.isin(largest)].iterrows()
    ]
    energy = [f"{name}, kWh" for name in ("used", "made", "sold", "bought")]
    money = [f"{name}, {currency}" for name in ("bill alone", "bill with trading", "saving")]
    few = "" if len(rows) == len(day) else f": the {len(rows)} of {len(day):,} that change the most"
    header = ["bus", *energy, *money, "self-sufficiency, %"]
    return HtmlTable(f"Every prosumer, {group.title}{few}", header, rows)


def _money(value: float) -> str:
    return f"{value + 0.0:,.2f}"


def _share(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.1f}"
