"""One case of a results folder against its feeder solved again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.cases import Case
from toolkit.errors import EngineError, InputError
from toolkit.grid import Replayed, replay
from toolkit.reproduce import compare
from toolkit.reproduce.compare import Difference
from toolkit.reproduce.solved import Planned, locate, read_plan, solved_case
from toolkit.study import Study

FloatArray = NDArray[np.float64]
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

    ``broken``: file of the case, as a path in it, and what keeps it from being solved.
    """

    name: str
    case: Case | None
    differences: tuple[Difference, ...]
    broken: tuple[str, str] | None = None


def check_case(folder: Path, name: str, study: Study, driven: FloatArray | None) -> CaseCheck:
    """Solve a case's feeder again and compare plan and tables; see ``solved_case``."""
    home = folder / "cases" / name
    try:
        planned = read_plan(home / "plan.json")
    except InputError as error:
        return CaseCheck(name, None, (), ("plan.json", str(error)))
    if driven is not None and len(driven) != planned.steps:
        driven = None
    try:
        day = replay(home / "feeder" / "Master.dss", planned.steps)
    except EngineError as error:
        return CaseCheck(name, None, (), ("feeder", str(error)))
    odd = _odd_units(name, planned, day)
    if odd is not None:
        return CaseCheck(name, None, (odd,))
    rows = locate(planned, day).rows
    case = solved_case(name, planned, day, rows, study, driven)
    found = _plan(name, planned, day, rows, study)
    for file, keys in TABLES.items():
        found += _table(home / file, name, getattr(case, Path(file).stem), keys)
    return CaseCheck(name, case, tuple(found))


def _odd_units(name: str, planned: Planned, day: Replayed) -> Difference | None:
    """Return a difference where plan and feeder have not the same units."""
    at = locate(planned, day)
    odd = at.lacking or at.alien
    if not odd:
        return None
    here, there = ("a unit", "none") if at.lacking else ("no unit", "one")
    return compare.unlike(name, "plan.json", "units", here, there, odd[0])


def _plan(
    case: str, planned: Planned, day: Replayed, rows: NDArray[np.intp], study: Study
) -> list[Difference]:
    """Compare a plan file with the units of the feeder: sites, sizes and powers."""
    units, vehicles = planned.units, study.vehicles
    labels = [f"unit {u.name}" for u in units]
    bev = [u.kind == "bev" for u in units]
    own_kwh = np.array([u.vehicles * vehicles.battery_kwh for u in units])
    kwh = np.where(bev, own_kwh, day.unit_kwh[rows])
    count = np.where(bev, day.unit_kw[rows] / vehicles.charger_kw, 0.0)
    columns = {
        "bus": ("", pd.Series([day.unit_bus[r] for r in rows])),
        "kw": ("kW", pd.Series(day.unit_kw[rows])),
        "kwh": ("kWh", pd.Series(kwh)),
        "vehicles": ("", pd.Series(count)),
    }
    steps = _steps(planned, day)
    found = [
        compare.column(case, "plan.json", name, unit, _texts(units, name), solved, labels)
        for name, (unit, solved) in columns.items()
    ]
    at = [f"{label}, step {t}" for label in labels for t in range(1, planned.steps + 1)]
    given = pd.Series([repr(p) for u in units for p in u.p_kw])
    power = pd.Series(day.unit_kva.real[:, rows].T.reshape(-1))
    found.append(compare.column(case, "plan.json", "p_kw", "kW", given, power, at))
    return [*found, *(compare.unlike(case, "plan.json", *said) for said in steps)]


def _texts(units: tuple[object, ...], name: str) -> pd.Series[str]:
    return pd.Series([str(getattr(unit, name)) for unit in units])


def _steps(planned: Planned, day: Replayed) -> list[tuple[str, str, str]]:
    """Return what the script says of its day where the plan file says something else."""
    said = []
    if day.number != planned.steps:
        said.append(("steps", str(planned.steps), str(day.number)))
    if abs(day.step_h - planned.step_h) > 1e-9 * planned.step_h:
        said.append(("step_h", f"{planned.step_h:g}", f"{day.step_h:g}"))
    return said


def _table(path: Path, case: str, solved: pd.DataFrame, keys: tuple[str, ...]) -> list[Difference]:
    if not path.is_file():
        return [compare.unlike(case, path.name, "file", "none", "one")]
    try:
        found = compare.read(path)
    except (OSError, ValueError) as error:
        return [compare.unlike(case, path.name, "file", str(error)[:60], "a table")]
    if path.name == "units.csv" and {"kind", "soc_kwh"} <= set(found):
        found = _without_unknown(found, solved)
    return compare.frames(case, path.name, found, solved, keys)


def _without_unknown(found: pd.DataFrame, solved: pd.DataFrame) -> pd.DataFrame:
    """Blank the stored energy of vehicle stations where what they drive is not known here."""
    bev = solved["kind"] == "bev"
    if not bev.any() or solved.loc[bev, "soc_kwh"].notna().any():
        return found
    return found.assign(soc_kwh=found["soc_kwh"].where(found["kind"] != "bev", ""))
