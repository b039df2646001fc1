"""A study made ready to be evaluated: decode -> grid -> market -> score."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from toolkit.grid.backend import PowerFlow, backend
from toolkit.model.plan import Plan, base_plan
from toolkit.optimizer.scores import UNSOLVED, Scores
from toolkit.problem import energy, objectives
from toolkit.problem.conditions import Conditions
from toolkit.problem.encoding import decode
from toolkit.problem.goals import as_energy
from toolkit.problem.objectives import Aim

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid.solution import Day
    from toolkit.optimizer.space import Space
    from toolkit.problem.setting import Setting

#: By how much, kWh, a schedule must fall short of the incumbent for its power flow to be skipped:
#: far more than a day's scheduled and solved energies differ by, so that skipping changes nothing.
SKIP_MARGIN = 1e-2


class Problem:
    """Scores points of the unit cube; holds the compiled circuits of its process.

    The search runs on a circuit in which generators stand in for storage. What is reported of a
    plan comes from ``grid``, the circuit as exported. Each is compiled when first asked for: who
    only reports never searches, and a worker only searches.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        #: Scheduled load of each bus, kW, (T, B).
        self.load_kw = setting.scenario.loads.kw

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

    def evaluate(self, x: FloatArray) -> Scores:
        """Score n points, shape (n, d)."""
        return self.score(decode(x, self.setting.operation, self.setting.space))

    def evaluate_against(self, x: FloatArray, incumbent: FloatArray) -> Scores:
        """Score n points, shape (n, d), each of which has to beat a feasible objective, (n,).

        NaN means there is none. The power flow of a plan is skipped when its schedule already
        trades less than its incumbent: no voltage could change that it loses.
        """
        setting = self.setting
        sought = as_energy(setting.study.market.objective)
        if sought is None or not self.loads_as_scheduled or np.isnan(incumbent).all():
            return self.evaluate(x)
        plans = decode(x, setting.operation, setting.space)
        objective = energy.scheduled(plans, setting.operation, self.load_kw, sought)
        skipped = objective > incumbent + SKIP_MARGIN
        violation = np.full(len(x), UNSOLVED)
        reasons = [""] * len(x)
        for i in np.flatnonzero(~skipped):
            solved = self.score(plans.row(slice(i, i + 1)))
            objective[i], violation[i] = solved.objective[0], solved.violation[0]
            reasons[i] = solved.reasons[0] if solved.reasons else ""
        return Scores(objective, violation, skipped=skipped, reasons=tuple(reasons))

    def score(self, plans: Plan) -> Scores:
        """Score n plans by the engine's days of them; losses are read where they are a goal."""
        return self.scored(self.search_grid.days(plans, self.aim.needs_losses), plans)

    def scored(self, days: Sequence[Day], plans: Plan) -> Scores:
        """Score n plans whose days the engine has solved."""
        return objectives.score(days, plans, self.aim)

    @cached_property
    def aim(self) -> Aim:
        """What the study searches for, ready to be measured."""
        setting, study = self.setting, self.setting.study
        conditions = Conditions(setting.market, setting.operation, study.limits, self.load_kw)
        return Aim(study.market, conditions)

    @cached_property
    def loads_as_scheduled(self) -> bool:
        """Say whether loads draw their scheduled power in every day that is within the limits.

        Only then is the schedule's objective the engine's: constant-power loads whose band holds
        the voltage limits, and a base day that confirms it.
        """
        band, limits = self.setting.feeder.constant_power_band, self.setting.study.limits
        if not (band[0] <= limits.v_min and limits.v_max <= band[1]):
            return False
        day = self.search_grid.day(base_plan(self.setting.operation))
        off = np.abs(day.load_kva.real - self.load_kw)
        return not day.reason and bool(off.max() <= 1e-5 * max(self.load_kw.max(), 1.0))
