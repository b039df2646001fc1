"""Why a plan trades what it trades: what each unit is worth, what limits it, what more would bring.

Worth and margins are by the engine. What 1 % more brings is by the exact model, its plans solved by
the engine.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.commands.explain.margins import Margin, margins
from toolkit.commands.explain.more import Baseline, Gain, gains
from toolkit.commands.explain.worth import Worth, worths
from toolkit.common import files
from toolkit.common.errors import (
    EngineError,
    InputError,
    fitting_together,
)
from toolkit.common.monitor import SILENT, Monitor
from toolkit.exact import proof
from toolkit.grid.backend import backend
from toolkit.inputs import study_files
from toolkit.problem import plan_files
from toolkit.problem.goals import GOALS, Goal, energy_traded
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.problem.sought import goal_of
from toolkit.results.columns import columns
from toolkit.results.ranking import chosen_case
from toolkit.results.solving import solve
from toolkit.results.spans import span_of
from toolkit.results.store.reading import read_results
from toolkit.results.store.sheets import write_csv

if TYPE_CHECKING:
    from toolkit.model.plan import Plan
    from toolkit.results.store.contents import Results

__all__ = ["Baseline", "Explanation", "Gain", "Margin", "Worth", "explain"]


@dataclass(frozen=True)
class Explanation:
    """One plan explained; value: what is maximised, the column of that name, by the engine.

    objective: the study's, which ``goal`` describes.
    span: what the time of the study is called; ``refused`` says why there are no gains: the exact
    model does not describe the study.
    """

    folder: Path
    case: str
    objective: str
    maximised: str
    value: float
    worths: tuple[Worth, ...]
    margins: tuple[Margin, ...]
    baseline: Baseline | None
    gains: tuple[Gain, ...]
    refused: str
    span: str = "day"
    goal: Goal = GOALS["traded"]

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        margins = [{**asdict(m), "binds": m.binds} for m in self.margins]
        told = {name: value for name, value in asdict(self).items() if name != "goal"}
        told["risk"] = self.goal.risk.name
        return {**told, "folder": str(self.folder), "margins": margins}

    def table(self) -> pd.DataFrame:
        """Return it as the rows of explain.csv."""
        rows: list[tuple[str, str, str, int | None, float, str]] = []
        for w in self.worths:
            for name in ("traded_kwh", "traded_to_load_kwh", "loss_kwh"):
                rows.append(("worth", w.unit, name, None, getattr(w, name), "kWh"))
            rows.append(("worth", w.unit, "score", None, w.score, self.goal.unit))
            rows.append(("worth", w.unit, "violation_without", None, w.violation, ""))
        for m in self.margins:
            item = f"{m.limit} of {m.at}"
            rows.append(("margin", item, "value", m.step, m.value, m.unit))
            rows.append(("margin", item, "limit", m.step, m.bound, m.unit))
            rows.append(("margin", item, "margin", m.step, m.margin, m.unit))
            rows.append(("margin", item, "steps_binding", None, float(m.steps), ""))
        for g in self.gains:
            item = f"{g.item} at {g.what}"
            rows.append(("more", item, "gain_by_model", None, g.model_kwh, "kWh"))
            rows.append(("more", item, "gain_by_engine", None, g.engine_kwh, "kWh"))
            rows.append(("more", item, "violation", None, g.violation, ""))
        frame = pd.DataFrame([(self.case, *row) for row in rows], columns=columns("explain.csv"))
        return frame.astype({"step": "Int64"})


def explain(
    folder: Path,
    case: str | None = None,
    *,
    monitor: Monitor = SILENT,
) -> Explanation:
    """Explain the best feasible plan of a results folder, or a case, and write explain.csv.

    Raises InputError for no results folder, an unknown case, or no feasible plan to choose.
    """
    results = read_results(folder)
    with fitting_together(folder):
        found = _explained(folder, results, case, monitor)
    write_csv(folder / "explain.csv", found.table())
    return found


def _explained(folder: Path, results: Results, case: str | None, monitor: Monitor) -> Explanation:
    setting = prepare(study_files.load(str(folder / "study.toml")))
    if not setting.fleet.units:
        raise InputError(f"{folder}: its feeder has no unit, so no plan is there to be explained.")
    goal = goal_of(setting.study)
    name = chosen_case(results.summary, case, goal.ranked, folder)
    path = folder / "cases" / name / "plan.json"
    plan = plan_files.from_json(files.read_text(path), setting, str(path))
    problem = Problem(setting)
    monitor.phase(f"solving {name} without each unit")
    solved = solve(problem, name, plan)
    names = [unit.element for unit in setting.feeder.units if unit.kind == "capacitor"]
    master = path.parent / "feeder" / "Master.dss"
    day = backend().replay(master, setting.scenario.steps, names)
    baseline, more, refused = _gains(problem, plan, monitor)
    return Explanation(
        folder=folder,
        case=name,
        objective=setting.study.market.objective,
        maximised=goal.ranked,
        value=solved.figure(goal.ranked),
        worths=tuple(worths(problem, plan, solved, goal.ranked)),
        margins=tuple(
            margins(day, solved, plan, setting.operation, setting.study.limits, problem.aim.held)
        ),
        baseline=baseline,
        gains=tuple(more),
        refused=refused,
        span=span_of(setting.scenario),
        goal=goal,
    )


def _gains(
    problem: Problem, plan: Plan, monitor: Monitor
) -> tuple[Baseline | None, list[Gain], str]:
    """Return what 1 % more brings, or why the model cannot say."""
    dispatch = problem.setting.dispatch
    if not dispatch.is_schedule:
        return (
            None,
            [],
            f"the exact model chooses series of dispatch, which policy '{dispatch.policy}' decides "
            "in this study.",
        )
    try:
        energy_traded(problem.setting.study.market)
        proof.check(problem)
        return *gains(problem, plan, monitor), ""
    except (InputError, EngineError) as error:
        return None, [], str(error)
