"""A network as the factors of its admittances, in their own order of nodes, for the kernel."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, diags_array
from scipy.sparse.linalg import splu

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.impedance import ends, turns
from toolkit.grid.batch.kept_nodes import ORDER
from toolkit.grid.batch.readings import without_doubles
from toolkit.grid.batch.rotation import Rotation
from toolkit.grid.network import Network

#: A sparse matrix: where each row or column begins, which entries it has, and their values.
Sparse = tuple[IndexArray, IndexArray, ComplexArray]


class Factors:
    """The admittances between the N nodes that stand for all, as L and U.

    order: where each node's voltage stands among those that the factors give, (N,).
    """

    def __init__(self, network: Network, rotation: Rotation) -> None:
        self._network, self._rotation = network, rotation
        # Phases are alike but for rounding, of which the mean leaves least.
        expansion = rotation.expansion
        alike = len(network.nodes) // len(rotation.nodes)
        own = expansion.conj().T @ network.admittance @ expansion / alike
        self._factors = splu(csc_matrix(own), permc_spec=ORDER)
        self.order: IndexArray = self._factors.perm_c.astype(np.intp)

    def network(
        self, base_v: FloatArray
    ) -> tuple[ComplexArray, Sparse, Sparse, Sparse, Sparse, ComplexArray]:
        """Return the network at ports of so many V at 1 pu, as the kernel takes it."""
        rotation, factors, of_ports = self._rotation, self._factors, ends(self._network)
        per_volt = diags_array(1.0 / base_v)
        at = (of_ports.T @ turns(rotation)).tocsr()[rotation.nodes] @ per_volt
        across = per_volt @ of_ports[rotation.ports] @ rotation.expansion
        no_load = np.empty(len(self.order), dtype=complex)
        no_load[self.order] = self._network.no_load[rotation.nodes]
        pivots = factors.U.diagonal()
        return (
            no_load,
            _parts(csc_matrix(at.tocsr()[np.argsort(factors.perm_r)])),
            _parts(self._ordered(csr_matrix(across))),
            _parts(_without_diagonal(factors.L)),
            _parts(_without_diagonal(factors.U)),
            1.0 / pivots,
        )

    def branches(self) -> tuple[IndexArray, Sparse]:
        """Return where the conductors of branches begin, with an end, and their % per volt."""
        rated, begins = self._network.rated @ self._rotation.expansion, self._network.branch_begins
        if len(self.order) < len(self._network.nodes):
            rated, begins = without_doubles(csr_matrix(rated), begins)
        return np.append(begins, rated.shape[0]), _parts(self._ordered(csr_matrix(rated)))

    def _ordered(self, matrix: csr_matrix) -> csr_matrix:
        """Return a matrix whose columns are nodes in the order of the factors."""
        return csr_matrix(matrix[:, np.argsort(self.order)])


def _without_diagonal(matrix: csc_matrix) -> csc_matrix:
    found = csc_matrix(matrix - diags_array(matrix.diagonal(), format="csc"))
    found.eliminate_zeros()
    return found


def _parts(matrix: csr_matrix | csc_matrix) -> Sparse:
    indptr, indices = (a.astype(np.intp) for a in (matrix.indptr, matrix.indices))
    return indptr, indices, np.asarray(matrix.data, dtype=complex)
