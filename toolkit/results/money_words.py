"""What a plan means in money, in words: trading, a year, and those who own units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from toolkit.problem.economy import YEAR_H
from toolkit.results.case import number
from toolkit.results.money_columns import THIRD


def money_sentences(
    community: pd.DataFrame,
    case: str,
    span: str,
    hours: float,
    owners: pd.DataFrame | None = None,
) -> tuple[str, ...]:
    """Return what a case means in money: its bills, its year, its third parties; each where told.

    community: community.csv, the base case first; span and hours: of the study's time.
    """
    found = community[community["case"] == case]
    if found.empty:
        return ()
    row = {str(name): _said(str(name), value) for name, value in found.iloc[0].items()}
    before = None if case == "base" else number(community["cost_trading"].iloc[0])
    told = (
        trading_sentence(row, before, span),
        yearly_sentence(row, hours),
        third_party_words(owners, str(row["currency"])),
    )
    return tuple(filter(None, told))


def _said(column: str, value: object) -> object:
    """Return a cell as it was written: names that are blank are read as not a number."""
    blank = isinstance(value, float) and np.isnan(value)
    return "" if blank and column.endswith(("_buses", "_owners")) else value


def trading_sentence(
    row: Mapping[str, object], base_cost: float | None = None, span: str = "day"
) -> str:
    """Return a row of community.csv in words, over a span of time.

    base_cost: the bills with trading of the base case, which a plan is held against; what trading
    alone is worth is told apart.
    """
    currency, saving, alone = row["currency"], number(row["saving"]), number(row["cost_alone"])
    verb = f"saves the community {saving:,.2f}" if saving >= 0.0 else f"costs it {-saving:,.2f}"
    named = str(row["worse_off_buses"]).split()
    shown = ", ".join(named[:5]) + (", ..." if len(named) > 5 else "")
    who = f"worse off: {shown} ({row['worse_off']})" if row["worse_off"] else "nobody is worse off"
    trading = (
        f"Trading in {row['case']} ({row['mechanism']}) {verb} {currency} of "
        f"{alone:,.2f} {currency} over the {span}; {who}."
    )
    return trading if base_cost is None else f"{_against_base(row, base_cost, span)} {trading}"


def yearly_sentence(row: Mapping[str, object], hours: float = YEAR_H) -> str:
    """Return the costs of a year of a row of community.csv in words, blank where it has none.

    hours: that the study's time has, of which the year is made.
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
        f"{number(row['npv']):,.0f} {currency}.{_as_if(hours)}{_of_owners(row)}"
    )


def _of_owners(row: Mapping[str, object]) -> str:
    """Say who pays more in a year, units included, where a study states owners."""
    if "worse_off_in_year" not in row:
        return ""
    named = str(row["worse_off_in_year_owners"]).split()
    if not named:
        return " Nobody pays more in a year, units included, than without new units."
    few = ", ".join(named[:5]) + (", ..." if named[5:] else "")
    return f" More in a year, units included, than without new units: {few} ({len(named)})."


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


def _against_base(row: Mapping[str, object], base_cost: float, span: str) -> str:
    """Return what the community pays with a plan against the base case, trading in both."""
    pays, currency = number(row["cost_trading"]), row["currency"]
    less = base_cost - pays
    how = "the same as" if abs(less) < 0.005 else f"{abs(less):,.2f} {currency} "
    how += "" if abs(less) < 0.005 else ("less than" if less > 0.0 else "more than")
    return (
        f"With the plan of {row['case']} the community pays {pays:,.2f} {currency} over the "
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
