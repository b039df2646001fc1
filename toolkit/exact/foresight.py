"""What perfect foresight could have traded, day by day, with sites and sizes as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.exact.days import ModelDay
from toolkit.exact.dispatch import Dispatch, settled
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan

#: What stores may hold less at the end of a day than they did, as a share of their capacity: what
#: rounding leaves. It only raises a bound.
SLACK = 1e-9


def daily_ceilings(
    operation: Operation,
    load_kw: FloatArray,
    plan: Plan,
    days: Sequence[slice],
    goal: EnergyGoal,
) -> Iterator[float]:
    """Yield a proven bound on the energy of each day, kWh, network limits left out.

    load_kw: scheduled load of each bus, (T, B); days: the steps of each. No dispatch of the plan's
    units trades more on that day that begins it with the energy which the plan's stores began it
    with, and ends it with no less than they ended it: the plan's own dispatch is one of those.
    """
    here = settled(operation, plan.bus, plan.size)
    for day in days:
        own = on_day(here, plan, day)
        yield Dispatch(own, ModelDay(load_kw[day], own.scenario, goal), threads=1).ceiling()


def on_day(operation: Operation, plan: Plan, day: slice) -> Operation:
    """Return an operation on one day, whose stores begin and end it as a plan's did."""
    fleet = operation.fleet
    units, ends = list(fleet.units), []
    for u in fleet.storage_rows.tolist():
        size, stored = float(plan.size[u]), plan.stored[u]
        per_size = float(fleet.kwh_per_size[u])
        store, share = fleet.store_of(u), fleet.store_of(u).soc_start
        end = float(share) * per_size
        if size > 0.0 and per_size > 0.0:
            share = float(stored[day.start]) / (size * per_size)
            end = float(stored[day.stop]) / size - SLACK * per_size
        units[u] = replace(units[u], store=replace(store, soc_start=share))
        ends.append(max(end, 0.0))
    scenario = operation.scenario.part(day)
    return replace(operation.with_units(units), scenario=scenario, ends=np.array(ends))
