"""Plans as lines of OpenDSS script, which drive the live engine and the exported feeder alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolkit.feeders import DeclaredUnit, Feeder
from toolkit.fleet import Fleet
from toolkit.plan import Plan
from toolkit.scripts import common_folder, read_script

FloatArray = NDArray[np.float64]

#: Voltage tolerance of the power flow, pu. Tight enough that the circuit of the search, in which
#: generators stand in for storage, agrees with that of record on a day's energy to 1e-6 kWh.
TOLERANCE = 1e-9


def _numbers(values: FloatArray) -> str:
    """Return values as text that reads back to the same doubles."""
    return "[" + " ".join(map(repr, np.asarray(values, dtype=float).tolist())) + "]"


def day_settings(fleet: Fleet, feeder: Feeder) -> list[str]:
    """Return the solution settings of a day, whatever the scripts left behind.

    Where nothing is under control the control loop stays out of the day.
    """
    return [
        f"Set controlmode={'static' if feeder.controls.any else 'off'} maxcontroliter=100",
        "Set loadmult=1 genmult=1 year=0 random=none loadmodel=powerflow algorithm=normal",
        f"Set tolerance={TOLERANCE!r} maxiterations=100 miniterations=2",
        f"Set mode=daily stepsize={fleet.dt * 3600.0!r}s hour=0 sec=0 number={fleet.steps}",
    ]


def control_start(feeder: Feeder) -> list[str]:
    """Return the lines that put regulators and capacitors where each day begins."""
    if not feeder.controls.any:
        return []
    taps = [
        f"Edit Transformer.{name} taps={_numbers(np.array(at))}"
        for name, at in feeder.controls.taps
    ]
    steps = [
        f"Edit Capacitor.{name} states=[{' '.join(map(str, at))}]"
        for name, at in feeder.controls.steps
    ]
    return [*taps, *steps, "Reset controls"]


def preamble(feeder: Feeder, fleet: Fleet, load: FloatArray, stand_ins: bool = False) -> list[str]:
    """Return the lines that hold for every plan: shapes of load, sun and wind, ideal units.

    With ``stand_ins`` each Storage gives way to a Generator that follows the same shape.
    """
    shape = f"npts={fleet.steps} interval={fleet.dt!r}"
    lines = [
        f"New LoadShape.p2p_load {shape} mult={_numbers(load)}",
        f"New LoadShape.p2p_pv {shape} mult={_numbers(fleet.pv)}",
        f"New LoadShape.p2p_wt {shape} mult={_numbers(fleet.wt)}",
        "BatchEdit Load..* daily=p2p_load",
        *(f"Edit {control} enabled=no" for control in feeder.controls.idle),
    ]
    idle = _numbers(np.zeros(fleet.steps))
    for declared, kind in zip(feeder.units, fleet.kinds, strict=True):
        edit = f"Edit {declared.element} vminpu=0.5 vmaxpu=1.5"
        if kind == "pv":
            lines.append(f"{edit} pf=1 irradiance=1 %cutin=0 %cutout=0 daily=p2p_pv")
        elif kind == "wt":
            lines.append(f"{edit} pf=1 model=1 status=variable daily=p2p_wt")
        else:
            p = fleet.bess if kind == "bess" else fleet.bev
            lines.append(f"New LoadShape.p2p_unit_{declared.name} {shape} mult={idle}")
            if stand_ins:
                lines += _stand_in(declared, feeder)
                continue
            lines.append(
                f"{edit} pf=1 dispmode=follow daily=p2p_unit_{declared.name} %IdlingkW=0 "
                f"%EffCharge={100.0 * p.eta_charge!r} %EffDischarge={100.0 * p.eta_discharge!r}"
            )
    return lines


def _stand_in(declared: DeclaredUnit, feeder: Feeder) -> list[str]:
    """Return the lines that put a Generator in a Storage's place.

    Both inject the planned power, but a Storage makes the engine rebuild its admittance matrix
    whenever it changes between charging and discharging, which doubles the time of a day.
    """
    kv = float(feeder.base_kv[feeder.bus_index[declared.bus]])
    return [
        f"Edit {declared.element} enabled=no",
        f"New {stand_in_element(declared)} bus1={declared.bus} kV={kv!r} kW=1 pf=1 model=1 "
        f"vminpu=0.5 vmaxpu=1.5 status=variable daily=p2p_unit_{declared.name}",
    ]


def stand_in_element(declared: DeclaredUnit) -> str:
    """Return the full name of the element that injects a unit's power in the search."""
    storage = declared.kind in ("bess", "bev")
    return f"Generator.p2p_unit_{declared.name}" if storage else declared.element


