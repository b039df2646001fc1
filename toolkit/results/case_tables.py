"""The layout of a case's tables: hourly, buses, units and lines, from a solved day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.common.types import ComplexArray, FloatArray, IndexArray
from toolkit.model.curtailment import Reason
from toolkit.model.feeder import sum_at_buses
from toolkit.model.kinds import KINDS
from toolkit.model.voltages import kind, three_phase_buses
from toolkit.problem.energy import TradingDay
from toolkit.results.columns import columns


@dataclass(frozen=True)
class DaySolution:
    """A day of a plan as the engine solved it: T steps of dt hours, B buses, U units, K branches.

    buses, units, kinds, branches: names; unit_bus: index of each unit's bus, (U,); load_kva: of
    each bus, (T, B); unit_kva: injected by each unit, (T, U); v_min_pu, v_max_pu: over the voltages
    of each bus, (T, B), NaN without any; across: what those of each bus are across; loss_kw: (T,);
    stored_kwh: at the end of each step, (T, U), NaN for what stores nothing; days: what the day of
    each step is called, and weights: how many days it stands for, both (T,); branch_kw into the
    first terminal, branch_a the largest phase current, loading_pct: (T, K), NaN without a rating;
    unbalance_pct: of buses with three phases, (T, B), NaN of others, None where it is not limited;
    curtailed: what units give less than they could by reason, kW, (T, U), NaN of those that give
    all, None where every unit does.
    """

    dt: float
    days: Sequence[str]
    weights: FloatArray
    buses: Sequence[str]
    units: Sequence[str]
    kinds: Sequence[str]
    branches: Sequence[str]
    unit_bus: IndexArray
    load_kva: ComplexArray
    unit_kva: ComplexArray
    trading: TradingDay
    v_min_pu: FloatArray
    v_max_pu: FloatArray
    across: Sequence[str]
    loss_kw: FloatArray
    stored_kwh: FloatArray
    branch_kw: FloatArray
    branch_a: FloatArray
    loading_pct: FloatArray
    curtailed: Mapping[Reason, FloatArray] | None = None
    unbalance_pct: FloatArray | None = None


@dataclass(frozen=True)
class CaseTables:
    """Four tables of a case, each with the columns of its file."""

    hourly: pd.DataFrame
    buses: pd.DataFrame
    units: pd.DataFrame
    lines: pd.DataFrame

    def totals(self, dt: float) -> dict[str, float]:
        """Return the columns of summary.csv that are sums and extremes of hourly.csv."""
        hourly, weight = self.hourly, self.hourly["weight"]
        return {
            "traded_kwh": float((hourly["traded_kwh"] * weight).sum()),
            "traded_to_load_kwh": float((hourly["traded_to_load_kwh"] * weight).sum()),
            "loss_kwh": float((hourly["loss_kw"] * weight).sum() * dt),
            "v_min_pu": float(hourly["v_min_pu"].min()),
            "v_max_pu": float(hourly["v_max_pu"].max()),
            **{
                f"{name}h": float((hourly[name] * weight).sum() * dt)
                for name in map(str, hourly)
                if name.startswith("curtailed")
            },
        }


def case_tables(solution: DaySolution) -> CaseTables:
    """Lay a solved day out as the tables of a case."""
    injections = _by_kind(solution)
    return CaseTables(
        hourly=_hourly(solution, injections),
        buses=_buses(solution, injections),
        units=_units(solution),
        lines=_lines(solution),
    )


def voltage_range(
    v_pu: FloatArray, node_bus: IndexArray, buses: int
) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest voltage over the nodes of each bus, each (T, B).

    v_pu: (T, N); node_bus: index of each node's bus, (N,). NaN at a bus without a voltage.
    """
    lowest, highest = np.full((2, buses, len(v_pu)), np.nan)
    np.fmin.at(lowest, node_bus, v_pu.T)
    np.fmax.at(highest, node_bus, v_pu.T)
    return lowest.T, highest.T


def voltages_across(
    v_pu: FloatArray, node_bus: IndexArray, names: Sequence[str], buses: int
) -> list[str]:
    """Return what the voltages of each bus are across, blank where none is held to limits."""
    found: list[list[str]] = [[] for _ in range(buses)]
    for i in np.flatnonzero(np.isfinite(v_pu).any(axis=0)).tolist():
        found[node_bus[i]].append(kind(names[i]))
    return [" and ".join(dict.fromkeys(kinds)) for kinds in found]


