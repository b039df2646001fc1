"""Impedances of the branches of a feeder, on one base for all voltage levels."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.grid.opendss.engine import Engine, compile_feeder
from toolkit.grid.opendss.readings import admittances
from toolkit.model.feeder import Feeder

#: Base of per-unit impedances, kVA.
BASE_KVA = 1000.0


def branch_impedances(feeder: Feeder) -> FloatArray:
    """Return the size of each branch's positive-sequence series impedance, pu on 1 MVA, (L,).

    Lines: self less mutual impedance, averaged over phases, over the square of the bus's base kV.
    Transformers: winding resistances and the reactance between the first two windings. 0 where a
    line stands at a bus without voltage base, inf where it is open.
    """
    d = compile_feeder(feeder.script)
    # Whole matrix: what a script opened is open from the next one on.
    d.Solution.BuildYMatrix(2, 0)
    found = []
    for branch in feeder.branches:
        d.Circuit.SetActiveElement(branch.name)
        if branch.name.startswith("transformer."):
            found.append(abs(_transformer(d, branch.name.split(".", 1)[1])))
        else:
            kv = float(feeder.base_kv[feeder.bus_index[branch.bus1]])
            found.append(abs(_line_ohms(d)) * BASE_KVA / 1000.0 / kv**2)
    sizes: FloatArray = np.nan_to_num(np.array(found, dtype=float), posinf=np.inf)
    return sizes


def _line_ohms(d: Engine) -> complex:
    """Return the positive-sequence series impedance of the active line, ohms.

    From its admittances, which hold however it is declared.
    """
    phases = int(d.CktElement.NumPhases())
    matrix = admittances(d)
    half = len(matrix) // 2
    series = -matrix[:phases, half : half + phases]
    carrying = np.flatnonzero(series.any(axis=1))
    if not len(carrying):
        return complex(np.inf)
    z = np.linalg.inv(series[np.ix_(carrying, carrying)])
    phases = len(carrying)
    mutual = (z.sum() - np.trace(z)) / (phases * (phases - 1)) if phases > 1 else 0.0
    return complex(np.trace(z) / phases - mutual)


def _transformer(d: Engine, name: str) -> complex:
    """Return a transformer's impedance, pu on the common base."""
    phases = int(d.CktElement.NumPhases())
    d.Transformers.Name(name)
    resistance = 0.0
    for winding in (1, 2):
        d.Transformers.Wdg(winding)
        resistance += float(d.Transformers.R())
    d.Transformers.Wdg(1)
    rated = float(d.Transformers.kVA()) * 3.0 / phases
    return complex(resistance, float(d.Transformers.Xhl())) / 100.0 * BASE_KVA / rated
