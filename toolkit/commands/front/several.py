"""Optimizers of several goals at once in a front: their runs, and which of their plans are points.

Each has the budget of all extremes and points together. Of all that it evaluated, the best plan
for what each point asks is taken, solved by the engine and kept as a case of a results folder.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.commands import record
from toolkit.commands.front.asked import Asked
from toolkit.commands.front.folder import SEVERAL
from toolkit.commands.front.points import Point
from toolkit.common import processes
from toolkit.common.errors import EngineError
from toolkit.common.plugins.groups import ANSWER_S
from toolkit.common.processes import Broke, Pen
from toolkit.inputs import study_files
from toolkit.optimizer.scores import FEASIBLE
from toolkit.optimizer.several import FRONTS
from toolkit.problem.goals import GOALS
from toolkit.problem.problem import Problem
from toolkit.results import store
from toolkit.results.solving import base_case, solve
from toolkit.results.store.manifest import is_complete
from toolkit.results.store.sheets import read_csv
from toolkit.runs.several import Found, Order, found_by

if TYPE_CHECKING:
    from toolkit.problem.setting import Setting


def checked(options: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return options as their optimizers take them, by optimizer.

    Raises InputError for an optimizer that lacks a library or has a wrong option.
    """
    found = {}
    for name, given in options.items():
        try:
            found[name] = processes.ask(_built, name, dict(given), seconds=ANSWER_S)
        except Broke as error:
            raise FRONTS.broke(name, error) from None
    return found


def _built(pen: Pen, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = FRONTS.build(name, options).options.model_dump(exclude_unset=True)
    return found


def folder_of(folder: Path, case: str) -> Path:
    """Return the results folder of a run."""
    return folder / SEVERAL / case


def picked(found: Found, goals: Sequence[str], points: Sequence[Point]) -> dict[str, int]:
    """Return which evaluation is the best plan for each point, by the point's name.

    Points for which no feasible plan was evaluated are left out.
    """
    chosen = {}
    for point in points:
        kept = found.violation == 0.0
        for path, limit in point.limits.items():
            name = path.split(".")[2]
            kept &= found.objectives[:, goals.index(name)] <= GOALS[name].sign * limit
        rows = np.flatnonzero(kept)
        if len(rows):
            sought = found.objectives[rows, goals.index(point.goal)]
            chosen[point.name] = int(rows[np.argmin(sought)])
    return chosen


def write(order: Order, points: Sequence[Point], folder: Path, command: str) -> list[str]:
    """Write the results folder of a run whose journal is whole; return what has to be told."""
    place_of, started = folder_of(folder, order.case), time.time()
    if is_complete(place_of):
        return []
    found, setting = found_by(order), order.setting
    chosen = picked(found, order.goals, points)
    problem, notes, cases = Problem(setting), [], []
    for name, row in chosen.items():
        try:
            plan = setting.decode(found.x[row][None]).row(0)
            cases.append(solve(problem, case_of(name), plan))
        except EngineError as error:
            notes.append(f"{order.case}, point {name}: {error}; no plan is kept.")
    if left := [point.name for point in points if point.name not in chosen]:
        notes.append(f"{order.case}: no plan evaluated keeps the limits of {', '.join(left)}.")
    _store(order, setting, problem, cases, place_of, command, started)
    order.path.unlink(missing_ok=True)
    return notes


def _store(
    order: Order,
    setting: Setting,
    problem: Problem,
    cases: Sequence[Any],
    folder: Path,
    command: str,
    started: float,
) -> None:
    facts = {
        "command": command,
        **store.identity(setting.study),
        "notices": [str(notice) for notice in setting.feeder.notices],
        "seed": order.seed,
    }
    with store.claimed(folder, False) as place:
        with record.manifest(place, facts, setting, started) as ended:
            found = {case.name: [case] for case in cases}
            record.write(place, setting, base_case(problem), found, ())
            ended["status"] = "complete"
        place.settled()


def case_of(point: str) -> str:
    """Return the case that is the plan of a point."""
    return f"at-{point}"


def rows(order: Order, points: Sequence[Point], folder: Path) -> list[tuple[Point, dict[str, Any]]]:
    """Return point and figures of each plan of a run, limits of points counted as well."""
    place = folder_of(folder, order.case)
    if not is_complete(place):
        return []
    table = read_csv(place / "summary.csv").to_dict("records")
    summary: dict[str, dict[Any, Any]] = {str(row["case"]): row for row in table}
    found = []
    for point in points:
        if case_of(point.name) not in summary:
            continue
        row = {str(name): value for name, value in summary[case_of(point.name)].items()}
        beyond = {path: _beyond(path, limit, row) for path, limit in point.limits.items()}
        broken = [path for path, share in beyond.items() if share > FEASIBLE]
        row["violation"] = float(row["violation"]) + sum(beyond[path] for path in broken)
        row["feasible"] = bool(row["feasible"]) and not broken
        words = [str(row["broken"])] if isinstance(row.get("broken"), str) else []
        row["broken"] = "; ".join([*words, *(f"{path}" for path in broken)]) or None
        who = {"case": order.case, "optimizer": order.optimizer, "seed": order.seed}
        found.append((point, row | who | {"evaluations": order.budget}))
    return found


def _beyond(path: str, limit: float, row: Mapping[str, Any]) -> float:
    """Return how far a figure is beyond the limit of a point, as a share of it."""
    goal = GOALS[path.split(".")[2]]
    over = goal.sign * (float(row[goal.column]) - limit)
    return max(over / abs(limit), 0.0) if limit else (0.0 if over <= 0.0 else np.inf)


def orders(asked: Asked, setting: Setting, points: Sequence[Point], folder: Path) -> list[Order]:
    """Return the runs of all optimizers of several goals, each with the budget of all points."""
    request = asked.request
    budget = len(points) * request.budget
    return [
        Order(
            setting,
            asked.goals,
            name,
            options,
            seed,
            budget,
            folder / SEVERAL / f"{name}-seed{seed}.journal",
            study_files.fingerprint(setting.study),
        )
        for seed in range(request.seed, request.seed + request.runs)
        for name, options in asked.several.items()
    ]
