"""Currents of loads by model and voltage, over arrays.

Between two voltages a load does what its model says; outside them OpenDSS makes it an impedance,
and below the lower one joins that by a straight line. Source: OpenDSS, Load element, models 1 to 8.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.network import LoadLegs


def leg_currents(
    legs: LoadLegs, rows: IndexArray, power: ComplexArray, volts: ComplexArray
) -> ComplexArray:
    """Return the currents, A, (R, C), that some legs draw at voltages, V, across them, (R, C).

    power: what each draws at its base voltage, VA, (R, C).
    """
    current = np.zeros_like(volts)
    for model in np.unique(legs.model[rows]).tolist():
        at = np.flatnonzero(legs.model[rows] == model)
        leg = _Legs(legs, rows[at], power[at], volts[at])
        current[at] = MODELS[model](leg)
    return current


def currents_of(
    legs: LoadLegs,
    base_v: FloatArray,
    at: tuple[IndexArray, IndexArray],
    volts: ComplexArray,
    step: IndexArray,
) -> ComplexArray:
    """Return the currents, VA at 1 pu, (E,), of some legs in some columns, one by one.

    at: which ones, a leg and a column each; volts: across all legs, pu of ``base_v``, V, (L,), and
    (L, C); step: of each column, (C,).
    """
    row, column = at
    base = base_v[row, None]
    power = legs.power[row, step[column]][:, None]
    own = volts[row, column][:, None] * base
    drawn: ComplexArray = (leg_currents(legs, row, power, own) * base)[:, 0]
    return drawn


def squares(values: ComplexArray) -> FloatArray:
    """Return the squares of the sizes of complex values, which may be divided by."""
    squared: FloatArray = np.square(values.real)
    squared += np.square(values.imag)
    # What is divided by it may stand where there is no voltage.
    return np.maximum(squared, np.finfo(float).tiny, out=squared)


class _Legs:
    """Some legs at their voltages; ``y`` is their admittance at base voltage, S, (R, C)."""

    def __init__(
        self, legs: LoadLegs, rows: IndexArray, power: ComplexArray, volts: ComplexArray
    ) -> None:
        self.legs, self.rows, self.power, self.volts = legs, rows, power, volts
        self.base, self.low, self.least, self.most = (
            of_leg[rows, None] for of_leg in (legs.base_v, legs.low, legs.least, legs.most)
        )
        self.size: FloatArray = np.abs(volts)
        self.pu: FloatArray = self.size / self.base
        self.y: ComplexArray = np.asarray(np.conj(power) / self.base**2)

    def drawing(self, power: ComplexArray) -> _Legs:
        """Return the same legs with another power."""
        return _Legs(self.legs, self.rows, power, self.volts)

    def between(self, inside: ComplexArray, end: ComplexArray, above: ComplexArray) -> ComplexArray:
        """Return currents: of an impedance, on a straight line, ``inside`` and ``above``.

        end: where the straight line ends, at the least voltage, A.
        """
        begin = self.y * self.low * self.base
        slope = (end - begin) / np.where(self.least > self.low, self.least - self.low, np.inf)
        line = (begin + slope * (self.pu - self.low)) * self.angle()
        below = np.where(self.pu <= self.low, self.y * self.volts, line)
        usual = np.where(self.pu > self.most, above, inside)
        return np.where(self.pu <= self.least, below, usual)

    def angle(self) -> ComplexArray:
        """Return voltages of size 1."""
        whole: ComplexArray = np.where(self.size > 0.0, self.volts, 1.0)
        return whole / np.where(self.size > 0.0, self.size, 1.0)

    def of(self, power: ComplexArray) -> ComplexArray:
        """Return the currents that take a power, VA, at the voltages."""
        return np.conj(power / np.where(self.size > 0.0, self.volts, 1.0))

    def as_power(self, inside: ComplexArray) -> ComplexArray:
        """Return currents of what draws its power at the least voltage and above the most."""
        end = self.y * self.base / np.where(self.least > 0.0, self.least, np.inf)
        return self.between(inside, end, self.y / self.most**2 * self.volts)


def _power(leg: _Legs) -> ComplexArray:
    return leg.as_power(leg.of(leg.power))


def _impedance(leg: _Legs) -> ComplexArray:
    return leg.y * leg.volts


def _motor(leg: _Legs) -> ComplexArray:
    return leg.as_power(leg.of(leg.power.real.astype(complex)) + 1j * leg.y.imag * leg.volts)


def _exponents(leg: _Legs) -> ComplexArray:
    by_voltage = leg.legs.by_voltage[leg.rows]
    real: FloatArray = leg.power.real * leg.pu ** by_voltage[:, :1]
    imag: FloatArray = leg.power.imag * leg.pu ** by_voltage[:, 1:]
    return leg.as_power(leg.of(real + 1j * imag))


def _current(leg: _Legs) -> ComplexArray:
    inside = np.conj(leg.power / leg.base) * leg.angle()
    return leg.between(inside, leg.y * leg.base, leg.y / leg.most * leg.volts)


def _mix(leg: _Legs) -> ComplexArray:
    mix = leg.legs.mix[leg.rows]
    total = np.zeros_like(leg.volts)
    for k, part in enumerate((_impedance, _current, _power)):
        real, imag = leg.power.real * mix[:, k, None], leg.power.imag * mix[:, 3 + k, None]
        total += part(leg.drawing(real + 1j * imag))
    # A leg that drops out does so within a hundredth of its voltage, and stays an impedance below.
    drop_out = mix[:, 6:]
    share = np.where(drop_out > 0.0, 0.5 * (1.0 + np.tanh(500.0 * (leg.pu - drop_out))), 1.0)
    return np.where(leg.pu <= leg.low, leg.y * leg.volts, total * share)


#: How legs of each model draw current: constant power, impedance, power with reactive power as an
#: impedance, powers by exponents of voltage, constant current, and a mix of impedance, current and
#: power.
MODELS = {1: _power, 2: _impedance, 3: _motor, 4: _exponents, 5: _current, 8: _mix}
#: The numbers of some of them.
POWER, IMPEDANCE, EXPONENTS, CURRENT, MIX = 1, 2, 4, 5, 8
