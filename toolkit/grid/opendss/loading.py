"""Loading of branches worked out from node voltages or from currents, a whole day at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from toolkit.common.lean_imports import without
from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.opendss.engine import Engine
from toolkit.grid.opendss.readings import admittances
from toolkit.model.branches import Branch

# SciPy looks at all of NumPy, whose f2py takes this package to read Fortran.
with without("charset_normalizer"):
    from scipy.sparse import csr_matrix, diags_array


#: Steps whose currents are worked out at a time.
STEPS = 512


class _Ratings:
    """What currents are held to: of each phase at each terminal of branches that has a rating.

    A line is rated at its first terminal, a transformer at each winding.
    """

    def __init__(self, d: Engine, branches: Sequence[Branch]) -> None:
        wires: list[int] = []
        terminals: list[int] = []
        ratings: list[float] = []
        #: Positions of the rated phases among the conductors of each branch, (R,).
        self.conductors: list[list[int]] = []
        for branch in branches:
            d.Circuit.SetActiveElement(branch.name)
            phases, per_terminal = int(d.CktElement.NumPhases()), int(d.CktElement.NumConductors())
            rated = branch.terminals_a
            begins = [k * per_terminal for k in range(len(rated))]
            self.conductors.append([at + i for at in begins for i in range(phases)])
            wires += [phases] * len(rated)
            ratings += rated
            terminals.append(len(rated))
        self._wires = sum(wires)
        self._first_wire = np.cumsum([0, *wires])[:-1]
        self._first_terminal = np.cumsum([0, *terminals])[:-1]
        rating: FloatArray = np.array(ratings, dtype=np.float64)
        # Without a rating the engine says 0 %.
        self._rating = np.where(rating > 0.0, rating, np.inf)

    @property
    def shares(self) -> FloatArray:
        """What each rated conductor makes of 1 A, % of its rating, (R,)."""
        return np.repeat(100.0 / self._rating, np.diff(self._first_wire, append=self._wires))

    @property
    def branch_begins(self) -> IndexArray:
        """Where the conductors of each branch begin, (L,)."""
        return np.asarray(self._first_wire[self._first_terminal])

    def loading(self, amps: ComplexArray) -> FloatArray:
        """Return the largest current over its rating, %, (T, L), of the rated phases, A, (R, T)."""
        squared = amps.real**2 + amps.imag**2
        largest = np.sqrt(np.maximum.reduceat(squared, self._first_wire, axis=0).T)
        of_terminals = 100.0 * largest / self._rating
        return np.asarray(np.maximum.reduceat(of_terminals, self._first_terminal, axis=1))


class Loadings:
    """What node voltages say of the loading of branches whose admittance stays as it is.

    I = Y V with the engine's own matrix of each branch, as the engine works out the same currents,
    but for all branches and steps in one product. Having the engine do it after each step costs a
    sixth of the power flow on a feeder of thousands of branches (docs/decisions/0011).
    """

    def __init__(self, d: Engine, branches: Sequence[Branch]) -> None:
        """Read the matrices from a solved circuit, whose nodes must keep their order from now on.

        The currents are those that are rated: of each phase at a line's first terminal, and at each
        winding of a transformer.
        """
        self._ratings = _Ratings(d, branches)
        wires = zip(branches, self._ratings.conductors, strict=True)
        conductors = [row for branch, rated in wires for row in _rows(d, branch.name, rated)]
        node, admittance = zip(*(e for entries in conductors for e in entries), strict=True)
        # Made by where its rows begin, the matrix adds up in the engine's order of conductors, on
        # which the last digits of a short line's current depend.
        begins = np.cumsum([0, *map(len, conductors)])
        shape = len(conductors), int(d.Circuit.NumNodes())
        self._matrix = csr_matrix((admittance, node, begins), shape)

    def per_volt(self) -> tuple[csr_matrix, IndexArray]:
        """Return what rated conductors carry per volt at each node, % of their rating, (R, N).

        And where the conductors of each branch begin, (L,).
        """
        scaled = diags_array(self._ratings.shares) @ self._matrix
        return csr_matrix(scaled), self._ratings.branch_begins

    def of(self, volts: ComplexArray) -> FloatArray:
        """Return the largest phase current over its rating, %, (T, L), of voltages, V, (T, N)."""
        # By parts: the currents of a year take more memory than all else.
        parts = [volts[begin : begin + STEPS] for begin in range(0, len(volts), STEPS)]
        loading = [self._ratings.loading(np.asarray(self._matrix @ part.T)) for part in parts]
        return loading[0] if len(loading) == 1 else np.concatenate(loading)


def _rows(d: Engine, full_name: str, conductors: list[int]) -> Iterator[list[tuple[int, complex]]]:
    """Yield, for some conductors of an element, (node, admittance in S) of each of its nodes.

    Nodes are counted from 0, in the engine's order; ground, which has no voltage, is left out.
    """
    d.Circuit.SetActiveElement(full_name)
    nodes = d.CktElement.NodeRef()
    for row in admittances(d)[conductors].tolist():
        yield [(node - 1, y) for node, y in zip(nodes, row, strict=True) if node and y]


class WindingLoadings:
    """What the engine's currents say of the loading of transformers whose taps move."""

    def __init__(self, d: Engine, branches: Sequence[Branch]) -> None:
        self._ratings = _Ratings(d, branches)
        wires = []
        for branch in branches:
            d.Circuit.SetActiveElement(branch.name)
            wires.append(int(d.CktElement.NumTerminals()) * int(d.CktElement.NumConductors()))
        #: How many currents the engine gives of all of them.
        self.count = sum(wires)
        begins = np.cumsum([0, *wires])[:-1]
        rated = zip(begins.tolist(), self._ratings.conductors, strict=True)
        self._picked = [begin + i for begin, conductors in rated for i in conductors]

    def of(self, amps: ComplexArray) -> FloatArray:
        """Return the largest winding current over its rating, %, (T, L), of currents, (T, C)."""
        return self._ratings.loading(amps[:, self._picked].T)
