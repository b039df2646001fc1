"""A plan in the power flow of many days: one row of figures for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat

import numpy as np
import pandas as pd

from toolkit.common.errors import EngineError
from toolkit.common.types import FloatArray
from toolkit.exact.shares import pct
from toolkit.grid.solution import Day, stacked
from toolkit.model.goal_names import EnergyGoal
from toolkit.model.plan import Plan
from toolkit.problem import objectives
from toolkit.problem.energy import net_of_parties, trading_day
from toolkit.problem.limit_violations import Places, broken_steps, worst_violations
from toolkit.problem.limit_words import LimitViolation, in_words
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.results.columns import columns
from toolkit.results.validation_words import COLUMN


def solved_days(problem: Problem, plan: Plan) -> Day:
    """Solve a plan over all days by the engine. Raises EngineError for what does not converge."""
    day = problem.search_grid.day(plan)
    if day.reason:
        first = int(np.isnan(day.loss_kw).argmax())
        raise EngineError(f"day {problem.setting.scenario.step_days[first]}: {day.reason}.")
    return day


def rows(
    problem: Problem, case: str, plan: Plan, day: Day, ceilings: Iterable[float] | None
) -> pd.DataFrame:
    """Return validation.csv: one row per day. ceilings: a proven bound for each, kWh, if any."""
    setting = problem.setting
    hours = _hours(problem, plan, day)
    names, goal = setting.scenario.step_days, energy_of(setting)
    found = []
    for part, bound in zip(setting.scenario.day_slices, ceilings or repeat(np.nan), strict=False):
        sums = {name: float(values[part].sum()) for name, values in hours.items()}
        found.append(
            {
                "case": case,
                "policy": setting.dispatch.label,
                "day": names[part.start],
                **sums,
                **_network(problem, plan.part(part), day.part(part), part),
                "bound_kwh": bound,
                "pct_of_bound": pct(sums[COLUMN[goal]], bound),
            }
        )
    return pd.DataFrame(found, columns=columns("validation.csv"))


def energy_of(setting: Setting) -> EnergyGoal:
    """Return the energy that a study maximises; traded energy where it seeks something else."""
    return "traded_to_load" if setting.study.market.objective == "traded_to_load" else "traded"


def _hours(problem: Problem, plan: Plan, day: Day) -> dict[str, FloatArray]:
    """Return the sums of a day by column, as what each step adds, (T,)."""
    setting, dt = problem.setting, problem.setting.scenario.dt
    at = objectives.solved(stacked([day]), plan.row(None), problem.aim).at.row(0)
    trading = trading_day(at, dt, setting.scenario.parties, setting.scenario.owners)
    limits, connections = setting.study.limits, setting.scenario.connections
    broken = broken_steps(day, plan, limits, connections)
    return {
        "traded_kwh": trading.energy.traded,
        "traded_to_load_kwh": trading.energy.traded_to_load,
        "loss_kwh": day.loss_kw * dt,
        "import_kwh": trading.trades.imported * dt,
        "export_kwh": trading.trades.exported * dt,
        "community_cost": _cost(setting, net_of_parties(at, setting.scenario.owners)),
        "hours_broken": dt * broken.astype(np.float64),
    }


def _cost(setting: Setting, net: FloatArray) -> FloatArray:
    """Return what the community pays in each step, (T,): what network and grid get.

    That is the sum of its bills where each step has its own. Shared bills have one price for a
    year, so that the bills of a day would not be its cost.
    """
    done = setting.market.settle(net)
    return np.asarray(done.network + done.grid)


def _network(problem: Problem, plan: Plan, day: Day, steps: slice) -> dict[str, object]:
    """Return what the network is like on one day, whose steps are ``steps`` of the scenario."""
    limits, connections = problem.setting.study.limits, problem.setting.scenario.connections
    own = None if connections is None else connections.part(steps)
    broken: Sequence[LimitViolation] = ()
    if broken_steps(day, plan, limits, own).any():
        places = Places.of(problem.setting.feeder, problem.search_grid.nodes)
        broken = worst_violations(day, plan, limits, places, own)
    return {
        "v_min_pu": float(np.nanmin(day.v_pu)),
        "v_max_pu": float(np.nanmax(day.v_pu)),
        "broken": in_words(broken),
    }
