"""A command repeated from what its results folder says of it, and what came of it compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from toolkit.commands.reproduce.folder import ResultsFolder
from toolkit.commands.request import Request
from toolkit.commands.storing import search_and_store, simulate_and_store
from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.monitor import Monitor
from toolkit.results.store.sheets import read_words

#: Columns of summary.csv that a repeated search does not have: a bound takes the time it is given.
FROM_BOUND = ("pct_of_bound",)


@dataclass(frozen=True)
class Repeat:
    """What repeating a command gave: files that are the same, what differs, what was left out."""

    same: tuple[str, ...]
    differences: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it with stable keys."""
        return asdict(self)


def repeat(results: ResultsFolder, monitor: Monitor) -> Repeat:
    """Repeat the command that made a folder and compare summary, plans and histories, bit for bit.

    Raises InputError where the manifest does not say what was asked, or the study's feeder or
    profiles are not here.
    """
    folder, study, manifest = results.path, results.study, results.manifest
    if "gap" in manifest:
        return Repeat((), (), ("a bound depends on its time, so there is nothing to repeat.",))
    if not results.request.sound:
        raise InputError(f"{folder}: manifest.json does not say what was asked; nothing to repeat.")
    monitor.phase("repeating the command")
    with TemporaryDirectory(prefix="p2p-") as scratch:
        again = Path(scratch) / "again"
        if "optimizers" in manifest:
            request = replace(
                Request.from_manifest(manifest), bound_s=None, scheduler=None, keep_journal=False
            )
            search_and_store(study, request, again, "toolkit reproduce --rerun")
        else:
            plan = folder / "cases" / "plan" / "plan.json"
            given = plan if plan.is_file() else None
            simulate_and_store(study, given, again, "toolkit reproduce --rerun")
        return _compared(results, again)


def _compared(results: ResultsFolder, again: Path) -> Repeat:
    folder, summary = results.path, results.summary
    stopped = set(summary.loc[summary["ending"] == "stopped", "case"])
    timed = [name for name in results.cases if name == "exact"]
    left = set(results.request.without_plan) if results.request.status == "interrupted" else set()
    repeated = [n for n in read_words(again / "summary.csv")["case"] if n not in left]
    names = list(dict.fromkeys([*(n for n in results.cases if n not in timed), *repeated]))
    whole = [name for name in names if name not in stopped]
    pairs = [("summary.csv", _rows(folder, whole), _rows(again, whole))]
    for name in names:
        path = f"cases/{name}/history.csv"
        if (folder / path).is_file() or (again / path).is_file():
            mine = _read(folder / path, None)
            pairs.append((path, mine, _read(again / path, len(mine) if name in stopped else None)))
    if results.polished and not stopped:
        pairs.append(("polish.csv", _untimed(folder), _untimed(again)))
    same: list[str] = []
    differences: list[str] = []
    for path, mine, theirs in pairs:
        sentence = _first_cell(mine, theirs)
        same, differences = _sorted(path, sentence, same, differences)
    for name in whole:
        path = f"cases/{name}/plan.json"
        sentence = _first_field(folder / path, again / path)
        same, differences = _sorted(path, sentence, same, differences)
    notes = [
        f"case {name} depends on the time its bound was given; not repeated." for name in timed
    ]
    notes += [f"case {name} was stopped; its history was compared as far as it goes."
              for name in sorted(stopped)]  # fmt: skip
    notes += [f"case {name} was not begun, or not compared." for name in sorted(left)]
    return Repeat(tuple(same), tuple(differences), tuple(notes))


def _untimed(folder: Path) -> pd.DataFrame:
    """Return polish.csv without its times."""
    return _read(folder / "polish.csv", None).drop(columns="seconds", errors="ignore")


def _sorted(
    path: str, sentence: str, same: list[str], differences: list[str]
) -> tuple[list[str], list[str]]:
    """Add a file to those that are the same, or what is said of it to the differences."""
    if sentence:
        return same, [*differences, f"{path}, {sentence}"]
    return [*same, path], differences


def _rows(folder: Path, names: list[str]) -> pd.DataFrame:
    """Return the rows of some cases of summary.csv."""
    frame = _read(folder / "summary.csv", None)
    kept = [c for c in frame.columns if c not in FROM_BOUND]
    return frame.loc[frame["case"].isin(names), kept].reset_index(drop=True)


def _read(path: Path, rows: int | None) -> pd.DataFrame:
    return read_words(path)[:rows] if path.is_file() else pd.DataFrame()


def _first_cell(mine: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """Return where two tables first differ, as text; nothing where they do not."""
    if list(mine.columns) != list(theirs.columns) or len(mine) != len(theirs):
        return f"found {len(mine)} rows, repeated {len(theirs)}"
    unlike = (mine != theirs).to_numpy()
    if not unlike.any():
        return ""
    row, column = (int(i) for i in next(zip(*unlike.nonzero(), strict=True)))
    name, first = mine.columns[column], mine.columns[0]
    found, repeated, at = (
        str(f.iloc[row, c]) for f, c in ((mine, column), (theirs, column), (mine, 0))
    )
    return f"{name}, {first} {at}: found {found}, repeated {repeated}"


def _first_field(mine: Path, theirs: Path) -> str:
    """Return where two plan files first differ; nothing where they do not."""
    if not (mine.is_file() and theirs.is_file()):
        return "is in one of the two only"
    one, other = (files.read_json(p)["units"] for p in (mine, theirs))
    nothing: dict[str, Any] = {}
    for a, b in zip_longest(one, other, fillvalue=nothing):
        for field in a.keys() | b.keys():
            if a.get(field) != b.get(field):
                return f"unit {a.get('name', b.get('name'))}, {field}: {_unlike(a, b, field)}"
    return ""


def _unlike(mine: Mapping[str, Any], theirs: Mapping[str, Any], field: str) -> str:
    """Return both values; of a series the first that differs, with its step."""
    found, repeated = mine.get(field), theirs.get(field)
    if isinstance(found, list) and isinstance(repeated, list) and len(found) == len(repeated):
        t = next(t for t, (a, b) in enumerate(zip(found, repeated, strict=True)) if a != b)
        return f"step {t + 1}, found {found[t]}, repeated {repeated[t]}"
    return f"found {found}, repeated {repeated}"
