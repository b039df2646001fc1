"""A solved plan as the tables a results folder holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.common.errors import EngineError
from toolkit.common.types import FloatArray
from toolkit.grid import Day, Flows
from toolkit.model import market
from toolkit.model.feeder import sum_at_buses
from toolkit.model.plan import Plan, base_plan
from toolkit.optimizer.scores import sanitised
from toolkit.problem import energy as fitness
from toolkit.problem import objectives
from toolkit.problem.encoding import decode
from toolkit.problem.limit_violations import Breach, breaches, in_words
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.results.columns import columns
from toolkit.runs.run import Run

#: What a plan breaks that breaks no limit of the network (docs/settlement.md).
WORSE_OFF = "somebody's bill is higher with trading than without (bills.csv)"

#: A load profile whose highest value, pu of the declared loads, is above this may be in kW.
MULTIPLIES = 2.0


@dataclass(frozen=True)
class Case:
    """One case of a results folder: a plan, the engine's day of it, and its tables.

    ``history`` is None for a case that was not searched for (the base case, a given plan);
    ``breaches`` is empty when every limit holds.
    """

    name: str
    plan: Plan
    summary: dict[str, object]
    hourly: pd.DataFrame
    buses: pd.DataFrame
    units: pd.DataFrame
    lines: pd.DataFrame
    history: pd.DataFrame | None
    breaches: tuple[Breach, ...] = ()


def base_case(problem: Problem) -> Case:
    """Solve the feeder as declared: batteries idle, vehicles charged on arrival."""
    return solve(problem, "base", base_plan(problem.setting.operation))


def found_case(problem: Problem, run: Run) -> Case:
    """Solve the best plan of a run."""
    setting = problem.setting
    best = decode(run.best_x[None, :], setting.operation, setting.space).row(0)
    return solve(problem, run.task.case, best, run)


def in_kw(setting: Setting) -> str:
    """Ask, after a sentence about trouble, about a load profile that may be in kW instead of pu.

    Not where every load has a shape of its own, so that none follows the profile.
    """
    peak, name = float(setting.profiles.load.max()), setting.study.profiles
    followed = (setting.scenario.loads.p == setting.profiles.load).all(axis=1).any()
    if peak <= MULTIPLIES or not followed:
        return ""
    return f" The loads of profiles '{name}' rise to {peak:g} times those declared: are they in kW?"


def solve(problem: Problem, name: str, plan: Plan, run: Run | None = None) -> Case:
    """Solve a plan and lay its day out in tables, every power and voltage the engine's own.

    Raises EngineError when the day does not converge.
    """
    setting = problem.setting
    day, flows = problem.grid.day_with_flows(plan)
    if day.reason:
        raise EngineError(f"case {name}: {day.reason}.{in_kw(setting)}")
    at = fitness.positions(day.load_kva.real[None], day.unit_kva.real[None], plan.bus[None])
    net = at.net[0]
    trades = market.clear(net)
    energy = fitness.energy(
        fitness.Positions(at.load[0], at.charging[0], net), trades, setting.scenario.dt
    )
    lowest, highest = _bus_voltages(problem, day)
    kinds = _by_kind(setting, plan, day)
    hourly = _hourly(setting, day, kinds, trades, energy, lowest, highest)
    scores = problem.scored([day], plan.row(None))
    figures = {
        **objectives.figures(day, plan, problem.aim),
        "score": -float(scores.objective[0]),
        "violation": float(scores.violation[0]),
    }
    broken = broken_by(problem, day, plan)
    return Case(
        name=name,
        plan=plan,
        summary=_summary(setting, name, hourly, figures, _told(problem, day, plan, broken), run),
        hourly=hourly,
        buses=_buses(setting, day, kinds, net, trades, lowest, highest),
        units=_units(setting, plan, day, flows, trades),
        lines=_lines(setting, day, flows),
        history=None if run is None else _history(run),
        breaches=broken,
    )


def _told(problem: Problem, day: Day, plan: Plan, broken: tuple[Breach, ...]) -> str:
    """Return in words what a plan breaks, of the network's limits and of the bills'."""
    aim = problem.aim
    words = [in_words(broken)] if broken else []
    if aim.asked.nobody_worse_off:
        raised = objectives.worsening(objectives.solved([day], plan.row(None), aim))
        words += [WORSE_OFF] if raised[0] > 0.0 else []
    return "; ".join(words)


def broken_by(problem: Problem, day: Day, plan: Plan) -> tuple[Breach, ...]:
    """Return what a day of the circuit of record breaks; nothing where the plan is feasible."""
    if _violation(problem, day, plan) == 0.0:
        return ()
    setting = problem.setting
    return breaches(day, plan, setting.study.limits, setting.feeder, problem.grid.nodes)


def _violation(problem: Problem, day: Day, plan: Plan) -> float:
    raw = fitness.violation(day, plan, problem.setting.study.limits)
    return float(sanitised(np.zeros(1), np.array([raw])).violation[0])


def _bus_voltages(problem: Problem, day: Day) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest voltage over the phases of each bus, pu, each (T, B).

    NaN at a bus without a voltage base.
    """
    shape = (len(problem.setting.feeder.buses), len(day.v_pu))
    lowest, highest = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.fmin.at(lowest, problem.grid.node_bus, day.v_pu.T)
    np.fmax.at(highest, problem.grid.node_bus, day.v_pu.T)
    unknown = np.isinf(lowest)
    lowest[unknown] = highest[unknown] = np.nan
    return lowest.T, highest.T


