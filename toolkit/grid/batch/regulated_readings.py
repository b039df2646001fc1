"""What transformers say whose taps move: their loading and their losses."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.batch.regulators import currents
from toolkit.grid.control_rules import Regulators


class RegulatedReadings:
    """Readings of R regulated transformers at voltages across ports, the last of which is ground.

    rules: of the regulators, whose matrices follow from their taps.
    """

    def __init__(self, rules: Regulators) -> None:
        self._rules = rules
        self._rated = np.flatnonzero((rules.branch >= 0) & (rules.rated > 0.0).any(axis=1))
        self._branch = rules.branch[self._rated]

    def write(self, volts: ComplexArray, taps: FloatArray, loading: FloatArray) -> FloatArray:
        """Write their loading, %, into that of branches, (L, C), and return losses, kW, (C,).

        volts: V, (P + 1, C); taps: pu, (R, C).
        """
        rules = self._rules
        own = volts[rules.ports]
        matrices = rules.admittance, rules.turns[:, 0], rules.turns[:, 1]
        amps = currents(rules, matrices, own, taps)
        pct = (np.abs(amps) * rules.rated[..., None]).max(axis=1)
        loading[self._branch] = pct[self._rated]
        return np.asarray((own * np.conj(amps)).real.sum(axis=(0, 1)) / 1000.0)
