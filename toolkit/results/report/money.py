"""Bills as the page tells them: the community by case, and every prosumer of the answer's case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from toolkit.results.figures.groups import Group
from toolkit.results.report.html_tables import HtmlTable, PageSection
from toolkit.results.report.third_parties import is_third
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
        homes = (of_case["period"] == "day") & ~is_third(of_case["bus"])
        trades = of_case.loc[homes, "member"].astype(bool)
        words.append(
            f"{trades.sum()} of {len(trades)} prosumers take part in the market; the others deal "
            "with the grid alone, and count neither in the fairness of savings nor among those "
            "worse off."
        )
    currency = str(first["currency"])
    together = [_community(results.community, groups, currency)]
    years = _years(results.community, groups, currency)
    bills = _bills(shown, currency)
    every = [*_owners(shown, currency), *years, *_units(shown, currency), *together]
    return PageSection("bills", "Bills", words, [*every, *([bills] if bills else [])])


#: What a year costs, by column, with headings.
_COSTS = {
    "energy_cost": "energy",
    "demand_cost": "highest imports",
    "standing_cost": "meters",
    "capital_cost": "capital",
    "upkeep_cost": "upkeep",
    "wear_cost": "wear",
    "running_cost": "running",
}
_OF_UNITS = ("investment", "capital_cost", "upkeep_cost", "wear_cost", "running_cost")
MADE_OF = "What that is made of"


def _years(community: pd.DataFrame, groups: Sequence[Group], currency: str) -> list[HtmlTable]:
    """Return what a year costs by case, and what that is made of, where a study says it."""
    if "annual_cost" not in community:
        return []
    rows_by_case = {str(row["case"]): row for _, row in community.iterrows()}
    of_groups = [(g.title, rows_by_case.get(g.median.name)) for g in groups]
    told = [(title, row) for title, row in of_groups if row is not None]
    rows = [
        [title, *_worth(row, row["reference_cost"] - row["annual_cost"])] for title, row in told
    ]
    parts = [[title, *_whole(row, _COSTS)] for title, row in told]
    header = ["case", *_worth_header(currency, "costs")]
    made_of = ["case", *(f"{title}, {currency}" for title in _COSTS.values())]
    return [HtmlTable("What a year costs", header, rows), HtmlTable(MADE_OF, made_of, parts)]


def _worth_header(currency: str, verb: str) -> list[str]:
    return [
        f"saved, {currency}",
        "paid back in, years",
        f"net present value, {currency}",
        f"invested, {currency}",
        f"{verb}, {currency}",
        f"without new units, {currency}",
    ]


def _worth(row: pd.Series, saved: float) -> list[str]:
    """Return the cells that say whether units pay: what is saved and got back comes first."""
    money = _whole(row, ("npv", "investment", "annual_cost", "reference_cost"))
    years = _payback(row["payback_years"]) if row["investment"] else "-"
    return [_rounded(saved), years, *money]


def _whole(row: pd.Series, columns: Iterable[str]) -> list[str]:
    return [_rounded(row[column]) for column in columns]


def _rounded(value: float) -> str:
    text = f"{value:,.0f}"
    return "0" if text == "-0" else text


def _units(shown: Group, currency: str) -> list[HtmlTable]:
    """Return what each unit of the answer's case costs in a year, where a study says it."""
    rows = [
        [
            *(str(row[name]) for name in ("unit", "kind", "bus")),
            *_whole(row, (*_OF_UNITS, "annual_cost", "given_kwh")),
            _price(row["cost_per_kwh"]),
        ]
        for _, row in shown.median.costs.iterrows()
    ]
    if not rows:
        return []
    titles = {**_COSTS, "investment": "invested", "annual_cost": "all"}
    money = [f"{titles[name]}, {currency}" for name in (*_OF_UNITS, "annual_cost")]
    header = ["unit", "kind", "bus", *money, "given, kWh", f"per kWh, {currency}"]
    return [HtmlTable(f"What each unit costs in a year, {shown.title}", header, rows, 3)]


def _owners(shown: Group, currency: str) -> list[HtmlTable]:
    """Return what everybody pays in a year, units included, where the study states owners."""
    owners = shown.median.owners
    if owners.empty:
        return []
    rows = [row for _, row in owners.head(MOST_BILLS).iterrows()]
    less = "" if len(rows) == len(owners) else f": the first {len(rows)} of {len(owners):,}"
    title = f"What each pays in a year, units included, {shown.title}{less}"
    there = [column for column in (*_COSTS, "annual_cost") if column in owners]
    titles = {**_COSTS, "annual_cost": "all"}
    parts = [[str(row["owner"]), str(row["role"]), *_whole(row, there)] for row in rows]
    made_of = ["owner", "role", *(f"{titles[column]}, {currency}" for column in there)]
    if "saving" not in owners:
        return [HtmlTable(title, made_of, parts, 2)]
    header = ["owner", *_worth_header(currency, "pays")]
    first = HtmlTable(title, header, [[str(r["owner"]), *_worth(r, r["saving"])] for r in rows])
    return [first, HtmlTable(MADE_OF, made_of, parts, 2)]


def _payback(value: float) -> str:
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
