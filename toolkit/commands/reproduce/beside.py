"""A results folder as it stands, and the comparisons of what lies beside its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.reproduce import (
    asked,
    compare,
    courses,
    derived,
    integrity,
    money,
    network,
    proven,
)
from toolkit.commands.reproduce.asked import Asked
from toolkit.commands.reproduce.case_check import CaseCheck
from toolkit.commands.reproduce.courses import Course
from toolkit.commands.reproduce.derived import Over
from toolkit.commands.reproduce.difference import Difference, same, unlike
from toolkit.commands.reproduce.sources import other_bases
from toolkit.common.errors import InputError
from toolkit.common.files import is_name
from toolkit.inputs.study import Study
from toolkit.problem.goals import GOALS
from toolkit.problem.setting import Setting
from toolkit.results.columns import columns
from toolkit.results.store.folder import read_manifest, read_study
from toolkit.results.store.sheets import read_words


@dataclass(frozen=True)
class Folder:
    """What a results folder says of itself.

    summary: summary.csv as text, columns it lacks as blanks, each case once; odd: what is wrong
    with its form; asked, faults: what the manifest says was asked, and where it does not; courses:
    histories that can be read, by case.
    """

    folder: Path
    manifest: dict[str, Any]
    study: Study
    summary: pd.DataFrame
    odd: tuple[Difference, ...]
    asked: Asked
    faults: tuple[Difference, ...]
    courses: Mapping[str, Course]

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases, in the order of the summary."""
        return tuple(self.summary["case"])

    @property
    def searched(self) -> tuple[str, ...]:
        """The cases that come of a search, each of which has a history."""
        return tuple(name for name in self.cases if name not in asked.GIVEN)

    @property
    def ranked(self) -> str:
        """The column by which runs are ranked."""
        return GOALS[self.study.market.objective].ranked

    @property
    def polished(self) -> tuple[str, ...]:
        """Runs that have a row in polish.csv, in the order they were carried out."""
        if not self.asked.polish:
            return ()
        stopped = dict(zip(self.cases, self.summary["ending"], strict=True))
        whole = [n for n in self.searched if stopped[n] in ("spent", "returned") or self._taken(n)]
        return tuple(sorted(whole, key=lambda name: self.asked.place(name) or (0, 0)))

    def _taken(self, name: str) -> bool:
        return name in self.courses and self.courses[name].polished > 0


def read(folder: Path) -> Folder:
    """Read a results folder. Raises InputError where it is none."""
    manifest = read_manifest(folder)
    study = read_study(folder)
    raw = read_words(folder / "summary.csv")
    if "case" not in raw:
        raise InputError(f"{folder}: summary.csv has no column case.")
    _check_names(folder, raw)
    odd = [compare.odd_columns("", "summary.csv", raw, columns("summary.csv"))]
    if raw["case"].duplicated().any():
        twice = raw["case"][raw["case"].duplicated()].iloc[0]
        odd.append(unlike("", "summary.csv", "rows", f"{twice} twice", "once"))
    summary = raw.drop_duplicates("case").reset_index(drop=True)
    summary = summary.reindex(columns=columns("summary.csv"), fill_value="")
    request, faults = asked.read(manifest)
    held = {name: courses.read(folder, name) for name in summary["case"]}
    known = {name: course for name, course in held.items() if course is not None}
    wrong = tuple(one for one in odd if one is not None)
    return Folder(folder, manifest, study, summary, wrong, request, tuple(faults), known)


def _check_names(folder: Path, summary: pd.DataFrame) -> None:
    """Raise InputError for a case whose name is a path to elsewhere, or none at all."""
    for name in summary["case"]:
        if not is_name(name):
            found = f"found case '{name[:60]}'"
            raise InputError(f"{folder}: summary.csv: {found}; expected a name.")


def compared(
    found: Folder, checks: Sequence[CaseCheck], sources: integrity.Sources
) -> tuple[list[Difference], Over | None]:
    """Compare what lies beside the cases, and return what the tables over them should be.

    Those are None where the summary is no ground for them.
    """
    folder, setting = found.folder, sources.setting
    cases = {check.name: check.case for check in checks if check.case is not None}
    bound_kwh = proven.bound_kwh(folder)
    rows = [*found.faults, *sources.differences, *found.odd]
    polished = {name: course.polished for name, course in found.courses.items()}
    rows += asked.summary(found.asked, found.summary, polished if found.asked.polish else {})
    rows += [d for n in found.searched for d in courses.check(folder, n, cases.get(n))]
    rows += derived.summary(found.summary, checks, found.courses, bound_kwh, found.ranked)
    whole = len(cases) == len(checks) > 0
    if whole and all(found.ranked in case.summary for case in cases.values()):
        rows += proven.bound(folder, cases, found.ranked)
    rows += proven.polishing(folder, found.asked, [*found.polished], found.courses)
    rows += _of_network(found, cases if whole else {}, setting)
    rows += [
        same(check.name, "plan.json", "step_h", check.step_h, checks[0].step_h)
        for check in checks
        if check.case is not None
    ]
    if not checks or not derived.sound(found.summary, found.ranked):
        return rows, None
    dt = checks[0].step_h
    over = derived.over_cases(cases, found.courses, found.summary, found.study, dt, bound_kwh)
    return rows + derived.compared(folder, over), over


def _of_network(
    found: Folder, cases: Mapping[str, Any], setting: Setting | None
) -> list[Difference]:
    """Compare the network, and what trading meant in money, as far as sources are here."""
    study = found.study
    if setting is None:
        words = (study.settlement.mechanism, study.tariffs.currency)
        rows = money.named(found.folder, [*found.cases], *words)
        return rows + (other_bases(found.folder, found.cases) if found.cases else [])
    rows = network.check(found.folder, setting.feeder)
    buses = {*setting.feeder.buses}
    fitting = all({*case.buses["bus"]} == buses for case in cases.values())
    return rows + (money.settled(found.folder, setting, cases) if cases and fitting else [])


def files(found: Folder, over: Over | None) -> list[str]:
    """Return the files beside the cases that not every results folder has."""
    compared = list(derived.KEYS) if over is None else list(over.compared)
    there = [name for name in compared if over is not None or (found.folder / name).is_file()]
    # A bound that could not be proven fails its command and leaves no file.
    asked_for = found.asked.bound and (
        found.asked.status == "complete" or (found.folder / "bound.csv").is_file()
    )
    return [
        *there,
        *(["bound.csv"] if asked_for else []),
        *(["polish.csv"] if found.polished else []),
    ]
