"""Loading of branches worked out from node voltages, a whole day at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from toolkit.common.lean_imports import without
from toolkit.common.types import ComplexArray, FloatArray
from toolkit.grid.opendss.engine import Engine
from toolkit.grid.opendss.readings import admittances
from toolkit.model.feeder import Branch

# SciPy looks at all of NumPy, whose f2py takes this package to read Fortran.
with without("charset_normalizer"):
    from scipy.sparse import csr_matrix


class Loadings:
    """What node voltages say of the loading of branches whose admittance stays as it is.

    I = Y V with the engine's own matrix of each branch, as the engine works out the same currents,
    but for all branches and steps in one product. Having the engine do it after each step costs a
    sixth of the power flow on a feeder of thousands of branches (docs/decisions/0011).
    """

    def __init__(self, d: Engine, branches: Sequence[Branch]) -> None:
        """Read the matrices from a solved circuit, whose nodes must keep their order from now on.

        The currents are those that the engine rates: of each phase at the first terminal.
        """
        rows = [list(_first_terminal(d, branch.name)) for branch in branches]
        conductors = [entries for branch in rows for entries in branch]
        node, admittance = zip(*(e for entries in conductors for e in entries), strict=True)
        # Made by where its rows begin, the matrix adds up in the engine's order of conductors, on
        # which the last digits of a short line's current depend.
        begins = np.cumsum([0, *map(len, conductors)])
        shape = len(conductors), int(d.Circuit.NumNodes())
        self._matrix = csr_matrix((admittance, node, begins), shape)
        self._first = np.cumsum([0, *map(len, rows[:-1])])
        rating = np.array([branch.rating_a for branch in branches])
        # Without a rating the engine says 0 %.
        self._rating = np.where(np.isnan(rating), np.inf, rating)

    def of(self, volts: ComplexArray) -> FloatArray:
        """Return the largest phase current over its rating, %, (T, L), of voltages, V, (T, N)."""
        amps = self._matrix @ volts.T
        squared = np.maximum.reduceat(amps.real**2 + amps.imag**2, self._first, axis=0)
        return 100.0 * np.sqrt(squared.T) / self._rating


def _first_terminal(d: Engine, full_name: str) -> Iterator[list[tuple[int, complex]]]:
    """Yield, for each phase of an element's first terminal, (node, admittance in S) of each node.

    Nodes are counted from 0, in the engine's order; ground, which has no voltage, is left out.
    """
    d.Circuit.SetActiveElement(full_name)
    nodes = d.CktElement.NodeRef()
    for row in admittances(d)[: d.CktElement.NumPhases()].tolist():
        yield [(node - 1, y) for node, y in zip(nodes, row, strict=True) if node and y]
