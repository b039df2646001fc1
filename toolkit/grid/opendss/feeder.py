"""A compiled feeder as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.opendss.branches import branches_of
from toolkit.grid.opendss.declared import declared_units
from toolkit.grid.opendss.engine import (
    Engine,
    bus_of,
    compile_read,
    nodes_of,
    property_of,
)
from toolkit.grid.opendss.notices import notices_of
from toolkit.grid.opendss.voltages import voltages_of
from toolkit.inputs.feeder_files import feeder_name
from toolkit.inputs.scripts import read_script
from toolkit.inputs.scripts.origins import origins
from toolkit.model.feeder import (
    Controls,
    DeclaredLoad,
    Feeder,
    LoadShape,
    sum_at_buses,
)

#: Controls that would act on units or switches; what they work for, a plan decides.
IDLE_CONTROLS = frozenset(
    (
        *("StorageController", "InvControl", "ExpControl", "GenDispatcher", "UPFCControl"),
        *("ESPVLControl", "SwtControl", "Relay", "Recloser", "Fuse"),
    )
)

PHASES = (1, 2, 3)
#: The engine's number for a load with status=fixed.
FIXED = 1
#: The classes that bring a phase to a bus.
FEEDING = frozenset(("Vsource", "Line", "Transformer", "AutoTrans", "Reactor"))


def read_feeder(script: Path, units: bool = True, root: Path | None = None) -> Feeder:
    """Compile a feeder and return it as plain values, if asked without its units."""
    read = read_script(script, root)
    d = compile_read(read)
    buses = tuple(str(b).lower() for b in d.Circuit.AllBusNames())
    base_kv, xy = _bus_data(d, buses)
    loads = _declared_loads(d)
    if unreal := [load.name for load in loads if not np.isfinite([load.kw, load.kvar]).all()]:
        raise InputError(f"feeder {script}: load {unreal[0]}: its kW or kvar is no finite number.")
    if np.isnan(base_kv).all():
        raise InputError(
            f"feeder {script}: no bus has a voltage base; add 'Set voltagebases=[...]' and "
            "'Calcvoltagebases' to the script."
        )
    load = _load_of_buses(loads, buses)
    said = origins(read)
    found = declared_units(d, said, lambda name: _shape(d, name)) if units else ()
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
        units=found,
        branches=tuple(branches_of(d)),
        constant_power_band=_constant_power_band(d),
        controls=_controls(d),
        notices=notices_of(d, said, found),
    )
    # Last, for it leaves the circuit solved without loads.
    return replace(feeder, voltages=voltages_of(d))


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
    for full_name in d.Circuit.AllElementNames():
        d.Circuit.SetActiveElement(full_name)
        if full_name.split(".", 1)[0] in classes and d.CktElement.Enabled():
            named |= set(nodes_of(d))
    return tuple(tuple(n for n in PHASES if f"{bus}.{n}" in named) for bus in buses)


def _declared_loads(d: Engine) -> tuple[DeclaredLoad, ...]:
    shapes: dict[str, LoadShape | None] = {"": None}
    loads = []
    for _ in d.Loads:
        daily, yearly = str(d.Loads.Daily()).lower(), str(d.Loads.Yearly()).lower()
        for name in {daily, yearly} - set(shapes):
            shapes[name] = _shape(d, name)
        loads.append(
            DeclaredLoad(
                name=str(d.Loads.Name()).lower(),
                bus=bus_of(d, 0),
                kw=float(d.Loads.kW()),
                kvar=float(d.Loads.kvar()),
                daily=shapes[daily],
                yearly=shapes[yearly],
                fixed=int(d.Loads.Status()) == FIXED,
            )
        )
    return tuple(loads)


def _shape(d: Engine, name: str) -> LoadShape:
    d.LoadShape.Name(name)
    p, q = (np.array(v, dtype=float) for v in (d.LoadShape.PMult(), d.LoadShape.QMult()))
    # Where there are no values for kvar the engine gives one 0.
    own = q if len(q) == len(p) and (len(q) > 1 or q.any()) else None
    interval, actual = float(d.LoadShape.HrInterval()), bool(d.LoadShape.UseActual())
    hours = np.array(d.LoadShape.TimeArray(), dtype=float)
    rising = not interval and len(hours) == len(p) and bool((np.diff(hours) > 0.0).all())
    hours_or_none = hours if rising else None
    return LoadShape(name, interval, p, own, actual, hours_or_none)


def _load_of_buses(loads: Sequence[DeclaredLoad], buses: Sequence[str]) -> ComplexArray:
    index = {bus: i for i, bus in enumerate(buses)}
    kva = np.array([complex(load.kw, load.kvar) for load in loads], dtype=complex)
    at = np.array([index[load.bus] for load in loads], dtype=np.intp)
    return sum_at_buses(kva, at, len(buses))


def _constant_power_band(d: Engine) -> tuple[float, float]:
    """Return the voltages, pu, between which every load draws constant power (model 1)."""
    low, high = 0.0, np.inf
    for _ in d.Loads:
        if d.Loads.Model() != 1:
            return np.inf, -np.inf
        low, high = max(low, d.Loads.Vminpu()), min(high, d.Loads.Vmaxpu())
    return float(low), float(high)


def _controls(d: Engine) -> Controls:
    """Return what regulators and capacitor controls start from, and the other controls."""
    enabled = []
    for full_name in d.Circuit.AllElementNames():
        d.Circuit.SetActiveElement(full_name)
        if d.CktElement.Enabled():
            enabled.append(full_name.split(".", 1))
    regulators = [name for cls, name in enabled if cls == "RegControl"]
    switched = [name for cls, name in enabled if cls == "CapControl"]
    transformers = {_regulated(d, name) for name in regulators}
    capacitors = {property_of(d, f"CapControl.{name}", "capacitor").lower() for name in switched}
    return Controls(
        taps=tuple((name, _taps(d, name)) for name in sorted(transformers)),
        steps=tuple((name, _steps(d, name)) for name in sorted(capacitors)),
        idle=tuple(f"{cls}.{name}" for cls, name in enabled if cls in IDLE_CONTROLS),
    )


def _regulated(d: Engine, regulator: str) -> str:
    """Return the transformer a regulator works on. Raises InputError for one of another class."""
    name = property_of(d, f"RegControl.{regulator}", "transformer").lower()
    if name not in [str(n).lower() for n in d.Transformers.AllNames()]:
        raise InputError(
            f"feeder: RegControl.{regulator} regulates '{name}', which is no Transformer; "
            "expected one, so that each day can begin from its taps. Write an AutoTrans as a "
            "Transformer, or disable the regulator."
        )
    return name


def _taps(d: Engine, transformer: str) -> tuple[float, ...]:
    d.Transformers.Name(transformer)
    taps = []
    for winding in range(1, d.Transformers.NumWindings() + 1):
        d.Transformers.Wdg(winding)
        taps.append(float(d.Transformers.Tap()))
    return tuple(taps)


def _steps(d: Engine, capacitor: str) -> tuple[int, ...]:
    d.Capacitors.Name(capacitor)
    return tuple(int(state) for state in d.Capacitors.States())
