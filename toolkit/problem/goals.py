"""What a study can search for: each goal by name, with the column and unit of its figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.common.errors import InputError
from toolkit.inputs.sections import Market, Objective


@dataclass(frozen=True)
class Goal:
    """One goal. The objective, which is minimised, is ``sign`` times the figure.

    column: of summary.csv, where the figure stands; ranked: the column by which runs are ranked,
    higher is better; unit: of both; about: what the figure is, in words; short: heading of a column
    of its own in a table that has traded energies and losses anyway.
    """

    column: str
    unit: str
    sign: float
    about: str
    ranked: str = "score"
    short: str = ""

    @property
    def words(self) -> str:
        """What is ranked, in words: minimised figures count negative."""
        return f"minus {self.about}" if self.sign > 0.0 else self.about

    @property
    def ranked_in(self) -> str:
        """The unit of what is ranked, with a word where it is not the figure itself."""
        return f"score in {self.unit}" if self.ranked == "score" else self.unit


GOALS: Mapping[str, Goal] = {
    "traded": Goal("traded_kwh", "kWh", -1.0, "energy traded", "traded_kwh"),
    "traded_to_load": Goal(
        "traded_to_load_kwh", "kWh", -1.0, "energy traded to load", "traded_to_load_kwh"
    ),
    "losses": Goal("loss_kwh", "kWh", 1.0, "network losses"),
    "voltage_deviation": Goal(
        "voltage_deviation_pu", "pu", 1.0, "voltage deviation", short="off, pu"
    ),
    "community_cost": Goal("community_cost", "money", 1.0, "cost of the community", short="cost"),
    "self_sufficiency": Goal("self_sufficiency_pct", "%", -1.0, "self-sufficiency", short="own, %"),
    "weighted": Goal("score", "weighted shares", -1.0, "weighted sum of goals", short="score"),
}


def energy_traded(market: Market) -> Objective:
    """Return a study's objective where it is energy traded, which alone the exact model knows.

    Raises InputError for any other.
    """
    name = market.objective
    if name == "traded" or name == "traded_to_load":
        return name
    raise InputError(
        f"market.objective: found '{name}'; a proven bound and polishing expect 'traded' or "
        "'traded_to_load', since the exact model knows energy traded alone. Leave --bound and "
        "--polish out, or change the objective."
    )
