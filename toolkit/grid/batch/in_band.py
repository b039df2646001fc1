"""Loads that follow their voltage, while they are within their bands: a few products for all.

Below and above its band a load is another one, which is worked out leg by leg.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.currents import CURRENT, EXPONENTS, IMPEDANCE, currents_of, squares
from toolkit.grid.network import LoadLegs

#: Real and imaginary admittances at 1 pu, (L, C) each, in the steps of columns, (C,).
Admittances = tuple[FloatArray, FloatArray, IndexArray]
#: Models that are worked out here.
MODELS = (IMPEDANCE, EXPONENTS, CURRENT)


class InBand:
    """Legs of these models, L of them, in pu of their ports' voltages.

    Each draws y V, of admittances |V|^a real and |V|^b imaginary: an impedance with a = b = 0, a
    current with -1, and by exponents with each less 2.
    """

    def __init__(self, legs: LoadLegs, base_v: FloatArray, ports: int) -> None:
        """Take legs, V at 1 pu of all ports, and how many ports loads draw at."""
        self.legs = legs
        self._base_v = base_v[legs.port]
        ones = np.ones(len(legs.port)), (legs.port, np.arange(len(legs.port)))
        #: What those of each port add up from, None where each has a port of its own.
        self.at_ports: csr_matrix | None = csr_matrix(ones, (ports, len(legs.port)))
        if len(np.unique(legs.port)) == len(legs.port):
            self.at_ports = None
        scale = (legs.base_v / self._base_v)[:, None]
        self._least = (legs.least[:, None] * scale) ** 2
        self._most = (legs.most[:, None] * scale) ** 2
        # An impedance is the same at any voltage.
        fixed = legs.model[:, None] == IMPEDANCE
        self._least = np.where(fixed, -np.inf, self._least)
        self._most = np.where(fixed, np.inf, self._most)
        #: The band that all are within.
        self._inner = self._least.max(initial=-np.inf), self._most.min(initial=np.inf)
        by_voltage = np.where(legs.model[:, None] == EXPONENTS, legs.by_voltage, 2.0)
        by_voltage[legs.model == CURRENT] = 1.0
        #: Half of a and b, (L, 1) each, and the admittances at 1 pu, (L, T) each.
        self._halves = [by_voltage[:, k, None] / 2.0 - 1.0 for k in range(2)]
        parts = legs.power.real, -legs.power.imag
        self._parts = [
            np.asarray(part * scale ** -by_voltage[:, k, None]) for k, part in enumerate(parts)
        ]

    def at_steps(self, step: IndexArray) -> Admittances:
        """Return the admittances at 1 pu in the steps of columns, (L, C) each, and the steps."""
        real, imag = (np.take(part, step, axis=1) for part in self._parts)
        return real, imag, step

    def currents(self, volts: ComplexArray, admittances: Admittances) -> ComplexArray:
        """Return currents, VA at 1 pu, (L, C), at voltages across ports, pu, (L, C)."""
        real, imag, step = admittances
        squared = squares(volts)
        drawn, size = np.empty_like(volts), np.log(squared)
        factor = np.empty_like(size)
        for half, part, to in zip(
            self._halves, (real, imag), (drawn.real, drawn.imag), strict=True
        ):
            np.multiply(size, half, out=factor)
            np.exp(factor, out=factor)
            np.multiply(factor, part, out=to)
        drawn *= volts
        low, high = self._inner
        if not (squared.min(initial=np.inf) > low and squared.max(initial=0.0) <= high):
            outside = (squared <= self._least) | (squared > self._most)
            row, column = np.nonzero(outside)
            drawn[row, column] = currents_of(self.legs, self._base_v, (row, column), volts, step)
        return drawn
