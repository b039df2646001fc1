"""What trading meant in money: bills and trades of a solved case, and of the community.

A prosumer is a bus that takes part with the units that it owns, or a third party; its storage is
taken together. What it uses of its own behind its meter is free of trade. docs/settlement.md has
the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from toolkit.common.types import FloatArray
from toolkit.model import market
from toolkit.model.kinds import GENERATORS
from toolkit.model.market import Balance, Settlement, balance
from toolkit.problem.setting import Setting
from toolkit.results.case import Case
from toolkit.results.columns import columns
from toolkit.results.periods import PERIODS, shares_of

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
    """What each prosumer generated, and gave and took at its meter, kWh, each (T, P)."""

    generated: FloatArray
    given: FloatArray
    taken: FloatArray

    def part(self, shares: FloatArray, prosumer: int) -> Balance:
        """Return the balance of one prosumer over a share of each step, (T,)."""
        parts = (self.generated, self.given, self.taken)
        return balance(*(_sum(kwh[:, prosumer], shares) for kwh in parts))


def _sum(values: FloatArray, shares: FloatArray) -> float:
    """Sum a share of the value of each step, both (T,)."""
    among = shares > 0.0
    return float((values[among] * shares[among]).sum())


def account(setting: Setting, case: Case) -> Account:
    """Settle a solved case by its study's mechanism."""
    found = settled(setting, case.buses, case.units)
    if case.costs is None:
        return found
    return replace(found, community={**found.community, **case.costs.community})


def settled(setting: Setting, buses: pd.DataFrame, units: pd.DataFrame) -> Account:
    """Settle a day by a study's mechanism, given its buses.csv and units.csv."""
    powers = _powers(setting, buses, units)
    done = setting.market.settle(powers.net)
    each, together = _meters(setting, powers)
    return Account(
        bills=_bills(setting, each, done),
        trades=_trades(setting, done),
        community=_community(setting, together, done),
    )


def community(accounts: Mapping[str, Account]) -> pd.DataFrame:
    """Return community.csv: one row per case."""
    rows = [{"case": name, **held.community} for name, held in accounts.items()]
    return pd.DataFrame(rows, columns=columns("community.csv", rows[0] if rows else ()))


def _kw(setting: Setting, buses: pd.DataFrame, column: str) -> FloatArray:
    """Return a column of buses.csv, kW, (T, B)."""
    values: FloatArray = buses[column].to_numpy(dtype=np.float64)
    return values.reshape(setting.scenario.steps, len(setting.feeder.buses))


@dataclass(frozen=True)
class _Powers:
    """Powers of parties, kW, each (T, A): net positions, loads, and what their generators give."""

    net: FloatArray
    load: FloatArray
    generated: FloatArray


def _powers(setting: Setting, buses: pd.DataFrame, units: pd.DataFrame) -> _Powers:
    """Return the powers of parties: of buses, or of the owners that a study states."""
    load, owners, fleet = _kw(setting, buses, "load_kw"), setting.scenario.owners, setting.fleet
    if owners is None:
        there = [f"{kind}_kw" for kind in GENERATORS if f"{kind}_kw" in buses]
        generated = np.sum([_kw(setting, buses, column) for column in there], axis=0)
        return _Powers(_kw(setting, buses, "net_kw"), load, generated)
    shape = setting.scenario.steps, len(fleet.units)
    unit_kw = units["p_kw"].to_numpy(dtype=np.float64).reshape(shape).T
    names = units["bus"].astype(str).to_numpy()[: len(fleet.units)]
    bus = np.array([setting.feeder.bus_index[name] for name in names], dtype=np.intp)
    generators = np.array([unit.kind in GENERATORS for unit in fleet.units], dtype=bool)
    return _Powers(
        owners.net(load, unit_kw, bus),
        owners.with_third(load),
        owners.spread(unit_kw * generators[:, None], bus),
    )


def _meters(setting: Setting, powers: _Powers) -> tuple[_Meters, _Meters]:
    """Return the meters of the prosumers, and of the community as if behind one, (T, 1)."""
    at = setting.market.prosumers
    load, net, generated = (kw[:, at] for kw in (powers.load, powers.net, powers.generated))
    # A load that is negative is generation.
    parts = np.stack([generated + np.maximum(-load, 0.0), net])
    parts *= setting.scenario.step_hours[:, None]
    return _metered(parts), _metered(parts.sum(axis=-1, keepdims=True))


def _metered(kwh: FloatArray) -> _Meters:
    generated, net = kwh
    return _Meters(generated, np.maximum(net, 0.0), np.maximum(-net, 0.0))


def _bills(setting: Setting, each: _Meters, done: Settlement) -> pd.DataFrame:
    steps = setting.scenario.steps
    periods = dict(zip(PERIODS, shares_of(steps, setting.scenario.dt).T, strict=True))
    alone = market.cost_alone(done.exchange, setting.market.tariffs)
    sums = {
        "sold_kwh": done.exchange.sell,
        "bought_kwh": done.exchange.buy,
        "export_kwh": done.exchange.exported,
        "import_kwh": done.exchange.imported,
        "bill_alone": alone,
        "bill_trading": done.bill,
        "saving": alone - done.bill,
    }
    named = setting.market.names
    rows: list[dict[str, object]] = [
        {
            "period": name,
            "bus": bus,
            **{key: _sum(values[:, i], shares) for key, values in sums.items()},
            **each.part(shares, i).columns(),
        }
        for name, shares in {**periods, "day": np.ones(steps)}.items()
        for i, bus in enumerate(named)
    ]
    if setting.market.member is not None:
        members = dict(zip(named, setting.market.member, strict=True))
        rows = [{**row, "member": bool(members[str(row["bus"])])} for row in rows]
    return pd.DataFrame(rows, columns=columns("bills.csv", rows[0]))


def _trades(setting: Setting, done: Settlement) -> pd.DataFrame:
    kwh, money = done.traded.sum(axis=0), done.value.sum(axis=0)
    seller, buyer = np.nonzero(kwh > LEAST_KWH)
    names = np.array(setting.market.names, dtype=object)
    data = {
        "seller": names[seller],
        "buyer": names[buyer],
        "kwh": kwh[seller, buyer],
        "money": money[seller, buyer],
    }
    return pd.DataFrame(data, columns=columns("trades.csv"))


def _community(setting: Setting, meter: _Meters, done: Settlement) -> dict[str, object]:
    together = meter.part(np.ones(setting.scenario.steps), 0)
    alone = market.cost_alone(done.exchange, setting.market.tariffs).sum(axis=0)
    trading = done.bill.sum(axis=0)
    trades = setting.market.trades
    worse = market.worse_off(alone, trading) & trades
    metered = (done.exchange.surplus + done.exchange.deficit).any(axis=0) & trades
    # Fairness is among members: a third party trades for its profit, owners.csv says of it.
    metered[len(setting.market.homes) :] = False
    named = [name for name, hurt in zip(setting.market.names, worse, strict=True) if hurt]
    return {
        "mechanism": setting.market.mechanism,
        "currency": setting.study.tariffs.currency,
        "matched_kwh": float(done.exchange.traded.sum()),
        "cost_alone": float(alone.sum()),
        "cost_trading": float(trading.sum()),
        "saving": float((alone - trading).sum()),
        "network_income": float(done.network.sum()),
        "jain_index": market.jain_index((alone - trading)[metered]),
        "worse_off": len(named),
        "worse_off_buses": " ".join(named),
        "self_sufficiency_pct": together.self_sufficiency,
        "self_consumption_pct": together.self_consumption,
    }
