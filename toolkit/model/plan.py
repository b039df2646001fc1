"""Plans: where each unit stands, how large it is and what it does all day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.model import curtailment, devices, relief
from toolkit.model.decisions import NOTHING_DECIDED, Decisions, joined_decisions
from toolkit.model.fleet import Fleet
from toolkit.model.operation import Operation, repaired


@dataclass(frozen=True)
class Plan:
    """One plan, or n of them when every array has a leading axis n.

    bus: index into the feeder's buses, shape (..., U); size: kW or vehicles; kw: power rating;
    kwh: energy capacity (0 for pv and wt), all (..., U); p_kw: scheduled injection, (..., U, T);
    stored: energy at the start and at the end of each step, kWh, (..., U, T + 1), 0 for pv and wt;
    each stretch of separate days starts with the first of them. parameters: those of a dispatch
    policy that plans follow, for each store, (..., S, P); q_kvar: scheduled reactive injection of
    units of which the study decides it, (..., U, T), 0 for others; gives_less: of which
    the inverter may give less by the voltage, (..., U), None where none does; further: what is
    decided besides.
    """

    bus: IndexArray
    size: FloatArray
    kw: FloatArray
    kwh: FloatArray
    p_kw: FloatArray
    stored: FloatArray
    parameters: FloatArray | None = None
    q_kvar: FloatArray | None = None
    gives_less: BoolArray | None = None
    further: Decisions = NOTHING_DECIDED

    def row(self, i: int | slice | None) -> Plan:
        """Return plan i, or a slice, of a population; with None, a population of this one plan."""
        return self._each(lambda values: values[i])

    def part(self, steps: slice) -> Plan:
        """Return what a plan, or each of several, does in some steps that follow each other."""
        held = slice(steps.start, steps.stop + 1)
        q_kvar = None if self.q_kvar is None else self.q_kvar[..., steps]
        p_kw, stored, further = self.p_kw[..., steps], self.stored[..., held], self.further
        return replace(self, p_kw=p_kw, stored=stored, q_kvar=q_kvar, further=further.part(steps))

    def rows(self, rows: IndexArray) -> Plan:
        """Return some plans of a population."""
        return self._each(lambda values: values[rows])

    def _each(self, part: Callable[[Any], Any]) -> Plan:
        arrays: dict[str, Any] = {
            name: None if own is None else part(own)
            for name, own in vars(self).items()
            if name != "further"
        }
        return Plan(**arrays, further=self.further.each(part))


def joined(parts: Sequence[Plan]) -> Plan:
    """Return populations of plans as one; only what all of them have is kept of their policies."""
    arrays: dict[str, Any] = {}
    for name in (field.name for field in fields(Plan) if field.name != "further"):
        own = [getattr(part, name) for part in parts]
        arrays[name] = None if any(v is None for v in own) else np.concatenate(own)
    return Plan(**arrays, further=joined_decisions([part.further for part in parts]))


def schedule(
    bus: IndexArray,
    size: FloatArray,
    wanted: FloatArray,
    operation: Operation,
    further: Decisions = NOTHING_DECIDED,
    relieved: bool = True,
) -> Plan:
    """Return the plan whose storage comes nearest to the wanted dispatch.

    bus, size: shape (..., U); wanted: kW per unit of size of each storage unit, (..., S, T). PV and
    wind inject what sun and wind give; further: what is decided besides; relieved: whether what
    limits of connections forbid is changed as far as it can be.
    """
    fleet, scenario = operation.fleet, operation.scenario
    kw = size * fleet.kw_per_size
    p_kw = kw[..., None] * operation.generation
    stored = np.zeros((*size.shape, scenario.steps + 1))
    if fleet.storage_rows.size:
        per_size, energy = repaired(wanted, operation)
        rows = fleet.storage
        sizes = size[..., rows, None]
        p_kw[..., rows, :] = per_size * sizes
        stored[..., rows, :] = energy * sizes
    plan = Plan(bus, size, kw, size * fleet.kwh_per_size, p_kw, stored, further=further)
    if fleet.decides_further or scenario.connections is not None:
        return completed(plan, operation, relieved)
    return plan


def undelivered(power: FloatArray, plan: Plan) -> FloatArray:
    """Return how far powers of units, kW, (..., U, T), are from those of a plan, 0 or more.

    An inverter that follows the voltage may give less.
    """
    gap = power - plan.p_kw
    if plan.gives_less is not None:
        gap[plan.gives_less] = np.maximum(gap[plan.gives_less], 0.0)
    return np.abs(gap, out=gap)


def completed(plan: Plan, operation: Operation, relieved: bool = True) -> Plan:
    """Return a plan with what follows from its further decisions and limits of connections."""
    if plan.further.given is not None:
        p_kw = curtailment.capped(plan.p_kw, plan.kw, plan.further.given, operation.fleet)
        plan = replace(plan, p_kw=p_kw)
    if relieved and operation.scenario.connections is not None:
        p_kw, stored = relief.relieved(plan.bus, plan.size, plan.p_kw, plan.stored, operation)
        plan = replace(plan, p_kw=p_kw, stored=stored)
    if operation.fleet.gives_less.any():
        less = np.broadcast_to(operation.fleet.gives_less, plan.kw.shape)
        plan = replace(plan, gives_less=less)
    if operation.fleet.switched.any() and plan.further.on is None:
        on = np.ones((*plan.kw.shape, operation.steps), dtype=bool)
        plan = replace(plan, further=replace(plan.further, on=on))
    return _with_switches(_with_kvar(plan, operation), operation.fleet)


def _with_switches(plan: Plan, fleet: Fleet) -> Plan:
    """Return a plan that says which switches are open: as in the base case where none does."""
    if fleet.switches is None or plan.further.open is not None:
        return plan
    base = fleet.switches.base
    is_open = np.tile(base, (*plan.size.shape[:-1], 1))
    return replace(plan, further=replace(plan.further, open=is_open))


def _with_kvar(plan: Plan, operation: Operation) -> Plan:
    """Return a plan with the reactive power of units of which the study decides it."""
    inverters = operation.fleet.inverters
    if not inverters.any:
        return plan
    factors = np.broadcast_to(inverters.factors(plan.further.power_factor), plan.kw.shape)
    p_kw = plan.p_kw
    if inverters.gives_way.any():
        # Of the sun, not of what an earlier power factor has left of it.
        whole = plan.kw[..., None] * operation.generation
        p_kw = np.where(inverters.gives_way[:, None], whole, p_kw)
    q_kvar = inverters.kvar(plan.kw, p_kw, factors, plan.further.kvar)
    further = replace(plan.further, power_factor=factors)
    if inverters.gives_way.any():
        p_kw = inverters.real_kw(plan.kw, p_kw, factors)
    return replace(plan, p_kw=p_kw, q_kvar=q_kvar, further=further)


def on_arrival(operation: Operation) -> FloatArray:
    """Return what stores do when nobody decides: batteries idle, vehicles charge on arrival.

    kW per unit of size of each storage unit, (S, T).
    """
    fleet, at, fold = operation.fleet, operation.stores, operation.scenario.folded
    wanted = np.zeros(at.charge.shape)
    for s, u in enumerate(fleet.storage_rows):
        if fleet.kinds[u] == "bev":
            capacity, stretches = (
                float(at.capacity[s, 0]),
                zip(fold(at.charge[s]), fold(at.trip[s]), strict=True),
            )
            wanted[s] = np.concatenate(
                [
                    devices.charge_on_arrival(capacity, charge, trip, fleet.bev, operation.dt)
                    for charge, trip in stretches
                ]
            )
    return wanted


def base_plan(operation: Operation) -> Plan:
    """Return the feeder as declared: batteries idle, vehicles charged on arrival, no limit kept."""
    units = operation.fleet.units
    size = np.array([u.base_size for u in units], dtype=float)
    bus = np.array([u.base_bus for u in units], dtype=np.intp)
    return schedule(bus, size, on_arrival(operation), operation, relieved=False)
