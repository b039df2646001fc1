"""What stores hold by the engine, in kWh."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.grid.opendss.units import engine_energy
from toolkit.model.operation import Operation
from toolkit.model.plan import Plan
from toolkit.model.scenario import since_start


def own_energy(stored_pu: FloatArray, plan: Plan, operation: Operation) -> FloatArray:
    """Turn the engine's stored shares, (T, S), into kWh, without trips and wide limits."""
    kwh, scenario = np.zeros_like(stored_pu), operation.scenario
    for s, u in enumerate(operation.fleet.storage_rows):
        rated, _, start = engine_energy(plan, operation, int(u))
        taken = (stored_pu[:, s] - start / 100.0) * rated
        kwh[:, s] = since_start(taken, scenario.stretches, scenario.steps) + plan.stored[u, 0]
        if operation.fleet.kinds[u] == "bev":
            day = scenario.station(operation.fleet.units[u].name)
            driven = np.cumsum(plan.size[u] * day.trip)[: len(kwh)]
            kwh[:, s] -= since_start(driven, scenario.stretches, scenario.steps)
    return np.nan_to_num(kwh)