def plan_commands(plan: Plan, fleet: Fleet, feeder: Feeder, stand_ins: bool = False) -> list[str]:
    """Return the lines that write one plan into a feeder after its preamble."""
    lines = []
    for u, declared in enumerate(feeder.units):
        bus = feeder.buses[plan.bus[u]]
        element = stand_in_element(declared) if stand_ins else declared.element
        at = f"Edit {element} bus1={bus} kV={float(feeder.base_kv[plan.bus[u]])!r}"
        kw = float(plan.kw[u])
        if declared.kind == "pv":
            # The inverter is larger than the panels, so that it never clips.
            lines.append(f"{at} Pmpp={kw!r} kVA={2.0 * kw!r}")
        elif declared.kind == "wt":
            lines.append(f"{at} kW={kw!r}")
        else:
            p_pu = plan.p_kw[u] / kw if kw > 0.0 else np.zeros(fleet.steps)
            lines.append(f"Edit LoadShape.p2p_unit_{declared.name} mult={_numbers(p_pu)}")
            if stand_ins:
                lines.append(f"{at} kW={kw!r}")
                continue
            rated, reserve, stored = engine_energy(plan, fleet, u)
            lines.append(
                f"{at} kWrated={kw!r} kVA={kw!r} kWhrated={rated!r} "
                f"%reserve={reserve!r} %stored={stored!r}"
            )
    return lines


def engine_energy(plan: Plan, fleet: Fleet, u: int) -> tuple[float, float, float]:
    """Return kWhrated, %reserve and %stored of storage unit u.

    A vehicle station's energy is held by the plan: trip energy leaves its batteries without
    passing the grid, which a Storage element cannot do, so its own limits are set too wide to bind.
    """
    if fleet.kinds[u] == "bess":
        reserve, start = float(fleet.bess.soc_min), float(fleet.bess.soc_start)
        return float(plan.kwh[u]), 100.0 * reserve, 100.0 * start
    widest = 2.0 * fleet.steps * fleet.dt * float(plan.kw[u])
    return 2.0 * max(widest, float(plan.kwh[u])), 0.0, 50.0


def export_feeder(plan: Plan, fleet: Fleet, feeder: Feeder, load: FloatArray, to: Path) -> None:
    """Write a folder whose Master.dss is the feeder with this plan, solvable in plain OpenDSS.

    The original scripts and the files they read are copied into ``to``/base; commands that the
    toolkit passes over (``Solve``, ``Show``, ...) become comments there.
    """
    script = read_script(feeder.script)
    root = common_folder(sorted(script.files))
    for file in sorted(script.files):
        copy = to / "base" / file.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        _copy(file, copy, {line for skipped, line in script.skipped if skipped == file})
    head = [
        f"! {feeder.name} with a plan. 'Redirect Master.dss' and then 'Solve' runs the",
        f"! day of {fleet.steps} steps; 'Set number=1' before it to go step by step.",
        f'Redirect "base/{feeder.script.relative_to(root).as_posix()}"',
        "! Shapes and settings of the study.",
    ]
    lines = [
        *head,
        *preamble(feeder, fleet, load),
        "! The plan.",
        *plan_commands(plan, fleet, feeder),
        "! A Storage named bev... is a vehicle station. Its energy limits are wide on purpose;",
        "! trips and state of charge stand in plan.json and units.csv.",
        *control_start(feeder),
        *day_settings(fleet, feeder),
    ]
    (to / "Master.dss").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _copy(file: Path, to: Path, passed_over: set[int]) -> None:
    """Copy a file; the lines passed over, counted from 1, become comments."""
    if not passed_over:
        shutil.copyfile(file, to)
        return
    lines = file.read_bytes().splitlines(keepends=True)
    marked = (b"! " + line if n in passed_over else line for n, line in enumerate(lines, start=1))
    to.write_bytes(b"".join(marked))
