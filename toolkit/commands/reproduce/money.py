"""Bills, trades and the community's figures, settled again from days solved again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import LEAST, Difference, unlike
from toolkit.problem.setting import Setting
from toolkit.results import bills
from toolkit.results.case import Case

#: Columns of community.csv that a study says without its sources.
ASKED = ("case", "mechanism", "currency")


def settled(folder: Path, setting: Setting, cases: Mapping[str, Case]) -> list[Difference]:
    """Compare what trading meant in money."""
    accounts = {name: bills.account(setting, case) for name, case in cases.items()}
    differences = compare.table(folder, "", "community.csv", bills.community(accounts), ("case",))
    for name, account in accounts.items():
        home = folder / "cases" / name
        differences += compare.table(home, name, "bills.csv", account.bills, ("period", "bus"))
        differences += _trades(home, name, account.trades)
        costs = cases[name].costs
        if costs is not None and costs.units is not None:
            differences += compare.table(home, name, "costs.csv", costs.units, ("unit",))
        if costs is not None and costs.owners is not None:
            differences += compare.table(home, name, "owners.csv", costs.owners, ("owner",))
    return differences


def _trades(home: Path, case: str, solved: pd.DataFrame) -> list[Difference]:
    """Compare trades; one that is not there is one of nothing, as the least are left out."""
    keys = ["seller", "buyer"]
    table = compare.readable(home / "trades.csv")
    if table is None or table.duplicated(keys).any():
        return compare.table(home, case, "trades.csv", solved, keys)
    solved = solved.astype(dict.fromkeys(keys, str))
    mine = pd.MultiIndex.from_frame(table[keys])
    theirs = pd.MultiIndex.from_frame(solved[keys])
    here, there = mine.isin(theirs), theirs.isin(mine)
    tiny = bills.LEAST_KWH + LEAST * max(solved["kwh"].max(), 1.0) if len(solved) else 0.0
    small = (compare.numbers(table["kwh"]) <= tiny) | here
    least = (solved["kwh"].to_numpy() <= tiny) | there
    if not (small.all() and least.all()):
        return compare.table(home, case, "trades.csv", solved, keys)
    kept = solved[there].reset_index(drop=True)
    return compare.frames(case, "trades.csv", table[here].reset_index(drop=True), kept, keys)


def named(folder: Path, cases: list[str], mechanism: str, currency: str) -> list[Difference]:
    """Compare of community.csv what the study says without its sources: cases and names."""
    path = folder / "community.csv"
    if not path.is_file():
        return []
    table = compare.readable(path)
    if table is None:
        return [unlike("", path.name, "columns", "others, or no table", "its own")]
    rows = {"case": cases, "mechanism": mechanism, "currency": currency}
    wanted = pd.DataFrame(rows, columns=list(ASKED), index=range(len(cases)))
    return compare.frames("", path.name, table[list(ASKED)], wanted, ("case",))