def unbalance_by_bus(
    unbalance: FloatArray | None, nodes: Sequence[str], buses: Sequence[str]
) -> FloatArray | None:
    """Return the unbalance of each bus, %, (T, B), given that of those with three phases, (T, K).

    NaN of the others; None where it was not watched.
    """
    if unbalance is None:
        return None
    column = {name: i for i, name in enumerate(buses)}
    found = np.full((len(unbalance), len(buses)), np.nan)
    found[:, [column[name] for name in three_phase_buses(nodes)]] = unbalance
    return found


def _by_kind(solution: DaySolution) -> dict[str, FloatArray]:
    """Return the injection of each kind at each bus, kW, each (T, B)."""
    kinds = np.array(solution.kinds, dtype=object)
    kw, bus = solution.unit_kva.real, solution.unit_bus
    return {
        f"{name}_kw": sum_at_buses(kw[:, kinds == name], bus[kinds == name], len(solution.buses))
        for name, kind in KINDS.items()
        if not kind.in_kvar and (name != "generator" or (kinds == name).any())
    }


def _hourly(solution: DaySolution, injections: Mapping[str, FloatArray]) -> pd.DataFrame:
    trading, dt = solution.trading, solution.dt
    data = {
        "step": np.arange(1, len(solution.loss_kw) + 1),
        "load_kw": solution.load_kva.real.sum(axis=1),
        **{name: kw.sum(axis=1) for name, kw in injections.items()},
        "traded_kwh": trading.energy.traded,
        "traded_to_load_kwh": trading.energy.traded_to_load,
        "import_kwh": trading.trades.imported * dt,
        "export_kwh": trading.trades.exported * dt,
        "loss_kw": solution.loss_kw,
        "v_min_pu": np.nanmin(solution.v_min_pu, axis=1),
        "v_max_pu": np.nanmax(solution.v_max_pu, axis=1),
        "day": np.array(solution.days, dtype=object),
        "weight": solution.weights,
        **_curtailed(solution.curtailed or {}),
    }
    return pd.DataFrame(data)[columns("hourly.csv", data)]


def _curtailed(by_reason: Mapping[Reason, FloatArray]) -> dict[str, FloatArray]:
    """Return the columns of what all units give less than they could, kW, each (T,)."""
    if not by_reason:
        return {}
    each = {f"curtailed_by_{why}_kw": np.nansum(kw, axis=1) for why, kw in by_reason.items()}
    return {"curtailed_kw": np.sum(list(each.values()), axis=0), **each}


def _buses(solution: DaySolution, injections: Mapping[str, FloatArray]) -> pd.DataFrame:
    trading, dt = solution.trading, solution.dt
    values = {
        "load_kw": solution.load_kva.real,
        "load_kvar": solution.load_kva.imag,
        **injections,
        "net_kw": trading.positions.net,
        "sell_kwh": trading.of_buses(trading.trades.sell) * dt,
        "buy_kwh": trading.of_buses(trading.trades.buy) * dt,
        "v_min_pu": solution.v_min_pu,
        "v_max_pu": solution.v_max_pu,
    }
    if solution.unbalance_pct is not None:
        values["unbalance_pct"] = solution.unbalance_pct
    return _tall("buses.csv", {"bus": solution.buses, "v_across": solution.across}, values)


def _units(solution: DaySolution) -> pd.DataFrame:
    kva = solution.unit_kva
    sold = solution.trading.sold_by_unit(kva.real, solution.unit_bus)
    names = {
        "unit": solution.units,
        "kind": solution.kinds,
        "bus": [solution.buses[bus] for bus in solution.unit_bus],
    }
    values = {
        "p_kw": kva.real,
        "q_kvar": kva.imag,
        "soc_kwh": solution.stored_kwh,
        "sell_kwh": sold * solution.dt,
    }
    if solution.curtailed is not None:
        values["curtailed_kw"] = np.sum(list(solution.curtailed.values()), axis=0)
    return _tall("units.csv", names, values)


def _lines(solution: DaySolution) -> pd.DataFrame:
    values = {
        "p_kw": solution.branch_kw,
        "i_a": solution.branch_a,
        "loading_pct": solution.loading_pct,
    }
    return _tall("lines.csv", {"line": solution.branches}, values)


def _tall(
    file: str, names: Mapping[str, Sequence[str]], values: Mapping[str, FloatArray]
) -> pd.DataFrame:
    """Return arrays of shape (T, n) as one frame with one row per step and name."""
    steps, n = next(iter(values.values())).shape
    data = {"step": np.repeat(np.arange(1, steps + 1), n)}
    texts = {k: np.tile(np.array(of, dtype=object), steps) for k, of in names.items()}
    flat = {k: array.reshape(-1) for k, array in values.items()}
    return pd.DataFrame({**data, **texts, **flat})[columns(file, flat)]
