"""A plan file against the feeder beside it, and against what the study allows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.commands.reproduce import compare, open_lines
from toolkit.commands.reproduce.difference import RELATIVE, Difference, same, unlike
from toolkit.commands.reproduce.plan_file import PlanFile
from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.grid.solution import Replayed
from toolkit.inputs.study import Study
from toolkit.model import fleet_caps
from toolkit.model.fleet import Fleet
from toolkit.model.plan import Plan, base_plan
from toolkit.model.scenario import Scenario
from toolkit.problem import fleet_builder, plan_files
from toolkit.problem.setting import Setting

#: The fields of a plan file that a feeder shows; ``kind`` besides, where the study is at hand.
FIELDS = ("step_h", "name", "bus", "kw", "kwh", "vehicles", "p_kw")
UNITS = {"kw": "kW", "kwh": "kWh", "p_kw": "kW"}


def with_feeder(
    case: str,
    planned: PlanFile,
    day: Replayed,
    rows: IndexArray,
    of_vehicle: tuple[FloatArray, FloatArray],
) -> list[Difference]:
    """Compare a plan file with the units of the feeder: sites, sizes and powers.

    of_vehicle: kW and kWh of one vehicle of each unit, see :func:`per_vehicle`.
    """
    units, (charger, battery) = planned.units, of_vehicle
    bev = [u.kind == "bev" for u in units]
    own_kwh = np.array([u.vehicles for u in units]) * battery
    # Where days are separate, a battery's energy in the script is too wide to bind, and shows none.
    shown = day.unit_kwh[rows] if planned.weights is None else np.array([u.kwh for u in units])
    solved = {
        "bus": pd.Series([day.unit_bus[r] for r in rows]),
        "kw": pd.Series(day.unit_kw[rows]),
        "kwh": pd.Series(np.where(bev, own_kwh, shown)),
        "vehicles": pd.Series(np.where(bev, day.unit_kw[rows] / charger, 0.0)),
        "p_kw": pd.Series(_carried_out(planned, day.unit_kva.real[:, rows]).reshape(-1)),
    }
    differences = [_column(case, planned, name, values) for name, values in solved.items()]
    differences += _kvar(case, planned, day.unit_kva.imag[:, rows])
    # Units stand in the feeder by these names, or nothing is solved at all.
    differences.append(same(case, "plan.json", "name", "", ""))
    if day.number != planned.steps:
        differences.append(same(case, "plan.json", "steps", planned.steps, day.number))
    differences += open_lines.with_feeder(case, planned, day)
    return [*differences, _steps(case, planned.step_h, day.step_h)]


def _carried_out(planned: PlanFile, solved: FloatArray) -> FloatArray:
    """Return the powers that a plan says and the feeder solved, kW, (U, T), of solved ones, (T, U).

    An inverter that follows the voltage may give less than its plan says.
    """
    powers = solved.T.copy()
    for u, unit in enumerate(planned.units):
        if unit.volt_watt:
            powers[u] = np.maximum(powers[u], unit.p_kw)
    return powers


def _kvar(case: str, planned: PlanFile, solved: FloatArray) -> list[Difference]:
    """Compare the reactive power of units of which a plan says it, kvar, (T, U)."""
    said = [u for u, unit in enumerate(planned.units) if unit.q_kvar is not None]
    if not said:
        return []
    steps = range(1, planned.steps + 1)
    labels = [f"unit {planned.units[u].name}, step {t}" for u in said for t in steps]
    given = [repr(q) for u in said for q in planned.units[u].q_kvar or ()]
    args = (pd.Series(given, dtype=object), pd.Series(solved[:, said].T.reshape(-1)), labels)
    return [compare.column(case, "plan.json", "q_kvar", "kvar", *args)]


def per_vehicle(base: PlanFile, study: Study, fleet: Fleet | None) -> tuple[FloatArray, FloatArray]:
    """Return kW and kWh of one vehicle of each unit, both (U,); of other kinds 1 and 0.

    Without the fleet they follow from what the base case has, as they would from its scripts.
    """
    known = {} if fleet is None else {u.name: u for u in fleet.units}
    each = np.tile([1.0, 0.0], (len(base.units), 1))
    for u, entry in enumerate(base.units):
        if entry.kind == "bev" and entry.name in known:
            each[u] = known[entry.name].kw_per_size, known[entry.name].kwh_per_size
        elif entry.kind == "bev":
            station = fleet_builder.station_of(study, entry.name, entry.bus, entry.kw, entry.kwh)
            each[u] = station.charger_kw, station.battery_kwh
    return each[:, 0], each[:, 1]


def _steps(case: str, found: float, solved: float) -> Difference:
    amount, allowed = abs(found - solved), 1e-9 * solved
    texts = (f"{found:g}", f"{solved:g}")
    return Difference(case, "plan.json", "step_h", "h", amount, allowed, "", *texts)


def _column(case: str, planned: PlanFile, name: str, solved: pd.Series) -> Difference:
    units = planned.units
    labels = [f"unit {u.name}" for u in units]
    given = [str(getattr(u, name)) for u in units]
    if name == "p_kw":
        labels = [f"{label}, step {t}" for label in labels for t in range(1, planned.steps + 1)]
        given = [repr(p) for u in units for p in u.p_kw]
    args = (UNITS.get(name, ""), pd.Series(given, dtype=object), solved, labels)
    return compare.column(case, "plan.json", name, *args)


def with_study(case: str, path: Path, planned: PlanFile, setting: Setting) -> list[Difference]:
    """Compare a plan file with what the study allows; the base case with what it declares.

    Kinds and steps are the study's. What a search or a proof gave stands at candidate buses, in
    sizes within bounds; a plan handed in may leave those. What was given can be carried out.
    """
    fleet = setting.fleet
    kind = same(case, "plan.json", "kind", [u.kind for u in planned.units], [*fleet.kinds])
    differences = [kind, _steps(case, planned.step_h, setting.scenario.dt)]
    differences += _days(case, planned, setting.scenario)
    differences += open_lines.with_study(case, planned, fleet)
    if case == "base":
        return differences + _base(planned, base_plan(setting.operation), fleet)
    try:
        plan = plan_files.from_json(files.read_text(path), setting, "plan.json")
    except InputError as error:
        message = re.sub(r"^plan\.json[:,] ", "", str(error))
        return [*differences, unlike(case, "plan.json", "units", message, "what the study allows")]
    searched = case not in ("plan", "exact")
    if searched and plan.parameters is None and not setting.dispatch.is_schedule:
        expected = f"policy '{setting.dispatch.policy}'"
        differences.append(unlike(case, "plan.json", "dispatch", "no policy", expected))
    outside = "" if case == "plan" else _outside(plan, fleet)
    if outside:
        differences.append(unlike(case, "plan.json", "units", outside, "what may be searched"))
    return differences


def _days(case: str, planned: PlanFile, scenario: Scenario) -> list[Difference]:
    """Compare what days are called, and what separate ones stand for, where they are named."""
    weights = None if scenario.separate is None else tuple(scenario.separate.weights.tolist())
    if not planned.days and not scenario.day_names and weights is None:
        return []
    return [
        same(case, "plan.json", "days", [*planned.days], [*scenario.day_names]),
        _weights(case, planned, weights),
    ]


def _weights(case: str, planned: PlanFile, solved: tuple[float, ...] | None) -> Difference:
    """Compare what days stand for; another library may end a little off when it weighs them."""
    found = planned.weights
    if found is None or solved is None or len(found) != len(solved):
        return same(case, "plan.json", "weights", found, solved)
    given, labels = pd.Series(map(repr, found), dtype=object), [f"day {d}" for d in planned.days]
    args = ("days", given, pd.Series(solved), labels)
    return compare.column(case, "plan.json", "weights", *args)


def _base(planned: PlanFile, base: Plan, fleet: Fleet) -> list[Difference]:
    """Compare the base case with the feeder as declared."""
    vehicles = np.where(np.array(fleet.kinds) == "bev", base.size, 0.0)
    solved = {
        "bus": pd.Series([fleet.buses[bus] for bus in base.bus]),
        "kw": pd.Series(base.kw),
        "kwh": pd.Series(base.kwh),
        "vehicles": pd.Series(vehicles),
        "p_kw": pd.Series(base.p_kw.reshape(-1)),
    }
    return [_column("base", planned, name, values) for name, values in solved.items()]


def _outside(plan: Plan, fleet: Fleet) -> str:
    """Return in words the first unit that stands or is sized as no search may have it."""
    for u, unit in enumerate(fleet.units):
        if int(plan.bus[u]) not in unit.candidates:
            return f"{unit.name} at bus {fleet.buses[plan.bus[u]]}"
        over = max(plan.size[u] - unit.size_max, unit.size_min - plan.size[u])
        if unit.sizes:
            over = float(np.abs(np.array([0.0, *unit.sizes]) - plan.size[u]).min())
        if over > RELATIVE * max(unit.size_max, 1.0):
            return f"{unit.name} of size {plan.size[u]:.6g}"
    return fleet_caps.broken(plan.size, fleet)
