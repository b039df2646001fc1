"""A plan's sites and sizes on days that it was not made for, under a policy, in the power flow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.commands.explain import chosen
from toolkit.commands.validate.days import energy_of, rows, slices, solved_days
from toolkit.common import files
from toolkit.common.errors import InputError, fitting_together
from toolkit.common.monitor import SILENT, Monitor
from toolkit.exact import proof
from toolkit.exact.foresight import daily_ceilings
from toolkit.inputs import profiles, study_files
from toolkit.inputs.horizon_sections import Horizon
from toolkit.inputs.sections import Dispatch
from toolkit.model import plan_json
from toolkit.problem.encoding import dispatched
from toolkit.problem.plan_files import values_of
from toolkit.problem.policies.dispatch import SCHEDULE
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results import validation_words
from toolkit.results.store.names import VALIDATION_FACTS
from toolkit.results.store.reading import read_results
from toolkit.results.store.sheets import write_csv

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.inputs.study import Study
    from toolkit.model.plan import Plan
    from toolkit.model.plan_entries import Parsed
    from toolkit.problem.setting import Setting


@dataclass(frozen=True)
class Validation:
    """A plan tried on many days.

    days: validation.csv, a row per day; goal: the energy whose bound is told; refused: why there
    is no bound, blank where there is one; notices: what figures have to be read with; facts: what
    validation.json says, from which the same can be done again.
    """

    folder: Path
    case: str
    policy: str
    days: pd.DataFrame
    goal: str
    refused: str
    notices: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        days = json.loads(self.days.to_json(orient="records"))
        return {
            "folder": str(self.folder),
            "case": self.case,
            "policy": self.policy,
            "goal": self.goal,
            "no_bound": self.refused,
            "notices": list(self.notices),
            "days": days,
        }

    @property
    def sentences(self) -> list[str]:
        """What came of it, in words."""
        facts = {validation_words.GOAL: self.goal, validation_words.REFUSED: self.refused}
        return validation_words.sentences(self.days, self.policy, facts)


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
    results = read_results(folder)
    study = study_files.load(str(folder / "study.toml"))
    name = chosen(results.summary, case, study.market.objective, folder)
    with fitting_together(folder):
        given = plan_json.parsed(files.read_text(folder / "cases" / name / "plan.json"))
    found = tried(
        folder, name, _asked(study, name, given, profile, policy, options), given, bound, monitor
    )
    write_csv(folder / "validation.csv", found.days)
    files.write_text(folder / VALIDATION_FACTS, json.dumps(found.facts, indent=1) + "\n")
    return found


def tried(
    folder: Path, case: str, asked: Study, given: Parsed, bound: bool, monitor: Monitor
) -> Validation:
    """Try a case's plan on the days of a study whose policy decides; write nothing.

    given: the plan file of the case. Raises InputError and ToolkitError as ``validate`` does.
    """
    setting = prepare(asked)
    monitor.phase(f"following policy '{setting.dispatch.policy}' through {asked.profiles}")
    plan = _followed(setting, given, folder / "cases" / case / "plan.json")
    problem = Problem(setting)
    monitor.phase("solving every day in OpenDSS")
    day = solved_days(problem, plan)
    refused = _refused(problem) if bound else "it was not asked for"
    ceilings = None if refused else _ceilings(problem, plan, monitor)
    return Validation(
        folder=folder,
        case=case,
        policy=setting.dispatch.label,
        days=rows(problem, case, plan, day, ceilings),
        goal=energy_of(setting),
        refused=refused,
        notices=tuple(str(n) for n in setting.feeder.notices if n.about == "dispatch"),
        facts={
            "case": case,
            "profiles": asked.profiles,
            "profiles_sha256": hash_of(asked.profiles),
            "policy": asked.dispatch.policy,
            "options": dict(setting.dispatch.options),
            "bound": not refused,
            validation_words.GOAL: energy_of(setting),
            validation_words.REFUSED: refused,
        },
    )


def hash_of(profile: str) -> str:
    """Return the hash of profiles by name or path. Raises InputError where they are not there."""
    return hashlib.sha256(profiles.content(profiles.locate(profile))).hexdigest()


def _asked(
    study: Study,
    case: str,
    given: Parsed,
    profile: str | None,
    policy: str | None,
    options: Mapping[str, Any] | None,
) -> Study:
    """Return the study whose days are all those of the profiles, one after the other."""
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
    """Return a study about all days of some profiles, one after the other, under a policy."""
    changes = {
        "profiles": profile,
        "horizon": Horizon(),
        "dispatch": Dispatch(policy=policy, options=dict(options)),
    }
    return study.model_copy(update=changes)


def _followed(setting: Setting, given: Parsed, path: Path) -> Plan:
    """Return the plan of the sites and sizes of a plan file that follows the study's policy."""
    fleet, dispatch = setting.fleet, setting.dispatch
    entries = {unit.name.lower(): unit for unit in given.units}
    each = [entries.get(unit.name.lower()) for unit in fleet.units]
    if any(entry is None for entry in each) or len(entries) != len(fleet.units):
        raise InputError(f"{path}: its units are not those of the study.")
    known = [entry for entry in each if entry is not None]
    bus = np.array([fleet.buses.index(entry.bus) for entry in known], dtype=np.intp)
    size = np.array(
        [
            float(entry.vehicles) if unit.kind == "bev" else entry.kw / unit.kw_per_size
            for entry, unit in zip(known, fleet.units, strict=True)
        ]
    )
    own = given.dispatch is not None and given.dispatch.policy == dispatch.policy
    stores = [known[row] for row in fleet.storage_rows]
    values = values_of(stores, dispatch, str(path), stated=own)
    return dispatched(bus[None], size[None], values, setting.operation, dispatch).row(0)


def _refused(problem: Problem) -> str:
    """Say why there can be no bound, or return an empty text."""
    try:
        proof.check_loads(problem)
    except InputError as error:
        return str(error)
    return ""


def _ceilings(problem: Problem, plan: Plan, monitor: Monitor) -> Iterator[float]:
    setting, days = problem.setting, slices(problem.setting)
    found = daily_ceilings(setting.operation, problem.load_kw, plan, days, energy_of(setting))
    for n, ceiling in enumerate(found, 1):
        monitor.phase(f"proving what foresight could trade: day {n} of {len(days)}")
        yield ceiling
