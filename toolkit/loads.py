"""The day of the loads: each its own shape where the scripts give one, else the study's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import InputError
from toolkit.feeders import DeclaredLoad, Feeder, LoadShape, sum_at_buses

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
Shapes = Literal["own", "study"]

#: A difference of hours, or of a ratio of steps, that is only rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class LoadDay:
    """What the L loads of a feeder draw over T steps.

    p, q: K different shapes, shares of the declared kW and kvar, both (K, T); ``of`` is the shape
    of each load, (L,); kw: scheduled load of each bus, (T, B).
    """

    names: tuple[str, ...]
    p: FloatArray
    q: FloatArray
    of: IndexArray
    kw: FloatArray


def load_day(feeder: Feeder, load: FloatArray, dt: float, shapes: Shapes = "own") -> LoadDay:
    """Return the day of a feeder's loads in steps of dt hours; ``load``, (T,): the study's shape.

    With "own" a load keeps the daily shape it declares, or, having none, a yearly one that is as
    long as the study. Raises InputError for a daily shape that does not fit the study.
    """
    hours = len(load) * dt
    rows: list[tuple[FloatArray, FloatArray]] = []
    for declared in feeder.loads:
        own = _own(declared, hours, feeder) if shapes == "own" else None
        rows.append((load, load) if own is None else _shares(declared, own, dt, len(load), feeder))
    return _grouped(feeder, rows, len(load))


def as_load_day(feeder: Feeder, load: LoadDay | FloatArray) -> LoadDay:
    """Return a day of loads as it is; of one shape, (T,), the day in which all loads follow it."""
    return load if isinstance(load, LoadDay) else load_day(feeder, load, 1.0, "study")


def _grouped(feeder: Feeder, rows: list[tuple[FloatArray, FloatArray]], steps: int) -> LoadDay:
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


def _own(declared: DeclaredLoad, hours: float, feeder: Feeder) -> LoadShape | None:
    """Return the shape a load brings, if any; a daily one has to fit the study."""
    daily, yearly = declared.daily, declared.yearly
    if daily is None:
        return yearly if yearly is not None and _fits(yearly, hours) else None
    if not _fits(daily, hours):
        raise InputError(
            f"{_where(feeder, declared, daily)}: found {_length(daily)}; expected one step length "
            f"and, in all, the study's {hours:g} h or whole days that repeat into them (or set "
            "'loads.shapes' = \"study\" to give every load the study's shape)."
        )
    return daily


def _where(feeder: Feeder, declared: DeclaredLoad, shape: LoadShape) -> str:
    return f"feeder {feeder.name}: load {declared.name}, daily shape '{shape.name}'"


def _length(shape: LoadShape) -> str:
    if not shape.interval:
        return f"{len(shape.p)} values at hours of their own (interval=0)"
    return (
        f"{len(shape.p)} values of {shape.interval:g} h, {len(shape.p) * shape.interval:g} h in all"
    )


def _fits(shape: LoadShape, hours: float) -> bool:
    """Say whether a shape is a constant, as long as the study, or whole days that repeat."""
    if len(shape.p) == 1:
        return True
    own = len(shape.p) * shape.interval
    days, times = own / 24.0, hours / own if own else 0.0
    whole = abs(days - round(days)) <= ROUNDING and abs(times - round(times)) <= ROUNDING
    return abs(own - hours) <= ROUNDING or (whole and round(times) >= 1)


def _shares(
    declared: DeclaredLoad, shape: LoadShape, dt: float, steps: int, feeder: Feeder
) -> tuple[FloatArray, FloatArray]:
    """Return a load's own shape in steps, as shares of its declared kW and kvar.

    A shape of actual powers (UseActual) without values for kvar means none.
    """
    p, q = shape.p, shape.p if shape.q is None else shape.q
    if shape.actual:
        q = np.zeros(len(p)) if shape.q is None else shape.q
        if (declared.kw == 0.0 and p.any()) or (declared.kvar == 0.0 and q.any()):
            raise InputError(
                f"{_where(feeder, declared, shape)}: it holds powers (useactual=yes), found for a "
                f"load of {declared.kw:g} kW and {declared.kvar:g} kvar; expected the load to "
                "declare a kW and a kvar where its shape has them."
            )
        p, q = p / (declared.kw or 1.0), q / (declared.kvar or 1.0)
    return (
        in_steps(p, shape.interval, dt, steps),
        in_steps(q, shape.interval, dt, steps),
    )


def in_steps(values: FloatArray, interval: float, dt: float, steps: int) -> FloatArray:
    """Return values, each the mean of ``interval`` hours, as means of ``steps`` steps of dt hours.

    What ends before the steps do begins again. Steps of one length are taken over unchanged.
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
    return np.tile(day, steps // len(day))


def _overlapped(values: FloatArray, interval: float, dt: float) -> FloatArray:
    """Return means over steps whose edges do not fall on those of the values."""
    energy = np.concatenate([[0.0], np.cumsum(values)]) * interval
    edges = np.arange(round(len(values) * interval / dt) + 1) * dt
    mean: FloatArray = np.diff(np.interp(edges, np.arange(len(energy)) * interval, energy)) / dt
    return mean
