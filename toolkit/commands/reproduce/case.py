"""One case of a results folder against its feeder solved again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce import compare, planned
from toolkit.commands.reproduce.compare import Difference
from toolkit.commands.reproduce.figures import Words
from toolkit.commands.reproduce.solved import (
    Planned,
    fits,
    locate,
    ordered,
    read_plan,
    solved_case,
)
from toolkit.commands.reproduce.sources import changed_lines
from toolkit.common.errors import EngineError, InputError
from toolkit.grid import Replayed, replay
from toolkit.inputs.study import Study
from toolkit.problem.setting import Setting
from toolkit.results.case import Case

#: The tables of a case with what their rows are told apart by.
TABLES = {
    "hourly.csv": ("step",),
    "buses.csv": ("step", "bus"),
    "units.csv": ("step", "unit"),
    "lines.csv": ("step", "line"),
}


@dataclass(frozen=True)
class CaseCheck:
    """A case solved again, if it could be, and every comparison made.

    step_h: hours of its steps; words: what it may say it breaks; lines: where its feeder is not
    what study and plan give, None where the study's sources are not here; ``broken``: file of the
    case, as a path in it, and what keeps it from being solved.
    """

    name: str
    case: Case | None
    differences: tuple[Difference, ...]
    step_h: float = 1.0
    words: Words = None
    lines: tuple[str, ...] | None = None
    broken: tuple[str, str] | None = None


def check_case(folder: Path, name: str, study: Study, setting: Setting | None) -> CaseCheck:
    """Solve a case's feeder again and compare plan, feeder and tables; see ``solved_case``."""
    home = folder / "cases" / name
    try:
        given = read_plan(home / "plan.json")
    except InputError as error:
        return CaseCheck(name, None, (), broken=("plan.json", str(error)))
    lines = None if setting is None else tuple(changed_lines(home, setting))
    try:
        day = replay(home / "feeder" / "Master.dss", given.steps)
    except EngineError as error:
        return CaseCheck(name, None, (), lines=lines, broken=("feeder", str(error)))
    odd = _odd_units(name, given, day)
    if odd is not None:
        return CaseCheck(name, None, (odd,), lines=lines)
    rows = locate(given, day).rows
    found = planned.with_feeder(name, given, day, rows, study)
    if lines is not None:
        # What is wrong of them is said line by line.
        found.append(compare.same(name, "feeder", "scripts", "", ""))
    if setting is not None and not fits(setting, given, day):
        found.append(compare.unlike(name, "plan.json", "units", "others", "those of the study"))
        setting = None
    if setting is not None:
        found += planned.with_study(name, home / "plan.json", given, setting)
    day = _in_order(home, day, setting)
    case, words = solved_case(name, given, day, rows, study, setting)
    for file, keys in TABLES.items():
        found += _table(home, name, file, getattr(case, Path(file).stem), keys)
    return CaseCheck(name, case, tuple(found), given.step_h, words, lines)


def _in_order(home: Path, day: Replayed, setting: Setting | None) -> Replayed:
    """Return a day with buses and branches in the order of the study, or as the tables begin."""
    if setting is not None:
        return ordered(day, setting.feeder.buses, [b.name for b in setting.feeder.branches])
    buses = _first_names(home / "buses.csv", "bus", day.buses)
    return ordered(day, buses, _first_names(home / "lines.csv", "line", day.branches))


def _first_names(path: Path, column: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in the order a table has them in its first step, if it has those known."""
    found = compare.readable(path)
    names = () if found is None else tuple(found[column][: len(known)])
    return names if sorted(names) == sorted(known) else known


def _odd_units(name: str, given: Planned, day: Replayed) -> Difference | None:
    """Return a difference where plan and feeder have not the same units."""
    at = locate(given, day)
    odd = at.lacking or at.alien
    if not odd:
        return None
    here, there = ("a unit", "none") if at.lacking else ("no unit", "one")
    return compare.unlike(name, "plan.json", "units", here, there, odd[0])


def _table(
    home: Path, case: str, file: str, solved: pd.DataFrame, keys: tuple[str, ...]
) -> list[Difference]:
    if file == "units.csv":
        solved = _without_unknown(home / file, solved)
    return compare.table(home, case, file, solved, keys)


def _without_unknown(path: Path, solved: pd.DataFrame) -> pd.DataFrame:
    """Fill in the stored energy of vehicle stations as found, where trips are not known here."""
    found, bev = compare.readable(path), (solved["kind"] == "bev").to_numpy()
    unknown = bev.any() and solved.loc[bev, "soc_kwh"].isna().all()
    if not unknown or found is None or len(found) != len(solved):
        return solved
    given = compare.numbers(found["soc_kwh"])
    return solved.assign(soc_kwh=np.where(bev, given, solved["soc_kwh"].to_numpy()))
