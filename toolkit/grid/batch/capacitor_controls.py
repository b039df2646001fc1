"""When capacitor controls switch, over columns: OpenDSS's CapControl in mode static."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.control_rules import CapacitorControl, Sensor

#: What a control is about to do.
NOTHING, OPEN, CLOSE = 0, 1, 2
#: By how much a time has to be past midnight to belong to the next day, h.
MIDNIGHT = 1e-12


@dataclass(frozen=True)
class Wish:
    """What a control makes of a moment, each (C,): that it opens, closes, or wants nothing."""

    open: BoolArray
    close: BoolArray
    rest: BoolArray


def wish(rule: CapacitorControl, volts: ComplexArray, count: IndexArray, hour: FloatArray) -> Wish:
    """Return what a control wants whose capacitor has so many steps in service, (C,).

    volts: at ports, V, (P + 1, C), the last of which is ground; hour: when a step ends, (C,).
    """
    closed, more = count > 0, count < len(rule.steps)
    with np.errstate(all="ignore"):
        first, further, off = _conditions(rule, volts, hour)
    close = np.where(closed, ~off & more & further, first)
    open_ = closed & off
    keeps = closed & more & (rule.kind != "voltage")
    rest = ~close & ~open_ & ~keeps
    if np.isfinite(rule.most_v):
        seen = _seen(rule.volts, volts)
        low, high = ~closed & (seen < rule.least_v), closed & (seen > rule.most_v)
        close, open_, rest = (close & ~high) | low, (open_ & ~low) | high, rest & ~low & ~high
    return Wish(open_, close, rest)


def _conditions(
    rule: CapacitorControl, volts: ComplexArray, hour: FloatArray
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Say where a first step, and a further one, is wanted, and where one is too much."""
    if rule.kind == "time":
        return _by_time(rule, hour)
    if rule.kind == "voltage":
        seen = _seen(rule.volts, volts)
        return seen < rule.on, seen < rule.on, seen > rule.off
    own = volts[rule.monitored]
    amps = rule.admittance @ own
    if rule.kind == "current":
        size = _together(rule.amps, np.abs(amps[rule.amps.at]))
        return size > rule.on, size > rule.on, size < rule.off
    power = (own[rule.terminal] * np.conj(amps[rule.terminal])).sum(axis=0) / 1000.0
    if rule.kind == "kvar":
        return power.imag > rule.on, power.imag > rule.on, power.imag < rule.off
    size = np.abs(power)
    factor = np.where(size > 0.0, np.abs(power.real) / size, 1.0)
    factor = np.where(power.imag < 0.0, 2.0 - factor, factor)
    lags = factor < rule.on
    return (
        lags & (power.imag > rule.on_kvar),
        lags & (power.imag > rule.more_kvar),
        factor > rule.off,
    )


def _by_time(rule: CapacitorControl, hour: FloatArray) -> tuple[BoolArray, BoolArray, BoolArray]:
    whole = np.floor(hour)
    wrapped = np.where(whole > 24.0, whole - np.floor((whole - 1.0) / 24.0) * 24.0, whole)
    now = wrapped + (hour - whole)
    now = np.where(now - 24.0 > MIDNIGHT, now - 24.0, now)
    if rule.off > rule.on:
        on = (now >= rule.on) & (now < rule.off)
        return on, on, (now >= rule.off) | (now < rule.on)
    on = (now >= rule.on) & (now < 24.0)
    return on, on, (now >= rule.off) & (now < rule.on)


def _seen(sensor: Sensor, volts: ComplexArray) -> FloatArray:
    """Return the voltage that a control sees, V, (C,)."""
    return _together(sensor, np.abs(volts[sensor.at[:, 0]] - volts[sensor.at[:, 1]]))


def _together(sensor: Sensor, sizes: FloatArray) -> FloatArray:
    """Return what counts of several values, (F, C), as the control sees it."""
    if sensor.of == "avg":
        total = sizes[0]
        for size in sizes[1:]:
            total = total + size
        return np.asarray(total / len(sizes) / sensor.ratio)
    if sensor.of in ("max", "min"):
        return np.asarray(
            (sizes.max(axis=0) if sensor.of == "max" else sizes.min(axis=0)) / sensor.ratio
        )
    return np.asarray(sizes[0] / sensor.ratio)
