"""An exported feeder solved again by plain OpenDSS in a process that knows nothing of the toolkit.

The script is judged first as any feeder's is, so that a results folder from elsewhere runs no
program and writes no file; see docs/decisions/0005-untrusted-scripts.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.held_voltages import HeldVoltages
from toolkit.grid.opendss import plain
from toolkit.grid.opendss.declared import UNIT_CLASSES, is_between, is_delta, phases_of
from toolkit.grid.opendss.engine import Engine, bus_of, compile_read, enabled_elements, property_of
from toolkit.grid.opendss.inverters import served_by
from toolkit.grid.opendss.voltages import voltages_of
from toolkit.grid.solution import Replayed
from toolkit.inputs.scripts import Script, read_script
from toolkit.model.voltages import three_phase_buses

#: Seconds a day may take.
PATIENCE = 600.0


def replay(
    master: Path, steps: int, capacitors: Sequence[str] = (), patience: float = PATIENCE
) -> Replayed:
    """Solve so many steps of an exported feeder. Raises EngineError with file and line.

    capacitors: the full names of those that are units.
    """
    read = read_script(master)
    if read.faults:
        fault = read.faults[0]
        raise EngineError(f"{_relative(fault.file, master)}, line {fault.line}: {fault.text}")
    told = _solve(read, steps, patience, capacitors)
    if "failed" in told:
        raise EngineError(str(told["failed"]))
    return _as_values(told, read)


def _relative(file: Path, master: Path) -> str:
    home = master.resolve().parent
    return file.relative_to(home).as_posix() if file.is_relative_to(home) else str(file)


def _solve(read: Script, steps: int, patience: float, capacitors: Sequence[str]) -> dict[str, Any]:
    """Give the statements to a process of its own and return what it tells."""
    statements = [
        (f"{_relative(s.file, read.path)}, line {s.line}: '{s.said.brief[:40]}'", s.said.text)
        for s in read.statements
        if s.said.text
    ]
    with TemporaryDirectory(prefix="p2p-", ignore_cleanup_errors=True) as scratch:
        asked = json.dumps(
            {
                "scratch": scratch,
                "steps": steps,
                "statements": statements,
                "capacitors": [name.lower() for name in capacitors],
            }
        )
        try:
            # -P: the folder of the file, which is a package, stays off its import path.
            run = subprocess.run(
                [sys.executable, "-P", plain.__file__],
                input=asked,
                capture_output=True,
                text=True,
                encoding="utf-8",
                cwd=scratch,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"solving the day took longer than {patience:g} s") from error
    lines = run.stdout.splitlines()
    if run.returncode or not lines:
        said = run.stderr.strip().splitlines()
        raise EngineError(f"OpenDSS ended unexpectedly{': ' + said[-1] if said else ''}")
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def _as_values(told: dict[str, Any], read: Script) -> Replayed:
    rows, steps = told["rows"], len(told["rows"])
    own, injected = _with_sources(told["units"], 0.0 - _complex(rows, "units"))
    units = [told["units"][i] for i in own]
    buses = tuple(str(bus).lower() for bus in told["buses"])
    base_kv = dict(zip(buses, told["bases"], strict=True))
    nodes = [str(node).lower() for node in told["nodes"]]
    line_kv = {bus: kv * np.sqrt(3.0) for bus, kv in base_kv.items() if kv > 0.0}
    names, v_pu, unbalance = _held(rows, read, nodes, base_kv)
    kept = [_has_voltage(node, base_kv) for node in names]
    flow = _array(rows, "branches").reshape(steps, -1, 3)
    ratings = np.array([b["rating"] for b in told["branches"]], dtype=float)
    return Replayed(
        number=int(told["number"]),
        step_h=float(told["step_h"]),
        buses=buses,
        load_bus=tuple(load["bus"] for load in told["loads"]),
        units=tuple(unit["name"] for unit in units),
        unit_bus=tuple(unit["bus"] for unit in units),
        branches=tuple(branch["name"] for branch in told["branches"]),
        nodes=tuple(node for node, keep in zip(names, kept, strict=True) if keep),
        load_kva=_complex(rows, "loads"),
        unit_kva=injected,
        start_pu=np.array([unit["start"] for unit in units], dtype=float),
        stored_pu=_array(rows, "stored").reshape(steps, -1)[:, own],
        unit_kw=np.array([unit["kw"] for unit in units], dtype=float),
        unit_kwh=np.array([unit["kwh"] for unit in units], dtype=float),
        v_pu=v_pu[:, np.array(kept, dtype=bool)],
        loss_kw=_array(rows, "loss_kw"),
        branch_kw=flow[..., 0],
        branch_a=flow[..., 1],
        unbalance=unbalance[:, _among(names, kept)],
        loading_pct=np.where(ratings > 0.0, flow[..., 2], np.nan),
        open=tuple(branch["name"] for branch in told["branches"] if branch["open"]),
        base_kv=line_kv,
    )


def _with_sources(
    units: list[dict[str, Any]], injected: ComplexArray
) -> tuple[list[int], ComplexArray]:
    """Return which elements are units, and what those inject with their sources of kvar, (T, U)."""
    place = {unit["name"].partition(".")[2]: i for i, unit in enumerate(units)}
    owner = {i: place.get(served_by(unit["name"])) for i, unit in enumerate(units)}
    total = injected.copy()
    for i, unit in owner.items():
        if unit is not None:
            total[:, unit] += injected[:, i]
    own = [i for i, unit in owner.items() if unit is None]
    return own, total[:, own]


def _held(
    rows: list[dict[str, Any]], read: Script, nodes: list[str], base_kv: dict[str, float]
) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Return the names of the voltages that are held to limits, and the voltages, pu, (T, V).

    With them the unbalance of buses with three phases, %, (T, K).
    """
    d = compile_read(read)
    there = [element for element in enabled_elements(d) if element[0] in UNIT_CLASSES]
    units = [".".join(element) for element in there]
    connected = [(*_stands(d, name), float(property_of(d, name, _rating(name)))) for name in units]
    voltages = voltages_of(d)
    line_kv = {bus: kv * np.sqrt(3.0) or np.nan for bus, kv in base_kv.items()}
    held = HeldVoltages(voltages, line_kv, nodes)
    of_units = [
        node
        for bus, phases, delta, kw in connected
        for node in voltages.of_unit(bus, phases, delta)
        if kw > 0.0
    ]
    volts = _complex(rows, "volts")
    return held.names, held.pu(volts, of_units), held.unbalance_of(volts)


