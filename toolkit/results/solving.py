"""Plans solved by the engine and laid out as cases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from toolkit.common.errors import EngineError
from toolkit.common.types import FloatArray
from toolkit.grid.solution import Day, Flows
from toolkit.model.curtailment import Reason, curtailable
from toolkit.model.plan import Plan, base_plan
from toolkit.problem.evaluation import Evaluation, evaluate
from toolkit.problem.limit_violations import Places
from toolkit.problem.limit_words import in_words
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.results.case import WORSE_IN_YEAR, WORSE_OFF, Case
from toolkit.results.case_tables import (
    CaseTables,
    DaySolution,
    case_tables,
    unbalance_by_bus,
    voltage_range,
    voltages_across,
)
from toolkit.results.columns import columns
from toolkit.results.cost_tables import cost_account
from toolkit.runs.run import Run

#: How far stored energy may be from its plan, as a share of the capacity.
STORED = 1e-4
#: A load profile whose highest value, pu of the declared loads, is above this may be in kW.
MULTIPLIES = 2.0


def base_case(problem: Problem) -> Case:
    """Solve the feeder as declared: batteries idle, vehicles charged on arrival."""
    return solve(problem, "base", base_plan(problem.setting.operation))


def best_case(problem: Problem, run: Run) -> Case:
    """Solve the best plan of a run."""
    setting = problem.setting
    best = setting.decode(run.best_x[None, :]).row(0)
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

    Raises EngineError when the day does not converge, and when the engine stores another energy
    than the plan although it delivers it.
    """
    day, flows = problem.grid.day_with_flows(plan)
    if day.reason:
        raise EngineError(f"case {name}: {day.reason}.{in_kw(problem.setting)}")
    evaluation = evaluation_of(problem, day, plan)
    if all(broken.kind != "delivery" for broken in evaluation.limit_violations):
        _check_stored(problem.setting, name, plan, flows)
    tables = case_tables(_solution(problem, evaluation, flows))
    return Case(
        name=name,
        plan=plan,
        summary={"case": name, **_figures(problem, evaluation, tables), **_of_run(run)},
        hourly=tables.hourly,
        buses=tables.buses,
        units=tables.units,
        lines=tables.lines,
        history=None if run is None else _history(run),
        limit_violations=evaluation.limit_violations,
        costs=cost_account(evaluation.solved),
        goals_broken=evaluation.goals_broken,
    )


def _check_stored(setting: Setting, name: str, plan: Plan, flows: Flows) -> None:
    """Raise EngineError where a store's energy is not, at the end of a step, that of its plan."""
    rows = setting.fleet.storage_rows
    planned = plan.stored[rows, 1:].T
    off = np.abs(flows.stored_kwh - planned) - STORED * np.maximum(plan.kwh[rows], 1.0)
    if not (off > 0.0).any():
        return
    step, s = np.unravel_index(int(off.argmax()), off.shape)
    raise EngineError(
        f"case {name}: unit {setting.fleet.units[rows[s]].name} holds "
        f"{flows.stored_kwh[step, s]:.6g} kWh in OpenDSS at the end of step {step + 1}, "
        f"{planned[step, s]:.6g} kWh by its plan; expected the same."
    )


def evaluation_of(problem: Problem, day: Day, plan: Plan) -> Evaluation:
    """Measure a plan on a day of the circuit of record."""
    places = Places.of(problem.setting.feeder, problem.grid.nodes)
    return evaluate(day, plan, problem.aim, places)


def _solution(problem: Problem, evaluation: Evaluation, flows: Flows) -> DaySolution:
    setting, day = problem.setting, evaluation.day
    fleet, branches = setting.fleet, setting.feeder.branches
    lowest, highest = voltage_range(day.v_pu, problem.grid.node_bus, len(fleet.buses))
    rated = np.array([np.isfinite(branch.rating_a) for branch in branches], dtype=bool)
    return DaySolution(
        dt=setting.scenario.dt,
        days=setting.scenario.step_days,
        weights=setting.scenario.weights,
        buses=fleet.buses,
        units=[unit.name for unit in fleet.units],
        kinds=fleet.kinds,
        branches=[branch.name for branch in branches],
        unit_bus=evaluation.plan.bus,
        load_kva=day.load_kva,
        unit_kva=day.unit_kva,
        trading=evaluation.trading,
        v_min_pu=lowest,
        v_max_pu=highest,
        across=voltages_across(
            day.v_pu, problem.grid.node_bus, problem.grid.nodes, len(fleet.buses)
        ),
        loss_kw=day.loss_kw,
        stored_kwh=_stored(setting, flows),
        branch_kw=flows.line_kw,
        branch_a=flows.line_a,
        loading_pct=np.where(rated, day.loading, np.nan),
        curtailed=_curtailed(setting, evaluation),
        unbalance_pct=unbalance_by_bus(day.unbalance, problem.grid.nodes, fleet.buses),
    )


def _curtailed(setting: Setting, evaluation: Evaluation) -> Mapping[Reason, FloatArray] | None:
    """Return what units give less than they could by reason, kW, None where none may."""
    plan, generation = evaluation.plan, setting.operation.generation
    could = curtailable(plan.kw, plan.p_kw, generation, plan.further.given, setting.fleet)
    return None if could is None else could.less(evaluation.day.unit_kva.real)


def _stored(setting: Setting, flows: Flows) -> FloatArray:
    """Return the energy that each unit stores, kWh, (T, U); NaN for what stores nothing."""
    stored = np.full((setting.scenario.steps, len(setting.fleet.units)), np.nan)
    stored[:, setting.fleet.storage_rows] = flows.stored_kwh
    return stored


def _figures(problem: Problem, evaluation: Evaluation, tables: CaseTables) -> dict[str, object]:
    """Return the columns of summary.csv that the plan and its day give."""
    words = [in_words(evaluation.limit_violations)] if evaluation.limit_violations else []
    words += map(str, evaluation.goals_broken)
    words += [WORSE_OFF] if evaluation.worse_off else []
    words += [WORSE_IN_YEAR] if evaluation.worse_in_year else []
    return {
        **evaluation.figures,
        **tables.totals(problem.setting.scenario.dt),
        "feasible": evaluation.figures["violation"] == 0.0,
        "broken": "; ".join(words),
    }


def _of_run(run: Run | None) -> dict[str, object]:
    """Return the columns of summary.csv that a run gives; blank without one."""
    if run is None:
        return {"seed": "", "evaluations": 0, "optimizer": "", "ending": ""}
    return {
        "seed": run.task.seed,
        "evaluations": run.evaluations,
        "optimizer": run.task.name,
        "ending": run.ending,
    }


def _history(run: Run) -> pd.DataFrame:
    data = {
        "evaluation": np.arange(1, run.evaluations + 1),
        "objective": run.objective,
        "violation": run.violation,
        "best_objective": run.best_objective,
    }
    return pd.DataFrame(data)[columns("history.csv")]
