"""Days of plans by the batch solver, as the values that every power flow gives."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.controlled_days import ControlledDays
from toolkit.grid.batch.fixed_point import FixedPoint
from toolkit.grid.batch.one_thread import one_thread
from toolkit.grid.batch.readings import Conductors, Losses, Voltages
from toolkit.grid.batch.regulated_readings import RegulatedReadings
from toolkit.grid.batch.rotation import no_rotation, rotation_of
from toolkit.grid.batch.solved_block import Block, Part, Scattered
from toolkit.grid.batch.unit_ports import UnitPorts
from toolkit.grid.network import Network
from toolkit.grid.solution import Days
from toolkit.model.feeder import sum_at_buses
from toolkit.model.plan import Plan

#: Node voltages that are read at a time: more leave the cache.
VALUES = 1 << 17
#: Products of numbers from which on OpenBLAS shares them out over threads.
SHARED_OUT = 1 << 16
NOT_CONVERGED = "the batch power flow did not converge"


class BatchPowerFlow:
    """Solves the days of n plans together. Plans A, B, A give A's arrays twice, bit for bit."""

    def __init__(self, network: Network, buses: int) -> None:
        """Take a network of so many buses."""
        self._network = network
        rotation = no_rotation(network) if network.control else rotation_of(network)
        self._rotation = rotation
        self._fixed_point = FixedPoint(network, rotation, buses)
        self._blocks = self._fixed_point.blocks
        self._controlled: ControlledDays | None = None
        self._regulated: RegulatedReadings | None = None
        if network.control:
            self._controlled = ControlledDays(network.control, self._fixed_point)
            self._blocks = self._controlled.blocks
            self._regulated = RegulatedReadings(network.control.regulators)
        self._voltages = Voltages(network.held, rotation)
        self._conductors = Conductors(network, rotation, self._fixed_point.impedance)
        self._losses = Losses(network, rotation)
        self._has_kvar = bool(network.unit_kvar.any())
        self._units = UnitPorts(network, rotation, buses)
        self._injected = self._units.everywhere
        if not network.control and self._fixed_point.pays(self._units.most):
            self._injected = self._units.where_they_stand
        self._node_count = len(rotation.nodes)
        self._entries = len(network.nodes) * len(rotation.ports)
        legs = network.loads
        self._load_kva = sum_at_buses(legs.power.T / 1000.0, legs.bus, buses)
        #: The same of one plan, not to be written to.
        self._one = self._load_kva[None]
        self._one.flags.writeable = False

    def days(self, plans: Plan, losses: bool = True) -> Days:
        """Solve n plans; without ``losses`` they are NaN."""
        shared_out = self._entries * plans.p_kw[:, 0].size > SHARED_OUT
        with one_thread() if shared_out else nullcontext():
            return self._days(plans, losses)

    def _days(self, plans: Plan, losses: bool) -> Days:
        n, _, steps = plans.p_kw.shape
        unit_kva = self._unit_kva(plans)
        found = _Found(n, steps, self._voltages.count, len(self._network.branch_begins))
        load = np.broadcast_to(self._load_kva, (n, *self._load_kva.shape)) if n > 1 else self._one
        for block in self._blocks(self._injected(plans, unit_kva)):
            self._read(block, found, plans, losses)
            if block.excess is not None:
                load = load if load.flags.writeable else load.copy()
                block.whole.add(block.excess / 1000.0, load)
        return Days(
            v_pu=found.v_pu,
            loss_kw=found.loss_kw,
            loading=found.loading,
            load_kva=load,
            unit_kva=unit_kva.swapaxes(1, 2),
            reasons=tuple("" if ok else NOT_CONVERGED for ok in found.converged),
        )

    def acting(self, plans: Plan) -> float:
        """Return the share of the steps of plans in which a regulator or capacitor control acts."""
        if self._controlled is None:
            return 0.0
        return self._controlled.acting(self._injected(plans, self._unit_kva(plans)).power)

    def _unit_kva(self, plans: Plan) -> ComplexArray:
        """Return what units inject, kVA, (n, U, T)."""
        kva: ComplexArray = plans.p_kw.astype(complex)
        if self._has_kvar:
            kva.imag = plans.kw[..., None] * self._network.unit_kvar
            if self._network.available is not None:
                kva.imag *= _left(plans, self._network.available)
        if plans.q_kvar is not None:
            kva.imag += plans.q_kvar
        return kva

    def _read(self, block: Block, found: _Found, plans: Plan, losses: bool) -> None:
        """Write what a block's voltages say to where its plans and steps stand."""
        block.whole.note(block.converged, found.converged)
        impedance = self._fixed_point.impedance
        for part in block.parts(VALUES // self._node_count):
            at = part.at
            solved, volts = impedance.node_volts(part.of(block.current), block.unit_ports(part))
            found.v_pu[at] = part.by_plan(self._voltages.pu(volts))
            loading = self._conductors.loading(solved)
            moved: FloatArray | float = 0.0
            if self._regulated and block.taps is not None:
                across = impedance.port_volts(part.of(block.volts))
                moved = self._regulated.write(across, part.of(block.taps), loading)
            found.loading[at] = part.by_plan(loading)
            if losses:
                kw = self._losses.kw(volts) + moved
                found.loss_kw[at] = part.by_plan(kw[None])[..., 0]
            if self._network.unit_nodes:
                self._read_of_units(part, volts, found, plans)

    def _read_of_units(
        self, part: Part | Scattered, volts: ComplexArray, found: _Found, plans: Plan
    ) -> None:
        """Write the voltages that are held because units stand there."""
        for plan, columns, steps in part.each():
            rows = self._rows_of_units(plans.row(plan))
            pu = self._voltages.of_units(volts[:, columns], rows)
            found.v_pu[plan, steps, rows] = pu

    def _rows_of_units(self, plan: Plan) -> IndexArray:
        """Return which voltages are held because a plan's units stand there."""
        stand = enumerate(zip(plan.bus.tolist(), plan.kw.tolist(), strict=True))
        at = [self._network.unit_nodes[u, bus] for u, (bus, kw) in stand if kw > 0.0]
        return self._network.held.rows(node for nodes in at for node in nodes)


def _left(plans: Plan, available: FloatArray) -> FloatArray:
    """Return the share of what units could give that is left to them, (n, U, T); 1 of stores.

    available: per kW of rating, (U, T). Reactive power of what is curtailed follows real power.
    """
    could = plans.kw[..., None] * available
    return np.divide(plans.p_kw, could, out=np.ones_like(could), where=could > 0.0)


class _Found:
    """Where the figures of n plans over T steps are written."""

    def __init__(self, n: int, steps: int, voltages: int, branches: int) -> None:
        self.v_pu: FloatArray = np.empty((n, steps, voltages))
        self.loading: FloatArray = np.empty((n, steps, branches))
        self.loss_kw: FloatArray = np.full((n, steps), np.nan)
        self.converged: BoolArray = np.ones(n, dtype=bool)
