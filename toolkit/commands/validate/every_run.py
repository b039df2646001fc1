"""The best plan of every run on days that it was not made for, and the optimizers ranked by it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from toolkit.commands.validate import asked_of, followed_plan, kept, notices_of, plan_of
from toolkit.commands.validate.days import solved_days
from toolkit.commands.validate.facts import RunsFacts, hash_of
from toolkit.common.errors import InputError, fitting_together
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.shown import Shown
from toolkit.inputs import study_files
from toolkit.problem.evaluation import evaluate
from toolkit.problem.goals import GOALS, Goal
from toolkit.problem.limit_violations import Places, broken_steps
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results.column import is_of_others
from toolkit.results.columns import columns
from toolkit.results.spans import span_of
from toolkit.results.statistics import comparison
from toolkit.results.statistics.comparison import Comparison, on_other_days
from toolkit.results.store.folder import read_complete
from toolkit.results.store.sheets import read_csv, write_csv
from toolkit.results.validation_words import runs_sentences

if TYPE_CHECKING:
    from toolkit.inputs.study import Study
    from toolkit.model.plan import Plan

FILE = "validation_runs.csv"


@dataclass(frozen=True, repr=False)
class RankedRuns(Shown):
    """The best plan of every run tried on many days.

    runs: validation_runs.csv, a row per run; objective: what the study seeks, by which they are
    ranked; span: what all days together are called; notices: what figures have to be read with.
    """

    _told_by = "toolkit.commands.validate.words"

    folder: Path
    runs: pd.DataFrame
    facts: RunsFacts
    objective: str
    span: str
    notices: tuple[str, ...] = ()

    @property
    def goal(self) -> Goal:
        """What runs are ranked by, over all days."""
        return GOALS[self.objective]

    @property
    def comparison(self) -> Comparison:
        """The optimizers' spread, ranks and tests on these days, as of a comparison's own."""
        return on_other_days(self.runs, self.goal.ranked)

    @property
    def sentences(self) -> list[str]:
        """The best run first, then how many keep every limit."""
        return runs_sentences(self.runs, self.goal, self.span)

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        found = self.comparison
        tables = {"runs": self.runs, "statistics": found.statistics, "pairs": found.pairs}
        return {
            "folder": str(self.folder),
            **self.facts.model_dump(),
            "objective": self.objective,
            "notices": list(self.notices),
            **{name: json.loads(each.to_json(orient="records")) for name, each in tables.items()},
        }


def validate_runs(
    folder: Path,
    profile: str | None = None,
    policy: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    monitor: Monitor = SILENT,
) -> RankedRuns:
    """Try the best plan of every run of a results folder on every day of some profiles.

    Arguments are those of ``validate``. Writes validation_runs.csv and validation_runs.json.
    Raises InputError as that does, and where no optimizer ran.
    """
    read_complete(folder)
    study = study_files.load(str(folder / "study.toml"))
    runs = comparison.taking_part(read_csv(folder / "summary.csv"))
    if runs.empty:
        raise InputError(
            f"{folder}: found no finished run of an optimizer; expected results of "
            "'toolkit optimize' or 'toolkit compare'."
        )
    case = str(runs["case"].iloc[0])
    with fitting_together(folder):
        given = plan_of(folder, case)
    asked = asked_of(study, case, given, profile, policy, options)
    found = _with_notice(ranked(folder, runs, asked, monitor), study)
    write_csv(folder / FILE, found.runs)
    found.facts.write(folder)
    return found


def _with_notice(found: RankedRuns, study: Study) -> RankedRuns:
    """Say where runs are held to less, or ranked by something else, than the study says."""
    found = replace(found, notices=(*found.notices, *kept.limits_left(study)))
    risk = study.horizon.over_days
    if not risk.averse:
        return found
    told = (
        f"horizon.risk: runs are ranked by the figure over the {found.span}, not by what it would "
        f"be {risk.words}, which the study seeks; 'toolkit validate --case NAME' tells bad days."
    )
    return replace(found, notices=(*found.notices, told))


def ranked(folder: Path, runs: pd.DataFrame, asked: Study, monitor: Monitor) -> RankedRuns:
    """Try runs, rows of summary.csv, on the days of a study whose policy decides; write nothing."""
    problem = Problem(prepare(asked))
    setting, rows = problem.setting, []
    told: dict[str, None] = {}
    monitor.phase(f"trying runs on {asked.profiles}")
    for n, (_, run) in enumerate(runs.iterrows(), 1):
        case = str(run["case"])
        monitor.part(n, len(runs))
        monitor.standing(case)
        with fitting_together(folder):
            given = plan_of(folder, case)
            plan = followed_plan(folder, case, given, setting)
        told |= dict.fromkeys(kept.told(given, setting))
        rows.append(
            {
                "case": case,
                "optimizer": run["optimizer"],
                "seed": run["seed"],
                "policy": setting.dispatch.label,
                "days": len(setting.scenario.day_slices),
                **_figures(problem, plan),
            }
        )
    return RankedRuns(
        folder=folder,
        runs=pd.DataFrame(rows, columns=columns(FILE, filter(is_of_others, rows[0]))),
        facts=RunsFacts(
            profiles=asked.profiles,
            profiles_sha256=hash_of(asked.profiles),
            policy=asked.dispatch.policy,
            options=dict(setting.dispatch.options),
        ),
        objective=asked.market.objective,
        span=span_of(setting.scenario),
        notices=(*notices_of(setting), *told),
    )


def _figures(problem: Problem, plan: Plan) -> dict[str, float | bool]:
    """Return the figures of a plan over all days, and the hours in which it breaks a limit."""
    day, limits = solved_days(problem, plan), problem.setting.study.limits
    scenario = problem.setting.scenario
    places = Places.of(problem.setting.feeder, problem.search_grid.nodes)
    evaluation = evaluate(day, plan, problem.aim, places)
    hours = scenario.dt * broken_steps(day, plan, limits, scenario.connections).astype(np.float64)
    held = evaluation.figures["violation"] == 0.0
    return {**evaluation.figures, "hours_broken": float(hours.sum()), "feasible": held}
