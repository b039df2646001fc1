"""What is told of one of several results folders: small values, so that many fit into memory."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.model.kinds import KINDS
from toolkit.problem.goals import Goal
from toolkit.results.report.answer import Answer
from toolkit.results.report.plan import there
from toolkit.results.together import asked
from toolkit.results.together.found import Figure, Found, found

#: Where the map of a results folder is drawn, and how large it may be to be shown, bytes.
MAP, MAP_BYTES = Path("figures") / "figure1_one_line.svg", 1_000_000


@dataclass(frozen=True)
class Told:
    """One of several results folders.

    fields: the study by dotted paths, and what was asked of the search; aim: what decides whether
    two can be compared by what they seek; best, base: figures of the best plan and the base case;
    runs: what is sought, of every run; bound: proven for it; sizes: units of the best plan by kind;
    status: what keeps its figures from being final, blank where nothing does; drawn: its map.
    """

    name: str
    folder: Path
    command: str
    study: str
    feeder: str
    fields: Mapping[str, str]
    aim: Mapping[str, Any]
    goal: Goal
    span: str
    case: str
    feasible: bool
    violation: float
    broken: str
    status: str
    best: tuple[Figure, ...]
    base: tuple[Figure, ...]
    runs: tuple[float, ...]
    bound: float | None
    sizes: Mapping[str, str]
    answer: Answer
    drawn: bytes | None

    @property
    def sought(self) -> float:
        """The figure of what is sought, of the best plan."""
        return self.best[0].value

    def figure(self, name: str, unit: str | None = None) -> float:
        """Return a figure of the best plan by its name, NaN where it has none."""
        held = (f for f in self.best if f.name == name and unit in (None, f.unit))
        return next((figure.value for figure in held), math.nan)

    @property
    def report(self) -> Path | None:
        """Its own report, None where there is none."""
        path = self.folder / "report.html"
        return path if path.is_file() else None


def told(folder: Path, name: str) -> Told:
    """Read what is told of a results folder. Raises InputError where it cannot be read."""
    one = found(folder)
    row, study = one.shown.row, one.results.study
    searched = one.results.summary[one.results.summary["case"] != "base"]
    broken = row["broken"]
    return Told(
        name=name,
        folder=folder,
        command=one.command,
        study=study.name,
        feeder=str(one.results.network["feeder"]),
        fields=_asked(one),
        aim=one.aim,
        goal=one.goal,
        span=one.shown.span,
        case=one.shown.median.name,
        feasible=one.feasible,
        violation=float(row["violation"]),
        broken=str(broken) if isinstance(broken, str) else "",
        status=one.status,
        best=tuple(one.figures(one.shown)),
        base=tuple(one.figures(one.base)),
        runs=tuple(one.goal.figure(run) for _, run in searched.iterrows() if run["feasible"]),
        bound=one.bound,
        sizes=sizes(one.shown.median.plan["units"]),
        answer=one.answer,
        drawn=_map(folder),
    )


def _asked(one: Found) -> dict[str, str]:
    """Return the fields of the study and what was asked of the search, as text."""
    whole = {**asked.fields(one.results.study), **asked.search(one.results)}
    return {name: asked.text_of(value) for name, value in whole.items()}


def sizes(units: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return how many units of each kind a plan has and how large they are together."""
    texts = {}
    for name, kind in KINDS.items():
        own = [unit for unit in units if unit["kind"] == name and there(unit)]
        size = sum(float(unit.get(kind.size_field) or 0.0) for unit in own)
        kwh = sum(float(unit.get("kwh") or 0.0) for unit in own)
        digits = 0 if kind.in_vehicles else 1
        stored = f", {kwh:,.1f} kWh" if kwh else ""
        if own:
            texts[kind.word] = f"{len(own)}: {size:,.{digits}f} {kind.size_unit}{stored}"
    return texts


def _map(folder: Path) -> bytes | None:
    """Return the drawn map of a folder; None where there is none, or one too large to be shown."""
    path = folder / MAP
    try:
        small = not path.is_symlink() and path.stat().st_size <= MAP_BYTES
        return path.read_bytes() if small else None
    except OSError:
        return None


def names_of(folders: Sequence[Path]) -> list[str]:
    """Return what each of several folders is called: what tells its path from the others'."""
    whole = [folder.resolve() for folder in folders]
    try:
        common = Path(os.path.commonpath([folder.parent for folder in whole]))
    except ValueError:  # on different drives
        return [str(folder) for folder in whole]
    return [folder.relative_to(common).as_posix() for folder in whole]
