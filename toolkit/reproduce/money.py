"""Bills, trades and the community's figures, settled again from days solved again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from toolkit import bills
from toolkit.cases import Case
from toolkit.problem import Setting
from toolkit.reproduce import compare
from toolkit.reproduce.compare import Difference


def settled(folder: Path, setting: Setting, cases: Mapping[str, Case]) -> list[Difference]:
    """Compare what trading meant in money; nothing for results made before there was any."""
    path = folder / "community.csv"
    if not path.is_file():
        return []
    accounts = {name: bills.account(setting, _ordered(setting, c)) for name, c in cases.items()}
    community = bills.community(accounts)
    found = compare.frames("", path.name, compare.read(path), community, ("case",))
    for name, account in accounts.items():
        here = folder / "cases" / name
        if (here / "bills.csv").is_file():
            mine = compare.read(here / "bills.csv")
            found += compare.frames(name, "bills.csv", mine, account.bills, ("period", "bus"))
        if (here / "trades.csv").is_file():
            found += _trades(name, compare.read(here / "trades.csv"), account.trades)
    return found


def _ordered(setting: Setting, case: Case) -> Case:
    """Return a case with its buses in the order of the study's feeder."""
    order = setting.feeder.bus_index
    place = case.buses["bus"].map(order)
    rows = case.buses.assign(place=place).sort_values(["step", "place"], kind="stable")
    return replace(case, buses=rows.drop(columns="place").reset_index(drop=True))


def _trades(case: str, found: pd.DataFrame, solved: pd.DataFrame) -> list[Difference]:
    """Compare trades; one that is not there is one of nothing, as the least are left out."""
    keys = ["seller", "buyer"]
    if [c for c in solved if c not in found]:
        return compare.frames(case, "trades.csv", found, solved, keys)
    pairs = pd.concat([found[keys], solved[keys].astype(str)]).drop_duplicates()
    mine = pairs.merge(found, "left", keys).fillna({"kwh": "0", "money": "0"})
    theirs = pairs.merge(solved.astype(dict.fromkeys(keys, str)), "left", keys)
    absent = theirs["kwh"].isna()
    theirs.loc[absent, ["kwh", "money"]] = 0.0
    return compare.frames(case, "trades.csv", mine, theirs, keys)
