"""Every results folder below a place, with what was asked, its best figure and how it ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.commands.listing.entries import Entry, damaged, of_many, of_results
from toolkit.commands.many.folder import Kind
from toolkit.commands.many.kinds import KINDS
from toolkit.common import files
from toolkit.common.errors import InputError, ToolkitError, fitting_together
from toolkit.results.store.names import MANIFEST

#: How a list can be sorted; the newest come first.
SORTS: dict[str, Callable[[Entry], Any]] = {
    "when": lambda entry: -entry.changed,
    "name": lambda entry: entry.name,
    "command": lambda entry: entry.command,
    "feeder": lambda entry: entry.feeder,
    "goal": lambda entry: entry.goal,
    "figure": lambda entry: (entry.goal, entry.feasible is not True, entry.rank),
    "status": lambda entry: entry.status,
}
#: What lies beside the manifest of a results folder, and tells it from that of anything else.
BESIDE = ("study.toml", "summary.csv", "cases", "journal")


def results_below(
    place: Path, sort: str = "when", *, points: bool = False, reverse: bool = False
) -> list[Entry]:
    """Return an entry for each results folder, sweep and front below a place, itself included.

    points: with those that sweeps and fronts hold. What cannot be read has an entry that says why.
    Nothing is written. Raises InputError where there is no such folder.
    """
    if not place.is_dir():
        what = "is a file" if place.exists() else "there is no such folder"
        raise InputError(f"{place}: {what}; expected a folder that holds results folders.")
    found = [_entry(place, folder, read) for folder, read in _folders(place, points)]
    # Sorted twice, so that equal ones stand in the order of their names.
    by_name = sorted(found, key=lambda entry: entry.name)
    return sorted(by_name, key=SORTS[sort], reverse=reverse)


def _folders(place: Path, points: bool) -> Iterator[tuple[Path, Callable[[Path], Entry]]]:
    """Yield every folder with results, and what reads it; links and hidden folders are left out."""
    refused: list[OSError] = []
    for here, inside, names in os.walk(place, onerror=refused.append):
        folder = Path(here)
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        kind = next((one for one in KINDS if one.manifest in names), None)
        if kind is not None and _is_ours(folder / kind.manifest, inside, names):
            yield folder, _many(kind)
            inside[:] = [name for name in inside if points and name in kind.parts]
        elif _is_results(folder, inside, names):
            inside.clear()
            yield folder, of_results
    for error in refused:
        yield Path(str(error.filename or place)), _refused(error)


def _many(kind: Kind) -> Callable[[Path], Entry]:
    return lambda folder: of_many(folder, kind)


def _refused(error: OSError) -> Callable[[Path], Entry]:
    def read(folder: Path) -> Entry:
        raise files.unreadable(folder, error)

    return read


def _is_results(folder: Path, inside: Sequence[str], names: Sequence[str]) -> bool:
    """Say whether a folder is one of results, damaged ones included."""
    if MANIFEST in names:
        return _is_ours(folder / MANIFEST, inside, names)
    return "summary.csv" in names and "cases" in inside


def _is_ours(path: Path, inside: Sequence[str], names: Sequence[str]) -> bool:
    """Say whether a manifest is one of the toolkit: many things have a manifest.json."""
    if {*BESIDE} & {*inside, *names}:
        return True
    try:
        said = files.read_json(path)
    except InputError:
        return False
    return isinstance(said, dict) and "study_hash" in said


def _entry(place: Path, folder: Path, read: Callable[[Path], Entry]) -> Entry:
    """Return the entry of a folder, named as seen from the place; one of what is wrong with it."""
    name = "." if folder == place else folder.relative_to(place).as_posix()
    try:
        with fitting_together(folder):
            return read(folder).named(name)
    except (ToolkitError, OSError) as error:
        return damaged(folder, str(error)).named(name)


def as_table(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return entries as a table, a row for each."""
    return pd.DataFrame([entry.row() for entry in entries], columns=Entry.columns())
