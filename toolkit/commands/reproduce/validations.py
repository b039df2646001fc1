"""What was tried on other days, a plan or every run, against the same tried again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd

from toolkit.commands.reproduce import compare
from toolkit.commands.reproduce.difference import Difference, unlike
from toolkit.commands.validate import asked_again, every_run, plan_of, tried
from toolkit.commands.validate.facts import Facts, RunsFacts, hash_of
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.monitor import Monitor
from toolkit.inputs.study import Study
from toolkit.results.statistics import comparison
from toolkit.results.store.sheets import read_csv

#: The rows of a table are told apart by these.
KEYS = {"validation.csv": ("case", "policy", "day"), every_run.FILE: ("case", "policy")}
F = TypeVar("F", bound=RunsFacts)


def check(folder: Path, study: Study, monitor: Monitor) -> tuple[list[Difference], list[str]]:
    """Compare the validations of a folder; say of each that cannot be made again why."""
    plan = _check(folder, study, monitor, Facts, _of_plan)
    runs = _check(folder, study, monitor, RunsFacts, _of_runs)
    return [*plan[0], *runs[0]], [remark for remark in (plan[1], runs[1]) if remark]


def _check(
    folder: Path,
    study: Study,
    monitor: Monitor,
    kind: type[F],
    again: Callable[[Path, F, Study, Monitor], pd.DataFrame],
) -> tuple[list[Difference], str]:
    """Compare one table with the same made again by the facts of its kind."""
    file = f"{Path(kind.FILE).stem}.csv"
    if not (folder / file).is_file():
        return [], ""
    try:
        facts = kind.read(folder)
    except ToolkitError as error:
        return [unlike("", kind.FILE, "file", _cut(error), "facts")], ""
    try:
        if hash_of(facts.profiles) != facts.profiles_sha256:
            return [], f"{file}: profiles '{facts.profiles}' have changed since it was made."
    except InputError:
        return [], f"{file}: profiles '{facts.profiles}' are not here, so it is not made again."
    asked = asked_again(study, facts.profiles, facts.policy, facts.options)
    try:
        solved = again(folder, facts, asked, monitor)
    except (ToolkitError, ValueError, KeyError, TypeError) as error:
        return [unlike("", file, "file", "one", _cut(error))], ""
    return compare.table(folder, "", file, solved, KEYS[file]), ""


def _cut(error: Exception) -> str:
    return " ".join(str(error).split())[:60]


def _of_plan(folder: Path, facts: Facts, asked: Study, monitor: Monitor) -> pd.DataFrame:
    monitor.phase(f"trying {facts.case} again on the days of {facts.profiles}")
    given = plan_of(folder, facts.case)
    return tried(folder, facts.case, asked, given, facts.bound, monitor).days


def _of_runs(folder: Path, _: RunsFacts, asked: Study, monitor: Monitor) -> pd.DataFrame:
    runs = comparison.taking_part(read_csv(folder / "summary.csv"))
    return every_run.ranked(folder, runs, asked, monitor).runs
