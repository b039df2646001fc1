"""The day of the loads: each its own shape where the scripts give one, else the study's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs.horizon import ROUNDING, DayName, shape_on
from toolkit.model.feeder import (
    DeclaredLoad,
    DeclaredUnit,
    Feeder,
    LoadShape,
    sum_at_buses,
)
from toolkit.model.scenario import LoadDay

Shapes = Literal["own", "study"]
#: What may bring a shape of its own.
Declared = DeclaredLoad | DeclaredUnit
#: Shares of a declared kW and of a declared kvar, each (T,).
Shares = tuple[FloatArray, FloatArray]


def load_day(
    feeder: Feeder,
    load: FloatArray,
    dt: float,
    shapes: Shapes = "own",
    on: DayName | None = None,
    given: Mapping[str, Shares] | None = None,
) -> LoadDay:
    """Return the day of a feeder's loads in steps of dt hours; ``load``, (T,): the study's shape.

    given: shares of declared kW and kvar by the name of a load, which count before any shape. With
    "own" a load keeps the daily shape it declares, or, having none, a yearly one. Of a shape
    longer than the study its first hours count, or those from the day ``on``.
    Raises InputError for a daily shape that is shorter and does not repeat into the study.
    """
    hours = len(load) * dt
    rows: list[Shares] = []
    for declared in feeder.loads:
        if (shares := (given or {}).get(declared.name)) is not None:
            rows.append(shares)
            continue
        own = own_shape(declared, hours, feeder, on) if shapes == "own" else None
        rows.append((load, load) if own is None else _shares(declared, own, dt, len(load), feeder))
    return _grouped(feeder, rows, len(load))


def joined_loads(days: Sequence[LoadDay], feeder: Feeder) -> LoadDay:
    """Return the days of a feeder's loads side by side."""
    rows = [
        (
            np.concatenate([day.p[day.of[i]] for day in days]),
            np.concatenate([day.q[day.of[i]] for day in days]),
        )
        for i in range(len(feeder.loads))
    ]
    return _grouped(feeder, rows, sum(len(day.kw) for day in days))


def _grouped(feeder: Feeder, rows: list[Shares], steps: int) -> LoadDay:
    """Find the different shapes among those of all loads, in the order in which they come."""
    found: dict[bytes, int] = {}
    of = [found.setdefault(p.tobytes() + q.tobytes(), len(found)) for p, q in rows]
    first = [of.index(k) for k in range(len(found))]
    p = np.array([rows[i][0] for i in first]).reshape(-1, steps)
    q = np.array([rows[i][1] for i in first]).reshape(-1, steps)
    drawn = np.array(of, dtype=np.intp)
    # The engine holds a load with status=fixed at its declared power, whatever its shape.
    fixed = np.array([load.fixed for load in feeder.loads], dtype=bool)
    kw = np.where(fixed, 1.0, p[drawn].T) * np.array([load.kw for load in feeder.loads])
    bus = np.array([feeder.bus_index[load.bus] for load in feeder.loads], dtype=np.intp)
    names = tuple(load.name for load in feeder.loads)
    # In the order of rows, because NumPy's sums depend on it in their last digit.
    total = np.ascontiguousarray(sum_at_buses(kw, bus, len(feeder.buses)))
    return LoadDay(names, p, q, drawn, total)


def own_shape(
    declared: Declared, hours: float, feeder: Feeder, on: DayName | None
) -> LoadShape | None:
    """Return the shape that a load or unit brings and follows for so many hours, if any.

    Raises InputError for a daily one that does not fit them.
    """
    own = declared.daily or declared.yearly
    if own is None:
        return None
    own = shape_on(on, own, _where(feeder, declared, own))
    if outlasts(own, hours):
        return _begun(own, hours)
    if _fits(own, hours):
        return own
    if declared.daily is None:
        return None
    field = "loads" if isinstance(declared, DeclaredLoad) else "fleet"
    raise InputError(
        f"{_where(feeder, declared, own)}: found {_length(own)}; expected at least the study's "
        f"{hours:g} h, or whole days that repeat into them (or set '{field}.shapes' = \"study\" "
        "to give all of them the study's)."
    )


def own_day(
    declared: Declared, feeder: Feeder, dt: float, steps: int, on: DayName | None = None
) -> tuple[FloatArray, FloatArray] | None:
    """Return the shape of its own that something brings, for kW and kvar, in steps of dt hours."""
    own = own_shape(declared, steps * dt, feeder, on)
    return None if own is None else _shares(declared, own, dt, steps, feeder)


def outlasts(shape: LoadShape, hours: float) -> bool:
    """Say whether a shape goes on after so many hours, so that only its beginning counts."""
    return len(shape.p) > 1 and shape.length > hours + ROUNDING


def _begun(shape: LoadShape, hours: float) -> LoadShape:
    """Return the values of a shape that reach into its first hours."""
    if shape.hours is not None:
        return shape
    count = int(np.ceil(hours / shape.interval - ROUNDING))
    q = None if shape.q is None else shape.q[:count]
    return replace(shape, p=shape.p[:count], q=q)


