"""The cases of a results folder by what they are called in the tables, with their median run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from toolkit.common.types import FloatArray
from toolkit.problem.sought import goal_of
from toolkit.results.figures.calendar import Calendar, calendar
from toolkit.results.figures.time_axis import TimeAxis
from toolkit.results.ranking import best_row, median_row
from toolkit.results.spans import day_label, is_date, span, span_of_days, those_days
from toolkit.results.store.contents import CaseFiles, Results

#: Hours, one after the other, up to which every step is drawn as a point.
LONG = 7 * 24.0


@dataclass(frozen=True)
class Group:
    """The base case, a given plan, or every run of one optimizer.

    ``median`` is the case shown for the group, ``row`` its line of summary.csv, ``runs`` all cases;
    typical: whether separate days are typical ones.
    """

    name: str
    median: CaseFiles
    row: pd.Series
    runs: tuple[CaseFiles, ...]
    typical: bool = False

    @property
    def title(self) -> str:
        """What the group is called in a legend."""
        if self.name == "base":
            return "base case"
        if self.name == "exact":
            return "exact model"
        if len(self.runs) == 1:
            return self.name
        return f"{self.name}, median run of {len(self.runs)}"

    @property
    def long_title(self) -> str:
        """The same with the seed shown, and with a word when a limit is broken."""
        seed = "" if pd.isna(self.row["seed"]) else f" (seed {int(self.row['seed'])})"
        return f"{self.title}{seed}{'' if self.row['feasible'] else ': limits broken'}"

    @property
    def span(self) -> str:
        """What the time of the study is called."""
        hours = float(self.weight.sum()) * self.step_h
        separate = self.median.plan.get("weights")
        return span_of_days(hours, len(separate), self.typical) if separate else span(hours)

    @property
    def separate(self) -> bool:
        """Whether the days of the study do not follow each other."""
        return bool(self.median.plan.get("weights"))

    @property
    def time(self) -> TimeAxis:
        """Where the steps lie on an axis of time."""
        plan, steps = self.median.plan, len(self.median.hourly)
        if not self.separate:
            return TimeAxis(self.step_h, steps)
        names = tuple(day_label(str(name)) for name in plan["days"])
        return TimeAxis(self.step_h, steps, names, tuple(plan["weights"]))

    @property
    def on_days(self) -> str:
        """What a title adds where days are separate: " on 8 typical days"."""
        if not self.separate:
            return ""
        return f" on {those_days(len(self.median.plan['weights']), self.typical)}"

    @property
    def long(self) -> bool:
        """Whether the study is about more days, one after the other, than lines can show."""
        return not self.separate and len(self.median.hourly) * self.step_h > LONG

    @cached_property
    def calendar(self) -> Calendar:
        """The days of the study, where they follow each other."""
        return calendar(self.median.hourly, self.step_h)

    @property
    def weight(self) -> FloatArray:
        """How many days the day of each step stands for, (T,)."""
        return self.median.hourly["weight"].to_numpy(dtype=np.float64)

    def clock(self, step: int) -> str:
        """Return when a step begins, with the name of its day where there are several."""
        day = str(self.median.hourly["day"].iloc[step - 1])
        several = self.separate or len(self.median.hourly) * self.step_h > 24.0
        if not several or not (self.separate or is_date(day)):
            return clock(step, self.step_h)
        return f"{day_label(day)}, {clock(step, self.step_h)[-len('00:00') :]}"

    @property
    def step_h(self) -> float:
        """Length of a step, hours."""
        return float(self.median.plan["step_h"])


def groups_of(results: Results) -> Sequence[Group]:
    """Return the groups in the order of summary.csv, the base case first."""
    names = results.summary["optimizer"].fillna(results.summary["case"])
    groups = []
    for name, rows in results.summary.groupby(names, sort=False):
        row = median_row(rows, goal_of(results.study).ranked)
        runs = tuple(results.cases[case] for case in rows["case"])
        typical = results.study.horizon.days == "typical"
        groups.append(Group(str(name), results.cases[row["case"]], row, runs, typical))
    return groups


def best_plan(results: Results, groups: Sequence[Group]) -> Group:
    """Return the best plan found as a group by itself, called by its case.

    A group of one run is returned as it is, and so is the base case where it is alone.
    """
    searched = results.summary[results.summary["case"] != "base"]
    if searched.empty:
        return groups[0]
    row = best_row(searched, goal_of(results.study).ranked)
    group = next(g for g in groups for case in g.runs if case.name == row["case"])
    if len(group.runs) == 1:
        return group
    case = results.cases[str(row["case"])]
    return Group(case.name, case, row, (case,), group.typical)


@dataclass(frozen=True)
class Extreme:
    """The lowest or the highest of something: its value, where, and in which step (from 1)."""

    value: float
    at: str
    step: int


def extreme(frame: pd.DataFrame, column: str, name: str, lowest: bool = False) -> Extreme:
    """Return the highest (or lowest) value of a column, the first of equal ones.

    name: the column that says where it is. Blank values do not count; not all may be blank.
    """
    values = frame[column].to_numpy(dtype=np.float64)
    row = frame.iloc[int(np.nanargmin(values) if lowest else np.nanargmax(values))]
    return Extreme(float(row[column]), str(row[name]), int(row["step"]))


def clock(step: int, step_h: float) -> str:
    """Return when a step begins: 19:00, or day 2, 19:00."""
    minutes = round((step - 1) * step_h * 60.0)
    day, minute = divmod(minutes, 24 * 60)
    return f"{f'day {day + 1}, ' if day else ''}{minute // 60:02d}:{minute % 60:02d}"
