"""The base day: does it converge, and do voltages and loadings keep the limits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from toolkit.commands.check_feeder.findings import Diagnosis, Level
from toolkit.common.errors import ToolkitError
from toolkit.common.types import BoolArray, FloatArray
from toolkit.grid.backend import PowerFlow, backend
from toolkit.grid.circuit import Circuit
from toolkit.grid.solution import Day
from toolkit.inputs import profiles
from toolkit.inputs.limit_sections import Limits
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.model.fleet import Fleet
from toolkit.model.operation import Operation
from toolkit.model.plan import base_plan
from toolkit.model.voltages import factor_told, node_of
from toolkit.problem import named_series
from toolkit.problem.day_notices import with_day_notices
from toolkit.problem.picked_days import PickedDays, picked
from toolkit.problem.ratings import rated
from toolkit.problem.scenario_builder import joined, scenario_of
from toolkit.problem.setting import Setting
from toolkit.results.spans import span_of

#: A node below this, pu, all day is connected to nothing.
DEAD = 0.01
#: A node outside these, pu, all day has hardly the base that it was given.
BELOW, ABOVE = 0.8, 1.15
#: Voltages this little outside a limit, pu, keep it: what the tolerance of the power flow leaves.
SLACK = 1e-6


def solve_base_day(
    found: Diagnosis, script: Path, circuit: Circuit, study: Study, setting: Setting | None
) -> None:
    """Solve the feeder's day as declared, or without units where they cannot be used yet."""
    try:
        if setting is not None:
            feeder, operation = setting.feeder, setting.operation
            grid = backend().power_flow(feeder, operation)
        else:
            series = profiles.read(_profile(study))
            feeder = backend().read_feeder(script, units=False, root=study.root)
            days = picked(study, feeder, series)
            feeder = named_series.without_overruled(feeder, days.profiles)
            feeder = with_day_notices(study, rated(feeder, study.limits), series, days)
            operation = _without_units(feeder, days, study)
            grid = backend().power_flow(
                feeder, operation, without=[unit.name for unit in circuit.units]
            )
        _announce(found, feeder)
        solved = grid.day(base_plan(operation))
    except ToolkitError as error:
        found.add("fault", "convergence", str(error))
        return
    found.facts |= {
        "prosumers": len(feeder.prosumers),
        "load_kw": round(float(feeder.load_kw.sum()), 3),
        "steps": operation.steps,
        "span": span_of(operation.scenario),
    }
    _judge_day(found, solved, grid, study.limits)


def _announce(found: Diagnosis, feeder: Feeder) -> None:
    """Report what the scripts declare and figures have to be read with."""
    passed = {(f.file, f.line) for f in found.findings if f.topic == "passed_over"}
    for notice in feeder.notices:
        if (notice.file, notice.line) in passed:
            continue
        file = Path(notice.file) if notice.file else None
        found.add(notice.level, notice.topic, f"{notice.about}: {notice.text}", file, notice.line)


def _profile(study: Study) -> Path:
    return profiles.locate(study.profiles)


def _without_units(feeder: Feeder, days: PickedDays, study: Study) -> Operation:
    """Return the day of a feeder whose units are left out."""
    storage, vehicles = study.storage.parameters(), study.vehicles.parameters()
    fleet = Fleet(units=(), buses=feeder.buses, bess=storage, bev=vehicles, v2g=False)
    scenarios = [
        scenario_of(study, feeder, day, on=on) for day, on in zip(days.parts, days.on, strict=True)
    ]
    return Operation(fleet, joined(scenarios, days.separate, feeder))


def _judge_day(found: Diagnosis, day: Day, grid: PowerFlow, limits: Limits) -> None:
    found.facts["converged"] = not day.reason
    if day.reason:
        found.add("fault", "convergence", f"the base day cannot be solved: {day.reason}.")
        return
    found.facts["loss_kwh"] = round(float(day.loss_kw @ grid.operation.scenario.step_hours), 3)
    known = ~np.isnan(day.v_pu).all(axis=0)
    dead = np.logical_and(known, (day.v_pu < DEAD).all(axis=0))
    _judge_dead(found, dead, grid)
    alive = known & ~dead
    _judge_level(found, np.where(alive, day.v_pu, np.nan), grid)
    _judge_voltage(found, np.where(alive, day.v_pu, np.nan), grid, limits)
    _judge_loading(found, day.loading, grid, limits)


