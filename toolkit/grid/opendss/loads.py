"""The loads of a compiled circuit as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import ComplexArray
from toolkit.grid.opendss.engine import Engine, bus_of
from toolkit.grid.opendss.settings import FIXED, LoadFactors
from toolkit.inputs.scripts import Script
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.feeder import DeclaredLoad, LoadShape, sum_at_buses

#: The properties of a LoadShape that hold its values for kW.
_VALUES = ("mult", "pmult")


def declared_loads(d: Engine, read: Script, said: Origins) -> tuple[DeclaredLoad, ...]:
    """Return every enabled load with what it draws in the script's year at its load multiplier."""
    factors = LoadFactors.of(d)
    by_power_factor = _by_power_factor(read)
    shapes: dict[str, LoadShape | None] = {"": None}
    loads = []
    for _ in d.Loads:
        daily, yearly = str(d.Loads.Daily()).lower(), str(d.Loads.Yearly()).lower()
        for name in {daily, yearly} - set(shapes):
            shapes[name] = shape_of(d, name, said)
        name, status = str(d.Loads.Name()).lower(), int(d.Loads.Status())
        factor = factors.of_load(name, status)
        loads.append(
            DeclaredLoad(
                name=name,
                bus=bus_of(d, 0),
                kw=factor * float(d.Loads.kW()),
                kvar=factor * float(d.Loads.kvar()),
                daily=shapes[daily],
                yearly=shapes[yearly],
                fixed=status == FIXED,
                by_power_factor=f"load.{name}" in by_power_factor,
            )
        )
    return tuple(loads)


def _by_power_factor(read: Script) -> set[str]:
    """Return the loads, by full name, whose power factor is the last word on their kvar."""
    found: set[str] = set()
    for given in read.statements:
        element = (given.said.element or "").lower()
        for name, value in given.said.properties if element.startswith("load.") else ():
            if name == "pf" or (name == "like" and f"load.{value}".lower() in found):
                found.add(element)
            elif name == "kvar":
                found.discard(element)
    return found


def shape_of(d: Engine, name: str, said: Origins) -> LoadShape:
    """Return a load shape. Raises InputError for one without values."""
    _check_values(name, said)
    d.LoadShape.Name(name)
    p, q = (np.array(v, dtype=float) for v in (d.LoadShape.PMult(), d.LoadShape.QMult()))
    # Where there are no values for kvar the engine gives one 0.
    own = q if len(q) == len(p) and (len(q) > 1 or q.any()) else None
    interval, actual = float(d.LoadShape.HrInterval()), bool(d.LoadShape.UseActual())
    hours = np.array(d.LoadShape.TimeArray(), dtype=float)
    rising = not interval and len(hours) == len(p) and bool((np.diff(hours) > 0.0).all())
    hours_or_none = hours if rising else None
    at = (f"LoadShape.{name}", *said.at(f"loadshape.{name}", *_VALUES))
    return LoadShape(name, interval, p, own, actual, hours_or_none, *at)


def _check_values(name: str, said: Origins) -> None:
    """Raise InputError for a shape without values, of which the engine would make zeros."""
    element = f"loadshape.{name}"
    place = said.place(element)
    if place is not None and not any(values in said.of(element) for values in _VALUES):
        raise InputError(
            f"feeder {place.file}, line {place.line}: LoadShape.{name}: found no values; expected "
            "mult, csvfile, or another property that gives some."
        )


def load_of_buses(loads: Sequence[DeclaredLoad], buses: Sequence[str]) -> ComplexArray:
    """Return the power of all loads at each bus, kVA, (B,)."""
    index = {bus: i for i, bus in enumerate(buses)}
    kva = np.array([complex(load.kw, load.kvar) for load in loads], dtype=complex)
    at = np.array([index[load.bus] for load in loads], dtype=np.intp)
    return sum_at_buses(kva, at, len(buses))


def constant_power_band(d: Engine, ratings: Mapping[str, Sequence[float]]) -> tuple[float, float]:
    """Return the voltages, pu, between which every load draws constant power (model 1).

    ratings: what the rated voltage of each load is in pu of those that limits hold at its
    terminals, NaN where they hold none; the engine counts in shares of the rated one.
    """
    low, high = 0.0, np.inf
    for _ in d.Loads:
        own = np.array(ratings[f"load.{d.Loads.Name()}".lower()])
        if d.Loads.Model() != 1 or np.isnan(own).any():
            return np.inf, -np.inf
        low = max(low, d.Loads.Vminpu() * own.max(initial=0.0))
        high = min(high, d.Loads.Vmaxpu() * own.min(initial=np.inf))
    return float(low), float(high)
