"""Plans and points of the unit cube, one from the other.

Any point of the unit cube decodes to a plan that can be carried out: sites are made distinct
within a kind, and dispatch, a series or what a policy wants, is repaired against power, energy and
end-of-day limits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.decisions import NOTHING_DECIDED, Decisions
from toolkit.model.fleet import Fleet, FleetUnit
from toolkit.model.fleet_caps import capped
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan, schedule
from toolkit.model.sites import Sites, fitted
from toolkit.optimizer.space import Kind as VariableKind
from toolkit.optimizer.space import Space, Variable
from toolkit.problem import further_variables
from toolkit.problem.policies.dispatch import Dispatch, schedule_of
from toolkit.problem.policies.host import wanted_by


def space_of(operation: Operation, dispatch: Dispatch | None = None) -> Space:
    """Return the search space: site and size of every unit, then what each store's policy asks for.

    Without a policy that is a value per step of each store. What is decided besides comes last.
    """
    variables: list[Variable] = []
    fleet, dispatch = operation.fleet, dispatch or schedule_of(operation)
    for unit in fleet.units:
        variables.append(Variable(f"{unit.name}.site", "choice", 0, len(unit.candidates) - 1))
        variables.append(_size_variable(unit))
    for row in fleet.storage_rows:
        name = fleet.units[row].name
        variables += [
            Variable(f"{name}.{asked.name}", "real", asked.lower, asked.upper)
            for asked in dispatch.parameters
        ]
    return Space((*variables, *further_variables.variables(operation)))


def _size_variable(unit: FleetUnit) -> Variable:
    """Return the variable of a unit's size, or of its place among the sizes that can be had."""
    name = f"{unit.name}.size"
    if unit.sizes:
        return Variable(name, "integer", 0, len(unit.sizes) - 1)
    kind: VariableKind = "integer" if unit.in_whole else "real"
    return Variable(name, kind, unit.size_min, unit.size_max)


def decode(
    x: FloatArray, operation: Operation, space: Space, dispatch: Dispatch | None = None
) -> Plan:
    """Turn points of the unit cube, shape (n, d), into n plans that can be carried out.

    dispatch: the policy that they follow, whose parameters the space has; without one they carry a
    series for each store. Raises ToolkitError where the policy breaks.
    """
    values, fleet = space.values(x), operation.fleet
    units, stores = len(fleet.units), len(fleet.storage_rows)
    bus = place(values[:, 0 : 2 * units : 2].astype(np.intp), fleet)
    size, own = values[:, 1 : 2 * units : 2], values[:, 2 * units :]
    if fleet.caps or fleet.listed:
        size = capped(_listed(size, fleet), fleet)
    asked = operation.steps if dispatch is None else len(dispatch.parameters)
    further = NOTHING_DECIDED
    if own.shape[1] > stores * asked:
        further = further_variables.decided(own[:, stores * asked :], operation)
        own = own[:, : stores * asked]
    if dispatch is None or dispatch.is_schedule:
        series = own.reshape(len(x), stores, operation.steps)
        wanted = series * fleet.kw_per_size[fleet.storage, None]
        return schedule(bus, size, wanted, operation, further)
    searched = own.reshape(len(x), stores, asked)
    return dispatched(bus, size, searched, operation, dispatch, further)


def _listed(values: FloatArray, fleet: Fleet) -> FloatArray:
    """Return the sizes that values of size variables stand for, both (n, U)."""
    size = values.copy()
    for u in fleet.listed:
        size[:, u] = np.array(fleet.units[u].sizes)[values[:, u].astype(np.intp)]
    return size


def dispatched(
    bus: IndexArray,
    size: FloatArray,
    values: FloatArray,
    operation: Operation,
    dispatch: Dispatch,
    further: Decisions = NOTHING_DECIDED,
) -> Plan:
    """Return n plans that follow a policy; values: of its parameters, (n, S, P)."""
    wanted = wanted_by(dispatch, operation, bus, size, values)
    return replace(schedule(bus, size, wanted, operation, further), parameters=values)


