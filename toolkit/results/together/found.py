"""A results folder as it stands beside others: its best plan, what it gives, and what binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.common.errors import fitting_together
from toolkit.problem.goals import GOALS, Goal
from toolkit.problem.own_goals import OWN
from toolkit.problem.sought import goal_told
from toolkit.results.column import is_of_others
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.report.answer import STATUS, Answer, answer_of
from toolkit.results.store.contents import Results
from toolkit.results.store.reading import read_results

#: Figures of summary.csv that are no goals: name, unit, column.
OTHERS = (
    ("lowest voltage", "pu", "v_min_pu"),
    ("highest voltage", "pu", "v_max_pu"),
    ("highest loading", "%", ""),
    ("limits broken by", "shares", "violation"),
    ("share of the proven bound", "%", "pct_of_bound"),
)


@dataclass(frozen=True)
class Figure:
    """One figure of a plan: what it is, its unit, its value."""

    name: str
    unit: str
    value: float


@dataclass(frozen=True)
class Found:
    """A results folder with its best plan, the base case where nothing else was solved."""

    results: Results
    groups: Sequence[Group]
    shown: Group
    goal: Goal
    answer: Answer

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.results.folder

    @property
    def base(self) -> Group:
        """The base case."""
        return self.groups[0]

    @property
    def feasible(self) -> bool:
        """Whether the best plan keeps every limit."""
        return bool(self.shown.row["feasible"])

    @property
    def sought(self) -> float:
        """The figure of what is sought, of the best plan, in the unit of the goal."""
        return self.goal.figure(self.shown.row)

    @property
    def bound(self) -> float | None:
        """The proven bound on it, in the same unit; None without one."""
        score = self.results.bound_score
        return None if score is None or pd.isna(score) else -self.goal.sign * score

    @property
    def status(self) -> str:
        """What keeps its figures from being final, in words; blank where nothing does."""
        said = str(self.results.manifest.get("status", "unknown"))
        return "" if said == "complete" else STATUS.get(said, f"is {said}")

    @property
    def command(self) -> str:
        """The command that made it, in a word."""
        return command_word(str(self.results.manifest["command"]))

    @property
    def aim(self) -> dict[str, Any]:
        """What decides whether figures of two goals can be compared."""
        study = self.results.study
        weights = study.market.weights if study.market.objective == "weighted" else {}
        return {
            "objective": study.market.objective,
            "weights": dict(weights),
            "unit": self.goal.unit,
            "over": self.goal.over(self.shown.span),
        }

    def figures(self, group: Group) -> list[Figure]:
        """Return the figures of a plan: what is sought, all other goals, voltages, loading."""
        told = [Figure(self.goal.about, self.goal.unit, self.goal.figure(group.row))]
        for goal in self._goals(group.row):
            if goal.about != self.goal.about or self.goal.risk.averse:
                told.append(Figure(goal.about, goal.unit, float(group.row[goal.column])))
        told += [Figure(name, unit, _other(group, column)) for name, unit, column in OTHERS]
        told.append(Figure("saved by trading", self.currency, self._saved(group)))
        return [figure for figure in told if not pd.isna(figure.value)]

    @property
    def currency(self) -> str:
        """Name of the money."""
        return self.results.study.tariffs.currency

    def _goals(self, row: pd.Series) -> list[Goal]:
        """Return the goals of which a row of summary.csv has a figure."""
        own = [goal for goal in OWN.values() if goal.plugin]
        others = [str(name).removeprefix("goal_") for name in row.index if is_of_others(name)]
        told = [*own, *(GOALS[name] for name in others)]
        return [goal.in_money(self.currency) for goal in told if goal.column in row.index]

    def _saved(self, group: Group) -> float:
        community = self.results.community
        if community.empty:
            return float("nan")
        rows = community.loc[community["case"] == group.median.name, "saving"]
        return float(rows.iloc[0]) if len(rows) else float("nan")


def _other(group: Group, column: str) -> float:
    """Return a figure of a plan; without a column the highest loading of its lines."""
    return float(group.row[column] if column else group.median.lines["loading_pct"].max())


def found(folder: Path) -> Found:
    """Read a results folder and its best plan. Raises InputError where it cannot be read."""
    results = read_results(folder)
    with fitting_together(folder):
        groups = groups_of(results)
        shown = best_plan(results, groups)
        goal = goal_told(results.study)
        return Found(results, groups, shown, goal, answer_of(results, groups, shown))


def command_word(typed: str) -> str:
    """Return the command of a line as it was typed, of "toolkit.sweep in Python" as well."""
    words = typed.replace(".", " ", 1).split() if typed.startswith("toolkit.") else typed.split()
    return next((word for word in words[1:] if not word.startswith("-")), "unknown")