def _by_kind(setting: Setting, plan: Plan, day: Day) -> dict[str, FloatArray]:
    """Return the injection of each kind at each bus, kW, each (T, B)."""
    buses, kw = len(setting.feeder.buses), day.unit_kva.real
    return {
        f"{kind}_kw": sum_at_buses(kw[:, rows], plan.bus[rows], buses)
        for kind, rows in setting.fleet.rows.items()
    }


def _hourly(
    setting: Setting,
    day: Day,
    kinds: dict[str, FloatArray],
    trades: market.Trades,
    energy: fitness.Energy,
    lowest: FloatArray,
    highest: FloatArray,
) -> pd.DataFrame:
    dt = setting.scenario.dt
    data = {
        "step": np.arange(1, setting.scenario.steps + 1),
        "load_kw": day.load_kva.real.sum(axis=1),
        **{name: kw.sum(axis=1) for name, kw in kinds.items()},
        "traded_kwh": energy.traded,
        "traded_to_load_kwh": energy.traded_to_load,
        "import_kwh": trades.imported * dt,
        "export_kwh": trades.exported * dt,
        "loss_kw": day.loss_kw,
        "v_min_pu": np.nanmin(lowest, axis=1),
        "v_max_pu": np.nanmax(highest, axis=1),
    }
    return pd.DataFrame(data)[columns("hourly.csv")]


def _summary(
    setting: Setting,
    name: str,
    hourly: pd.DataFrame,
    figures: dict[str, float],
    broken: str,
    run: Run | None,
) -> dict[str, object]:
    return {
        **figures,
        "case": name,
        "seed": "" if run is None else run.task.seed,
        "evaluations": 0 if run is None else run.evaluations,
        "traded_kwh": float(hourly["traded_kwh"].sum()),
        "traded_to_load_kwh": float(hourly["traded_to_load_kwh"].sum()),
        "loss_kwh": float(hourly["loss_kw"].sum() * setting.scenario.dt),
        "v_min_pu": float(hourly["v_min_pu"].min()),
        "v_max_pu": float(hourly["v_max_pu"].max()),
        "feasible": figures["violation"] == 0.0,
        "optimizer": "" if run is None else run.task.name,
        "ending": "" if run is None else run.ending,
        "broken": broken,
    }


def _buses(
    setting: Setting,
    day: Day,
    kinds: dict[str, FloatArray],
    net: FloatArray,
    trades: market.Trades,
    lowest: FloatArray,
    highest: FloatArray,
) -> pd.DataFrame:
    steps, buses = net.shape
    arrays = {
        "load_kw": day.load_kva.real,
        "load_kvar": day.load_kva.imag,
        **kinds,
        "net_kw": net,
        "sell_kwh": trades.sell * setting.scenario.dt,
        "buy_kwh": trades.buy * setting.scenario.dt,
        "v_min_pu": lowest,
        "v_max_pu": highest,
    }
    data = {
        "step": np.repeat(np.arange(1, steps + 1), buses),
        "bus": np.tile(np.array(setting.feeder.buses, dtype=object), steps),
        **{name: values.reshape(-1) for name, values in arrays.items()},
    }
    return pd.DataFrame(data)[columns("buses.csv")]


def _units(
    setting: Setting, plan: Plan, day: Day, flows: Flows, trades: market.Trades
) -> pd.DataFrame:
    fleet = setting.fleet
    steps, units = day.unit_kva.shape
    soc = np.full((steps, units), np.nan)
    soc[:, fleet.storage_rows] = flows.stored_kwh
    sold = market.contributions(trades.sell, day.unit_kva.real, plan.bus) * setting.scenario.dt
    data = {
        "step": np.repeat(np.arange(1, steps + 1), units),
        "unit": np.tile(np.array([u.name for u in fleet.units], dtype=object), steps),
        "kind": np.tile(np.array(fleet.kinds, dtype=object), steps),
        "bus": np.tile(np.array([fleet.buses[b] for b in plan.bus], dtype=object), steps),
        "p_kw": day.unit_kva.real.reshape(-1),
        "q_kvar": day.unit_kva.imag.reshape(-1),
        "soc_kwh": soc.reshape(-1),
        "sell_kwh": sold.reshape(-1),
    }
    return pd.DataFrame(data)[columns("units.csv")]


def _lines(setting: Setting, day: Day, flows: Flows) -> pd.DataFrame:
    steps, lines = flows.line_kw.shape
    rated = np.array([np.isfinite(b.rating_a) for b in setting.feeder.branches], dtype=bool)
    data = {
        "step": np.repeat(np.arange(1, steps + 1), lines),
        "line": np.tile(np.array([b.name for b in setting.feeder.branches], dtype=object), steps),
        "p_kw": flows.line_kw.reshape(-1),
        "i_a": flows.line_a.reshape(-1),
        "loading_pct": np.where(rated, day.loading, np.nan).reshape(-1),
    }
    return pd.DataFrame(data)[columns("lines.csv")]


def _history(run: Run) -> pd.DataFrame:
    data = {
        "evaluation": np.arange(1, run.evaluations + 1),
        "objective": run.objective,
        "violation": run.violation,
        "best_objective": run.best_objective,
    }
    return pd.DataFrame(data)[columns("history.csv")]
