"""One case solved again: its plan file, plain OpenDSS's day of its feeder, and clearing on top."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import ValidationError

from toolkit.commands.reproduce import figures
from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray, IntArray
from toolkit.grid import Day, Replayed
from toolkit.inputs.study import Study
from toolkit.model import market, plan_json
from toolkit.model.feeder import sum_at_buses
from toolkit.model.plan import Plan
from toolkit.model.plan_json import Entry
from toolkit.problem import energy as fitness
from toolkit.problem.fleet_builder import CLASSES
from toolkit.problem.setting import Setting
from toolkit.results.case import Case
from toolkit.results.columns import columns


@dataclass(frozen=True)
class Planned:
    """A plan file as it stands: steps, their hours, and the units."""

    steps: int
    step_h: float
    units: tuple[Entry, ...]


def read_plan(path: Path) -> Planned:
    """Read a plan file without asking whether it can be carried out. Raises InputError."""
    text = files.read_text(path)
    try:
        step_h, units = plan_json.parsed(text)
        beside = sorted(json.loads(text).keys() - {"step_h", "units"})
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        said = " ".join(str(error).split())
        raise InputError(f"it is no plan: {said[:120]}") from error
    lengths = {len(unit.p_kw) for unit in units}
    if len(lengths) != 1 or not min(lengths) or not 0.0 < step_h < math.inf:
        raise InputError(f"found p_kw of {sorted(lengths)} values, steps of {step_h:g} h.")
    if beside:
        raise InputError(f"found '{beside[0][:40]}'; expected step_h and units alone.")
    names = [unit.name.lower() for unit in units]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not {unit.kind for unit in units} <= CLASSES.keys():
        raise InputError("a unit stands there twice, or is of no kind that there is.")
    return Planned(lengths.pop(), step_h, units)


@dataclass(frozen=True)
class Found:
    """Where the units of a plan stand in a day solved again.

    rows: position of each among the day's units; alien: units of the feeder the plan lacks,
    lacking: units of the plan the feeder lacks.
    """

    rows: IndexArray
    alien: tuple[str, ...]
    lacking: tuple[str, ...]


def locate(planned: Planned, day: Replayed) -> Found:
    """Find the units of a plan in a day solved again."""
    names = [f"{CLASSES[u.kind]}.{u.name}".lower() for u in planned.units]  # type: ignore[index]
    lacking = tuple(name for name in names if name not in day.units)
    alien = tuple(name for name in day.units if name not in names)
    rows = [day.units.index(name) for name in names if name in day.units]
    return Found(np.array(rows, dtype=np.intp), alien, lacking)


def fits(setting: Setting, planned: Planned, day: Replayed) -> bool:
    """Say whether a day solved again is one of the study's network, units and steps."""
    feeder, fleet = setting.feeder, setting.fleet
    units = [(u.name.lower(), u.kind) for u in planned.units]
    return (
        set(day.buses) == set(feeder.buses)
        and sorted(day.branches) == sorted(branch.name for branch in feeder.branches)
        and units == [(u.name.lower(), str(u.kind)) for u in fleet.units]
        and planned.steps == setting.scenario.steps
    )


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
        rating_a=day.rating_a[rows],
    )


def solved_case(
    name: str,
    planned: Planned,
    day: Replayed,
    rows: IndexArray,
    study: Study,
    setting: Setting | None,
) -> tuple[Case, figures.Words]:
    """Return a case's tables from a day solved again, and what it may say it breaks.

    Clearing takes the engine's powers. ``setting``: the study ready to use; without it ``soc_kwh``
    of vehicle stations is NaN, and the summary lacks what ``figures.known`` says. It always lacks
    what only the search knows.
    """
    dt, buses = planned.step_h, day.buses
    index = {bus: i for i, bus in enumerate(buses)}
    unit_bus = np.array([index[day.unit_bus[r]] for r in rows], dtype=np.intp)
    load_bus = np.array([index[bus] for bus in day.load_bus], dtype=np.intp)
    load = sum_at_buses(day.load_kva, load_bus, len(buses))
    unit = day.unit_kva[:, rows]
    driven = None if setting is None else setting.profiles.trip_energy
    at = fitness.positions(load.real[None], unit.real[None], unit_bus[None])
    at = fitness.Positions(at.load[0], at.charging[0], at.net[0])
    trades = market.clear(at.net)
    energy = fitness.energy(at, trades, dt)
    kinds = np.array([u.kind for u in planned.units])
    by_kind = {
        f"{kind}_kw": sum_at_buses(unit.real[:, kinds == kind], unit_bus[kinds == kind], len(buses))
        for kind in CLASSES
    }
    low, high = _of_buses(day, index, np.fmin), _of_buses(day, index, np.fmax)
    hourly = _frame(
        "hourly.csv",
        step=np.arange(1, planned.steps + 1),
        load_kw=load.real.sum(axis=1),
        **{kind: kw.sum(axis=1) for kind, kw in by_kind.items()},
        traded_kwh=energy.traded,
        traded_to_load_kwh=energy.traded_to_load,
        import_kwh=trades.imported * dt,
        export_kwh=trades.exported * dt,
        loss_kw=day.loss_kw,
        v_min_pu=day.v_pu.min(axis=1),
        v_max_pu=day.v_pu.max(axis=1),
    )
    of_bus = {
        "load_kw": load.real,
        "load_kvar": load.imag,
        **by_kind,
        "net_kw": at.net,
        "sell_kwh": trades.sell * dt,
        "buy_kwh": trades.buy * dt,
        "v_min_pu": low,
        "v_max_pu": high,
    }
    of_unit = {
        "p_kw": unit.real,
        "q_kvar": unit.imag,
        "soc_kwh": _stored(planned, day, rows, study, driven),
        "sell_kwh": market.contributions(trades.sell, unit.real, unit_bus) * dt,
    }
    loading = 100.0 * day.branch_a / day.rating_a
    of_branch = {
        "p_kw": day.branch_kw,
        "i_a": day.branch_a,
        "loading_pct": loading,
    }
    plan = _plan(planned, unit_bus)
    whole = Day(day.v_pu, day.loss_kw, loading, load, unit, "")
    labels = (day.branches, [u.name for u in planned.units], day.nodes)
    known = figures.known(whole, plan, _sums(hourly, dt), study, setting)
    words = figures.words(whole, plan, labels, study, setting)
    case = Case(
        name=name,
        plan=plan,
        summary={"case": name, **known},
        hourly=hourly,
        buses=_tall("buses.csv", {"bus": buses}, of_bus),
        units=_tall(
            "units.csv",
            {
                "unit": tuple(u.name for u in planned.units),
                "kind": tuple(u.kind for u in planned.units),
                "bus": tuple(day.unit_bus[r] for r in rows),
            },
            of_unit,
        ),
        lines=_tall("lines.csv", {"line": day.branches}, of_branch),
        history=None,
        breaches=(),
    )
    return case, words


