"""Currents that stand for what taps and capacitor steps change in a network's admittances.

With dY added to its matrix at some ports a network has the voltages that it has without, where
those ports draw dY v besides. Put into the voltages without, this is M = dY (1 + Z dY)^-1 times
these, exactly: no iteration of its own, however stiff a regulator is.
"""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.control_queue import ControlState
from toolkit.grid.batch.impedance import Impedance
from toolkit.grid.control_rules import ControlRules, turned


class Compensation:
    """The ports at which controls change admittances, K of P, and what these draw.

    ports: which ones, (K,); across: what a current at each does across all ports, 1/VA, (P, K).
    """

    def __init__(self, rules: ControlRules, impedance: Impedance) -> None:
        regulators, capacitors = rules.regulators, rules.capacitors
        all_ports = [regulators.ports.ravel(), *(rule.ports for rule in capacitors)]
        found = np.unique(np.concatenate(all_ports))
        self.ports: IndexArray = found[found >= 0]
        self._start = regulators.start
        base = impedance.base_v[self.ports]
        self._turns = [
            [self._whole(matrix, ports, base) for matrix in turns]
            for ports, turns in zip(regulators.ports, regulators.turns, strict=True)
        ]
        self._of_steps = [
            (rule.start, [self._whole(step, rule.ports, base) for step in rule.steps])
            for rule in capacitors
        ]
        self.across = self._caused(impedance)
        self._own = self.across[self.ports]

    def _whole(self, matrix: ComplexArray, ports: IndexArray, base: FloatArray) -> ComplexArray:
        """Return a matrix of an element's conductors, S, as one of all these ports, VA, (K, K)."""
        count = len(self.ports)
        whole = np.zeros((count, count), dtype=complex)
        inner = np.flatnonzero(ports >= 0)
        at = np.searchsorted(self.ports, ports[inner])
        np.add.at(whole, (at[:, None], at), matrix[np.ix_(inner, inner)])
        return np.asarray(whole * base[:, None] * base, dtype=complex)

    def _caused(self, impedance: Impedance) -> ComplexArray:
        count = len(self.ports)
        current = np.zeros((len(impedance.base_v), count), dtype=complex)
        current[self.ports, np.arange(count)] = 1.0
        caused = np.empty_like(current)
        impedance.drop(current, caused)
        return np.ascontiguousarray(caused)

    def matrices(self, state: ControlState) -> ComplexArray:
        """Return M for each column of a state, (C, K, K)."""
        count, columns = len(self.ports), state.taps.shape[1]
        change = np.zeros((columns, count, count), dtype=complex)
        by_turns = turned(self._start[:, None], state.taps)
        for r, turns in enumerate(self._turns):
            for by, matrix in zip(by_turns, turns, strict=True):
                change += by[r][:, None, None] * matrix
        for k, (start, steps) in enumerate(self._of_steps):
            for s, matrix in enumerate(steps):
                more = (state.steps[k] > s).astype(float) - float(start > s)
                change += more[:, None, None] * matrix
        inner = np.eye(count) + self._own @ change
        return np.asarray(
            np.linalg.solve(inner.swapaxes(1, 2), change.swapaxes(1, 2)).swapaxes(1, 2)
        )