def _among(names: Sequence[str], kept: Sequence[bool]) -> list[bool]:
    """Say which buses with three phases are so by the voltages that are kept."""
    left = {*three_phase_buses(name for name, keep in zip(names, kept, strict=True) if keep)}
    return [bus in left for bus in three_phase_buses(names)]


def _rating(element: str) -> str:
    return UNIT_CLASSES[element.partition(".")[0]][1]


def _stands(d: Engine, element: str) -> tuple[str, tuple[int, ...], bool]:
    """Return the bus of a unit, the phases it is connected to, and whether between them."""
    d.Circuit.SetActiveElement(element)
    return bus_of(d, 0), phases_of(d), is_delta(d, element) or is_between(d, element)


def _has_voltage(node: str, base_kv: dict[str, float]) -> bool:
    """Say whether a node is a phase of a bus with a voltage base."""
    bus, _, number = node.rpartition(".")
    return int(number.partition("-")[0]) <= 3 and base_kv[bus] > 0.0


def _array(rows: list[dict[str, Any]], name: str) -> FloatArray:
    return np.array([row[name] for row in rows], dtype=float)


def _complex(rows: list[dict[str, Any]], name: str) -> ComplexArray:
    parts = _array(rows, name).reshape(len(rows), -1, 2)
    return np.asarray(parts[..., 0] + 1j * parts[..., 1])