def _frame(file: str, **data: FloatArray | IntArray) -> pd.DataFrame:
    return pd.DataFrame(data)[columns(file)]


def _tall(
    file: str, named: dict[str, tuple[str, ...]], values: dict[str, FloatArray]
) -> pd.DataFrame:
    """Return arrays of shape (T, n) as one frame with a row a step and name."""
    steps, n = next(iter(values.values())).shape
    data = {"step": np.repeat(np.arange(1, steps + 1), n)}
    texts = {k: np.tile(np.array(names, dtype=object), steps) for k, names in named.items()}
    flat = {k: array.reshape(-1) for k, array in values.items()}
    return pd.DataFrame({**data, **texts, **flat})[columns(file)]


def _of_buses(day: Replayed, index: dict[str, int], take: np.ufunc) -> FloatArray:
    """Return the lowest or highest voltage over the phases of each bus, (T, B); NaN without any."""
    bus = np.array([index[node.rpartition(".")[0]] for node in day.nodes], dtype=np.intp)
    found = np.full((len(index), len(day.v_pu)), np.nan)
    take.at(found, bus, day.v_pu.T)
    return found.T


def _stored(
    planned: Planned, day: Replayed, rows: IndexArray, study: Study, driven: FloatArray | None
) -> FloatArray:
    """Return the energy stored at the end of each step, kWh, (T, U); NaN for what stores nothing.

    A vehicle station's limits in the script are wide and know no trips, so its energy is what it
    starts with, and what the engine adds to that, without what its vehicles drive.
    """
    stored = np.full((planned.steps, len(rows)), np.nan)
    for u, (entry, row) in enumerate(zip(planned.units, rows, strict=True)):
        # A unit of no size has no share of energy, and none.
        moved = np.nan_to_num(day.stored_pu[:, row] - day.start_pu[row]) * day.unit_kwh[row]
        if entry.kind == "bess":
            stored[:, u] = study.storage.soc_start * entry.kwh + moved
        elif entry.kind == "bev" and driven is not None:
            start = study.vehicles.soc_start * entry.kwh
            stored[:, u] = start + moved - entry.vehicles * np.cumsum(driven)
    return stored


def _plan(planned: Planned, bus: IndexArray) -> Plan:
    """Return a plan file as a plan; what it does not say, sizes and stored energy, is 0."""
    kw = np.array([u.kw for u in planned.units])
    kwh = np.array([u.kwh for u in planned.units])
    p_kw = np.array([u.p_kw for u in planned.units]).reshape(len(kw), planned.steps)
    return Plan(bus, np.zeros_like(kw), kw, kwh, p_kw, np.zeros((len(kw), planned.steps + 1)))


def _sums(hourly: pd.DataFrame, dt: float) -> dict[str, float]:
    """Return the columns of summary.csv that are sums and extremes of hourly.csv."""
    return {
        "traded_kwh": float(hourly["traded_kwh"].sum()),
        "traded_to_load_kwh": float(hourly["traded_to_load_kwh"].sum()),
        "loss_kwh": float(hourly["loss_kw"].sum() * dt),
        "v_min_pu": float(hourly["v_min_pu"].min()),
        "v_max_pu": float(hourly["v_max_pu"].max()),
    }
