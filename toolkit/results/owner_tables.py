"""What each party pays, gets and owns in a year: owners.csv, and how evenly that falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.model import finance, market
from toolkit.model.kinds import GENERATORS
from toolkit.problem import yearly
from toolkit.problem.accounts import Accounts, accounts
from toolkit.results.columns import columns
from toolkit.results.money_columns import MEMBER, OTHER, THIRD

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.problem.conditions import Solved


def owners_table(solved: Solved) -> pd.DataFrame:
    """Return owners.csv of one solved plan, whose owners a study states."""
    held, local = accounts(solved), solved.conditions.market
    homes = len(local.homes)
    roles = [MEMBER if trades else OTHER for trades in local.trades[:homes]]
    rows = {
        "owner": local.names,
        "role": roles + [THIRD] * local.third,
        "given_kwh": held.given_kwh[0],
        "income": held.received[0],
        "energy_cost": held.energy[0],
        "demand_cost": held.demand[0],
        "standing_cost": held.standing[0],
        **_of_units(solved, held),
    }
    return pd.DataFrame(rows)[columns("owners.csv", rows)]


def _of_units(solved: Solved, held: Accounts) -> dict[str, object]:
    """Return what units cost each party, and whether that pays, where a study states costs."""
    economy = solved.conditions.economy
    if economy.references is None:
        return {}
    annual, costs, units = held.annual[0], economy.costs, held.units
    paid, saving = units.investment[0], economy.references - annual
    # What is saved a year once units are paid for.
    returned = saving + units.capital[0]
    each = list(zip(paid.tolist(), returned.tolist(), strict=True))
    return {
        "investment": paid,
        "capital_cost": units.capital[0],
        "upkeep_cost": units.upkeep[0],
        "wear_cost": units.wear[0],
        "running_cost": units.running[0],
        "annual_cost": annual,
        "reference_cost": economy.references,
        "saving": saving,
        "npv": saving / costs.annuity,
        "payback_years": [finance.payback_years(*one) if one[0] else np.nan for one in each],
        "discounted_payback_years": [
            finance.discounted_payback_years(*one, costs.rate) if one[0] else np.nan for one in each
        ],
        "cost_per_kwh": _levelised(solved),
    }


def _levelised(solved: Solved) -> FloatArray:
    """Return the cost of each party's share of generators per kWh they give, (P,), NaN of none."""
    conditions = solved.conditions
    owners, fleet = conditions.operation.scenario.owners, conditions.operation.fleet
    assert owners is not None
    generators = np.array([unit.kind in GENERATORS for unit in fleet.units], dtype=bool)
    values = np.stack([yearly.bought(solved).annual, yearly.given_kwh(solved)], axis=-1)
    spread = owners.spread(values * generators[:, None], solved.plans.bus)[0]
    cost, given = spread[:, conditions.market.prosumers]
    each = zip(cost.tolist(), given.tolist(), strict=True)
    return np.array([finance.levelised(*one) for one in each])


def fairness(table: pd.DataFrame) -> dict[str, object]:
    """Return how evenly what a year saves falls on members, as columns of community.csv."""
    if "saving" not in table:
        return {}
    saving, members = table["saving"].to_numpy(dtype=float), (table["role"] == MEMBER).to_numpy()
    worse = market.loses(saving) & (table["role"] != OTHER).to_numpy()
    return {
        "jain_index_of_year": market.jain_index(saving[members]),
        "worse_off_in_year": int(worse.sum()),
        "worse_off_in_year_owners": " ".join(table.loc[worse, "owner"]),
    }
