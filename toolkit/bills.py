"""What trading meant in money: bills and trades of a solved case, and of the community.

A prosumer is a bus that takes part, and owns the units that stand there; its storage is taken
together. What it uses of its own behind its meter is free of trade. docs/settlement.md has the
definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit import market, tables
from toolkit.cases import Case
from toolkit.market import Settlement
from toolkit.problem import Setting
from toolkit.schema import columns

FloatArray = NDArray[np.float64]

#: A trade of less over all steps, kWh, is rounding.
LEAST_KWH = 1e-9


@dataclass(frozen=True)
class Account:
    """The money of one case: bills.csv, trades.csv and its row of community.csv."""

    bills: pd.DataFrame
    trades: pd.DataFrame
    community: dict[str, object]


@dataclass(frozen=True)
class _Meters:
    """What each prosumer made, used, and used of its own, kWh, each (T, P)."""

    made: FloatArray
    used: FloatArray

    @property
    def own(self) -> FloatArray:
        return np.minimum(self.made, self.used)

    @property
    def self_sufficiency(self) -> float:
        """Share of what was used that was made by the same, %; NaN where nothing was used."""
        return _percent(self.own, self.used)

    @property
    def self_consumption(self) -> float:
        """Share of what was made that was used by the same, %; NaN where nothing was made."""
        return _percent(self.own, self.made)

    def part(self, steps: NDArray[np.bool_], prosumer: int) -> _Meters:
        return _Meters(self.made[steps, prosumer], self.used[steps, prosumer])


def _percent(part: FloatArray, whole: FloatArray) -> float:
    total = float(whole.sum())
    return 100.0 * float(part.sum()) / total if total > 0.0 else float("nan")


def account(setting: Setting, case: Case) -> Account:
    """Settle a solved case by its study's mechanism."""
    done = setting.market.settle(_kw(setting, case, "net_kw"))
    return Account(
        bills=_bills(setting, case, done),
        trades=_trades(setting, done),
        community=_community(setting, case, done),
    )


def community(accounts: Mapping[str, Account]) -> pd.DataFrame:
    """Return community.csv: a row a case."""
    rows = [{"case": name, **held.community} for name, held in accounts.items()]
    return pd.DataFrame(rows, columns=columns("community.csv"))


def sentence(row: Mapping[str, object]) -> str:
    """Return a row of community.csv in words."""
    currency, saving, alone = row["currency"], float(str(row["saving"])), row["cost_alone"]
    verb = f"saves the community {saving:,.2f}" if saving >= 0.0 else f"costs it {-saving:,.2f}"
    named = str(row["worse_off_buses"]).split()
    shown = ", ".join(named[:5]) + (", ..." if len(named) > 5 else "")
    who = f"worse off: {shown} ({row['worse_off']})" if row["worse_off"] else "nobody is worse off"
    return (
        f"Trading in {row['case']} ({row['mechanism']}) {verb} {currency} of "
        f"{float(str(alone)):,.2f} {currency}; {who}."
    )


def _kw(setting: Setting, case: Case, column: str) -> FloatArray:
    """Return a column of buses.csv, kW, (T, B)."""
    values: FloatArray = case.buses[column].to_numpy(dtype=np.float64)
    return values.reshape(setting.fleet.steps, len(setting.feeder.buses))


def _meters(setting: Setting, case: Case) -> tuple[_Meters, _Meters]:
    """Return the meters of the prosumers, and of the community as if behind one, (T, 1)."""
    at = setting.market.prosumers
    kinds = ("load_kw", "pv_kw", "wt_kw", "bess_kw", "bev_kw")
    load, pv, wt, bess, bev = (_kw(setting, case, kind)[:, at] for kind in kinds)
    parts = np.stack([pv + wt, load, bess + bev]) * setting.fleet.dt
    return _metered(parts), _metered(parts.sum(axis=-1, keepdims=True))


def _metered(kwh: FloatArray) -> _Meters:
    """Return meters from generation, load and storage, (3, T, P), discharge positive."""
    generation, load, storage = kwh
    return _Meters(
        made=generation + np.maximum(storage, 0.0), used=load + np.maximum(-storage, 0.0)
    )


def _bills(setting: Setting, case: Case, done: Settlement) -> pd.DataFrame:
    each, _ = _meters(setting, case)
    steps = pd.Series(np.arange(1, setting.fleet.steps + 1))
    period = tables.period_of(steps, setting.fleet.dt).to_numpy()
    alone = market.cost_alone(done.exchange, setting.market.tariffs)
    sums = {
        "made_kwh": each.made,
        "used_kwh": each.used,
        "sold_kwh": done.exchange.sell,
        "bought_kwh": done.exchange.buy,
        "export_kwh": done.exchange.exported,
        "import_kwh": done.exchange.imported,
        "bill_alone": alone,
        "bill_trading": done.bill,
        "saving": alone - done.bill,
    }
    rows = [
        {
            "period": name,
            "bus": setting.feeder.buses[bus],
            **{key: float(values[among, i].sum()) for key, values in sums.items()},
            "self_sufficiency_pct": each.part(among, i).self_sufficiency,
            "self_consumption_pct": each.part(among, i).self_consumption,
        }
        for name in (*tables.PERIODS, "day")
        for among in [(period == name) | (name == "day")]
        for i, bus in enumerate(setting.market.prosumers)
    ]
    return pd.DataFrame(rows, columns=columns("bills.csv"))


def _trades(setting: Setting, done: Settlement) -> pd.DataFrame:
    kwh, money = done.traded.sum(axis=0), done.value.sum(axis=0)
    seller, buyer = np.nonzero(kwh > LEAST_KWH)
    names = np.array(setting.feeder.buses, dtype=object)[setting.market.prosumers]
    data = {
        "seller": names[seller],
        "buyer": names[buyer],
        "kwh": kwh[seller, buyer],
        "money": money[seller, buyer],
    }
    return pd.DataFrame(data, columns=columns("trades.csv"))


def _community(setting: Setting, case: Case, done: Settlement) -> dict[str, object]:
    _, together = _meters(setting, case)
    alone = market.cost_alone(done.exchange, setting.market.tariffs).sum(axis=0)
    trading = done.bill.sum(axis=0)
    worse = market.worse_off(alone, trading)
    buses = [setting.feeder.buses[bus] for bus in setting.market.prosumers[worse]]
    return {
        "mechanism": setting.market.mechanism,
        "currency": setting.study.tariffs.currency,
        "matched_kwh": float(done.exchange.traded.sum()),
        "cost_alone": float(alone.sum()),
        "cost_trading": float(trading.sum()),
        "saving": float((alone - trading).sum()),
        "network_income": float(done.network.sum()),
        "jain_index": market.jain_index(alone - trading),
        "worse_off": len(buses),
        "worse_off_buses": " ".join(buses),
        "self_sufficiency_pct": together.self_sufficiency,
        "self_consumption_pct": together.self_consumption,
    }
