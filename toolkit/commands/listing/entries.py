"""One results folder, sweep or front in a list: read from its small files alone."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.front.folder import FRONT, VOLUMES
from toolkit.commands.front.folder import TABLE as FRONT_TABLE
from toolkit.commands.many.folder import Kind
from toolkit.commands.sweep.folder import SWEEP, TABLE
from toolkit.common import files
from toolkit.problem.sought import goal_told
from toolkit.results.ranking import best_row
from toolkit.results.store import manifest
from toolkit.results.store.folder import read_study
from toolkit.results.store.marks import is_marked
from toolkit.results.store.names import DRAWING, MANIFEST
from toolkit.results.store.sheets import read_csv
from toolkit.results.together.found import command_word
from toolkit.runs.journal_files import JOURNAL
from toolkit.runs.kept import evaluations_kept

NONE = math.nan
#: The note of a folder of which figures are being drawn.
DRAWN = "drawing figures"


@dataclass(frozen=True)
class Entry:
    """One folder of a list.

    figure: of what is sought, of the best plan, in ``unit``; rank: the same so that less is better;
    evaluations: made of those ``evaluations_asked``; points: complete of those ``points_asked`` of
    a sweep or front; changed: when it was written to, seconds since 1970; note: what is wrong with
    it, or of a front how many plans no other dominates.
    """

    folder: Path
    status: str
    changed: float
    name: str = ""
    command: str = ""
    study: str = ""
    feeder: str = ""
    goal: str = ""
    case: str = ""
    figure: float = NONE
    unit: str = ""
    rank: float = math.inf
    feasible: bool | None = None
    evaluations: int | None = None
    evaluations_asked: int | None = None
    points: int | None = None
    points_asked: int | None = None
    note: str = ""

    def named(self, name: str) -> Entry:
        """Return the same called by another name."""
        return replace(self, name=name)

    @property
    def when(self) -> str:
        """When it was written to, by this machine's clock: 2026-11-27T18:53:10+01:00."""
        return datetime.fromtimestamp(self.changed).astimezone().isoformat(timespec="seconds")

    @staticmethod
    def columns() -> list[str]:
        """Return the names under which an entry is told."""
        first = ["name", "command", "study", "feeder", "goal", "figure", "unit", "case", "feasible"]
        done = ["status", "evaluations", "evaluations_asked", "points", "points_asked"]
        return [*first, *done, "when", "note", "folder"]

    def row(self) -> dict[str, Any]:
        """Return it as plain values by column."""
        return {name: getattr(self, name) for name in self.columns()}


def damaged(folder: Path, why: str) -> Entry:
    """Return the entry of a folder that cannot be read."""
    return Entry(folder, "damaged", _changed(folder), note=why)


def of_results(folder: Path) -> Entry:
    """Return the entry of a results folder. Raises InputError where it cannot be read."""
    said = manifest.load(folder)
    study = read_study(folder)
    goal = goal_told(study)
    optimizers = said.get("optimizers", [])
    asked = said.get("budget", 1) * said.get("runs", 1) * len(optimizers) if optimizers else None
    entry = Entry(
        folder=folder,
        status="unfinished" if said["status"] == "running" else str(said["status"]),
        note=DRAWN if is_marked(folder, DRAWING, time.time()) else "",
        changed=_changed(folder, *_journals(folder)),
        command=command_word(said["command"]),
        study=said["study"],
        feeder=_feeder(folder, study.script),
        goal=study.market.objective,
        unit=goal.unit,
        evaluations_asked=asked,
    )
    if not (folder / "summary.csv").is_file() and (folder / JOURNAL).is_dir():
        return replace(entry, evaluations=evaluations_kept(folder))
    summary = read_csv(folder / "summary.csv")
    searched = summary[summary["case"] != "base"]
    row = best_row(searched if len(searched) else summary, goal.ranked)
    figure = goal.figure(row)
    return replace(
        entry,
        case=str(row["case"]),
        figure=figure,
        rank=goal.sign * figure,
        feasible=bool(row["feasible"]),
        evaluations=int(summary["evaluations"].sum()) if optimizers else None,
    )


def of_many(folder: Path, kind: Kind) -> Entry:
    """Return the entry of a sweep or a front. Raises InputError where it cannot be read."""
    said = kind.read(folder)
    study = kind.read_study(folder)
    homes = kind.homes(folder)
    entry = Entry(
        folder=folder,
        status="unfinished" if said["status"] == "running" else said["status"],
        changed=_changed(folder, *homes),
        command=kind.word,
        study=study.name,
        feeder=Path(study.script).stem,
        goal=study.market.objective,
        points=sum(manifest.is_complete(home) for home in homes),
        points_asked=_asked(said, kind),
    )
    return _swept(entry, study) if kind is SWEEP else _front(entry, said)


def _asked(said: dict[str, Any], kind: Kind) -> int:
    """Return how many points a sweep or a front has, extremes included."""
    if kind is SWEEP:
        return math.prod(len(one["values"]) for one in said["fields"])
    several = 1 if said.get("several") else 0
    many = len(said["goals"])
    return int(many + said["points"] ** (many - 1) + several)


def _swept(entry: Entry, study: Any) -> Entry:
    """Return the entry of a sweep with the best of its points, where all seek the same."""
    path = entry.folder / TABLE
    table = read_csv(path) if path.is_file() else pd.DataFrame()
    goals = table["goal"].unique().tolist() if len(table) else []
    if len(goals) != 1 or table["violation"].isna().all():
        return replace(entry, goal=", ".join(map(str, goals)) or entry.goal)
    market = study.market.model_copy(update={"objective": goals[0]})
    goal = goal_told(study.model_copy(update={"market": market}))
    row = best_row(table[table["violation"].notna()], "score")
    figure = -goal.sign * float(row["score"])
    return replace(
        entry,
        goal=goals[0],
        case=f"point {row['point']}",
        figure=figure,
        unit=goal.unit,
        rank=goal.sign * figure,
        feasible=bool(row["feasible"]),
    )


def _front(entry: Entry, said: dict[str, Any]) -> Entry:
    """Return the entry of a front with how many plans no other dominates, and how good it is."""
    entry = replace(entry, goal=", ".join(map(str, said["goals"])))
    table, volumes = entry.folder / FRONT_TABLE, entry.folder / VOLUMES
    if not (table.is_file() and volumes.is_file()):
        return entry
    left = int((read_csv(table)["dominated"] == 0).sum())
    share = read_csv(volumes)["hypervolume"].max()
    note = f"{left} {'plan' if left == 1 else 'plans'} that no other dominates"
    return replace(entry, figure=share, unit="hypervolume", rank=-share, note=note)


def _feeder(folder: Path, script: str) -> str:
    """Return the name of the feeder; a search that has not ended tells its script alone."""
    path = folder / "network.json"
    said = files.read_json(path) if path.is_file() else None
    return str(said["feeder"]) if isinstance(said, dict) else Path(script).stem


def _journals(folder: Path) -> Sequence[Path]:
    return [*(folder / JOURNAL).glob("*")]


def _changed(folder: Path, *beside: Path) -> float:
    """Return when a folder was written to last, by its manifest and what lies beside it."""
    named = [folder / name for name in (MANIFEST, SWEEP.manifest, FRONT.manifest)]
    found = []
    for path in (*named, *beside):
        with suppress(OSError):
            found.append(os.lstat(path).st_mtime)
    if not found:
        with suppress(OSError):
            found.append(os.lstat(folder).st_mtime)
    return max(found, default=0.0)
