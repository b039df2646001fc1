"""What a study can search for: one record per goal, with all that is said and computed of it.

To add a goal: write its name into ``model.goal_names`` and its record here. The study's check, the
objective, the columns of summary.csv, the figures, the report and ``reproduce`` read the record.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toolkit.common.errors import InputError
from toolkit.model.risk import MEAN, Risk
from toolkit.problem import goal_measures as measures
from toolkit.problem import yearly
from toolkit.problem.goal_measures import Measure, Reference

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.sections import Market
    from toolkit.model.goal_names import EnergyGoal, GoalName
    from toolkit.problem.conditions import Conditions


@dataclass(frozen=True)
class Goal:
    """One goal. The objective, which is minimised, is ``sign`` times the figure.

    column: of summary.csv, where the figure stands; unit: its unit; about: what the figure is, in
    words, and describes: what its column holds; measure: the figure of solved days, None for the
    sum of other goals; scale: what of it counts as 1 in a weighted sum; worst: what the objective
    of a feasible plan never exceeds; ranked: the column by which runs are ranked, higher is better;
    short: heading of a column of its own in a table that has traded energies and losses anyway;
    best and answer: what is sought and what was found, where the words made of ``about`` would not
    do; span: of what time the figure is, where it is not that of the study; optional: whether its
    column is there only where a study states costs or emissions, or asks for it; needs_losses:
    whether it needs the engine's losses; from_day: whether it follows from the solved day alone,
    without tariffs and prosumers; added: whether results of earlier versions lack its column; risk:
    how the figures of separate days become the one that is sought; least and most: between which
    every figure is.
    """

    column: str
    unit: str
    sign: float
    about: str
    describes: str = ""
    measure: Measure | None = None
    scale: Reference = lambda conditions: 1.0
    worst: Reference = lambda conditions: 0.0
    ranked: str = "score"
    short: str = ""
    best: str = ""
    answer: str = ""
    needs_losses: bool = False
    from_day: bool = False
    added: bool = True
    risk: Risk = MEAN
    span: str = ""
    optional: bool = False
    least: float = 0.0
    most: float = math.inf

    @property
    def words(self) -> str:
        """What is ranked, in words: minimised figures count negative."""
        return f"minus {self.about}" if self.sign > 0.0 else self.about

    @property
    def ranked_in(self) -> str:
        """What is ranked and its unit, the unit alone where it is a column of its own name."""
        return f"{self.words} in {self.unit}" if self.ranked == "score" else self.unit

    @property
    def median_of(self) -> str:
        """What the median run is the median of, in words."""
        return "energy maximised" if self.ranked != "score" else f"{self.about}{self._tail}"

    @property
    def _tail(self) -> str:
        return f" {self.risk.words}" if self.risk.averse else ""

    @property
    def is_energy(self) -> bool:
        """Whether it is energy to be maximised, of whatever days."""
        return self.unit == "kWh" and self.sign < 0.0

    @property
    def form(self) -> str:
        """How the figure is written, with its unit."""
        return "{:,.0f} kWh" if self.is_energy else f"{{:,.6g}} {self.unit}"

    def figure(self, row: Mapping[str, Any] | pd.Series[Any]) -> float:
        """Return the figure of a row of summary.csv."""
        ranked = self.column == "score"
        return -self.sign * float(row["score"]) if ranked else float(row[self.column])

    def brief(self, row: Mapping[str, Any] | pd.Series[Any]) -> str:
        """Return the figure of a row of summary.csv for a column of a table."""
        return f"{self.figure(row):.1f}" if self.is_energy else f"{self.figure(row):.6g}"

    def over(self, span: str) -> str:
        """Return a span of time, and of which days the figure is as if all were like them."""
        return f"{self.span or span}{self._tail}"

    def sought(self, span: str) -> str:
        """Return what is sought over a span of time ("day"), in words."""
        best = self.best or f"the {'lowest' if self.sign > 0.0 else 'highest'} {self.about}"
        return f"{best} over the {self.over(span)}"

    def found(self, span: str) -> str:
        """Return what the figure of the answer is, in words."""
        return f"{self.answer or self.about} over the {self.over(span)}"


GOALS: Mapping[str, Goal] = {
    "traded": Goal(
        "traded_kwh",
        "kWh",
        -1.0,
        "energy traded",
        "energy sold to neighbours over all steps, equation (10)",
        measures.traded,
        measures.load_kwh,
        ranked="traded_kwh",
        best="the most energy sold to neighbours",
        answer="traded between neighbours",
        added=False,
        from_day=True,
    ),
    "traded_to_load": Goal(
        "traded_to_load_kwh",
        "kWh",
        -1.0,
        "energy traded to load",
        "the part of it that serves load",
        measures.traded_to_load,
        measures.load_kwh,
        ranked="traded_to_load_kwh",
        best="the most energy sold to neighbours that serves load,",
        answer="traded between neighbours to serve load,",
        added=False,
        from_day=True,
    ),
    "losses": Goal(
        "loss_kwh",
        "kWh",
        1.0,
        "network losses",
        "active losses of the network over all steps",
        measures.losses,
        measures.load_kwh,
        measures.most_kwh,
        needs_losses=True,
        added=False,
        from_day=True,
    ),
    "voltage_deviation": Goal(
        "voltage_deviation_pu",
        "pu",
        1.0,
        "voltage deviation",
        "largest |v - 1| of any node, averaged over steps",
        measures.voltage_deviation,
        measures.half_band,
        measures.largest_deviation,
        short="off, pu",
        from_day=True,
    ),
    "community_cost": Goal(
        "community_cost",
        "money",
        1.0,
        "cost of the community",
        "sum of the prosumers' bills with trading",
        measures.community_cost,
        measures.load_cost,
        measures.most_cost,
        short="cost",
        least=-math.inf,
    ),
    "self_sufficiency": Goal(
        "self_sufficiency_pct",
        "%",
        -1.0,
        "self-sufficiency",
        "share of what all used that they generated",
        measures.self_sufficiency,
        lambda conditions: 100.0,
        short="own, %",
        most=100.0,
    ),
    "annual_cost": Goal(
        "annual_cost",
        "money",
        1.0,
        "cost",
        "what energy, connections and units cost the prosumers in a year, investments as annuities",
        yearly.annual_cost,
        measures.load_cost_a_year,
        measures.most_cost_a_year,
        short="cost a year",
        least=-math.inf,
        span="year",
        optional=True,
        needs_losses=True,
    ),
    "npv": Goal(
        "npv",
        "money",
        -1.0,
        "net present value",
        "what the plan is worth today against having no new unit",
        yearly.net_present_value,
        measures.load_cost_of_years,
        measures.most_lost,
        short="NPV",
        least=-math.inf,
        span="years of [costs]",
        optional=True,
        needs_losses=True,
    ),
    "investment": Goal(
        "investment",
        "money",
        1.0,
        "investment",
        "what is paid at the start for new units, subsidies taken off",
        yearly.investment,
        measures.most_investment,
        measures.most_investment,
        short="investment",
        span="years of [costs]",
        optional=True,
    ),
    "peak_import": Goal(
        "peak_import_kw",
        "kW",
        1.0,
        "highest import at the feeder head",
        "highest import at the feeder head in any step, losses included",
        yearly.peak_import,
        measures.peak_load,
        lambda conditions: 2.0 * float(measures.most_kw(conditions).max()),
        short="peak, kW",
        needs_losses=True,
        optional=True,
    ),
    "co2": Goal(
        "co2_kg",
        "kg",
        1.0,
        "emissions of CO2",
        "CO2 in a year of what is drawn at the feeder head, losses included, and of generators",
        yearly.co2,
        measures.load_co2,
        measures.most_co2,
        short="CO2, kg",
        span="year",
        needs_losses=True,
        optional=True,
    ),
    "weighted": Goal(
        "score",
        "weighted shares",
        -1.0,
        "weighted sum of goals",
        short="score",
    ),
}
#: The goals that have a figure of their own.
MEASURES: Mapping[str, Measure] = {
    name: goal.measure for name, goal in GOALS.items() if goal.measure is not None
}


def shown(conditions: Conditions, sought: Container[str]) -> tuple[str, ...]:
    """Return the goals of which a study's results have a figure.

    sought: those that it asks for. Others of a year are there where what they are made of is.
    """
    economy = conditions.economy
    there = {
        "annual_cost": economy.priced,
        "npv": economy.priced,
        "investment": economy.priced,
        "peak_import": economy.priced or economy.charges.any or economy.emits,
        "co2": economy.emits,
    }
    return tuple(
        name for name in MEASURES if not GOALS[name].optional or there[name] or name in sought
    )


def as_energy(name: GoalName) -> EnergyGoal | None:
    """Return a goal that is energy traded, which alone schedules give and the exact model knows."""
    return name if name == "traded" or name == "traded_to_load" else None


def energy_traded(asked: Market) -> EnergyGoal:
    """Return a study's objective where it is energy traded. Raises InputError for any other."""
    goal = as_energy(asked.objective)
    if goal is not None:
        return goal
    raise InputError(
        f"market.objective: found '{asked.objective}'; a proven bound and polishing expect "
        "'traded' or 'traded_to_load', since the exact model knows energy traded alone. Leave "
        "--bound and --polish out, or change the objective."
    )
