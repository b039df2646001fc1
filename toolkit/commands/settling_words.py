"""What one plan settled by every mechanism tells: the community, and each member's bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.results.report.html_tables import HtmlTable
from toolkit.results.report.telling import Telling

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.commands.settling import Settlements

#: More members than these are not listed: the .csv file has them all.
MOST_BILLS = 40


def told(found: Settlements) -> Telling:
    """Return what is told of settlements at a prompt and in a notebook."""
    refused = [f"{name}: not settled: {why}" for name, why in found.refused.items()]
    origin = f"Case {found.case} of {found.folder}, settled by every mechanism"
    return Telling((*found.sentences, *refused), origin, tables(found))


def tables(found: Settlements) -> list[HtmlTable]:
    """Return the tables: the community, the members' bills and, where it is known, their years."""
    made = (community_table(found), bills_table(found), years_table(found))
    return [table for table in made if table is not None]


def community_table(found: Settlements) -> HtmlTable:
    """Return what the community pays by each mechanism."""
    header = ["mechanism", "kWh traded", "cost", "saving", "to network", "Jain", "worse off"]
    rows = [
        [
            f"{row['mechanism']}{'*' if row['mechanism'] == found.mechanism else ''}",
            f"{row['matched_kwh']:.1f}",
            *(f"{row[column]:.2f}" for column in ("cost_trading", "saving", "network_income")),
            "-" if row["jain_index"] != row["jain_index"] else f"{row['jain_index']:.3f}",
            f"{row['worse_off']}",
        ]
        for _, row in found.community.iterrows()
    ]
    alone = found.community["cost_alone"].iloc[0]
    title = (
        f"The community over the {found.span}, money in {found.currency}: {alone:,.2f} without "
        "trading; * the study's own mechanism"
    )
    return HtmlTable(title, header, rows)


def bills_table(found: Settlements) -> HtmlTable:
    """Return what each member pays by each mechanism; of many those that change the most."""
    members = found.bills[found.bills["member"]]
    by_bus, worse = (
        members.set_index(["bus", "mechanism"])[name].to_dict()
        for name in ("bill_trading", "worse_off")
    )
    alone = members.drop_duplicates("bus").set_index("bus")["bill_alone"]
    shown = _most_changed(members)
    names = found.community["mechanism"].tolist()
    rows = [
        [
            bus,
            f"{alone[bus]:.2f}",
            *(f"{by_bus[bus, n]:.2f}{'!' if worse[bus, n] else ''}" for n in names),
        ]
        for bus in alone.index
        if bus in shown
    ]
    few = "" if len(rows) == len(alone) else f", the {len(rows)} of {len(alone)} that change most"
    title = f"Each member's bill, {found.currency} over the {found.span}{few}; ! worse than alone"
    return HtmlTable(title, ["bus", "alone", *names], rows)


def years_table(found: Settlements) -> HtmlTable | None:
    """Return what each pays in a year, units included; None where no owners or costs are stated."""
    members = found.bills[found.bills["member"]]
    if "annual_cost" not in members:
        return None
    cost, worse = (
        members.set_index(["bus", "mechanism"])[name].to_dict()
        for name in ("annual_cost", "worse_off_in_year")
    )
    shown, names = _most_changed(members), found.community["mechanism"].tolist()
    rows = [
        [
            bus,
            *(f"{cost[bus, n]:,.0f}{'!' if worse[bus, n] else ''}" for n in names),
        ]
        for bus in members["bus"].unique()
        if bus in shown
    ]
    title = f"What each pays in a year, units included, {found.currency}; ! more than without new"
    return HtmlTable(f"{title} units; below 0 it earns", ["bus", *names], rows)


def _most_changed(members: pd.DataFrame) -> set[str]:
    """Return the buses whose bills some mechanism changes the most."""
    change = members["saving"].abs().groupby(members["bus"], sort=False).max()
    return set(change.sort_values(ascending=False, kind="stable").index[:MOST_BILLS])
