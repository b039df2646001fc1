"""Plans as lines of OpenDSS script, which drive the live engine and the exported feeder alike."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from toolkit.common.excerpts import line
from toolkit.grid.opendss.branches import rating_lines
from toolkit.grid.opendss.capacitors import capacitor_start, switched
from toolkit.grid.opendss.curtailed import FLAT, wants_flat
from toolkit.grid.opendss.switched_lines import switch_plan, switch_preamble
from toolkit.grid.opendss.switches import switch_commands
from toolkit.grid.opendss.units import engine_energy, unit_commands, unit_preamble
from toolkit.grid.opendss.volt_controls import ITERATIONS, volt_start
from toolkit.inputs.scripts import common_folder, read_script
from toolkit.inputs.scripts.writing import Value, quoted, statement
from toolkit.model.feeder import Feeder
from toolkit.model.kinds import KINDS
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.scenario import LoadDay

#: Voltage tolerance of the power flow, pu. Tight enough that the circuit of the search, in which
#: generators stand in for storage, agrees with that of record on a day's energy to 1e-6 kWh.
TOLERANCE = 1e-9


def day_settings(operation: Operation, feeder: Feeder) -> list[str]:
    """Return the solution settings of a day, whatever the scripts left behind.

    Their load multiplier and year stay: what loads draw has them in it.
    Where nothing is under control the control loop stays out of the day.
    """
    actions = ITERATIONS if any(unit.follows_voltage for unit in feeder.units) else 100
    return [
        f"Set controlmode={'static' if feeder.controls_act else 'off'} maxcontroliter={actions}",
        "Set genmult=1 random=none loadmodel=powerflow algorithm=normal",
        f"Set tolerance={TOLERANCE!r} maxiterations=100 miniterations=2",
        f"Set mode=daily stepsize={operation.dt * 3600.0!r}s hour=0 sec=0 number={operation.steps}",
    ]


def control_start(feeder: Feeder) -> list[str]:
    """Return the lines that put regulators and capacitors where each day begins."""
    if not feeder.controls.any:
        return []
    return [*_positions(feeder.controls.taps, feeder.controls.steps), "Reset controls"]


def units_start(feeder: Feeder) -> list[str]:
    """Return the lines that put units under control where each day begins."""
    reset = ["Reset controls"] if switched(feeder) else []
    return [*volt_start(feeder), *capacitor_start(feeder), *reset]


def _positions(
    taps: Iterable[tuple[str, tuple[float, ...]]], steps: Iterable[tuple[str, tuple[int, ...]]]
) -> list[str]:
    """Return the lines that set taps of transformers and states of capacitors."""
    return [
        *(statement("Edit", f"Transformer.{name}", {"taps": np.array(at)}) for name, at in taps),
        *(
            statement("Edit", f"Capacitor.{name}", {"states": tuple(map(str, at))})
            for name, at in steps
        ),
    ]


def preamble(feeder: Feeder, operation: Operation, stand_ins: bool = False) -> list[str]:
    """Return the lines that hold for every plan: shapes of load, sun and wind, ideal units.

    With ``stand_ins`` each Storage gives way to a Generator that follows the same shape.
    """
    # A script may have a shape of the same name, whose other properties would stay.
    plain = {"useactual": "no", "interpolation": "avg"}
    shape = {"npts": str(operation.steps), "interval": repr(operation.dt), **plain}
    scenario = operation.scenario
    pv: dict[str, Value] = {**shape, "mult": scenario.pv, "qmult": scenario.pv}
    wt: dict[str, Value] = {**shape, "mult": scenario.wt, "qmult": scenario.wt}
    lines = [
        *_load_shapes(scenario.loads, shape),
        *_flat_curve(feeder, operation),
        statement("New", "LoadShape.p2p_pv", pv),
        statement("New", "LoadShape.p2p_wt", wt),
        *_follow(scenario.loads),
        *(statement("Edit", control, {"enabled": "no"}) for control in _set_aside(feeder)),
        *switch_commands(feeder.controls.switched),
        *_positions(feeder.controls.left_taps, feeder.controls.left_steps),
        *switch_preamble(operation),
        *rating_lines(feeder.branches),
    ]
    for declared in feeder.units:
        lines += unit_preamble(declared, operation, feeder, shape, stand_ins)
    return lines


def _set_aside(feeder: Feeder) -> tuple[str, ...]:
    """Return the controls that are switched off one by one.

    Those that the scripts switch off with all others among them, where a study has its own act.
    """
    resting = feeder.controls.resting if feeder.controls_act else ()
    return (*feeder.controls.idle, *resting)


def _flat_curve(feeder: Feeder, operation: Operation) -> list[str]:
    """Return the line that makes the curve of an inverter without losses, where one is wanted."""
    if not wants_flat(feeder, operation):
        return []
    points: dict[str, Value] = {
        "npts": "2",
        "xarray": np.array([0.0, 1.0]),
        "yarray": np.array([1.0, 1.0]),
    }
    return [statement("New", f"XYCurve.{FLAT}", points)]


def _load_shapes(loads: LoadDay, shape: Mapping[str, Value]) -> list[str]:
    """Return the lines that define the different shapes of the loads."""
    lines = []
    for k, (p, q) in enumerate(zip(loads.p, loads.q, strict=True)):
        values = {**shape, "mult": p, "qmult": q}
        lines.append(statement("New", f"LoadShape.{_load_shape(k)}", values))
    return lines


def _load_shape(k: int) -> str:
    return f"p2p_load{k + 1}" if k else "p2p_load"


def _follow(loads: LoadDay) -> list[str]:
    """Return the lines that give each load its shape."""
    return [
        f"BatchEdit Load..* daily={_load_shape(0)}",
        *(
            statement("Edit", f"Load.{name}", {"daily": _load_shape(int(k))})
            for name, k in zip(loads.names, loads.of, strict=True)
            if k
        ),
    ]


def plan_commands(
    plan: Plan, operation: Operation, feeder: Feeder, stand_ins: bool = False
) -> list[str]:
    """Return the lines that write one plan into a feeder after its preamble."""
    units = range(len(feeder.units))
    lines = [line for u in units for line in unit_commands(plan, operation, feeder, u, stand_ins)]
    return [*lines, *switch_plan(plan, operation)]


def export_feeder(plan: Plan, operation: Operation, feeder: Feeder, to: Path) -> None:
    """Write a folder whose Master.dss is the feeder with this plan, solvable in plain OpenDSS.

    The original scripts and the files they read are copied into ``to``/base; commands that the
    toolkit passes over (``Solve``, ``Show``, ...) become comments there, what a Solve sets a Set.
    """
    script = read_script(feeder.script, feeder.root)
    root = common_folder(sorted({*script.files, *script.spelt}))
    # A file that the scripts spell in several ways is copied under each.
    named = {**{file: file for file in script.files}, **script.spelt}
    for path, file in sorted(named.items()):
        copy = to / "base" / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        skipped = {n: "" for at, n in script.skipped if at == file}
        rewritten = {n: text for (at, n), text in script.rewritten.items() if at == file}
        _copy(file, copy, {**skipped, **rewritten})
    head = [
        f"! {line(feeder.name)} with a plan. 'Redirect Master.dss' and then 'Solve' runs the",
        f"! day of {operation.steps} steps; 'Set number=1' before it to go step by step.",
        f"Redirect {_path('base/' + feeder.script.relative_to(root).as_posix())}",
        "! Shapes and settings of the study.",
    ]
    lines = [
        *head,
        *preamble(feeder, operation),
        "! The plan.",
        *plan_commands(plan, operation, feeder),
        *_energies(plan, operation, feeder),
        *control_start(feeder),
        *units_start(feeder),
        *day_settings(operation, feeder),
    ]
    (to / "Master.dss").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _energies(plan: Plan, operation: Operation, feeder: Feeder) -> list[str]:
    """Return comments that say what stores hold whose kWhrated above is not that."""
    told = [
        f"!   {line(declared.element)} holds {plan.kwh[u]:g} kWh."
        for u, declared in enumerate(feeder.units)
        if KINDS[operation.fleet.kinds[u]].stores
        and engine_energy(plan, operation, u)[0] != plan.kwh[u]
    ]
    if not told:
        return []
    days = operation.scenario.separate is not None
    why = "begin every day anew" if days else "lose the energy of trips"
    return [
        f"! These {why}, which a Storage cannot do: their kWhrated above is wide on purpose,",
        "! so that it never cuts the plan short. State of charge and trips stand in units.csv and",
        "! plan.json. In the plan",
        *told,
    ]


def _path(text: str) -> str:
    """Return a path as OpenDSS reads it, in quotes whether it needs them or not."""
    plain = quoted(text)
    return f'"{text}"' if plain == text else plain


def _copy(file: Path, to: Path, passed_over: Mapping[int, str]) -> None:
    """Copy a file; lines passed over, from 1, become comments after what is left of them."""
    if not passed_over:
        shutil.copyfile(file, to)
        return
    lines = file.read_bytes().splitlines(keepends=True)
    marked = (
        f"{passed_over[n]} ! ".lstrip().encode() + line if n in passed_over else line
        for n, line in enumerate(lines, start=1)
    )
    to.write_bytes(b"".join(marked))
