"""Loads that follow their voltage, while they are within their bands: a few products for all.

Below and above its band a load is another one, which is worked out leg by leg.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.currents import CURRENT, EXPONENTS, IMPEDANCE, currents_of, squares
from toolkit.grid.network import LoadLegs

#: Models that are worked out here.
MODELS = (IMPEDANCE, EXPONENTS, CURRENT)


class InBand:
    """Legs of these models, L of them in the order of models, in pu of their ports' voltages."""

    def __init__(self, legs: LoadLegs, base_v: FloatArray, ports: int) -> None:
        """Take legs, V at 1 pu of all ports, and how many ports loads draw at."""
        self.legs = legs
        self._base_v = base_v[legs.port]
        #: Whether there is one leg at a port at most, and what those of each port add up from.
        self.alone = len(np.unique(legs.port)) == len(legs.port)
        ones = np.ones(len(legs.port)), (legs.port, np.arange(len(legs.port)))
        self.at_ports = csr_matrix(ones, (ports, len(legs.port)))
        self._scale = (legs.base_v / self._base_v)[:, None]
        self._least = (legs.least[:, None] * self._scale) ** 2
        self._most = (legs.most[:, None] * self._scale) ** 2
        # An impedance is the same at any voltage.
        fixed = legs.model[:, None] == IMPEDANCE
        self._least = np.where(fixed, -np.inf, self._least)
        self._most = np.where(fixed, np.inf, self._most)
        ends = [int(np.searchsorted(legs.model, model, "right")) for model in MODELS]
        begins = [int(np.searchsorted(legs.model, model, "left")) for model in MODELS]
        self._impedances, self._exponents, self._currents = map(slice, begins, ends)
        self._by_voltage = [legs.by_voltage[self._exponents, k] for k in range(2)]

    def power(self, step: IndexArray) -> ComplexArray:
        """Return what legs draw at their base voltage in the steps of columns, conjugated."""
        power = np.conj(np.take(self.legs.power, step, axis=1))
        power[self._impedances] /= self._scale[self._impedances] ** 2
        power[self._currents] /= self._scale[self._currents]
        return power

    def currents(self, volts: ComplexArray, power: ComplexArray, step: IndexArray) -> ComplexArray:
        """Return currents, VA at 1 pu, (L, C), at voltages across ports, pu, (L, C)."""
        squared = squares(volts)
        size = np.sqrt(squared)
        drawn = np.empty_like(volts)
        for own in (self._impedances, self._currents):
            np.multiply(power[own], volts[own], out=drawn[own])
        drawn[self._currents] /= size[self._currents]
        if len(self._by_voltage[0]):
            own = self._exponents
            # What is divided by the square of the voltage is so before it becomes complex.
            pu, per_squared = size[own] / self._scale[own], 1.0 / squared[own]
            for part, by in zip(("real", "imag"), self._by_voltage, strict=True):
                factor = _raised(pu, by)
                factor *= per_squared
                np.multiply(getattr(power[own], part), factor, out=getattr(drawn[own], part))
            drawn[own] *= volts[own]
        outside = (squared <= self._least) | (squared > self._most)
        if outside.any():
            row, column = np.nonzero(outside)
            drawn[row, column] = currents_of(self.legs, self._base_v, (row, column), volts, step)
        return drawn


def _raised(pu: FloatArray, exponents: FloatArray) -> FloatArray:
    """Return voltages, (L, C), raised to exponents, (L,)."""
    first = float(exponents[0])
    if (exponents != first).any():
        return np.asarray(np.power(pu, exponents[:, None]))
    if first in (1.0, 2.0, 3.0):
        raised = pu.copy()
        for _ in range(int(first) - 1):
            raised *= pu
        return raised
    return np.asarray(np.power(pu, first))
