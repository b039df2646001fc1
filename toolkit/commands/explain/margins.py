"""How far a plan's day stays from each limit, where and when, by the engine's own solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from toolkit.model.connections import HEAD
from toolkit.model.kinds import KINDS
from toolkit.problem.goals import GOALS
from toolkit.results.spans import span

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid.solution import Replayed
    from toolkit.inputs.limit_sections import Limits
    from toolkit.model.devices import Parameter
    from toolkit.model.operation import Operation
    from toolkit.model.plan import Plan
    from toolkit.problem.goal_limits import HeldGoal
    from toolkit.results.case import Case

#: A margin that is no larger share of its scale than this binds. The scale is the voltage band's
#: width, the loading limit, a unit's rating, energy or largest size.
BINDING = 1e-3
#: Branches named, the most loaded first.
BRANCHES = 3


@dataclass(frozen=True)
class Margin:
    """Where a limit is closest: ``limit`` of ``at`` (bus.phase, branch, unit or goal) in ``step``.

    step: from 1, None for the whole day; value, bound and margin in ``unit``, the margin negative
    where the limit is broken; share: margin over the limit's scale; steps: how many steps bind.
    """

    limit: str
    at: str
    step: int | None
    value: float
    bound: float
    unit: str
    margin: float
    share: float
    steps: int

    @property
    def binds(self) -> bool:
        """Say whether the limit holds the plan."""
        return self.share <= BINDING


def margins(
    day: Replayed,
    case: Case,
    plan: Plan,
    operation: Operation,
    limits: Limits,
    held: Sequence[HeldGoal] = (),
) -> list[Margin]:
    """Return the margins to every limit of a study, the closest of each first by their share.

    held: the limits of goals.
    """
    stored = case.units["soc_kwh"].to_numpy(dtype=float).reshape(operation.steps, -1)
    found = [*_network(day, limits), *_connections(case, operation), *_sizes(plan, operation)]
    found += [_goal(case, each, operation.steps) for each in held]
    for s, u in enumerate(operation.fleet.storage_rows):
        if plan.size[u] > 0.0:
            kw = case.units["p_kw"].to_numpy(dtype=float).reshape(operation.steps, -1)[:, u]
            found += _power(operation, plan, s, int(u), kw)
            found += _energy(operation, plan, s, int(u), stored[:, u])
    return sorted(found, key=lambda m: m.share)


def _closest(
    limit: str, names: list[str], value: FloatArray, bound: FloatArray, sign: float,
    scale: float, unit: str,
) -> Margin | None:  # fmt: skip
    """Return where values, (T, n), are closest to bounds of the same shape; None where none are.

    sign: 1 for a bound from below, -1 from above.
    """
    gap = sign * (value - bound)
    if not np.isfinite(gap).any():
        return None
    t, i = (int(k) for k in np.unravel_index(np.nanargmin(gap), gap.shape))
    share = gap / scale
    steps = int((share <= BINDING).any(axis=1).sum())
    at = float(value[t, i]), float(bound[t, i])
    return Margin(limit, names[i], t + 1, *at, unit, float(gap[t, i]), float(share[t, i]), steps)


def _network(day: Replayed, limits: Limits) -> Iterator[Margin]:
    nodes, band = list(day.nodes), limits.v_max - limits.v_min
    ends = (("v_min", limits.v_min, 1.0), ("v_max", limits.v_max, -1.0))
    for name, at, sign in ends:
        found = _closest(name, nodes, day.v_pu, np.full_like(day.v_pu, at), sign, band, "pu")
        yield from [found] if found else []
    loading = day.loading_pct
    most = np.nan_to_num(loading.max(axis=0), nan=-np.inf)
    for k in [int(k) for k in np.argsort(-most, kind="stable")[:BRANCHES]]:
        column = loading[:, k : k + 1]
        bound = np.full_like(column, limits.loading_max)
        args = ("loading_max", [day.branches[k]], column, bound, -1.0, limits.loading_max, "%")
        found = _closest(*args)
        yield from [found] if found else []


def _connections(case: Case, operation: Operation) -> Iterator[Margin]:
    """Yield the margins of what passes through connections, out and in."""
    limits = operation.scenario.connections
    if limits is None:
        return
    net = case.buses["net_kw"].to_numpy(dtype=float).reshape(operation.steps, -1)
    head = net.sum(axis=1) - case.hourly["loss_kw"].to_numpy(dtype=float)
    for k, bus in enumerate(limits.bus.tolist()):
        out = (head if bus == HEAD else net[:, bus])[:, None]
        for name, most, sign in (
            ("export_max", limits.most_out, 1),
            ("import_max", limits.most_in, -1),
        ):
            bound = most[k][:, None]
            scale = float(max(np.nanmax(bound, where=np.isfinite(bound), initial=0.0), 1.0))
            args = (name, [limits.names[k]], sign * out, bound, -1.0, scale, "kW")
            found = _closest(*args)
            yield from [found] if found else []


def _goal(case: Case, held: HeldGoal, steps: int) -> Margin:
    """Return the margin to the limit of a goal, which is about all steps together."""
    goal, way = GOALS[held.name], -1.0 if held.at_most else 1.0
    value = case.figure(goal.column)
    gap = way * (value - held.limit) + 0.0
    share, word = gap / held.scale, "goal_max" if held.at_most else "goal_min"
    binding = steps if share <= BINDING else 0
    return Margin(word, held.name, None, value, held.limit, goal.unit, gap, share, binding)


def _sizes(plan: Plan, operation: Operation) -> Iterator[Margin]:
    """Yield the margins of sizes to both bounds, of units whose size may be chosen."""
    for u, unit in enumerate(operation.fleet.units):
        if unit.size_min >= unit.size_max:
            continue
        size, word = float(plan.size[u]), KINDS[unit.kind].size_unit
        for name, bound, sign in (("size_min", unit.size_min, 1), ("size_max", unit.size_max, -1)):
            gap = sign * (size - bound) + 0.0
            share = gap / unit.size_max
            steps = operation.steps if share <= BINDING else 0
            yield Margin(name, unit.name, None, size, bound, word, gap, share, steps)


def _power(operation: Operation, plan: Plan, s: int, u: int, kw: FloatArray) -> list[Margin]:
    """Return margins to charging and discharging power in the steps that allow any."""
    name, size, rating = operation.fleet.units[u].name, float(plan.size[u]), float(plan.kw[u])
    found = []
    for limit, most, sign in (
        ("charge", -operation.stores.charge[s] * size, 1.0),
        ("discharge", operation.stores.discharge[s] * size, -1.0),
    ):
        allowed = np.where(most != 0.0, most, np.nan)
        at = _closest(limit, [name], kw[:, None], allowed[:, None], sign, rating, "kW")
        found += [at] if at else []
    return found


def _of_store(parameter: Parameter, s: int) -> float:
    """Return a parameter of one store, given as one number or as one per store, (S, 1)."""
    values = np.ravel(parameter)
    return float(values[s if len(values) > 1 else 0])


def _energy(operation: Operation, plan: Plan, s: int, u: int, kwh: FloatArray) -> list[Margin]:
    """Return margins of the energy at the end of each step, and of the last to the first."""
    name, full = operation.fleet.units[u].name, float(plan.kwh[u])
    own = operation.stores.parameters
    share = {name: _of_store(getattr(own, name), s) for name in ("soc_min", "soc_max", "soc_start")}
    found = []
    for limit, sign in (("soc_min", 1.0), ("soc_max", -1.0)):
        bound = np.full((len(kwh), 1), share[limit] * full)
        found.append(_closest(limit, [name], kwh[:, None], bound, sign, full, "kWh"))
    start, ends = share["soc_start"] * full, operation.scenario.folded(kwh)[:, -1]
    stretch = int(ends.argmin())
    end, steps = float(ends[stretch]), len(kwh) // len(ends)
    closing = (end - start) / full
    limit = f"end of {span(steps * operation.dt)}"
    at = Margin(limit, name, (stretch + 1) * steps, end, start, "kWh", end - start, closing,
                int(((ends - start) / full <= BINDING).sum()))  # fmt: skip
    return [m for m in (*found, at) if m is not None]
