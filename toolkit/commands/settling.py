"""One plan settled by every mechanism, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.shown import Shown
from toolkit.inputs import study_files
from toolkit.model import market
from toolkit.problem import local_market
from toolkit.problem.economy import years_of
from toolkit.problem.mechanisms.registry import MECHANISMS
from toolkit.problem.setting import Setting, prepare
from toolkit.problem.sought import goal_of
from toolkit.results import bills
from toolkit.results.columns import columns
from toolkit.results.money_words import others_told
from toolkit.results.owner_tables import fairness
from toolkit.results.ranking import chosen_case
from toolkit.results.spans import span_of
from toolkit.results.store.reading import read_results
from toolkit.results.store.sheets import write_csv

if TYPE_CHECKING:
    from toolkit.results.bills import Account
    from toolkit.results.store.contents import CaseFiles


@dataclass(frozen=True, repr=False)
class Settlements(Shown):
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
        A row per mechanism and prosumer: bus, member, bill_alone, bill_trading and saving; with
        owners and costs in the study, annual_cost and saving_of_year as well.
    refused : dict of str to str
        Why a mechanism has no row, by its name.
    """

    _told_by = "toolkit.commands.settling_words"

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
        flags = [name for name in ("worse_off", "worse_off_in_year") if name in self.bills]
        each = self.bills.astype(dict.fromkeys(flags, int))
        rows = [
            part for name in of_all["mechanism"] for part in (_of(of_all, name), _of(each, name))
        ]
        whole = pd.concat(rows).assign(case=self.case)[columns("settle.csv", of_all)]
        return whole.astype({"member": "boolean"})

    @property
    def sentences(self) -> list[str]:
        """What came of it, in words, the answer first."""
        told = [_fairness(self.community), _evenness(self.community)]
        if "worse_off_in_year" in self.community:
            told.append(_in_years(self.community, self.bills))
        return told


def _of(frame: pd.DataFrame, mechanism: str) -> pd.DataFrame:
    rows = frame[frame["mechanism"] == mechanism].reindex(columns=columns("settle.csv", frame))
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
    chosen = results.cases[name]
    buses = chosen.buses
    first = buses.loc[buses["step"] == 1, "bus"].astype(str).tolist()
    if first != list(setting.feeder.buses) or len(buses) != len(first) * setting.scenario.steps:
        raise InputError(
            f"{folder}: feeder {setting.feeder.name} or its profiles have changed since: buses or "
            "steps are others than those of buses.csv; expected the files that it was made from."
        )
    accounts, refused = _accounts(setting, chosen, monitor)
    community = pd.DataFrame([account.community for account in accounts.values()])
    each = [_bills(setting, *named) for named in accounts.items()]
    if "annual_cost" in chosen.owners:
        each = [_with_year(setting, chosen.owners, table) for table in each]
        community = community.join(_of_years(chosen.owners, each))
    found = Settlements(
        folder=folder,
        case=name,
        mechanism=setting.market.mechanism,
        currency=setting.study.tariffs.currency,
        span=span_of(setting.scenario),
        community=community,
        bills=pd.concat(each),
        refused=refused,
    )
    if csv is not None:
        write_csv(csv, found.table())
    return found


def _accounts(
    setting: Setting, case: CaseFiles, monitor: Monitor
) -> tuple[dict[str, Account], dict[str, str]]:
    """Return what every mechanism makes of a day, and why some can make nothing of it."""
    found: dict[str, Account] = {}
    refused: dict[str, str] = {}
    for name in MECHANISMS.names():
        monitor.phase(f"settling by {name}")
        try:
            found[name] = bills.settled(_settled_by(setting, name), case.buses, case.units)
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
    own_market = local_market.of(study, setting.feeder, setting.operation)
    return replace(setting, study=study, market=own_market)


def _bills(setting: Setting, mechanism: str, account: Account) -> pd.DataFrame:
    day = account.bills[account.bills["period"] == "day"]
    trades = setting.market.trades
    worse = set(str(account.community["worse_off_buses"]).split())
    return day[["bus", "bill_alone", "bill_trading", "saving"]].assign(
        mechanism=mechanism, member=trades, worse_off=day["bus"].isin(worse)
    )


def _with_year(setting: Setting, owners: pd.DataFrame, bills: pd.DataFrame) -> pd.DataFrame:
    """Add to the bills of a mechanism what everybody pays in a year, units included.

    owners: owners.csv of the plan, by the study's own mechanism, in the order of the bills.
    """
    if owners["owner"].astype(str).tolist() != bills["bus"].tolist():
        raise InputError("owners.csv: found others than the prosumers of the study.")
    other = (owners["annual_cost"] - owners["energy_cost"]).to_numpy()
    annual = other + bills["bill_trading"].to_numpy() / years_of(setting.scenario)
    saving = owners["reference_cost"].to_numpy() - annual
    worse = market.loses(saving) & bills["member"].to_numpy()
    return bills.assign(annual_cost=annual, saving_of_year=saving, worse_off_in_year=worse)


def _of_years(owners: pd.DataFrame, bills: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return how evenly what a year saves falls with each mechanism, as columns."""
    rows = [fairness(owners.assign(saving=table["saving_of_year"].to_numpy())) for table in bills]
    sums = [table[["annual_cost", "saving_of_year"]].sum().to_dict() for table in bills]
    return pd.DataFrame([{**whole, **row} for whole, row in zip(sums, rows, strict=True)])


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


def _in_years(community: pd.DataFrame, bills: pd.DataFrame) -> str:
    """Say with which mechanisms somebody pays more in a year than without new units."""
    hurt = market.loses(bills["saving_of_year"].to_numpy(dtype=np.float64))
    hurt &= ~bills["member"].to_numpy(dtype=bool)
    others = [str(name) for name in bills.loc[hurt, "bus"].unique()]
    besides = f"; {others_told(others)}" if others else ""
    worse = community[community["worse_off_in_year"] > 0]
    if worse.empty:
        who = "no member and no third party" if others else "nobody"
        more = f"{who} pays more than without new units, with any"
        return f"In a year, units included, {more}{besides}."
    each = [f"{row['mechanism']} ({row['worse_off_in_year']})" for _, row in worse.iterrows()]
    more = "In a year, units included, somebody pays more than without new units with"
    return f"{more} {_listed(each)}{besides}."


def _listed(names: object) -> str:
    *first, last = [str(name) for name in names]  # type: ignore[attr-defined]
    return f"{', '.join(first)} and {last}" if first else last
