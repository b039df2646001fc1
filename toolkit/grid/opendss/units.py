"""Units as lines of OpenDSS script: how one is connected, idealised and given its plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.grid.opendss.capacitors import (
    capacitor_preamble,
    hours_of,
    is_capacitor,
    kvar_of,
)
from toolkit.grid.opendss.connections import WIDE, connection
from toolkit.grid.opendss.curtailed import follows
from toolkit.grid.opendss.inverters import (
    has_kvar_source,
    inverter_ratings,
    kvar_source_commands,
    kvar_source_preamble,
    priority,
)
from toolkit.grid.opendss.volt_controls import volt_preamble
from toolkit.inputs.scripts.writing import Value, statement
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.kinds import KINDS
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan

#: The least power at which an inverter with a cut-in works, % of its kVA.
BARELY = 1e-9


def unit_preamble(
    declared: DeclaredUnit,
    operation: Operation,
    feeder: Feeder,
    shape: Mapping[str, Value],
    stand_ins: bool,
) -> list[str]:
    """Return the lines that hold for every plan of one unit: an ideal element and its shape."""

    def edit(properties: Mapping[str, Value]) -> str:
        new = declared.added and not (stand_ins and KINDS[declared.kind].stores)
        at = _at_home(declared, feeder) if new else {}
        command = "New" if new else "Edit"
        anew = {**at, **dict(declared.resets), **WIDE, **properties}
        return statement(command, declared.element, anew)

    if is_capacitor(declared):
        home = _at_home(declared, feeder)
        return capacitor_preamble(declared, feeder, home, shape, operation.steps)
    u = feeder.units.index(declared)
    unit = operation.fleet.units[u]
    inverter, beside = priority(declared, unit.reactive), list[str]()
    if has_kvar_source(declared, unit.reactive, stand_ins):
        home = _at_home(declared, feeder)
        beside = kvar_source_preamble(declared, home, shape, operation.steps)
    beside += volt_preamble(declared)
    idle = {**shape, "mult": np.zeros(operation.steps)}
    new = statement("New", shape_element(declared), idle)
    if not KINDS[declared.kind].stores:
        if unit.curtail:
            own = follows(declared, _shape_name(declared))
            return [new, edit({**_ideal(declared), **own, **inverter}), *beside]
        series, followed = _followed(declared, operation, shape)
        return [*series, edit({**_ideal(declared), **followed, **inverter}), *beside]
    if stand_ins:
        return [new, *_stand_in(declared, feeder), *beside]
    p = operation.fleet.store_of(u)
    ideal = {"pf": "1", "dispmode": "follow", "daily": _shape_name(declared), "%IdlingkW": "0"}
    # The rating of the plan holds all of it.
    ideal |= {"%kWrated": "100"} if not declared.added else {}
    ideal |= {"%EffCharge": repr(100.0 * p.eta_charge)}
    ideal |= {"%EffDischarge": repr(100.0 * p.eta_discharge)}
    return [new, edit({**ideal, **inverter}), *beside]


def _ideal(declared: DeclaredUnit) -> dict[str, str]:
    """Return what is set anew of a PV or wind unit; of one that is added, all that matters."""
    if declared.kind != "pv":
        ideal = {"status": "variable", "dispmode": "default"}
        return {**ideal, "pf": "1", "model": "1"} if declared.added else ideal
    if declared.panels is None:
        return {"pf": "1", "irradiance": "1", "%cutin": "0", "%cutout": "0"}
    inverter = declared.panels.inverter
    held = {"pfpriority": "no"} if np.isnan(inverter.pf) else {}
    # What the unit follows is dark where the inverter is off.
    least = repr(min(inverter.cut_in, BARELY))
    return {"%cutin": least, "%cutout": repr(min(inverter.cut_out, BARELY)), **held}


def _followed(
    declared: DeclaredUnit, operation: Operation, shape: Mapping[str, Value]
) -> tuple[list[str], dict[str, str]]:
    """Return the lines that make what a PV or wind unit follows, and the properties that say so."""
    scenario = operation.scenario
    common, name = f"p2p_{declared.kind}", _shape_name(declared)
    day = scenario.units.get(declared.name)
    if day is None:
        return [], {"daily": common}
    lines: list[str] = []
    follows = {"daily": common}
    study = scenario.pv if declared.kind == "pv" else scenario.wt
    if day.followed is not study:
        values = {**shape, "mult": day.followed, "qmult": day.q}
        lines.append(statement("New", f"LoadShape.{name}", values))
        follows = {"daily": name}
    if day.temperature is not None:
        series = {"npts": shape["npts"], "interval": shape["interval"], "temp": day.temperature}
        lines.append(statement("New", f"TShape.{name}", series))
        follows |= {"TDaily": name}
    return lines, follows


def _stand_in(declared: DeclaredUnit, feeder: Feeder) -> list[str]:
    """Return the lines that put a Generator in a Storage's place.

    Both inject the planned power, but a Storage makes the engine rebuild its admittance matrix
    whenever it changes between charging and discharging, which doubles the time of a day.
    """
    plain = {"kW": "1", "pf": "1", "model": "1", **WIDE, "status": "variable"}
    properties = {**_at_home(declared, feeder), **plain, "daily": _shape_name(declared)}
    new = statement("New", stand_in_element(declared, feeder), properties)
    if declared.added:
        return [new]
    return [statement("Edit", declared.element, {"enabled": "no"}), new]


def _at_home(declared: DeclaredUnit, feeder: Feeder) -> dict[str, str]:
    """Return the properties that connect a unit where it is declared."""
    return connection(declared, feeder, feeder.bus_index[declared.bus])


def stand_in_element(declared: DeclaredUnit, feeder: Feeder) -> str:
    """Return the full name of the element that injects a unit's power in the search."""
    if not KINDS[declared.kind].stores:
        return declared.element
    # A script may have a Generator of this name.
    taken = {unit.element.lower() for unit in feeder.units}
    own, before = f"unit_{declared.name}", "p2p_"
    while f"generator.{before}{own}".lower() in taken:
        before += "p2p_"
    return f"Generator.{before}{own}"


