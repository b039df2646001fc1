"""The batch solver by its compiled kernel, for small networks of loads of constant power."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.extras import library, quiet
from toolkit.common.types import BoolArray, ComplexArray, FloatArray
from toolkit.grid.batch.factors import Factors
from toolkit.grid.batch.power_flow import BatchPowerFlow
from toolkit.grid.network import Network, Unfit
from toolkit.grid.solution import Days, stacked
from toolkit.model.plan import Plan


class CompiledPowerFlow(BatchPowerFlow):
    """Solves the days of n plans; a plan that leaves a load's band is solved as without numba.

    Raises Unfit where the network is one that the kernel does not know, InputError without numba.
    """

    def __init__(self, network: Network, buses: int) -> None:
        """Take a network of so many buses."""
        super().__init__(network, buses)
        if unknown := self._unknown():
            raise Unfit(f"the compiled kernel does not know {unknown}")
        kernel = _kernel()
        self._solve, at_a_time = kernel.days, kernel.TOGETHER
        point, factors = self._fixed_point, Factors(network, self._rotation)
        least, most = point.draws.inner
        drawn, begin = (_apart(of, at_a_time) for of in (point.draws.power, point.begin))
        node, per_volt = self._voltages.to_ground
        self._order = factors.order
        self._given = (
            self._units.tables,
            (drawn, begin, point.draws.ports, float(least**2), float(most**2)),
            factors.network(point.impedance.base_v),
            (factors.order[node], per_volt),
            factors.branches(),
        )
        rows = len(drawn[0]), len(begin[0]), len(factors.order)
        self._scratch = (*(np.empty((n, 2 * at_a_time)) for n in (*rows, 2)),)

    def _unknown(self) -> str:
        """Return what of the network the kernel does not know, nothing where it knows it."""
        if self._network.control:
            return "controls"
        if not self._fixed_point.plain:
            return "loads other than constant power within their bands"
        if len(self._network.held.ends) or self._network.unit_nodes:
            return "voltages that are held between phases, or only where units stand"
        return ""

    def _days(self, plans: Plan, losses: bool) -> Days:
        n, _, steps = plans.p_kw.shape
        unit_kva, nodes = self._unit_kva(plans), self._node_count
        v_pu = np.empty((n, steps, self._voltages.count))
        loading = np.empty((n, steps, len(self._network.branch_begins)))
        volts = np.empty((n if losses else 0, nodes, steps), dtype=complex)
        solved = np.empty(n, dtype=bool)
        self._solve(
            (unit_kva, plans.bus), *self._given, (v_pu, loading, volts, solved), self._scratch
        )
        loss_kw = np.full((n, steps), np.nan)
        for i, own in enumerate(volts):
            loss_kw[i] = self._losses.kw(own[self._order])
        load = self._one if n == 1 else np.broadcast_to(self._load_kva, (n, *self._load_kva.shape))
        days = Days(v_pu, loss_kw, loading, load, unit_kva.swapaxes(1, 2), ("",) * n)
        return days if solved.all() else self._mended(days, plans, losses, solved)

    def _mended(self, days: Days, plans: Plan, losses: bool, solved: BoolArray) -> Days:
        """Return days, those of plans that the kernel did not solve as they are without it."""
        found = [days.day(i) for i in range(len(plans.bus))]
        for i in np.flatnonzero(~solved).tolist():
            found[i] = super()._days(plans.row(slice(i, i + 1)), losses).day(0)
        return stacked(found)


def _kernel() -> ModuleType:
    """Return the kernel. Raises InputError without numba, or a folder to keep its code in."""
    library("numba", "--solver compiled: its kernel is compiled by numba", "fast")
    try:
        with quiet():
            from toolkit.grid.batch import kernel
    except RuntimeError as error:
        raise InputError(
            f"--solver compiled: found no folder in which compiled code can be kept ({error}); "
            "expected one that can be written to, such as NUMBA_CACHE_DIR names."
        ) from error
    return kernel


def _apart(values: ComplexArray, count: int) -> FloatArray:
    """Return values of T steps, (X, T), as (K, X, 2 C): C steps at a time, real parts first.

    The last ones are filled up with the last step.
    """
    rows, steps = values.shape
    step = np.minimum(np.arange(-(-steps // count) * count), steps - 1)
    parts = np.stack([values.real, values.imag], axis=1)[:, :, step]
    parts = parts.reshape(rows, 2, -1, count).transpose(2, 0, 1, 3)
    return np.ascontiguousarray(parts).reshape(-1, rows, 2 * count)
