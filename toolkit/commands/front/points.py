"""The points of a front: which goal is sought at each, and between which limits of the others.

Epsilon constraint: Haimes, Lasdon and Wismer, "On a bicriterion formulation of the problems of
integrated system identification and system optimization", IEEE Transactions on Systems, Man, and
Cybernetics 1(3), 1971, doi 10.1109/TSMC.1971.4308298. Its limits are evenly spaced between the
figures that the extremes of the goals have.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from toolkit.commands.front.asked import Asked
from toolkit.commands.front.folder import EXTREMES, POINTS
from toolkit.commands.many.folder import width_of
from toolkit.common.errors import InputError, ToolkitError
from toolkit.inputs.study import Study
from toolkit.inputs.study_changes import changed
from toolkit.problem import plan_files
from toolkit.problem.encoding import encode
from toolkit.problem.goals import GOALS
from toolkit.problem.setting import Setting
from toolkit.results.ranking import best_row
from toolkit.results.store.sheets import read_csv


@dataclass(frozen=True)
class Point:
    """A point: its name, the goal sought, the limit of each other one, its study, its folder.

    limits: by their dotted path; before: the point beside it that plans are taken from.
    """

    name: str
    goal: str
    limits: Mapping[str, float]
    study: Study
    folder: Path
    before: Path | None = None


@dataclass(frozen=True)
class Range:
    """What a goal's figure goes from and to, its best and its worst among the extremes."""

    best: float
    worst: float


def extremes(study: Study, goals: Sequence[str], folder: Path) -> list[Point]:
    """Return the points at which each goal is sought alone."""
    return [
        Point(name, name, {}, _seeking(study, name, {}, goals), folder / EXTREMES / name)
        for name in goals
    ]


def doubtful_first(points: Sequence[Point]) -> list[Point]:
    """Return points so that those come first of whose goal a study may say nothing."""
    return sorted(points, key=lambda point: not GOALS[point.goal].optional)


def ranges(found: Sequence[Point], asked: Asked) -> dict[str, Range]:
    """Return between which figures each goal lies, by the best plans of its extremes.

    Raises ToolkitError for an extreme of which no plan keeps the limits.
    """
    rows = {point.goal: _best(point) for point in found}
    told = {}
    for name in asked.goals:
        column, sign = GOALS[name].column, GOALS[name].sign
        figures = [float(row[column]) for row in rows.values()]
        worst = max(figures) if sign > 0.0 else min(figures)
        told[name] = Range(float(rows[name][column]), worst)
    return told


def _best(point: Point) -> pd.Series:
    """Return the row of the best plan of an extreme."""
    summary = plans_of(point.folder)
    feasible = summary[summary["feasible"].astype(bool)]
    if feasible.empty:
        raise ToolkitError(
            f"{point.folder}: no plan found keeps every limit, so nobody knows how far goal "
            f"'{point.goal}' goes and there is no front. More --budget may help; column 'broken' "
            "of its summary.csv says which limits are broken."
        )
    return best_row(feasible, "score")


def plans_of(folder: Path) -> pd.DataFrame:
    """Return the rows of summary.csv of all plans that were searched for."""
    summary = read_csv(folder / "summary.csv")
    return summary[summary["case"] != "base"]


def chains(
    study: Study, asked: Asked, told: Mapping[str, Range], folder: Path
) -> list[list[Point]]:
    """Return the points in chains: each takes plans from the one before it in its chain.

    A chain begins where the first limited goal is at its best and goes to its worst, so that every
    plan of a point keeps the limits of the next. Chains do not depend on each other.
    """
    steps = [_values(told[name], asked.points) for name in asked.limited]
    names = [f"limits.goals.{name}.{_end(name)}" for name in asked.limited]
    width = width_of(asked.points ** len(steps))
    number = itertools.count(1)
    found: list[list[Point]] = []
    for rest in itertools.product(*steps[1:]):
        chain: list[Point] = []
        for first in steps[0]:
            limits = dict(zip(names, (first, *rest), strict=True))
            name = f"{next(number):0{width}}"
            before = chain[-1].folder if chain else None
            own = _seeking(study, asked.goals[0], limits, asked.goals)
            where = folder / POINTS / name
            chain.append(Point(name, asked.goals[0], limits, own, where, before))
        found.append(chain)
    return found


def _values(told: Range, count: int) -> list[float]:
    """Return evenly spaced limits from the best figure to the worst, both among them."""
    step = (told.worst - told.best) / (count - 1)
    values = [told.best + i * step for i in range(count - 1)]
    return list(dict.fromkeys([*values, told.worst]))


def _end(name: str) -> str:
    """Return which end of a goal has a limit: what is sought low has a highest figure."""
    return "max" if GOALS[name].sign > 0.0 else "min"


def _seeking(study: Study, goal: str, limits: Mapping[str, float], goals: Sequence[str]) -> Study:
    """Return a study that seeks one goal, between limits of others. Raises InputError.

    Its results have figures of all goals, also of those that nothing else asks for.
    """
    held: dict[str, dict[str, float | None]] = {
        name: bound.model_dump() for name, bound in study.limits.of_goals.items()
    }
    for path, value in limits.items():
        _, _, name, end = path.split(".")
        own = held.setdefault(name, {})
        given = own.get(end)
        tighter = max if end == "min" else min
        own[end] = value if given is None else tighter(value, given)
    others = (*(study.market.measured or ()), *(name for name in goals if GOALS[name].optional))
    measured = [name for name in dict.fromkeys(others) if name not in (goal, *held)]
    given_options, asked = study.market.options or {}, (goal, *held, *measured)
    options = {name: own for name, own in given_options.items() if name in asked} or None
    market = study.market.model_copy(
        update={"objective": goal, "weights": {}, "options": options, "measured": measured or None}
    )
    plain = study.model_copy(update={"market": market})
    return changed(plain, {"limits": {"goals": held}} if held else {}, f"front of {study.name}")


def starts(
    point: Point, found: Sequence[Point], setting: Setting, cases: Sequence[str]
) -> dict[str, list[list[float]]]:
    """Return what each run of a point begins from: its own plans of the neighbour and of extremes.

    Of the extremes those that keep the limits of the point.
    """
    begin: dict[str, list[list[float]]] = {}
    for case in cases:
        places = [] if point.before is None else [point.before]
        places += [one.folder for one in found if _keeps(point, one, case)]
        points = [x for place in places if (x := _point_of(place, case, setting)) is not None]
        if points:
            begin[case] = points
    return begin


def _keeps(point: Point, extreme: Point, case: str) -> bool:
    """Say whether a run's plan of an extreme keeps the limits of a point."""
    summary = plans_of(extreme.folder)
    rows = summary[(summary["case"] == case) & summary["feasible"].astype(bool)]
    if rows.empty:
        return False
    for path, limit in point.limits.items():
        _, _, name, end = path.split(".")
        figure = float(rows[GOALS[name].column].iloc[0])
        if figure < limit if end == "min" else figure > limit:
            return False
    return True


def _point_of(folder: Path, case: str, setting: Setting) -> list[float] | None:
    """Return a run's plan as a point of the unit cube; None where there is none."""
    path = folder / "cases" / case / "plan.json"
    if not path.is_file():
        return None
    try:
        plan = plan_files.from_json(path.read_text(encoding="utf-8"), setting, str(path))
        return [float(x) for x in encode(plan, setting.operation, setting.space)]
    except InputError:
        return None
