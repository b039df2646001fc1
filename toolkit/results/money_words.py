"""What a plan means in money, in words: trading, a year, and those who own units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from toolkit.inputs.owner_sections import THIRD as THIRD_NAMED
from toolkit.model import market
from toolkit.problem.economy import YEAR_H
from toolkit.results.case import number
from toolkit.results.money_columns import MEMBER, OTHER, THIRD


def money_sentences(
    community: pd.DataFrame,
    case: str,
    span: str,
    hours: float,
    owners: pd.DataFrame | None = None,
    outsiders: bool = False,
) -> tuple[str, ...]:
    """Return what a case means in money: its bills, its year, its third parties; each where told.

    community: community.csv, the base case first; span and hours: of the study's time;
    outsiders: whether some deal with the grid alone.
    """
    found = community[community["case"] == case]
    if found.empty:
        return ()
    row = {str(name): _said(str(name), value) for name, value in found.iloc[0].items()}
    before = None if case == "base" else number(community["cost_trading"].iloc[0])
    told = (
        trading_sentence(row, before, span, together(owners, outsiders)),
        yearly_sentence(row, hours, owners),
        third_party_words(owners, str(row["currency"])),
    )
    return tuple(filter(None, told))


def together(owners: pd.DataFrame | None, outsiders: bool = False) -> str:
    """Return whose money sums are where not all are members, else blank. owners: owners.csv."""
    if owners is None or owners.empty:
        return "members and the others" if outsiders else ""
    if (owners["role"] == MEMBER).all():
        return ""
    third = owners.loc[owners["role"] == THIRD, "owner"].astype(str)
    roles = {MEMBER: "members", OTHER: "the others"}
    named = [words for role, words in roles.items() if (owners["role"] == role).any()]
    *first, last = [*named, *(name.removeprefix(THIRD_NAMED) for name in third)]
    return f"{', '.join(first)} and {last}" if first else last


def _said(column: str, value: object) -> object:
    """Return a cell as it was written: names that are blank are read as not a number."""
    blank = isinstance(value, float) and np.isnan(value)
    return "" if blank and column.endswith(("_buses", "_owners")) else value


def trading_sentence(
    row: Mapping[str, object], base_cost: float | None = None, span: str = "day", whose: str = ""
) -> str:
    """Return a row of community.csv in words, over a span of time. whose: as of ``together``.

    base_cost: the bills with trading of the base case, which a plan is held against; what trading
    alone is worth is told apart.
    """
    currency, saving, alone = row["currency"], number(row["saving"]), number(row["cost_alone"])
    whom, them = (f"all together ({whose})", "them") if whose else ("the community", "it")
    verb = f"saves {whom} {saving:,.2f}" if saving >= 0.0 else f"costs {them} {-saving:,.2f}"
    named = str(row["worse_off_buses"]).split()
    who = (
        f"worse off: {few_of(named)} ({row['worse_off']})"
        if row["worse_off"]
        else "nobody is worse off"
    )
    trading = (
        f"Trading in {row['case']} ({row['mechanism']}) {verb} {currency} of "
        f"{alone:,.2f} {currency} over the {span}; {who}."
    )
    if base_cost is None:
        return trading
    pays = "all together pay" if whose else "the community pays"
    return f"{_against_base(row, base_cost, span, pays)} {trading}"


def yearly_sentence(
    row: Mapping[str, object], hours: float = YEAR_H, owners: pd.DataFrame | None = None
) -> str:
    """Return the costs of a year of a row of community.csv in words, blank where it has none.

    hours: that the study's time has, of which the year is made; owners: owners.csv.
    """
    if "annual_cost" not in row:
        return ""
    currency, cost = row["currency"], number(row["annual_cost"])
    less, back = number(row["reference_cost"]) - cost, number(row["payback_years"])
    returned = "not paid back" if np.isnan(back) else f"paid back in {back:,.1f} years"
    return (
        f"{row['case']} costs {cost:,.0f} {currency} a year, {abs(less):,.0f} {currency} "
        f"{'less' if less >= 0.0 else 'more'} than no new unit; {number(row['investment']):,.0f} "
        f"{currency} are invested, {returned}; its net present value is "
        f"{number(row['npv']):,.0f} {currency}.{_as_if(hours)}{_of_owners(row, owners)}"
    )


def others_worse_off(owners: pd.DataFrame | None) -> list[str]:
    """Return who are no members and pay more in a year than without new units, by owners.csv."""
    if owners is None or "saving" not in owners:
        return []
    worse = market.loses(owners["saving"].to_numpy(dtype=np.float64))
    return [str(name) for name in owners.loc[worse & (owners["role"] == OTHER), "owner"]]


def others_told(others: Sequence[str]) -> str:
    """Say how many who are no members pay more, and which."""
    do = "who is no member does" if len(others) == 1 else "who are no members do"
    return f"{len(others)} {do} ({few_of(others)})"


def few_of(names: Sequence[str]) -> str:
    """Return the first five of names."""
    return ", ".join(names[:5]) + (", ..." if names[5:] else "")


def _of_owners(row: Mapping[str, object], owners: pd.DataFrame | None) -> str:
    """Say who pays more in a year, units included, where a study states owners."""
    if "worse_off_in_year" not in row:
        return ""
    named, others = str(row["worse_off_in_year_owners"]).split(), others_worse_off(owners)
    than = "in a year, units included, than without new units"
    besides = f"; {others_told(others)}" if others else ""
    if not named:
        who = "No member and no third party" if others else "Nobody"
        return f" {who} pays more {than}{besides}."
    return f" More {than}: {few_of(named)} ({len(named)}){besides}."


def _as_if(hours: float) -> str:
    """Say what a year is made of, where it is not one of its own hours."""
    if hours >= YEAR_H - 1e-6:
        return ""
    days, times = hours / 24.0, YEAR_H / hours
    made = "one day" if days <= 1.0 + 1e-9 else f"{days:g} days"
    return (
        f" That year is the study's {made}, {times:.4g} times: given_kwh of costs.csv over the "
        "size tells full-load hours, and so how far that is from a real year."
    )


def _against_base(row: Mapping[str, object], base_cost: float, span: str, who: str) -> str:
    """Return what the community pays with a plan against the base case, trading in both."""
    pays, currency = number(row["cost_trading"]), row["currency"]
    less = base_cost - pays
    how = "the same as" if abs(less) < 0.005 else f"{abs(less):,.2f} {currency} "
    how += "" if abs(less) < 0.005 else ("less than" if less > 0.0 else "more than")
    return (
        f"With the plan of {row['case']} {who} {pays:,.2f} {currency} over the "
        f"{span}, {how} the {base_cost:,.2f} {currency} of the base case."
    )


def third_party_words(owners: pd.DataFrame | None, currency: str) -> str:
    """Say whether owners.csv has third parties for whom their units pay, blank without any."""
    if owners is None or "saving" not in owners:
        return ""
    return " ".join(_profit(row, currency) for _, row in owners[owners["role"] == THIRD].iterrows())


def _profit(row: pd.Series, currency: str) -> str:
    gain, years = float(row["saving"]), float(row["payback_years"])
    earns = f"earns {gain:,.0f}" if gain >= 0.0 else f"loses {-gain:,.0f}"
    back = "not paid back" if np.isnan(years) else f"paid back in {years:,.1f} years"
    invested = f"{row['investment']:,.0f} {currency} invested"
    return f"{row['owner']} {earns} {currency} a year, its {invested} included, {back}."