def place(choice: IndexArray, fleet: Fleet) -> IndexArray:
    """Turn chosen candidates, shape (n, U), into bus indices, distinct within each kind.

    A taken bus falls to the nearest free candidate in the unit's own list, the earlier one first,
    that leaves those after it a site. What stays, or has no size, neither moves nor makes room.
    """
    # Plain numbers: for a handful of units a row, arrays cost more than all the rest.
    candidates = [unit.candidates for unit in fleet.units]
    rows = []
    for chosen in choice.tolist():
        row = [own[k] for own, k in zip(candidates, chosen, strict=True)]
        for sites in fleet.plain_sites:
            _separate(row, chosen, fleet, sites)
        rows.append(row)
    bus: IndexArray = np.array(rows, dtype=np.intp).reshape(choice.shape)
    for sites in fleet.sites.values():
        if not sites.plain:
            _fit(bus, choice, fleet, sites)
    return bus


def _separate(row: list[int], chosen: list[int], fleet: Fleet, sites: Sites) -> None:
    """Give units that always find a free candidate buses of their own, one after the other."""
    taken = set(sites.held)
    for u in sites.movers:
        if row[u] in taken:
            wanted = _by_nearness(fleet.candidates[u], chosen[u]).tolist()
            row[u] = next((bus for bus in wanted if bus not in taken), row[u])
        taken.add(row[u])


def _fit(bus: IndexArray, choice: IndexArray, fleet: Fleet, sites: Sites) -> None:
    """Give units buses of their own of which a careless choice would leave too few."""
    movers = list(sites.movers)
    different, of = np.unique(choice[:, movers], axis=0, return_inverse=True)
    fitting = [
        fitted(
            sites,
            [
                _by_nearness(fleet.candidates[u], k).tolist()
                for u, k in zip(movers, each, strict=True)
            ],
        )
        for each in different
    ]
    bus[:, movers] = np.array(fitting, dtype=np.intp)[of.reshape(-1)]


def _by_nearness(candidates: IndexArray, chosen: int) -> IndexArray:
    """Return candidates by their distance from a chosen one in the list, the earlier one first."""
    order = np.argsort(np.abs(np.arange(len(candidates)) - chosen), kind="stable")
    return candidates[order]


def _place_of(size: float, unit: FleetUnit) -> int:
    """Return the place of a size among those that can be had. Raises InputError for another."""
    off = np.abs(np.array(unit.sizes) - size)
    at = int(off.argmin())
    if off[at] > 1e-9 * max(unit.size_max, 1.0):
        sizes = ", ".join(f"{each:g}" for each in unit.sizes)
        raise InputError(f"{unit.name}.size: found {size:g}; expected one of {sizes}.")
    return at


def _dispatch(plan: Plan, fleet: Fleet) -> FloatArray:
    """Return what a plan's stores do by kW, or the parameters of the policy that they follow."""
    if plan.parameters is not None:
        return plan.parameters.reshape(-1)
    kw = plan.kw[fleet.storage_rows, None]
    p_kw = plan.p_kw[fleet.storage_rows]
    return np.divide(p_kw, kw, out=np.zeros_like(p_kw), where=kw > 0).reshape(-1)


def encode(plan: Plan, operation: Operation, space: Space) -> FloatArray:
    """Return a point of the unit cube, shape (d,), that decodes to the plan.

    Raises InputError when a site or size is outside the fleet's bounds.
    """
    values, fleet = np.zeros(len(space)), operation.fleet
    units = len(fleet.units)
    for u, unit in enumerate(fleet.units):
        if int(plan.bus[u]) not in unit.candidates:
            raise InputError(f"{unit.name}: bus {fleet.buses[plan.bus[u]]} is no candidate.")
        values[2 * u] = unit.candidates.index(int(plan.bus[u]))
        values[2 * u + 1] = _place_of(plan.size[u], unit) if unit.sizes else plan.size[u]
    values[2 * units :] = [*_dispatch(plan, fleet), *further_variables.values(plan, operation)]
    outside = np.flatnonzero((values < space.lower - 1e-9) | (values > space.upper + 1e-9))
    if outside.size:
        at = outside[0]
        raise InputError(
            f"{space.names[at]}: found {values[at]:g}; expected {space.lower[at]:g} to "
            f"{space.upper[at]:g}."
        )
    return np.clip(space.unit(values), 0.0, 1.0)
