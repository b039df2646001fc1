"""Layouts of the search: which buses are worth looking at, and where units without size stand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linear_sum_assignment

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import settled
from toolkit.exact.formulation import Formulation
from toolkit.exact.site_classes import UnitClass, dominators
from toolkit.model.fleet import Fleet
from toolkit.model.operation import Operation

#: What a bus costs that a unit cannot have.
TAKEN = 1e6
#: A share of a unit that is none.
LITTLE = 1e-6


def homes(classes: tuple[UnitClass, ...], day: ModelDay) -> dict[int, list[int]]:
    """Return the buses worth looking at, and for each those that are never a worse home.

    That a bus is no better home is proven of energy alone: what a unit saves at its own meter
    depends on the load there, so for costs and limits of goals every candidate counts.
    """
    if not day.asked.any:
        return dominators(classes, day.load, day.trades)
    return {bus: [] for bus in sorted({bus for unit in classes for bus in unit.candidates})}


def layout_of(operation: Operation, form: Formulation, chosen: BoolArray) -> Operation | None:
    """Return the operation held to where each class has a unit, (K, N), None where it cannot be.

    Units that are nowhere have no size; they stand at some candidate that is left.
    """
    bus = np.full(len(operation.fleet.units), -1, dtype=np.intp)
    for k, unit in enumerate(form.classes):
        here = [form.slots[n].bus for n in np.flatnonzero(chosen[k])]
        bus[list(unit.units)[: len(here)]] = here
    absent = np.flatnonzero(bus < 0)
    if absent.size and not _vacant(operation, bus):
        return None
    return settled(operation, bus, absent=absent.tolist())


def nearest_layout(operation: Operation, form: Formulation, x: FloatArray) -> Operation | None:
    """Return the operation held to the buses where a fractional point has most of each unit.

    A unit of which there is nothing anywhere has no size; None where the units do not fit.
    """
    fleet = operation.fleet
    there = np.zeros((len(form.classes), len(fleet.buses)))
    slots = np.array([slot.bus for slot in form.slots], dtype=np.intp)
    for k in range(len(form.classes)):
        here = form.member[k]
        np.add.at(there[k], slots[here], x[form.size[k][here]] + LITTLE * x[form.present[k][here]])
    most = np.array([max(unit.size_max, LITTLE) for unit in form.classes])
    bus = np.full(len(fleet.units), -1, dtype=np.intp)
    class_of = {u: k for k, unit in enumerate(form.classes) for u in unit.units}
    for rows in fleet.rows.values():
        units = rows.tolist()
        amount = np.array([there[class_of[u]] / most[class_of[u]] for u in units])
        for u, b in _most_of(amount, fleet, units) if units else ():
            bus[u] = b
    absent = np.flatnonzero(bus < 0)
    if absent.size and not _vacant(operation, bus):
        return None
    return settled(operation, bus, absent=absent.tolist())


def _most_of(amount: FloatArray, fleet: Fleet, units: list[int]) -> Iterator[tuple[int, int]]:
    """Yield units of a kind and buses, so that most of them is there already.

    Those that stay may share their bus, each other one has its own.
    """
    possible = np.zeros(amount.shape, dtype=bool)
    for i, u in enumerate(units):
        possible[i, list(fleet.units[u].candidates)] = True
    stay = [(i, fleet.units[u].candidates[0]) for i, u in enumerate(units) if fleet.units[u].stays]
    move = [i for i, u in enumerate(units) if not fleet.units[u].stays]
    cost = np.where(possible, -amount, TAKEN)[move]
    cost[:, [b for _, b in stay]] = TAKEN
    found = zip(*linear_sum_assignment(cost), strict=True)
    for i, b in [*stay, *((move[j], b) for j, b in found if cost[j, b] < TAKEN)]:
        if fleet.units[units[i]].size_min > 0.0 or amount[i, b] > LITTLE:
            yield units[i], int(b)


def _vacant(operation: Operation, bus: IndexArray) -> bool:
    """Give units that are nowhere, -1, a candidate of their own, in place; say whether all have."""
    fleet = operation.fleet
    for rows in fleet.rows.values():
        stay = [u for u in rows if fleet.units[u].stays]
        bus[stay] = [fleet.units[u].candidates[0] for u in stay]
        away = [u for u in rows if bus[u] < 0]
        taken = {int(bus[u]) for u in rows if bus[u] >= 0}
        cost = np.full((len(away), len(fleet.buses)), TAKEN)
        for i, u in enumerate(away):
            cost[i, [b for b in fleet.units[u].candidates if b not in taken]] = 0.0
        for i, b in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, b] > 0.0:
                return False
            bus[away[i]] = b
    return True
