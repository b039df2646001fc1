"""One case of a results folder against its feeder solved again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce import compare, plan_checks
from toolkit.commands.reproduce.case_check import TABLES, CaseCheck, Words
from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.commands.reproduce.known_figures import figures_and_words
from toolkit.commands.reproduce.plan_file import PlanFile, UnitRows, fits, read_plan, unit_rows
from toolkit.commands.reproduce.solution import ordered, read_day
from toolkit.commands.reproduce.sources import changed_lines
from toolkit.common.errors import EngineError, InputError
from toolkit.common.types import IndexArray
from toolkit.grid.backend import backend
from toolkit.grid.solution import Replayed
from toolkit.inputs.study import Study
from toolkit.problem.setting import Setting
from toolkit.results.case import Case
from toolkit.results.case_tables import case_tables


def check_case(folder: Path, name: str, study: Study, setting: Setting | None) -> CaseCheck:
    """Solve a case's feeder again and compare plan, feeder and tables."""
    home = folder / "cases" / name
    try:
        given = read_plan(home / "plan.json")
    except InputError as error:
        return CaseCheck(name, None, (), broken=("plan.json", str(error)))
    lines = None if setting is None else tuple(changed_lines(home, setting))
    try:
        master = home / "feeder" / "Master.dss"
        day = backend().replay(master, given.steps, given.capacitors)
    except EngineError as error:
        return CaseCheck(name, None, (), lines=lines, broken=("feeder", str(error)))
    units = unit_rows(given, day)
    if units.lacking or units.extra:
        return CaseCheck(name, None, (_odd_unit(name, units),), lines=lines)
    fitting = setting if setting is not None and fits(setting, given, day) else None
    fleet = None if fitting is None else fitting.fleet
    each = plan_checks.per_vehicle(_base(folder, given), study, fleet)
    differences = plan_checks.with_feeder(name, given, day, units.rows, each)
    if setting is not None:
        differences += _with_sources(home, given, fitting)
    case, words = _solved(home, given, day, units.rows, study, fitting)
    differences += _of_tables(home, case)
    return CaseCheck(name, case, tuple(differences), given.step_h, words, lines)


def _base(folder: Path, given: PlanFile) -> PlanFile:
    """Return the plan file of the base case where it has the units of another, else that other."""
    try:
        base = read_plan(folder / "cases" / "base" / "plan.json")
    except InputError:
        return given
    same_units = [u.name for u in base.units] == [u.name for u in given.units]
    return base if same_units else given


def _with_sources(home: Path, given: PlanFile, fitting: Setting | None) -> list[Difference]:
    """Compare a plan file with its study, whose sources are here; None where it is another's."""
    name = home.name
    # What is wrong of the scripts is said line by line.
    scripts = same(name, "feeder", "scripts", "", "")
    if fitting is None:
        return [scripts, unlike(name, "plan.json", "units", "others", "those of the study")]
    return [scripts, *plan_checks.with_study(name, home / "plan.json", given, fitting)]


def _solved(
    home: Path,
    given: PlanFile,
    day: Replayed,
    rows: IndexArray,
    study: Study,
    setting: Setting | None,
) -> tuple[Case, Words]:
    """Return a case from a day solved again, and what it may say it breaks.

    Its summary lacks what ``figures_and_words`` says, and what only the search knows.
    """
    reading = read_day(given, _in_order(home, day, setting), rows, study, setting)
    tables = case_tables(reading.solution)
    figures, words, costs = figures_and_words(reading, tables.totals(given.step_h), study, setting)
    case = Case(
        name=home.name,
        plan=reading.plan,
        summary={"case": home.name, **figures},
        hourly=tables.hourly,
        buses=tables.buses,
        units=tables.units,
        lines=tables.lines,
        history=None,
        costs=costs,
    )
    return case, words


def _in_order(home: Path, day: Replayed, setting: Setting | None) -> Replayed:
    """Return a day with buses and branches in the order of the study, or as the tables begin."""
    if setting is not None:
        return ordered(day, setting.feeder.buses, [b.name for b in setting.feeder.branches])
    buses = _first_names(home / "buses.csv", "bus", day.buses)
    return ordered(day, buses, _first_names(home / "lines.csv", "line", day.branches))


def _first_names(path: Path, column: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in the order a table has them in its first step, if it has those known."""
    table = compare.readable(path)
    names = () if table is None else tuple(table[column][: len(known)])
    return names if sorted(names) == sorted(known) else known


def _odd_unit(name: str, units: UnitRows) -> Difference:
    """Return the first unit that the plan or the feeder has alone as a difference."""
    here, there = ("a unit", "none") if units.lacking else ("no unit", "one")
    return unlike(name, "plan.json", "units", here, there, (units.lacking or units.extra)[0])


def _of_tables(home: Path, case: Case) -> list[Difference]:
    """Compare the tables of a case with the same tables solved again."""
    frames = {f"{name}.csv": getattr(case, name) for name in ("hourly", "buses", "units", "lines")}
    frames["units.csv"] = _without_unknown(home / "units.csv", frames["units.csv"])
    return [
        difference
        for file, keys in TABLES.items()
        for difference in compare.table(home, case.name, file, frames[file], keys)
    ]


def _without_unknown(path: Path, solved: pd.DataFrame) -> pd.DataFrame:
    """Fill in the stored energy of vehicle stations as found, where trips are not known here."""
    table, bev = compare.readable(path), (solved["kind"] == "bev").to_numpy()
    unknown = bev.any() and solved.loc[bev, "soc_kwh"].isna().all()
    if not unknown or table is None or len(table) != len(solved):
        return solved
    given = compare.numbers(table["soc_kwh"])
    return solved.assign(soc_kwh=np.where(bev, given, solved["soc_kwh"].to_numpy()))