def _judge_dead(found: Diagnosis, dead: BoolArray, grid: PowerFlow) -> None:
    """Report nodes without voltage: a fault where a load stands on one, else a warning."""
    feeder = grid.feeder
    served = {
        f"{bus}.{phase}"
        for bus, phases in zip(feeder.buses, feeder.load_phases, strict=True)
        for phase in phases
    }
    names = list(dict.fromkeys(node_of(grid.nodes[i]) for i in np.flatnonzero(dead)))
    _say_dead(found, "fault", [n for n in names if n in served], "nothing feeds a load there")
    _say_dead(found, "warning", [n for n in names if n not in served], "nothing feeds them")


def _say_dead(found: Diagnosis, level: Level, nodes: list[str], why: str) -> None:
    if not nodes:
        return
    buses = sorted({node.rpartition(".")[0] for node in nodes})
    more = ", ..." if len(buses) > 5 else ""
    said = f"{len(nodes)} node(s) carry no voltage all day, at bus {', '.join(buses[:5])}{more}"
    found.add(level, "islands", f"{said}: {why}.")


def _judge_level(found: Diagnosis, v_pu: FloatArray, grid: PowerFlow) -> None:
    """Report buses so far from their voltage base all day that the base is hardly theirs."""
    told = [factor_told(float(v)) for v in np.nan_to_num(v_pu).mean(axis=0)]
    off = ((v_pu < BELOW) | (v_pu > ABOVE)).all(axis=0) | np.array([bool(t) for t in told])
    if not off.any():
        return
    node = int(np.flatnonzero(off)[0])
    bus, count = int(grid.node_bus[node]), len(set(grid.node_bus[off].tolist()))
    found.add(
        "warning",
        "voltage_base",
        f"bus {grid.feeder.buses[bus]} stands near {v_pu[0, node]:.2f} pu of its base of "
        f"{grid.feeder.base_kv[bus]:.4g} kV all day{f', so do {count - 1} more' * (count > 1)}; "
        f"{f'that is about {told[node]} it; ' if told[node] else ''}is a level missing in 'Set "
        "voltagebases=[...]', or one for line to line that is meant to ground?",
    )


def _judge_voltage(found: Diagnosis, v_pu: FloatArray, grid: PowerFlow, limits: Limits) -> None:
    if np.isnan(v_pu).all():
        return
    low, high = float(np.nanmin(v_pu)), float(np.nanmax(v_pu))
    found.facts |= {"v_min_pu": round(low, 5), "v_max_pu": round(high, 5)}
    under, over = v_pu < limits.v_min - SLACK, v_pu > limits.v_max + SLACK
    if under.any():
        _say_voltage(found, v_pu, "lowest", under, f"below {limits.v_min:g}", grid)
    if over.any():
        _say_voltage(found, -v_pu, "highest", over, f"above {limits.v_max:g}", grid)


def _say_voltage(
    found: Diagnosis, v_pu: FloatArray, which: str, outside: BoolArray, how: str, grid: PowerFlow
) -> None:
    """Report the voltage that is smallest in ``v_pu``, and how many buses are outside."""
    step, node = np.unravel_index(np.nanargmin(v_pu), v_pu.shape)
    count = len(set(grid.node_bus[outside.any(axis=0)].tolist()))
    found.add(
        "warning",
        "voltage",
        f"{which} voltage of the base day {abs(v_pu[step, node]):.5g} pu at bus "
        f"{grid.feeder.buses[grid.node_bus[node]]}, step {step + 1}; "
        f"{count} bus{'' if count == 1 else 'es'} {how} pu.",
    )


def _judge_loading(found: Diagnosis, loading: FloatArray, grid: PowerFlow, limits: Limits) -> None:
    rated = np.array([not np.isnan(branch.rating_a) for branch in grid.feeder.branches], dtype=bool)
    if not rated.any():
        return
    worst = np.where(rated, loading.max(axis=0), -np.inf)
    found.facts["loading_max_pct"] = round(float(worst.max()), 2)
    over = int((worst > limits.loading_max).sum())
    if over:
        branch = grid.feeder.branches[int(worst.argmax())]
        found.add(
            "warning",
            "loading",
            f"{branch.name} carries {worst.max():.0f} % of its {branch.rating_a:g} A in the base "
            f"day; {over} branch{'' if over == 1 else 'es'} above {limits.loading_max:g} %.",
        )
