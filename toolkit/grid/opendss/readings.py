"""What a solved circuit says, read into arrays that the reader owns."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.common.types import ComplexArray
from toolkit.grid.opendss.engine import Engine, handle_of
from toolkit.grid.opendss.freeing import free_later

#: Returns the port between a node, counted from 1 in the engine's order, and ground; -1 for ground.
PortOf = Callable[[int], int]


def admittances(d: Engine) -> ComplexArray:
    """Return the primitive admittance matrix of the active element, S, by conductor, (n, n)."""
    by_column = np.array(d.CktElement.YPrim()).view(np.complex128)
    order = math.isqrt(len(by_column))
    return by_column.reshape(order, order).T


class Reader:
    """Solves steps and reads whole arrays through the engine's C interface.

    The classic interface wraps each call and copies each array into a list, which at 24 steps a day
    costs more than half as much as the power flow. Here each step lands in one row of buffers that
    belong to the reader and are used again for each day.
    """

    def __init__(
        self,
        d: Engine,
        elements: Sequence[str],
        branches: Sequence[str],
        steps: int,
        transformers: Sequence[str] = (),
        conductors: int = 0,
        shunts: Sequence[str] = (),
    ) -> None:
        """Prepare to read the power into elements and the loading of branches, by full names.

        Of transformers the currents of all their conductors are read, of shunts the power into both
        terminals.
        """
        self._util = d._api_util
        self._ffi, self._lib = self._util.ffi, self._util.lib
        self._shared = self._util.gr_float64_pointers[0]
        self._vector = self._ffi.new("double**")
        self._elements = self._ffi.new("void*[]", [handle_of(d, name) for name in elements])
        self._branches = self._ffi.new("void*[]", [handle_of(d, name) for name in branches])
        self._transformers = self._ffi.new("void*[]", [handle_of(d, n) for n in transformers])
        self._shunts = self._ffi.new("void*[]", [handle_of(d, name) for name in shunts])
        self._kva, self._kva_size = self._own_array()
        self._current, self._current_size = self._own_array()
        self._percent, self._percent_size = self._own_array()
        nodes = int(d.Circuit.NumNodes())
        #: Node voltages, V, (T, N); power into each element, kVA, (T, E); largest phase current of
        #: each branch over its rating, %, (T, L); currents in transformers, A, (T, C); power into
        #: both terminals of shunts, kVA, (T, 2S); losses, W, (T,).
        self.volts = np.empty((steps, nodes), dtype=np.complex128)
        self.power = np.empty((steps, len(elements)), dtype=np.complex128)
        self.loading = np.empty((steps, len(branches)))
        self.amps = np.empty((steps, conductors), dtype=np.complex128)
        self.shunts = np.empty((steps, 2 * len(shunts)), dtype=np.complex128)
        self.loss = np.empty(steps)
        self._volts_at = self._row_pointers(self.volts)
        self._power_at = self._row_pointers(self.power)
        self._loading_at = self._row_pointers(self.loading)
        self._amps_at = self._row_pointers(self.amps)
        self._shunts_at = self._row_pointers(self.shunts)
        arrays = (self.volts, self.power, self.loading, self.amps)
        self._sizes = tuple(a.shape[1] * a.itemsize for a in arrays)

    def _own_array(self) -> tuple[Any, Any]:
        """Return where the engine keeps an array for us, allocated on first use, and its size."""
        array = self._ffi.new("double**")
        free_later(self, self._util.lib_unpatched.DSS_Dispose_PDouble, array)
        return array, self._ffi.new("int32_t[4]")

    def _row_pointers(self, array: NDArray[Any]) -> list[Any]:
        whole = self._ffi.from_buffer("char[]", array)
        return [whole + t * array.strides[0] for t in range(len(array))]

    def start_day(self) -> None:
        """Go back to the day's beginning, and to a cold start.

        The engine would otherwise go on from the last voltages, and the last digits of a plan's
        figures would depend on what was solved before it.
        """
        self._lib.Solution_Set_Hour(0)
        self._lib.Solution_Set_Seconds(0.0)
        self._lib.YMatrix_Set_SolutionInitialized(False)

    def solve(self) -> bool:
        """Solve the next step; say whether it converged. Raises the engine's own exception."""
        self._lib.Solution_Solve()
        self._util._check_for_error()
        return bool(self._lib.Solution_Get_Converged())

    def solve_at(self, hour: float) -> bool:
        """Solve the step that ends at ``hour``, without what the engine does around a step.

        The same power flow as :meth:`solve` after it, bit for bit, but no meters, monitors or
        stored energy; only for a circuit without storage. A fifth of a small feeder's day.
        """
        self._lib.Solution_Set_dblHour(hour)
        self._lib.Solution_SolveSnap()
        self._util._check_for_error()
        return bool(self._lib.Solution_Get_Converged())

    def read(self, t: int, losses: bool = True) -> None:
        """Copy the solution into row ``t`` of the buffers, or all of it but the losses."""
        lib, move, (volts, power, loading, amps) = (
            self._lib,
            self._ffi.memmove,
            self._sizes,
        )
        lib.YMatrix_getVpointer(self._vector)
        # The engine counts nodes from 1; what stands at 0 is ground.
        move(self._volts_at[t], self._vector[0] + 2, volts)
        if power:
            lib.Alt_CEBatch_Get_TotalPowers(
                self._kva, self._kva_size, self._elements, len(self._elements)
            )
            move(self._power_at[t], self._kva[0], power)
        if loading:
            lib.Alt_PDEBatch_Get_pctNorm(
                self._percent, self._percent_size, self._branches, len(self._branches), 0
            )
            move(self._loading_at[t], self._percent[0], loading)
        if amps:
            lib.Alt_CEBatch_Get_Currents(
                self._current, self._current_size, self._transformers, len(self._transformers)
            )
            move(self._amps_at[t], self._current[0], amps)
        if self.shunts.size:
            lib.Alt_CEBatch_Get_TotalPowers(
                self._kva, self._kva_size, self._shunts, len(self._shunts)
            )
            size = self.shunts.shape[1] * self.shunts.itemsize
            move(self._shunts_at[t], self._kva[0], size)
        if losses:
            lib.Circuit_Get_Losses_GR()
        self.loss[t] = self._shared[0][0] if losses else np.nan
