"""What a study can search for: the goals of the toolkit, and those that are installed besides.

To add a goal: write a plug-in, its name into ``model.goal_names``, its record into ``own_goals``.
The objective, the columns of summary.csv, the figures, the report and ``reproduce`` read records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from toolkit.common.errors import InputError
from toolkit.model.goal_names import PREFIX
from toolkit.problem.goal_record import Goal
from toolkit.problem.own_goals import OWN

if TYPE_CHECKING:
    from toolkit.inputs.sections import Market
    from toolkit.model.goal_names import EnergyGoal
    from toolkit.problem.conditions import Conditions

__all__ = ["GOALS", "Goal", "as_energy", "energy_traded", "shown"]


class _Goals(Mapping[str, Goal]):
    """All goals by name: those of the toolkit, and, where one is asked for, those of others.

    It goes through those of the toolkit alone. Raises InputError for a goal that is not installed
    or cannot be used.
    """

    def __getitem__(self, name: str) -> Goal:
        return OWN[name] if name in OWN else _of_others(name)

    def __iter__(self) -> Iterator[str]:
        return iter(OWN)

    def __len__(self) -> int:
        return len(OWN)


GOALS = _Goals()


@cache
def _of_others(name: str) -> Goal:
    """Return the record of a plug-in, made from what it says of itself."""
    from toolkit.problem.goal_plugins import registry

    said = registry.declared(name)
    return Goal(
        column=PREFIX + name,
        unit=said.unit,
        sign=1.0 if said.direction == "min" else -1.0,
        about=said.label,
        describes=said.description,
        plugin=name,
        short=name,
        needs_losses="losses" in said.needs or "costs" in said.needs,
        needs_costs="costs" in said.needs,
        optional=True,
        least=said.lowest,
        most=said.highest,
    )


def shown(conditions: Conditions, sought: Sequence[str]) -> tuple[str, ...]:
    """Return the goals of which a study's results have a figure.

    sought: those that it asks for. Others of a year are there where what they are made of is.
    """
    economy = conditions.economy
    known = {
        "annual_cost": economy.priced,
        "npv": economy.priced,
        "investment": economy.priced,
        "peak_import": economy.priced or economy.charges.any or economy.emits,
        "co2": economy.emits,
    }
    own = [name for name, goal in OWN.items() if goal.plugin]
    of_others = [name for name in dict.fromkeys(sought) if name not in OWN]
    there = [n for n in own if not OWN[n].optional or known[n] or n in sought]
    return (*there, *of_others)


def as_energy(name: str) -> EnergyGoal | None:
    """Return a goal that is energy traded, which schedules alone give."""
    if name == "traded":
        return "traded"
    return "traded_to_load" if name == "traded_to_load" else None


def energy_traded(asked: Market) -> EnergyGoal:
    """Return a study's objective where it is energy traded. Raises InputError for any other."""
    goal = as_energy(asked.objective)
    if goal is not None:
        return goal
    raise InputError(
        f"market.objective: found '{asked.objective}'; what 1 % more brings is told of 'traded' "
        "and 'traded_to_load' alone."
    )
