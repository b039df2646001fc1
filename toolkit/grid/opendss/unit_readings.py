"""Which elements are read for units, and what units inject by these readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from toolkit.grid.opendss.capacitors import capacitors
from toolkit.grid.opendss.inverters import kvar_source, kvar_sources
from toolkit.grid.opendss.units import element_of

if TYPE_CHECKING:
    from toolkit.common.types import ComplexArray
    from toolkit.model.feeder import Feeder
    from toolkit.model.operation import Operation


class UnitReadings:
    """The elements of units in one of the circuits, E of them with one terminal.

    elements: their full names; shunts: those of capacitors, whose two terminals are both read.
    """

    def __init__(self, feeder: Feeder, operation: Operation, stand_ins: bool) -> None:
        self._count = len(feeder.units)
        self._capacitors = capacitors(feeder)
        others = [u for u in range(self._count) if u not in self._capacitors]
        sources = kvar_sources(feeder, operation, stand_ins)
        self._unit = np.array([*others, *(u for u, _ in sources)], dtype=np.intp)
        self.elements = [element_of(feeder.units[u], feeder, stand_ins) for u in others]
        self.elements += [kvar_source(unit) for _, unit in sources]
        self.shunts = [feeder.units[u].element for u in self._capacitors]
        self._plain = not sources and not self._capacitors

    def injected(self, power: ComplexArray, shunts: ComplexArray) -> ComplexArray:
        """Return what units inject, kVA, (T, U).

        power: into elements, (T, E); shunts: into both terminals of capacitors, (T, 2C).
        """
        if self._plain:
            return np.asarray(0.0 - power)
        total = np.zeros((len(power), self._count), dtype=complex)
        for row, into in zip(self._unit, power.T, strict=True):
            total[:, row] -= into
        total[:, self._capacitors] = -shunts[:, 0::2]
        return total
