"""One results folder of a search, looked at while the search goes on, or afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.commands.watch.standing import (
    CaseStanding,
    SearchStanding,
    Sought,
    course_of,
    left_s,
)
from toolkit.common import caps
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.pace import Pace
from toolkit.inputs.study import Study
from toolkit.problem.sought import goal_told
from toolkit.results.store import manifest
from toolkit.results.store.folder import read_study
from toolkit.results.store.names import MANIFEST, STAGING
from toolkit.results.store.sheets import read_csv
from toolkit.runs.journal_files import JOURNAL
from toolkit.runs.kept import finished
from toolkit.runs.tail import Tail

#: How a finished run ended, by what its file says, where that is no budget spent.
ENDED = {"failed": "failed", "invalid": "invalid", "stopped": "stopped"}


class Search:
    """A results folder of optimize or compare, or of a point.

    budget: what its runs may spend together, of evaluations that a journal counts.
    """

    def __init__(self, point: str, folder: Path) -> None:
        self.point, self.folder = point, folder
        self._tails: dict[str, Tail] = {}
        self._paces: dict[str, Pace] = {}
        self._sought: Sought | None = None
        self._told: tuple[int, dict[str, Any]] = (-1, {})
        self._ended: tuple[int, SearchStanding] | None = None

    def facts(self) -> dict[str, Any]:
        """Return what manifest.json says, read anew where it changed.

        Raises InputError for one of no search.
        """
        at = _changed_at(self.folder / MANIFEST)
        if at != self._told[0]:
            self._told = at, self._read()
        return self._told[1]

    def _read(self) -> dict[str, Any]:
        told = manifest.load(self.folder)
        if not told.get("optimizers") or not isinstance(told.get("seed"), int):
            raise InputError(
                f"{self.folder}: was written by '{told['command'][:60]}', which makes no "
                "evaluations to follow; watch follows optimize, compare, sweep and front."
            )
        runs = int(told.get("runs", 1))
        if not 0 < runs * len(told["optimizers"]) <= caps.RUNS:
            raise InputError(
                f"{self.folder / MANIFEST}: 'runs': found {runs:,}; expected at least 1 and at "
                f"most {caps.RUNS:,} in all."
            )
        return told

    @property
    def kind(self) -> str:
        """The word of its command: several optimizers are compared."""
        return "compare" if len(self.facts()["optimizers"]) > 1 else "optimize"

    @property
    def budget(self) -> int:
        """Evaluations of all runs."""
        told = self.facts()
        return len(told["optimizers"]) * int(told.get("runs", 1)) * int(told.get("budget", 1))

    def written(self) -> float:
        """Return when anything was written last, seconds since the epoch."""
        journals = [tail.written for tail in self._tails.values() if isfinite(tail.written)]
        # The folder of journals changes with each run that begins or ends.
        beside = written(self.folder / JOURNAL, self.folder / MANIFEST, self.folder / STAGING)
        return max([beside, *journals])

    def look(self, now: float) -> Iterator[SearchStanding]:
        """Yield where it stands; once it has ended it is looked at no more."""
        told, at = self.facts(), self._told[0]
        if self._ended is None or self._ended[0] != at:
            found = self._looked(told, now)
            self._ended = (at, found) if found.status == "complete" else None
            yield found
        else:
            yield self._ended[1]

    def _looked(self, told: Mapping[str, Any], now: float) -> SearchStanding:
        status, sought = str(told["status"]), self._goal()
        ended = {} if status == "running" else _summary(self.folder)
        sign = 1.0 if sought is None else sought.sign
        first, runs, budget = told["seed"], int(told.get("runs", 1)), int(told.get("budget", 1))
        cases = [
            self._case(f"{name}-seed{seed}", budget, status, ended, sign, now)
            for seed in range(first, first + runs)
            for name in told["optimizers"]
        ]
        return SearchStanding(self.point, str(self.folder), status, sought, tuple(cases))

    def _goal(self) -> Sought | None:
        """Return what is sought, once the study is there and can be read."""
        for folder in (self.folder, self.folder / STAGING):
            if self._sought is None:
                self._sought = sought_of(folder)
        return self._sought

    def _case(
        self,
        case: str,
        budget: int,
        status: str,
        ended: Mapping[str, Mapping[str, Any]],
        sign: float,
        now: float,
    ) -> CaseStanding:
        journal = self.folder / JOURNAL / f"{case}.journal"
        tail = self._tails.setdefault(case, Tail(journal))
        tail.look()
        done = _finished(journal.with_suffix(".npz"))
        if done is not None:
            return done_case(case, budget, done, sign)
        if case in ended and not tail.count:
            return _of_summary(self.folder, case, budget, ended[case], sign)
        here = followed(case, budget, tail, sign, now)
        if status != "running":
            how = str(ended.get(case, {}).get("ending", "stopped"))
            return changed(here, status=ENDED.get(how, "done") if here.evaluations else "waiting")
        rate = self._paces.setdefault(case, Pace()).at(now, here.evaluations)
        return changed(here, rate_per_s=rate, left_s=left_s(here.evaluations, budget, rate))


def changed(case: CaseStanding, **fields: Any) -> CaseStanding:
    """Return a case with other values of some fields."""
    return CaseStanding(**{**vars(case), **fields})


def followed(case: str, budget: int, tail: Tail, sign: float, now: float) -> CaseStanding:
    """Return how far a run has come by its journal."""
    if tail.head is None:
        return CaseStanding(case, "waiting", 0, budget)
    feasible = bool(np.isfinite(tail.best))
    return CaseStanding(
        case=case,
        status="running",
        evaluations=tail.count,
        budget=budget,
        best=sign * tail.best + 0.0 if feasible else None,
        feasible=feasible if tail.count else None,
        violation=None if feasible or not np.isfinite(tail.violation) else tail.violation,
        written_s_ago=max(now - tail.written, 0.0),
        course=course_of(tail.steps, tail.count, sign),
    )


def done_case(case: str, budget: int, done: Mapping[str, Any], sign: float) -> CaseStanding:
    """Return a run that has ended, by its best score so far, objective by evaluation."""
    best, count = done["best"], len(done["best"])
    feasible = count > 0 and bool(np.isfinite(best[-1]))
    turns = np.flatnonzero(best < np.append(np.inf, best)[:-1])
    steps = [(int(i) + 1, float(best[i])) for i in turns]
    return CaseStanding(
        case=case,
        status=ENDED.get(done["ending"], "done"),
        evaluations=count,
        budget=budget,
        best=sign * float(best[-1]) + 0.0 if feasible else None,
        feasible=feasible if count else None,
        violation=None if feasible else done["violation"],
        course=course_of(steps, count, sign),
    )


@lru_cache(maxsize=4096)
def _finished_at(path: Path, written_ns: int) -> dict[str, Any] | None:
    """Return how a finished run ended, None where there is none or it is not whole."""
    held = finished(path, "facts", "best_objective", "violation")
    if held is None:
        return None
    try:
        facts = json.loads(str(held["facts"]))
    except ValueError:
        return None
    best, violation = (np.asarray(held[n], dtype=float) for n in ("best_objective", "violation"))
    known = violation[np.isfinite(violation)]
    least = float(known.min()) if len(known) else None
    return {"ending": str(facts.get("ending")), "best": best, "violation": least}


def _finished(path: Path) -> dict[str, Any] | None:
    at = _changed_at(path)
    return None if at < 0 else _finished_at(path, at)


def _changed_at(path: Path) -> int:
    """Return when a file was changed, in nanoseconds; -1 where it is not there."""
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return -1


def sought_of(folder: Path) -> Sought | None:
    """Return what the study of a folder seeks; None where it cannot be read."""
    try:
        study: Study = read_study(folder)
        goal = goal_told(study)
    except (ToolkitError, OSError):
        return None
    return Sought(study.market.objective, goal.about, goal.unit, goal.sign)


def _summary(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the rows of summary.csv by case; nothing where it is not there."""
    if not (folder / "summary.csv").is_file():
        return {}
    rows = read_csv(folder / "summary.csv").to_dict("records")
    return {str(row["case"]): {str(name): value for name, value in row.items()} for row in rows}


def _of_summary(
    folder: Path, case: str, budget: int, row: Mapping[str, Any], sign: float
) -> CaseStanding:
    """Return a run of a command that has ended and left no journal."""
    history = folder / "cases" / case / "history.csv"
    best = np.empty(0)
    if history.is_file():
        best = read_csv(history)["best_objective"].fillna(np.inf).to_numpy(dtype=float)
    ended = {"ending": str(row["ending"]), "best": best, "violation": float(row["violation"])}
    found = done_case(case, budget, ended, sign)
    return changed(found, evaluations=int(row["evaluations"]))


def written(*paths: Path) -> float:
    """Return when the last of some files was written, 0 where none is there."""
    return max(max(_changed_at(path), 0) for path in paths) / 1e9
