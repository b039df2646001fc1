"""A plan's sites and sizes on days that it was not made for, under a policy, in the power flow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.commands.validate import kept
from toolkit.commands.validate.days import energy_of, rows, solved_days
from toolkit.commands.validate.facts import Facts, hash_of
from toolkit.common import files
from toolkit.common.errors import InputError, fitting_together
from toolkit.common.monitor import SILENT, Monitor
from toolkit.common.shown import Shown
from toolkit.exact import proof
from toolkit.exact.foresight import daily_ceilings
from toolkit.inputs import profiles, study_files
from toolkit.inputs.horizon_sections import Horizon
from toolkit.inputs.sections import Dispatch
from toolkit.model import plan_json
from toolkit.model.risk import MEAN, Risk
from toolkit.problem import plan_files
from toolkit.problem.policies.dispatch import SCHEDULE
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.problem.sought import goal_of
from toolkit.results import validation_words
from toolkit.results.ranking import chosen_case
from toolkit.results.store.folder import read_complete
from toolkit.results.store.sheets import read_csv, write_csv

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.study import Study
    from toolkit.model.plan import Plan
    from toolkit.model.plan_entries import Parsed
    from toolkit.problem.setting import Setting


@dataclass(frozen=True, repr=False)
class Validation(Shown):
    """A plan tried on many days.

    days: validation.csv, a row per day; facts: what was asked for; policy: what results call who
    decided; notices: what figures have to be read with.
    """

    _told_by = "toolkit.commands.validate.words"

    folder: Path
    days: pd.DataFrame
    facts: Facts
    policy: str
    notices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        return {
            "folder": str(self.folder),
            "case": self.facts.case,
            "policy": self.policy,
            "goal": self.facts.goal,
            "no_bound": self.facts.no_bound,
            "notices": list(self.notices),
            "days": json.loads(self.days.to_json(orient="records")),
        }

    @property
    def sentences(self) -> list[str]:
        """What came of it, in words."""
        return validation_words.sentences(self.days, self.policy, self.facts.model_dump())


def validate(
    folder: Path,
    profile: str | None = None,
    case: str | None = None,
    policy: str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    bound: bool = True,
    monitor: Monitor = SILENT,
) -> Validation:
    """Try the best feasible plan of a results folder, or a case, on every day of some profiles.

    profile: name or path of profiles, those of the study when left out; policy: who decides what
    stores do, the plan's own when left out; bound: whether each day gets a proven bound. Writes
    validation.csv and validation.json into the folder. Raises InputError for no results folder, an
    unknown case or policy, profiles that do not fit, and a plan that carries a series alone.
    """
    read_complete(folder)
    study = study_files.load(str(folder / "study.toml"))
    summary = read_csv(folder / "summary.csv")
    with fitting_together(folder):
        name = chosen_case(summary, case, goal_of(study).ranked, folder)
        given = plan_of(folder, name)
    asked, risk = asked_of(study, name, given, profile, policy, options), study.horizon.over_days
    found = tried(folder, name, asked, given, bound, monitor, risk)
    left = (*kept.limits_left(study), *kept.figures_left(study))
    found = replace(found, notices=(*found.notices, *left))
    write_csv(folder / "validation.csv", found.days)
    found.facts.write(folder)
    return found


def plan_of(folder: Path, case: str) -> Parsed:
    """Return the plan file of a case as it stands; errors as of ``plan_json.parsed``."""
    return plan_json.parsed(files.read_text(_plan_file(folder, case)))


def _plan_file(folder: Path, case: str) -> Path:
    return folder / "cases" / case / "plan.json"


def tried(
    folder: Path,
    case: str,
    asked: Study,
    given: Parsed,
    bound: bool,
    monitor: Monitor,
    risk: Risk = MEAN,
) -> Validation:
    """Try a case's plan on the days of a study whose policy decides; write nothing.

    given: the plan file of the case; risk: of which days the study it was made for seeks the
    figure. Raises InputError and ToolkitError as ``validate`` does.
    """
    setting = prepare(asked)
    monitor.phase(f"following policy '{setting.dispatch.policy}' through {asked.profiles}")
    plan = followed_plan(folder, case, given, setting)
    problem = Problem(setting)
    monitor.phase("solving every day in OpenDSS")
    day = solved_days(problem, plan)
    refused = _refused(problem) if bound else "it was not asked for"
    ceilings = None if refused else _ceilings(problem, plan, monitor)
    return Validation(
        folder=folder,
        days=rows(problem, case, plan, day, ceilings),
        facts=Facts(
            case=case,
            profiles=asked.profiles,
            profiles_sha256=hash_of(asked.profiles),
            policy=asked.dispatch.policy,
            options=dict(setting.dispatch.options),
            bound=not refused,
            goal=energy_of(setting),
            no_bound=refused,
            objective=asked.market.objective,
            risk=risk.name,
            risk_level=risk.level,
        ),
        policy=setting.dispatch.label,
        notices=(*notices_of(setting), *kept.told(given, setting)),
    )


def notices_of(setting: Setting) -> tuple[str, ...]:
    """Return what figures under the setting's policy have to be read with."""
    return tuple(str(n) for n in setting.feeder.notices if n.about == "dispatch")


def followed_plan(folder: Path, case: str, given: Parsed, setting: Setting) -> Plan:
    """Return the sites and sizes of a case's plan file, with stores under the setting's policy."""
    path = str(_plan_file(folder, case))
    return plan_files.from_json(
        kept.without_series(given, setting.dispatch.policy, setting.scenario), setting, path
    )


def asked_of(
    study: Study,
    case: str,
    given: Parsed,
    profile: str | None,
    policy: str | None,
    options: Mapping[str, Any] | None,
) -> Study:
    """Return the study whose days are all those of the profiles, one after the other.

    given: the plan file of a case, whose policy counts where none is named.
    """
    own = given.dispatch
    follows = policy or (own.policy if own is not None else SCHEDULE)
    if follows == SCHEDULE:
        raise InputError(
            f"case {case}: its stores follow series made for the days of the study, which say "
            "nothing about other days; expected a policy that decides on those: --policy surplus, "
            "for one ('toolkit policies list')."
        )
    chosen_options = dict(options or {})
    if not chosen_options and own is not None and own.policy == follows:
        chosen_options = dict(own.options)
    found = profiles.locate(profile or study.profiles)
    named = profile if profile and not profiles.is_path(profile) else str(found.resolve())
    return asked_again(study, named if profile else study.profiles, follows, chosen_options)


def asked_again(study: Study, profile: str, policy: str, options: Mapping[str, Any]) -> Study:
    """Return a study about all days of some profiles, one after the other, under a policy.

    Limits of goals are of the time of the study, so they say nothing of another.
    """
    changes = {
        "profiles": profile,
        "horizon": Horizon(),
        "dispatch": Dispatch(policy=policy, options=dict(options)),
        "limits": study.limits.model_copy(update={"goals": None}),
    }
    return study.model_copy(update=changes)


def _refused(problem: Problem) -> str:
    """Say why there can be no bound, or return an empty text."""
    try:
        proof.check_powers(problem)
    except InputError as error:
        return str(error)
    return ""


def _ceilings(problem: Problem, plan: Plan, monitor: Monitor) -> Iterator[float]:
    setting, days = problem.setting, problem.setting.scenario.day_slices
    monitor.phase("proving what foresight could trade, by day")
    found = daily_ceilings(setting.operation, problem.load_kw, plan, days, energy_of(setting))
    for n, ceiling in enumerate(found, 1):
        monitor.part(n, len(days))
        yield ceiling
