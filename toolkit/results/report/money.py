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
    of_case = shown.median.bills
    if "member" in of_case:
        trades = of_case.loc[of_case["period"] == "day", "member"].astype(bool)
        words.append(
            f"{trades.sum()} of {len(trades)} prosumers take part in the market; the others deal "
            "with the grid alone, and count neither in the fairness of savings nor among those "
            "worse off."
        )
    tables = [_community(results.community, groups, str(first["currency"]))]
    bills = _bills(shown, str(first["currency"]))
    costs = _costs(results.community, groups, shown, str(first["currency"]))
    owners = _owners(shown, str(first["currency"]))
    every = [*tables, *costs, *owners, *([bills] if bills else [])]
    return PageSection("bills", "Bills", words, every)


#: What a year costs, by column, with headings.
_COSTS = {
    "energy_cost": "energy",
    "demand_cost": "highest imports",
    "standing_cost": "meters",
    "capital_cost": "capital",
    "upkeep_cost": "upkeep",
    "wear_cost": "wear",
    "running_cost": "running",
    "annual_cost": "all",
}
_WORTH = {"investment": "investment", "npv": "net present value"}
#: Columns of community.csv about a year, with their headings, and those of owners.csv.
_OF_A_YEAR = {**_COSTS, "reference_cost": "without new units", **_WORTH}
_OWNED = {**_COSTS, "saving": "saved against no new unit", **_WORTH}
_OF_UNITS = ("investment", "capital_cost", "upkeep_cost", "wear_cost", "running_cost")


def _costs(
    community: pd.DataFrame, groups: Sequence[Group], shown: Group, currency: str
) -> list[HtmlTable]:
    """Return what a year costs by case, and by unit of the answer's, where a study says it."""
    rows_by_case = {str(row["case"]): row for _, row in community.iterrows()}
    there = {column: title for column, title in _OF_A_YEAR.items() if column in community}
    if "annual_cost" not in there:
        return []
    rows = [
        [group.title, *(f"{row[column]:,.0f}" for column in there), _years(row["payback_years"])]
        for group in groups
        if (row := rows_by_case.get(group.median.name)) is not None
    ]
    header = ["case", *(f"{title}, {currency}" for title in there.values()), "paid back in, years"]
    units = [
        [
            *(str(row[name]) for name in ("unit", "kind", "bus")),
            *(f"{row[name]:,.0f}" for name in (*_OF_UNITS, "annual_cost", "given_kwh")),
            _price(row["cost_per_kwh"]),
        ]
        for _, row in shown.median.costs.iterrows()
    ]
    money = [f"{_OF_A_YEAR[name]}, {currency}" for name in (*_OF_UNITS, "annual_cost")]
    of_units = ["unit", "kind", "bus", *money, "given, kWh", f"per kWh, {currency}"]
    title = f"What each unit costs in a year, {shown.title}"
    return [HtmlTable("What a year costs", header, rows), HtmlTable(title, of_units, units, 3)]


def _owners(shown: Group, currency: str) -> list[HtmlTable]:
    """Return what everybody pays in a year, units included, where the study states owners."""
    owners = shown.median.owners
    if owners.empty:
        return []
    there = {column: title for column, title in _OWNED.items() if column in owners}
    few = owners.head(MOST_BILLS)
    rows = [
        [
            *(str(row[name]) for name in ("owner", "role")),
            *(f"{row[name] + 0.0:,.0f}" for name in there),
        ]
        for _, row in few.iterrows()
    ]
    less = "" if len(few) == len(owners) else f": the first {len(few)} of {len(owners):,}"
    title = f"What each pays in a year, units included, {shown.title}{less}"
    return [
        HtmlTable(title, ["owner", "role", *(f"{t}, {currency}" for t in there.values())], rows, 2)
    ]


def _years(value: float) -> str:
    return "never" if pd.isna(value) else f"{value:.1f}"


def _price(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.3f}"


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
