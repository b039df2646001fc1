"""One plan settled by every mechanism, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.inputs import study_files
from toolkit.problem import local_market
from toolkit.problem.mechanisms.registry import MECHANISMS
from toolkit.problem.setting import Setting, prepare
from toolkit.problem.sought import goal_of
from toolkit.results import bills
from toolkit.results.columns import columns
from toolkit.results.ranking import chosen_case
from toolkit.results.spans import span_of
from toolkit.results.store.reading import read_results
from toolkit.results.store.sheets import write_csv

if TYPE_CHECKING:
    from toolkit.results.bills import Account


@dataclass(frozen=True)
class Settlements:
    """One plan settled by every mechanism.

    Attributes
    ----------
    folder : pathlib.Path
        The results folder.
    case : str
        The plan.
    mechanism : str
        The study's own mechanism.
    currency, span : str
        Name of the money, and what the time of the study is called.
    community : pandas.DataFrame
        A row per mechanism, as in ``community.csv``; money is that of all prosumers.
    bills : pandas.DataFrame
        A row per mechanism and prosumer: bus, member, bill_alone, bill_trading and saving.
    refused : dict of str to str
        Why a mechanism has no row, by its name.
    """

    folder: Path
    case: str
    mechanism: str
    currency: str
    span: str
    community: pd.DataFrame
    bills: pd.DataFrame
    refused: dict[str, str]

    def table(self) -> pd.DataFrame:
        """Return it as the rows of settle.csv."""
        of_all = self.community.rename(
            columns={"cost_alone": "bill_alone", "cost_trading": "bill_trading"}
        )
        each = self.bills.assign(worse_off=self.bills["worse_off"].astype(int))
        rows = [
            part for name in of_all["mechanism"] for part in (_of(of_all, name), _of(each, name))
        ]
        whole = pd.concat(rows).assign(case=self.case)[columns("settle.csv")]
        return whole.astype({"member": "boolean"})

    @property
    def sentences(self) -> list[str]:
        """What came of it, in words, the answer first."""
        return [_fairness(self.community), _evenness(self.community)]


def _of(frame: pd.DataFrame, mechanism: str) -> pd.DataFrame:
    rows = frame[frame["mechanism"] == mechanism].reindex(columns=columns("settle.csv"))
    return rows.astype(object)


def settle(
    folder: Path, case: str | None = None, csv: Path | None = None, *, monitor: Monitor = SILENT
) -> Settlements:
    """Settle the best feasible plan of a results folder, or a case, by every mechanism.

    csv: a file that is written with a row per mechanism and prosumer. Raises InputError for no
    results folder, an unknown case, no feasible plan to choose, and a feeder that has changed.
    """
    results = read_results(folder)
    setting = prepare(study_files.load(str(folder / "study.toml")))
    name = chosen_case(results.summary, case, goal_of(setting.study).ranked, folder)
    buses = results.cases[name].buses
    first = buses.loc[buses["step"] == 1, "bus"].astype(str).tolist()
    if first != list(setting.feeder.buses) or len(buses) != len(first) * setting.scenario.steps:
        raise InputError(
            f"{folder}: feeder {setting.feeder.name} or its profiles have changed since: buses or "
            "steps are others than those of buses.csv; expected the files that it was made from."
        )
    accounts, refused = _accounts(setting, buses, monitor)
    found = Settlements(
        folder=folder,
        case=name,
        mechanism=setting.market.mechanism,
        currency=setting.study.tariffs.currency,
        span=span_of(setting.scenario),
        community=pd.DataFrame([account.community for account in accounts.values()]),
        bills=pd.concat([_bills(setting, *named) for named in accounts.items()]),
        refused=refused,
    )
    if csv is not None:
        write_csv(csv, found.table())
    return found


def _accounts(
    setting: Setting, buses: pd.DataFrame, monitor: Monitor
) -> tuple[dict[str, Account], dict[str, str]]:
    """Return what every mechanism makes of a day, and why some can make nothing of it."""
    found: dict[str, Account] = {}
    refused: dict[str, str] = {}
    for name in MECHANISMS.names():
        monitor.phase(f"settling by {name}")
        try:
            found[name] = bills.settled(_settled_by(setting, name), buses)
        except ToolkitError as error:
            refused[name] = str(error)
    if not found:
        raise ToolkitError("; ".join(refused.values()))
    return found, refused


def _settled_by(setting: Setting, mechanism: str) -> Setting:
    """Return a setting whose market settles by another mechanism, all else as in its study."""
    own = setting.study.settlement
    options = own.options if own.mechanism == mechanism else {}
    asked = own.model_copy(update={"mechanism": mechanism, "options": options})
    study = setting.study.model_copy(update={"settlement": asked})
    market = local_market.of(study, setting.feeder, setting.operation)
    return replace(setting, study=study, market=market)


def _bills(setting: Setting, mechanism: str, account: Account) -> pd.DataFrame:
    day = account.bills[account.bills["period"] == "day"]
    trades = setting.market.trades
    worse = set(str(account.community["worse_off_buses"]).split())
    return day[["bus", "bill_alone", "bill_trading", "saving"]].assign(
        mechanism=mechanism, member=trades, worse_off=day["bus"].isin(worse)
    )


def _fairness(community: pd.DataFrame) -> str:
    """Say with which mechanisms nobody is worse off, and with which somebody is."""
    hurt = community["worse_off"] > 0
    fair, others = community.loc[~hurt, "mechanism"], community[hurt]
    told = f"Nobody is worse off with {_listed(fair)}." if len(fair) else ""
    each = [f"{row['mechanism']} ({row['worse_off']})" for _, row in others.iterrows()]
    if each:
        told += f" Somebody is worse off with {_listed(each)}."
    return told.strip()


def _evenness(community: pd.DataFrame) -> str:
    """Say with which mechanism savings are most even."""
    if community["jain_index"].isna().all():
        return "No mechanism saves anybody anything."
    best = community["jain_index"].max()
    most = community.loc[community["jain_index"] >= best - 5e-4, "mechanism"]
    return f"Savings are most even with {_listed(most)}: Jain's index {best:.3f}, 1 being even."


def _listed(names: object) -> str:
    *first, last = [str(name) for name in names]  # type: ignore[attr-defined]
    return f"{', '.join(first)} and {last}" if first else last
