"""What a study can search for: one record per goal, with all that is said and computed of it.

To add a goal: write its name into ``model.goal_names`` and its record here. The study's check, the
objective, the columns of summary.csv, the figures, the report and ``reproduce`` read the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.model import market
from toolkit.model.risk import MEAN, Risk
from toolkit.problem import energy

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.sections import Market
    from toolkit.model.goal_names import EnergyGoal, GoalName
    from toolkit.problem.conditions import Conditions, Solved

#: A figure of n solved days, in the goal's unit, (n,).
Measure = Callable[["Solved"], FloatArray]
#: A figure that follows from what every plan of a study meets, in the goal's unit.
Reference = Callable[["Conditions"], float]


def _traded(solved: Solved) -> FloatArray:
    return energy.maximised(solved.at, solved.conditions.hours, "traded")


def _traded_to_load(solved: Solved) -> FloatArray:
    return energy.maximised(solved.at, solved.conditions.hours, "traded_to_load")


def _losses(solved: Solved) -> FloatArray:
    """Return the network's active losses over all that steps stand for, kWh, (n,)."""
    return np.asarray((solved.days.loss_kw * solved.conditions.hours).sum(axis=1))


def _voltage_deviation(solved: Solved) -> FloatArray:
    """Return the largest distance of a node from 1 pu, averaged over what steps stand for, (n,)."""
    # fmax passes over NaN: nodes without a voltage base.
    off = [np.fmax.reduce(np.abs(v_pu - 1.0), axis=1) for v_pu in solved.days.v_pu]
    if solved.conditions.operation.scenario.separate is None:
        return np.array([each.mean() for each in off])
    return np.average(off, axis=1, weights=solved.conditions.hours)


def _community_cost(solved: Solved) -> FloatArray:
    """Return the sum of the prosumers' bills with trading, (n,)."""
    cost: FloatArray = solved.conditions.market.settle(solved.at.net).bill.sum(axis=(-2, -1))
    return cost


def _self_sufficiency(solved: Solved) -> FloatArray:
    """Return the share of what prosumers used that they generated, behind one meter, %, (n,)."""
    conditions = solved.conditions
    stores, at = conditions.operation.fleet.storage_rows, conditions.market.prosumers
    counts = conditions.operation.scenario.weights
    units = solved.unit_kw.sum(axis=-1) - solved.unit_kw[..., stores].sum(axis=-1)
    negative_load = counts * np.maximum(-solved.at.load[..., at], 0.0).sum(axis=-1)
    net = counts * solved.at.net[..., at].sum(axis=-1)
    generated = (counts * units + negative_load).sum(axis=-1)
    own = market.kept(generated, np.maximum(net, 0.0).sum(axis=-1))
    used = own + np.maximum(-net, 0.0).sum(axis=-1)
    share: FloatArray = np.divide(own, used, out=np.zeros_like(own), where=used > 0.0)
    return 100.0 * share


def _load_kwh(conditions: Conditions) -> float:
    """Return the scheduled load, kWh."""
    return float(conditions.load_kw.sum(axis=1) @ conditions.hours) or 1.0


def _load_cost(conditions: Conditions) -> float:
    return conditions.load_cost


def _half_band(conditions: Conditions) -> float:
    """Return half the width of the voltage band, pu."""
    return 0.5 * (conditions.limits.v_max - conditions.limits.v_min)


def _most_kw(conditions: Conditions) -> FloatArray:
    """Return the largest power that loads and units together can have in each step, kW, (T,)."""
    sizes = [unit.size_max * unit.kw_per_size for unit in conditions.operation.fleet.units]
    most: FloatArray = conditions.load_kw.sum(axis=1) + sum(sizes)
    return most


def _most_kwh(conditions: Conditions) -> float:
    return float(_most_kw(conditions) @ conditions.hours)


def _most_cost(conditions: Conditions) -> float:
    retail = conditions.market.tariffs.retail
    return float((retail * conditions.hours) @ _most_kw(conditions))


def _largest_deviation(conditions: Conditions) -> float:
    return conditions.limits.largest_deviation


@dataclass(frozen=True)
class Goal:
    """One goal. The objective, which is minimised, is ``sign`` times the figure.

    column: of summary.csv, where the figure stands; unit: its unit; about: what the figure is, in
    words, and describes: what its column holds; measure: the figure of solved days, None for the
    sum of other goals; scale: what of it counts as 1 in a weighted sum; worst: what the objective
    of a feasible plan never exceeds; ranked: the column by which runs are ranked, higher is better;
    short: heading of a column of its own in a table that has traded energies and losses anyway;
    best and answer: what is sought and what was found, where the words made of ``about`` would not
    do; needs_losses: whether it needs the engine's losses; from_day: whether it follows from the
    solved day alone, without tariffs and prosumers; added: whether results of earlier versions lack
    its column; risk: how the figures of separate days become the one that is sought.
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
        return f"{span}{self._tail}"

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
        _traded,
        _load_kwh,
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
        _traded_to_load,
        _load_kwh,
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
        _losses,
        _load_kwh,
        _most_kwh,
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
        _voltage_deviation,
        _half_band,
        _largest_deviation,
        short="off, pu",
        from_day=True,
    ),
    "community_cost": Goal(
        "community_cost",
        "money",
        1.0,
        "cost of the community",
        "sum of the prosumers' bills with trading",
        _community_cost,
        _load_cost,
        _most_cost,
        short="cost",
    ),
    "self_sufficiency": Goal(
        "self_sufficiency_pct",
        "%",
        -1.0,
        "self-sufficiency",
        "share of what all used that they generated",
        _self_sufficiency,
        lambda conditions: 100.0,
        short="own, %",
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