def element_of(declared: DeclaredUnit, feeder: Feeder, stand_ins: bool) -> str:
    """Return the full name of the element that stands for a unit in one of the circuits."""
    return stand_in_element(declared, feeder) if stand_ins else declared.element


def unit_commands(
    plan: Plan, operation: Operation, feeder: Feeder, u: int, stand_ins: bool = False
) -> list[str]:
    """Return the lines that write one unit's part of a plan."""
    declared, lines = feeder.units[u], []
    if u in operation.fleet.planned_rows:
        p_pu = shapes_pu(plan, np.array([u]))[0]
        lines.append(statement("Edit", shape_element(declared), {"mult": p_pu}))
    lines += hours_of(plan, operation, declared, u)
    at = connection(declared, feeder, int(plan.bus[u]))
    sizes = ratings(plan, operation, declared, u, stand_ins)
    rated = {name: repr(value) for name, value in sizes.items()}
    lines.append(statement("Edit", element_of(declared, feeder, stand_ins), {**at, **rated}))
    if has_kvar_source(declared, operation.fleet.units[u].reactive, stand_ins):
        lines += kvar_source_commands(plan, declared, u, at)
    return lines


def shape_element(declared: DeclaredUnit) -> str:
    """Return the full name of the load shape that holds a unit's own schedule."""
    return f"LoadShape.{_shape_name(declared)}"


def _shape_name(declared: DeclaredUnit) -> str:
    return f"p2p_unit_{declared.name}"


def shapes_pu(plan: Plan, rows: IndexArray) -> FloatArray:
    """Return the schedules of some units over their ratings, (len(rows), T); 0 without any."""
    kw = plan.kw[rows, None]
    p_kw = plan.p_kw[rows]
    return np.divide(p_kw, kw, out=np.zeros_like(p_kw), where=kw > 0.0)


def ratings(
    plan: Plan, operation: Operation, declared: DeclaredUnit, u: int, stand_ins: bool
) -> dict[str, float]:
    """Return the properties that say how large a unit is, and what a Storage holds at first."""
    kind, kw = operation.fleet.kinds[u], float(plan.kw[u])
    if is_capacitor(declared):
        return {"kvar": kvar_of(plan, u)}
    inverter = inverter_ratings(plan, operation, declared, u, stand_ins)
    if kind == "pv":
        return {**_panel_ratings(declared, kw), **inverter}
    if not KINDS[kind].stores or stand_ins:
        return {"kW": kw, **inverter}
    rated, reserve, stored = engine_energy(plan, operation, u)
    energy = {"kWhrated": rated, "%reserve": reserve, "%stored": stored}
    return {"kWrated": kw, "kVA": kw, **energy, **inverter}


def _panel_ratings(declared: DeclaredUnit, kw: float) -> dict[str, float]:
    """Return the ratings of panels and inverter, whose ratio stays as the size changes."""
    if declared.panels is None:
        # An inverter that never clips.
        return {"Pmpp": kw, "kVA": 2.0 * kw}
    inverter = declared.panels.inverter
    # What nothing is built of keeps a rating, by which the engine divides.
    rated = {"Pmpp": kw, "kVA": inverter.kva * kw or 1.0}
    return {**rated, "kvar": inverter.kvar * kw} if np.isnan(inverter.pf) else rated


def engine_energy(plan: Plan, operation: Operation, u: int) -> tuple[float, float, float]:
    """Return kWhrated, %reserve and %stored of storage unit u.

    A vehicle station's energy is held by the plan: trip energy leaves its batteries without
    passing the grid, which a Storage element cannot do, so its own limits are set too wide to bind.
    So are those of any store where days are separate: each begins anew, which no element can do.
    """
    if operation.fleet.kinds[u] == "bess" and operation.scenario.separate is None:
        own = operation.fleet.store_of(u)
        reserve, start = float(own.soc_min), float(own.soc_start)
        return float(plan.kwh[u]), 100.0 * reserve, 100.0 * start
    widest = 2.0 * operation.steps * operation.dt * float(plan.kw[u])
    return 2.0 * max(widest, float(plan.kwh[u])), 0.0, 50.0
