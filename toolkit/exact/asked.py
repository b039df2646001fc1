"""What the exact model is asked: energy traded or a cost, within which limits of goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import InputError
from toolkit.grid.solution import Days
from toolkit.model.goal_names import EnergyGoal
from toolkit.problem import energy
from toolkit.problem.conditions import Conditions, Solved
from toolkit.problem.goal_limits import HeldGoal
from toolkit.problem.goals import GOALS, as_energy
from toolkit.problem.mechanisms.contract import CHARGES

if TYPE_CHECKING:
    from toolkit.model.plan import Plan
    from toolkit.problem.objectives import Aim

#: Goals other than energy that the model can seek: linear in sizes, energies and highest imports.
SOUGHT = ("annual_cost", "npv", "investment", "community_cost", "peak_import", "co2")
#: Limits of goals that the model can hold, and whether they are limits from above.
HELD: Mapping[str, bool] = {
    "traded": False,
    "self_sufficiency": False,
    "npv": False,
    **dict.fromkeys((name for name in SOUGHT if name != "npv"), True),
}
#: How far, as a share of each limit, plans are kept inside it, so that rounding breaks none.
INSIDE = 1e-5
#: Goals that bills are part of.
BILLED = ("annual_cost", "npv", "community_cost")


@dataclass(frozen=True)
class Asked:
    """What is asked besides energy: a goal, blank where energy is sought, and limits of goals.

    conditions: what goals are measured under, None where only energy is asked for.
    """

    goal: str = ""
    held: tuple[HeldGoal, ...] = ()
    conditions: Conditions | None = None

    @property
    def any(self) -> bool:
        """Say whether anything is."""
        return bool(self.goal or self.held)

    @property
    def sides(self) -> bool:
        """Whether it matters that no bus sells and buys at once: only energy gains by that."""
        return not self.goal or any(limit.name == "traded" for limit in self.held)

    @property
    def differing(self) -> Sequence[object] | None:
        """What units that are alike otherwise may differ by: what each costs, (U,)."""
        return None if self.conditions is None else self.conditions.economy.costs.units

    @property
    def scale(self) -> float:
        """What counts as 1 of the goal's figure in a weighted sum, in its unit."""
        assert self.conditions is not None
        return abs(GOALS[self.goal].scale(self.conditions))

    @property
    def sign(self) -> float:
        """What of the goal's figure is maximised: 1, or -1 where it is minimised."""
        return -GOALS[self.goal].sign

    def value(self, plan: Plan) -> float:
        """Return what is maximised of one plan by its schedule alone, in the goal's unit.

        Nothing is lost in the network then.
        """
        assert self.conditions is not None
        solved = scheduled(plan.row(None), self.conditions)
        return self.sign * float(GOALS[self.goal].figures(solved)[0])

    def lost(self, plan: Plan, solved: Solved) -> dict[str, float]:
        """Return by how much figures that have limits come out worse than the model's, by name.

        solved: the day of the plan. What is lost in the network, and wear by depths of cycles.
        """
        if not self.held:
            return {}
        assert self.conditions is not None
        known = scheduled(plan.row(None), _without_depths(self.conditions))
        worse: dict[str, float] = {}
        for limit in self.held:
            figures = GOALS[limit.name].figures
            more = float(figures(solved)[0] - figures(known)[0])
            inside = INSIDE * max(abs(limit.limit), limit.scale)
            worse[limit.name] = max(more if limit.at_most else -more, 0.0) + inside
        return worse


#: Nothing but energy.
ENERGY_ALONE = Asked()


def scheduled(plans: Plan, conditions: Conditions) -> Solved:
    """Return n plans as solved days in which all goes as scheduled and nothing is lost."""
    n, (steps, buses) = len(plans.bus), conditions.load_kw.shape
    load = np.broadcast_to(conditions.load_kw, (n, steps, buses))
    units = plans.p_kw.swapaxes(1, 2)
    nowhere = np.zeros((n, steps, 0))
    of_load, of_units = (np.asarray(kw, dtype=np.complex128) for kw in (load, units))
    days = Days(nowhere, np.zeros((n, steps)), nowhere, of_load, of_units, ("",) * n)
    return Solved(days, plans, energy.positions(load, units, plans.bus), units, conditions)


def _without_depths(conditions: Conditions) -> Conditions:
    """Return conditions in which depths of cycles that count more than they are count nothing."""
    costs = conditions.economy.costs
    units = [
        replace(unit, cycle_life=np.inf) if unit.exponent != 1.0 else unit for unit in costs.units
    ]
    economy = replace(conditions.economy, costs=replace(costs, units=tuple(units)))
    return replace(conditions, economy=economy)


def asked_of(aim: Aim) -> Asked:
    """Return what a study asks the model besides energy. Raises InputError for what it cannot."""
    goal = "" if as_energy(aim.asked.objective) else sought(aim)
    held = tuple(limit for limit in aim.held if holds(aim.conditions, limit.name, limit.at_most))
    return Asked(goal, held, aim.conditions) if goal or held else ENERGY_ALONE


def energy_of(aim: Aim) -> EnergyGoal:
    """Return the energy that the model clears: what is sought, all that is traded for costs."""
    return as_energy(aim.asked.objective) or "traded"


def sought(aim: Aim) -> str:
    """Return a study's goal other than energy. Raises InputError where the model has none such."""
    goal = aim.asked.objective
    if goal not in SOUGHT:
        raise InputError(
            f"market.objective: found '{goal}'; a proven bound and polishing expect 'traded', "
            f"'traded_to_load', {', '.join(map(repr, SOUGHT))}, which are linear in sizes and "
            "energies. Leave --bound and --polish out, or change the objective."
        )
    if aim.risk.averse:
        raise InputError(
            f"market.objective: found '{goal}' with horizon.risk = '{aim.risk.name}'; a proven "
            "bound and polishing expect costs of all days together. Leave --bound and --polish "
            "out, or horizon.risk."
        )
    if goal in BILLED and not billed_flat(aim.conditions):
        raise InputError(
            f"settlement.mechanism: found '{aim.conditions.market.mechanism}' with "
            f"market.objective = '{goal}'; a proven bound and polishing expect a mechanism that "
            "charges the same for every kWh traded, since the model names no pairs. Leave --bound "
            "and --polish out, or change the mechanism."
        )
    return goal


def billed_flat(conditions: Conditions) -> bool:
    """Say whether the network gets the same for each kWh traded, whose ever it is."""
    return CHARGES not in conditions.market.chosen.terms


def holds(conditions: Conditions, name: str, at_most: bool) -> bool:
    """Say whether the model holds a limit of a goal; else it leaves plans in that break it."""
    billed = name not in BILLED or billed_flat(conditions)
    return name in HELD and HELD[name] == at_most and billed
