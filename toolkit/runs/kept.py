"""How many evaluations of a search that has not ended are kept in its results folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.runs.journal_files import JOURNAL, KEPT
from toolkit.runs.records import HEAD_BYTES, read_head, record_type, spent


def evaluations_kept(results: Path) -> int:
    """Return the evaluations in journals and finished runs of a results folder; nothing is locked.

    What cannot be read counts as none.
    """
    runs: dict[str, int] = {}
    # A finished run comes after its journal, and takes its place.
    for path in sorted((results / JOURNAL).glob("*-seed*")):
        if KEPT.fullmatch(path.name):
            runs[path.stem] = _finished(path) if path.suffix == ".npz" else _in_journal(path)
    return sum(runs.values())


def _in_journal(path: Path) -> int:
    try:
        with path.open("rb") as file:
            head = file.readline(HEAD_BYTES)
        said = read_head(head)
    except (OSError, ValueError):
        return 0
    variables = [] if said is None else said.get("variables", [])
    return spent(path, len(head), record_type(len(variables)).itemsize) if variables else 0


def _finished(path: Path) -> int:
    held = finished(path, "objective")
    return 0 if held is None else len(held["objective"])


def finished(path: Path, *names: str) -> dict[str, Any] | None:
    """Return arrays of a finished run by their names; None where there is none or it is broken."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
