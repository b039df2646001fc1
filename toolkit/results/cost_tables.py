"""What a case costs by the year: costs.csv, and its part of the row of community.csv."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.model import finance
from toolkit.model.costs import Bought
from toolkit.model.fleet import Fleet
from toolkit.model.kinds import GENERATORS
from toolkit.problem import yearly
from toolkit.problem.conditions import Solved
from toolkit.problem.economy import Economy
from toolkit.problem.goals import GOALS
from toolkit.results.columns import columns
from toolkit.results.owner_tables import fairness, owners_table


@dataclass(frozen=True)
class CostAccount:
    """The costs of a case. units: costs.csv, None where nothing says what units cost.

    owners: owners.csv, None where a study states no owners.
    """

    units: pd.DataFrame | None
    community: dict[str, object]
    owners: pd.DataFrame | None = None


def cost_account(solved: Solved) -> CostAccount | None:
    """Return what one solved plan costs by the year, None where the study states no such cost."""
    economy = solved.conditions.economy
    stated = solved.conditions.operation.scenario.owners is not None
    if not (economy.priced or economy.charges.any or economy.emits or stated):
        return None
    bought, given = yearly.bought(solved), yearly.given_kwh(solved)[0]
    fleet = solved.conditions.operation.fleet
    units = _units(solved, bought, given) if economy.priced else None
    community: dict[str, object] = {**_bill(solved)}
    if economy.priced:
        community |= _investment(solved, bought, given, fleet, economy)
    if economy.emits:
        community["co2_kg"] = float(GOALS["co2"].figures(solved)[0])
    owners = owners_table(solved) if stated else None
    community |= {} if owners is None else fairness(owners)
    return CostAccount(units, community, owners)


def _units(solved: Solved, bought: Bought, given: np.ndarray) -> pd.DataFrame:
    operation, plan = solved.conditions.operation, solved.plans
    fleet, costs = operation.fleet, solved.conditions.economy.costs
    annual, used = bought.annual[0], yearly.life_used(solved)[0]
    rows = [
        {
            "unit": unit.name,
            "kind": unit.kind,
            "bus": fleet.buses[plan.bus[0, u]],
            "size": float(plan.size[0, u]),
            "existing": bool(costs.units[u].existing),
            "investment": float(bought.investment[0, u]),
            "capital_cost": float(bought.capital[0, u]),
            "upkeep_cost": float(bought.upkeep[0, u]),
            "wear_cost": float(bought.wear[0, u]),
            "running_cost": float(bought.running[0, u]),
            "annual_cost": float(annual[u]),
            "given_kwh": float(given[u]),
            "cost_per_kwh": finance.levelised(float(annual[u]), float(given[u])),
            "life_used_pct": 100.0 * float(used[u]),
        }
        for u, unit in enumerate(fleet.units)
    ]
    return pd.DataFrame(rows, columns=columns("costs.csv"))


def _bill(solved: Solved) -> dict[str, float]:
    bill = yearly.yearly_bill(solved)
    return {
        "energy_cost": float(bill.energy[0]),
        "demand_cost": float(bill.meters.sum() + bill.head[0]),
        "standing_cost": float(bill.standing[0]),
    }


def _investment(
    solved: Solved, bought: Bought, given: np.ndarray, fleet: Fleet, economy: Economy
) -> dict[str, float]:
    """Return what units cost together, and whether that pays against having no new one."""
    annual = float(yearly.annual_cost(solved)[0])
    paid, capital = float(bought.investment.sum()), float(bought.capital.sum())
    saving = economy.reference - (annual - capital)
    generators = [u for u, unit in enumerate(fleet.units) if unit.kind in GENERATORS]
    generated = float(given[generators].sum())
    return {
        "investment": paid,
        "capital_cost": capital,
        "upkeep_cost": float(bought.upkeep.sum()),
        "wear_cost": float(bought.wear.sum()),
        "running_cost": float(bought.running.sum()),
        "annual_cost": annual,
        "reference_cost": float(economy.reference),
        "npv": float(GOALS["npv"].figures(solved)[0]),
        "payback_years": finance.payback_years(paid, saving),
        "discounted_payback_years": finance.discounted_payback_years(
            paid, saving, economy.costs.rate
        ),
        "cost_per_kwh": finance.levelised(float(bought.annual[0, generators].sum()), generated),
    }
