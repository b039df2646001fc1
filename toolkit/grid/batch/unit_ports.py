"""What units inject, at all ports of a network or at those alone where they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.network import Network
from toolkit.model.plan import Plan


@dataclass(frozen=True)
class Injected:
    """What n plans inject, VA: at each port, (P, n, T), or at the ports of their units, (R, n, T).

    ports: which those are, (R, n), for each leg of each unit one; None for all.
    """

    power: ComplexArray
    ports: IndexArray | None = None

    def of(self, plans: slice, steps: slice) -> Injected:
        """Return what some plans inject in some steps."""
        ports = None if self.ports is None else self.ports[:, plans]
        return Injected(self.power[:, plans, steps], ports)


class UnitPorts:
    """The ports of units at buses, those that stand for all.

    most: how many legs units have in all, R.
    """

    def __init__(self, network: Network, rotation: Rotation, buses: int) -> None:
        units, self._count = len(network.unit_kvar), len(rotation.ports)
        self._unit = np.arange(units)
        #: VA in each leg of a unit at a bus per kVA; of legs alike but turned one is left below.
        self._per_leg = np.full((units, buses), 1000.0)
        own = {at: np.unique(rotation.port[ports]) for at, ports in network.unit_ports.items()}
        most = max((len(ports) for ports in own.values()), default=0)
        #: The port of each leg of a unit at a bus, (U, B) of each leg; the last is none.
        self._ports = [np.full((units, buses), self._count, dtype=np.intp) for _ in range(most)]
        for at, ports in network.unit_ports.items():
            self._per_leg[at] = 1000.0 / len(ports)
            for k, port in enumerate(own[at]):
                self._ports[k][at] = port
        #: Which units have such a leg anywhere.
        self._has = [np.flatnonzero((table < self._count).any(axis=1)) for table in self._ports]
        self.most = sum(len(rows) for rows in self._has)

    @property
    def tables(self) -> tuple[IndexArray, FloatArray]:
        """The port of each leg of a unit at a bus, (G, U, B), and VA in it per kVA, (U, B)."""
        none = np.empty((0, *self._per_leg.shape), dtype=np.intp)
        return np.concatenate([none, *(table[None] for table in self._ports)]), self._per_leg

    def everywhere(self, plans: Plan, unit_kva: ComplexArray) -> Injected:
        """Return what units, kVA, (n, U, T), inject at each port, alike in all legs of a unit."""
        n, _, steps = unit_kva.shape
        row, each = np.arange(n)[:, None], self._each(plans, unit_kva)
        # The last port takes what units with fewer legs than others have too many.
        total = np.zeros((self._count + 1, n, steps), dtype=complex)
        for ports in self._ports:
            np.add.at(total, (ports[self._unit, plans.bus], row), each)
        return Injected(total[:-1])

    def where_they_stand(self, plans: Plan, unit_kva: ComplexArray) -> Injected:
        """Return the same at the ports of units alone."""
        each = self._each(plans, unit_kva)
        power = np.zeros((self.most, *unit_kva.shape[::2]), dtype=complex)
        at = np.zeros((self.most, len(plans.bus)), dtype=np.intp)
        begin = 0
        for table, units in zip(self._ports, self._has, strict=True):
            ports = table[units, plans.bus[:, units]].T
            there = ports < self._count
            rows = slice(begin, begin + len(units))
            at[rows] = np.where(there, ports, 0)
            np.copyto(power[rows], each[:, units].swapaxes(0, 1), where=there[..., None])
            begin += len(units)
        return Injected(power, at)

    def _each(self, plans: Plan, unit_kva: ComplexArray) -> ComplexArray:
        """Return what each unit injects in each of its legs, VA, (n, U, T)."""
        return np.asarray(unit_kva * self._per_leg[self._unit, plans.bus][..., None])