def _where(feeder: Feeder, declared: Declared, shape: LoadShape) -> str:
    place = f"{shape.file}, line {shape.line}" if shape.line else feeder.name
    return f"feeder {place}: {declared.about}, shape '{shape.name}'"


def _length(shape: LoadShape) -> str:
    if not shape.interval and shape.hours is None:
        return f"{len(shape.p)} values whose hours are missing or do not rise (interval=0)"
    of = "at hours of their own" if shape.hours is not None else f"of {shape.interval:g} h"
    return f"{len(shape.p)} values {of}, {shape.length:g} h in all"


def _fits(shape: LoadShape, hours: float) -> bool:
    """Say whether a shape is a constant, as long as the study, or whole days that repeat."""
    if len(shape.p) == 1:
        return True
    own = shape.length
    days, times = own / 24.0, hours / own if own else 0.0
    whole = abs(days - round(days)) <= ROUNDING and abs(times - round(times)) <= ROUNDING
    return abs(own - hours) <= ROUNDING or (whole and round(times) >= 1)


def _shares(
    declared: Declared, shape: LoadShape, dt: float, steps: int, feeder: Feeder
) -> tuple[FloatArray, FloatArray]:
    """Return a load's own shape in steps, as shares of its declared kW and kvar.

    A shape of actual powers (UseActual) without values for kvar means those of the load's power
    factor, or none where the load declares its kvar.
    """
    p, q = shape.p, shape.p if shape.q is None else shape.q
    if shape.actual:
        q = np.zeros(len(p)) if shape.q is None else shape.q
        of_factor = isinstance(declared, DeclaredLoad) and declared.by_power_factor
        if of_factor and declared.kw and not q.any():
            q = p * (declared.kvar / declared.kw)
        if (declared.kw == 0.0 and p.any()) or (declared.kvar == 0.0 and q.any()):
            raise InputError(
                f"{_where(feeder, declared, shape)}: it holds powers (useactual=yes), found with "
                f"{declared.kw:g} kW and {declared.kvar:g} kvar declared; expected it to "
                "declare a kW and a kvar where its shape has them."
            )
        p, q = p / (declared.kw or 1.0), q / (declared.kvar or 1.0)
    return _in_steps(p, shape, dt, steps), _in_steps(q, shape, dt, steps)


def _in_steps(values: FloatArray, shape: LoadShape, dt: float, steps: int) -> FloatArray:
    if shape.hours is None or len(values) == 1:
        return in_steps(values, shape.interval, dt, steps)
    return between_points(values, shape.hours, shape.length, dt, steps)


def between_points(
    values: FloatArray, hours: FloatArray, period: float, dt: float, steps: int
) -> FloatArray:
    """Return means over steps of dt hours of the straight lines between values at ``hours``.

    After ``period`` hours they begin again; from the last value a line leads to the first.
    """
    cycles = int(np.ceil(steps * dt / period)) + 1
    # A last value at the hour where the first one follows stands just before it.
    hours = np.minimum(hours, hours[0] + period * (1.0 - 1e-9))
    at = np.concatenate([hours + k * period for k in range(-1, cycles)])
    edges = np.arange(steps + 1) * dt
    x = np.union1d(edges, at[(at > 0.0) & (at < edges[-1])])
    y = np.interp(x, at, np.tile(values, cycles + 1))
    energy = np.concatenate([[0.0], np.cumsum(np.diff(x) * (y[1:] + y[:-1]) / 2.0)])
    mean: FloatArray = np.diff(energy[np.searchsorted(x, edges)]) / dt
    return mean


def in_steps(values: FloatArray, interval: float, dt: float, steps: int) -> FloatArray:
    """Return values, each the mean of ``interval`` hours, as means of ``steps`` steps of dt hours.

    What ends before the steps do begins again, what goes on after them is left out. Steps of one
    length are taken over unchanged.
    """
    if len(values) == 1:
        return np.full(steps, float(values[0]))
    ratio = dt / interval
    parts, times = round(ratio), round(1.0 / ratio)
    if parts >= 1 and abs(ratio - parts) <= ROUNDING:
        day = values if parts == 1 else values.reshape(-1, parts).mean(axis=1)
    elif abs(1.0 / ratio - times) <= ROUNDING:
        day = np.repeat(values, times)
    else:
        day = _overlapped(values, interval, dt)
    return np.resize(day, steps)


def _overlapped(values: FloatArray, interval: float, dt: float) -> FloatArray:
    """Return means over steps whose edges do not fall on those of the values."""
    energy = np.concatenate([[0.0], np.cumsum(values)]) * interval
    edges = np.arange(round(len(values) * interval / dt) + 1) * dt
    mean: FloatArray = np.diff(np.interp(edges, np.arange(len(energy)) * interval, energy)) / dt
    return mean
