"""A compiled feeder as plain values."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.recent import keep
from toolkit.common.types import FloatArray
from toolkit.grid.opendss.branches import branches_of
from toolkit.grid.opendss.controls import controls_of
from toolkit.grid.opendss.declared import PHASES, declared_units
from toolkit.grid.opendss.engine import (
    Engine,
    bus_of,
    compile_read,
    enabled_elements,
    nodes_of,
)
from toolkit.grid.opendss.loads import constant_power_band, declared_loads, load_of_buses, shape_of
from toolkit.grid.opendss.notices import base_slips, notices_of, rating_slips, units_to_ground
from toolkit.grid.opendss.settings import check_frequency
from toolkit.grid.opendss.switches import switch_commands, switch_positions
from toolkit.grid.opendss.voltages import rated_pu, voltages_of
from toolkit.inputs.feeder_files import feeder_name
from toolkit.inputs.scripts import Script, read_script
from toolkit.inputs.scripts.origins import Origins, origins
from toolkit.inputs.scripts.writing import statement
from toolkit.model.feeder import Controls, DeclaredLoad, DeclaredUnit, Feeder

#: The classes that bring a phase to a bus.
FEEDING = frozenset(("Vsource", "Line", "Transformer", "AutoTrans", "Reactor"))


#: Feeders read last, so many at most: of script, units and root, what the scripts said then.
_KEPT = 4
_known: dict[tuple[Path, bool, Path | None], tuple[Script, Feeder]] = {}


def read_feeder(script: Path, units: bool = True, root: Path | None = None) -> Feeder:
    """Compile a feeder and return it as plain values, if asked without its units.

    One that was read before is not compiled again while every file of its scripts holds the same.
    """
    read, asked = read_script(script, root), (script, units, root)
    said, feeder = _known.get(asked, (None, None))
    if feeder is None or said is None or not _is_recalled(read, said):
        feeder = _compiled(read, script, units, root)
        for values in (feeder.base_kv, feeder.xy, feeder.load_kw, feeder.load_kvar):
            values.flags.writeable = False
        keep(_known, asked, (read, feeder), _KEPT)
    return feeder


def _is_recalled(read: Script, before: Script) -> bool:
    """Say whether scripts are remembered from before: then their statements are the same objects.

    Statements that are merely equal may name a file that holds something else by now.
    """
    now, then = read.statements, before.statements
    return len(now) == len(then) and all(map(operator.is_, now, then))


def _compiled(read: Script, script: Path, units: bool, root: Path | None) -> Feeder:
    """Compile a feeder that has been read and return it as plain values."""
    d = compile_read(read)
    switched = switch_positions(d, read)
    buses = tuple(str(b).lower() for b in d.Circuit.AllBusNames())
    base_kv, xy = _bus_data(d, buses)
    check_frequency(d, read)
    said = origins(read)
    loads = declared_loads(d, read, said)
    _check_finite(loads, said)
    if np.isnan(base_kv).all():
        raise InputError(
            f"feeder {script}: no bus has a voltage base; add 'Set voltagebases=[...]' and "
            "'Calcvoltagebases' to the script."
        )
    load = load_of_buses(loads, buses)
    found = declared_units(d, said, lambda name: shape_of(d, name, said)) if units else ()
    controls = controls_of(d, said, read.solves)
    if not units:
        # Nothing is left for them to work on.
        idle = (*controls.idle, *(name for name, _ in controls.inverters))
        controls = replace(controls, idle=idle, inverters=())
    d.Circuit.SetActiveElement(f"Vsource.{d.Vsources.AllNames()[0]}")
    head = bus_of(d, 0)
    feeder = Feeder(
        name=feeder_name(script),
        script=script,
        root=root,
        buses=buses,
        head=head,
        base_kv=base_kv,
        xy=xy,
        phases=_phases(d, buses, FEEDING),
        load_phases=_phases(d, buses, frozenset(("Load",))),
        load_kw=load.real.copy(),
        load_kvar=load.imag.copy(),
        loads=loads,
        units=_steered(found, controls),
        branches=tuple(branches_of(d)),
        constant_power_band=(np.inf, -np.inf),
        controls=replace(controls, switched=switched),
        notices=notices_of(d, read, said, found),
    )
    # Last, for it leaves the circuit solved without loads.
    _set_aside(d, feeder.controls)
    voltages = voltages_of(d)
    slips = *rating_slips(voltages.slips, said), *base_slips(voltages.off_base, read)
    notices = (*feeder.notices, *slips, *units_to_ground(found, voltages, said))
    band = constant_power_band(d, rated_pu(d, voltages))
    return replace(feeder, voltages=voltages, constant_power_band=band, notices=notices)


def _steered(units: Sequence[DeclaredUnit], controls: Controls) -> tuple[DeclaredUnit, ...]:
    """Return units with the control of the scripts that works on the inverter of each."""
    return tuple(replace(unit, control=controls.of_inverter(unit.element)) for unit in units)


def _check_finite(loads: Sequence[DeclaredLoad], said: Origins) -> None:
    """Raise InputError for a load whose power is no number."""
    for load in loads:
        if not np.isfinite([load.kw, load.kvar]).all():
            where = said.located(f"load.{load.name}", "kw", "kva", "kvar", "xfkva")
            raise InputError(f"{where}: load {load.name}: its kW or kvar is no finite number.")


def _set_aside(d: Engine, controls: Controls) -> None:
    """Switch off the controls that do not work through a day; their switches stay as it begins."""
    for control in controls.idle:
        d.Text.Command(statement("Edit", control, {"enabled": "no"}))
    for command in switch_commands(controls.switched):
        d.Text.Command(command)


def _bus_data(d: Engine, buses: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Return line-to-line base kV, shape (B,), and coordinates, shape (B, 2)."""
    base_kv = np.full(len(buses), np.nan)
    xy = np.full((len(buses), 2), np.nan)
    for i, bus in enumerate(buses):
        d.Circuit.SetActiveBus(bus)
        base_kv[i] = d.Bus.kVBase() * np.sqrt(3.0) or np.nan
        if d.Bus.Coorddefined():
            xy[i] = d.Bus.X(), d.Bus.Y()
    return base_kv, xy


def _phases(
    d: Engine, buses: Sequence[str], classes: frozenset[str]
) -> tuple[tuple[int, ...], ...]:
    """Return the phases that elements of some classes connect to at each bus.

    Which phases there are is for :data:`FEEDING` to say: loads and units may name a phase that
    nothing feeds.
    """
    named: set[str] = set()
    for cls, _ in enabled_elements(d):
        if cls in classes:
            named |= set(nodes_of(d))
    return tuple(tuple(n for n in PHASES if f"{bus}.{n}" in named) for bus in buses)
