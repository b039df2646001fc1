"""One case solved again: plain OpenDSS's day of its feeder, read by its names, and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.commands.reproduce.plan_file import PlanFile
from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.grid.solution import Day, Replayed
from toolkit.inputs.study import Study
from toolkit.model.curtailment import Reason
from toolkit.model.feeder import sum_at_buses
from toolkit.model.plan import Plan
from toolkit.model.scenario import days_of_steps, since_start
from toolkit.problem import membership
from toolkit.problem.energy import Positions, TradingDay, positions, trading_day
from toolkit.problem.limit_violations import Places
from toolkit.problem.ownership import owners_of
from toolkit.problem.setting import Setting
from toolkit.results.case_tables import (
    DaySolution,
    unbalance_by_bus,
    voltage_range,
    voltages_across,
)


@dataclass(frozen=True)
class Reading:
    """A plan and the day that plain OpenDSS solved of it, in the forms the toolkit measures.

    plan: what its file says; day, places: the day with the names of its parts; solution: what the
    tables of the case are made from; days: how many days each separate day stands for, (D,), None
    where days follow each other.
    """

    plan: Plan
    day: Day
    places: Places
    solution: DaySolution
    days: FloatArray | None = None


def ordered(day: Replayed, buses: Sequence[str], branches: Sequence[str]) -> Replayed:
    """Return a day with its buses and branches in the order that results have them."""
    place = {name: i for i, name in enumerate(day.branches)}
    rows = [place[name] for name in branches]
    return replace(
        day,
        buses=tuple(buses),
        branches=tuple(branches),
        branch_kw=day.branch_kw[:, rows],
        branch_a=day.branch_a[:, rows],
        loading_pct=day.loading_pct[:, rows],
    )


def read_day(
    planned: PlanFile, day: Replayed, rows: IndexArray, study: Study, setting: Setting | None
) -> Reading:
    """Read the units of a plan, which stand in ``rows`` of a day solved again.

    ``setting``: the study ready to use; without it the stored energy of vehicle stations is NaN.
    Clearing takes the engine's powers.
    """
    unit_bus = _positions_of([day.unit_bus[r] for r in rows], day.buses)
    load = sum_at_buses(day.load_kva, _positions_of(day.load_bus, day.buses), len(day.buses))
    unit = day.unit_kva[:, rows]
    at = positions(load.real[None], unit.real[None], unit_bus[None]).row(0)
    lowest, highest = voltage_range(day.v_pu, _buses_of_nodes(day), len(day.buses))
    names = [u.name for u in planned.units]
    watched = None if study.limits.unbalance_max is None else day.unbalance
    solution = DaySolution(
        dt=planned.step_h,
        days=days_of_steps(planned.steps, planned.step_h, planned.days),
        weights=planned.step_weights,
        buses=day.buses,
        units=names,
        kinds=[u.kind for u in planned.units],
        branches=day.branches,
        unit_bus=unit_bus,
        load_kva=load,
        unit_kva=unit,
        trading=_trading(at, planned, day, study, setting),
        v_min_pu=lowest,
        v_max_pu=highest,
        across=voltages_across(day.v_pu, _buses_of_nodes(day), day.nodes, len(day.buses)),
        loss_kw=day.loss_kw,
        stored_kwh=_stored(planned, day, rows, study, setting),
        branch_kw=day.branch_kw,
        branch_a=day.branch_a,
        loading_pct=day.loading_pct,
        curtailed=_curtailed(planned, unit.real),
        unbalance_pct=unbalance_by_bus(watched, day.nodes, day.buses),
    )
    whole = Day(day.v_pu, day.loss_kw, day.loading_pct, load, unit, "", day.unbalance)
    places = Places(day.branches, names, day.nodes)
    days = None if planned.weights is None else np.array(planned.weights)
    return Reading(planned.as_plan(unit_bus), whole, places, solution, days)


def _trading(
    at: Positions, planned: PlanFile, day: Replayed, study: Study, setting: Setting | None
) -> TradingDay:
    """Clear a day solved again, between the members and owners of a study."""
    members = _members(study, day)
    if setting is not None:
        owners = setting.scenario.owners
    else:
        units = [(unit.name, unit.kind) for unit in planned.units]
        loaded: BoolArray = (at.load != 0.0).any(axis=0)
        owners = owners_of(study, day.buses, members, loaded, units)
    if members is not None and owners is not None:
        members = np.concatenate([members, np.ones(len(owners.third), dtype=bool)])
    return trading_day(at, planned.step_h, members, owners)


def _members(study: Study, day: Replayed) -> BoolArray | None:
    """Return which buses trade by a study, in the order of a day solved again."""
    levels = np.array([day.base_kv.get(bus, np.nan) for bus in day.buses])
    return membership.mask(study.market.members, day.buses, levels)


def _curtailed(planned: PlanFile, unit_kw: FloatArray) -> Mapping[Reason, FloatArray] | None:
    """Return what units give less than their plan says that they could, by reason, kW, (T, U)."""
    could = planned.curtailable
    return None if could is None else could.less(unit_kw)


def _positions_of(names: Sequence[str], buses: Sequence[str]) -> IndexArray:
    index = {bus: i for i, bus in enumerate(buses)}
    return np.array([index[name] for name in names], dtype=np.intp)


def _buses_of_nodes(day: Replayed) -> IndexArray:
    return _positions_of([node.rpartition(".")[0] for node in day.nodes], day.buses)


def _stored(
    planned: PlanFile, day: Replayed, rows: IndexArray, study: Study, setting: Setting | None
) -> FloatArray:
    """Return the energy stored at the end of each step, kWh, (T, U); NaN for what stores nothing.

    A vehicle station's limits in the script are wide and know no trips, so its energy is what it
    starts with, and what the engine adds to that, without what its vehicles drive.
    """
    what_happens = None if setting is None else setting.scenario
    stored = np.full((planned.steps, len(rows)), np.nan)
    for u, (entry, row) in enumerate(zip(planned.units, rows, strict=True)):
        # A unit of no size has no share of energy, and none.
        moved = np.nan_to_num(day.stored_pu[:, row] - day.start_pu[row]) * day.unit_kwh[row]
        moved = since_start(moved, planned.stretches, planned.steps)
        if entry.kind == "bess":
            own = entry.store or vars(study.storage.parameters())
            stored[:, u] = own["soc_start"] * entry.kwh + moved
        elif entry.kind == "bev" and what_happens is not None:
            driven = what_happens.station(entry.name).trip
            start = study.vehicles.soc_start * entry.kwh
            taken = entry.vehicles * np.cumsum(driven)
            stored[:, u] = start + moved - since_start(taken, planned.stretches, planned.steps)
    return stored
