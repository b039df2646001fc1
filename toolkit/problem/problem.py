"""A study made ready to be evaluated: decode -> grid -> market -> score."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import EngineError
from toolkit.grid.agreement import agreement
from toolkit.grid.backend import PowerFlow, backend
from toolkit.grid.choice import Choice, Chosen, SearchFlow, as_chosen, choose
from toolkit.model.plan import Plan, base_plan, joined
from toolkit.optimizer.scores import UNSOLVED, Scores
from toolkit.optimizer.scores import joined as joined_scores
from toolkit.problem import accounts, energy, objectives, study_costs, yearly
from toolkit.problem.conditions import Conditions, Solved
from toolkit.problem.goals import as_energy
from toolkit.problem.objectives import Aim

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid.solution import Days
    from toolkit.optimizer.space import Space
    from toolkit.problem.setting import Setting

#: By how much, kWh, a schedule must fall short of the incumbent for its power flow to be skipped:
#: far more than a day's scheduled and solved energies differ by, so that skipping changes nothing.
SKIP_MARGIN = 1e-2
#: Values of days, as many as are held in memory at once: a tenth of a GB.
VALUES = 1 << 23
#: Random plans that both solvers have to agree on, beside the base plan, and their seed.
TRIALS, TRIAL_SEED = 3, 0


class Problem:
    """Scores points of the unit cube; holds the compiled circuits of its process.

    The search runs on ``search``: the batch power flow, or a circuit in which generators stand in
    for storage, ``search_grid``. What becomes best is scored by that circuit, ``score``. What is
    reported of a plan comes from ``grid``, the circuit as exported. Each is compiled when first
    asked for: who only reports never searches, and a worker only searches.
    """

    def __init__(self, setting: Setting, chosen: Chosen | None = None) -> None:
        """Take a setting, and what solves its search where that was chosen before."""
        self.setting = setting
        self._chosen = chosen
        #: Scheduled load of each bus, kW, (T, B).
        self.load_kw = setting.scenario.loads.kw
        #: The points that were searched last, their plans and days.
        self._latest: tuple[FloatArray, Plan, Days] | None = None

    @cached_property
    def search_grid(self) -> PowerFlow:
        """The circuit of the search, with generators in the place of storage."""
        return self._compiled(stand_ins=True)

    @cached_property
    def grid(self) -> PowerFlow:
        """The circuit of record, with storage as OpenDSS Storage."""
        return self._compiled(stand_ins=False)

    def _compiled(self, stand_ins: bool) -> PowerFlow:
        setting = self.setting
        return backend().power_flow(setting.feeder, setting.operation, stand_ins)

    @property
    def space(self) -> Space:
        """The search space."""
        return self.setting.space

    @cached_property
    def search(self) -> Choice:
        """The power flow of the search, and why it is that one."""
        setting = self.setting
        if self._chosen is not None:
            return as_chosen(self._chosen, lambda: self.search_grid, len(setting.feeder.buses))
        return choose(setting.study.power_flow.solver, lambda: self.search_grid, self._trials)

    def _trials(self) -> Plan:
        """Return the plans that both solvers have to agree on: the base plan and random ones."""
        setting = self.setting
        x = np.random.default_rng(TRIAL_SEED).random((TRIALS, len(setting.space)))
        random = setting.decode(x)
        return joined([base_plan(setting.operation).row(None), random])

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""
        return self._searched(x, None, self.search.flow)

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, shape (n, d), each of which has to beat a feasible objective, (n,).

        NaN means there is none. The power flow of a plan is skipped when its schedule already
        trades less than its incumbent: no voltage could change that it loses.
        """
        return self._searched(x, incumbent, self.search.flow)

    def evaluate_by_engine(self, x: FloatArray, incumbent: FloatArray | None = None) -> Scores:
        """Score n points as a search does that has no other solver."""
        return self._searched(x, incumbent, self.search_grid)

    def _searched(self, x: FloatArray, incumbent: FloatArray | None, flow: SearchFlow) -> Scores:
        """Score n points by a solver, as many at a time as fit into memory."""
        size = max(VALUES // self._values, 1)
        if len(x) <= size:
            return self._searched_part(x, incumbent, flow)
        parts = [slice(i, i + size) for i in range(0, len(x), size)]
        return joined_scores(
            [
                self._searched_part(x[part], None if incumbent is None else incumbent[part], flow)
                for part in parts
            ]
        )

    def _searched_part(
        self, x: FloatArray, incumbent: FloatArray | None, flow: SearchFlow
    ) -> Scores:
        setting = self.setting
        plans = setting.decode(x)
        sought = as_energy(setting.study.market.objective)
        if (
            incumbent is None
            or sought is None
            or np.isnan(incumbent).all()
            or not self.loads_as_scheduled
        ):
            return self.solved_by(plans, flow, x)
        objective = energy.scheduled(plans, setting.operation, self.load_kw, sought, self.aim.risk)
        skipped = objective > incumbent + SKIP_MARGIN
        violation = np.full(len(x), UNSOLVED)
        reasons = [""] * len(x)
        if not skipped.all():
            left = np.flatnonzero(~skipped)
            if len(left) < len(x):
                plans, x = plans.rows(left), x[left]
            solved = self.solved_by(plans, flow, x)
            objective[left], violation[left] = solved.objective, solved.violation
            for i, reason in zip(left.tolist(), solved.reasons or (), strict=False):
                reasons[i] = reason
        return Scores(objective, violation, skipped=skipped, reasons=tuple(reasons))

    def score(self, plans: Plan) -> Scores:
        """Score n plans by the engine's days of them."""
        return self.solved_by(plans, self.search_grid)

    def solved_by(self, plans: Plan, flow: SearchFlow, x: FloatArray | None = None) -> Scores:
        """Score n plans by a solver's days of them; losses are read where they are a goal.

        x: the points they are of, (n, d).
        """
        days = flow.days(plans, self.aim.needs_losses)
        self._latest = None
        if x is not None and self._is_search(flow) and len(x) * self._values <= VALUES:
            self._latest = x, plans, days
        return self.scored(days, plans)

    def _is_search(self, flow: SearchFlow) -> bool:
        """Say whether a power flow is that of the search, which not everybody asks for."""
        return "search" in vars(self) and flow is self.search.flow

    @cached_property
    def _values(self) -> int:
        """About how many voltages, loadings and powers the day of a plan has."""
        feeder, steps = self.setting.feeder, self.setting.scenario.steps
        of_step = 3 * len(feeder.buses) + len(feeder.branches) + len(self.setting.space) // steps
        return of_step * steps

    def scored(self, days: Days, plans: Plan) -> Scores:
        """Score n plans whose days are solved."""
        return objectives.score(days, plans, self.aim)

    def referee(self, x: FloatArray) -> tuple[Scores, bool]:
        """Score one point, shape (d,), by the engine; say whether the search's solver agrees."""
        plan, searched = self._searched_day(x)
        days = self.search_grid.days(plan, self.aim.needs_losses)
        return self.scored(days, plan), agreement(searched, days).holds

    def _searched_day(self, x: FloatArray) -> tuple[Plan, Days]:
        """Return the plan of a point and its day by the search's solver, known as a rule."""
        if self._latest is not None:
            points, plans, days = self._latest
            for i in np.flatnonzero((points == x).all(axis=1))[:1].tolist():
                rows = slice(i, i + 1)
                return plans.row(rows), days.rows(rows)
        plan = self.setting.decode(x[None])
        return plan, self.search.flow.days(plan, self.aim.needs_losses)

    @cached_property
    def aim(self) -> Aim:
        """What the study searches for, ready to be measured."""
        setting, study = self.setting, self.setting.study
        conditions = Conditions(
            setting.market,
            setting.operation,
            study.limits,
            self.load_kw,
            setting.economy,
            tuple(setting.feeder.buses),
            study.market.options or {},
        )
        aim = Aim(study.market, conditions, study.horizon.over_days)
        if not setting.economy.priced:
            return aim
        solved = self._without_new(aim)
        known = replace(setting.economy, reference=float(yearly.annual_cost(solved)[0]))
        if setting.scenario.owners is not None:
            known = replace(known, references=accounts.accounts(solved).annual[0])
        if aim.risk.averse:
            known = replace(known, daily=objectives.by_day(solved, aim, yearly.annual_cost)[0])
        return replace(aim, conditions=replace(conditions, economy=known))

    def _without_new(self, aim: Aim) -> Solved:
        """Return the solved plan without the units that the study may decide.

        Raises EngineError where the engine finds no solution of it.
        """
        plan = study_costs.without_new(self.setting.operation, self.setting.economy).row(None)
        days = self.search_grid.days(plan, True)
        if days.reasons[0]:
            raise EngineError(f"costs: the feeder without new units: {days.reasons[0]}")
        return objectives.solved(days, plan, aim)

    @cached_property
    def loads_as_scheduled(self) -> bool:
        """Say whether loads draw their scheduled power in every day that is within the limits.

        Only then is the schedule's objective the engine's: constant-power loads whose band holds
        the voltage limits in all hours, and a base day that confirms it. Units then give what plans
        say, too.
        """
        band, limits = self.setting.feeder.constant_power_band, self.setting.study.limits
        if self.setting.fleet.gives_less.any() or limits.share_of_hours < 1.0:
            return False
        if not (band[0] <= limits.v_min and limits.v_max <= band[1]):
            return False
        day = self.search_grid.day(base_plan(self.setting.operation))
        off = np.abs(day.load_kva.real - self.load_kw)
        return not day.reason and bool(off.max() <= 1e-5 * max(self.load_kw.max(), 1.0))
