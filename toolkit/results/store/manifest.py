"""manifest.json: what was asked, of what, with which versions, and how it ended."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from toolkit.common import files, machine
from toolkit.common.errors import InputError
from toolkit.common.validation import explain
from toolkit.model.solver import COMPILED, Asked, Solver
from toolkit.results.store.names import MANIFEST, is_result


class Manifest(BaseModel):
    """What a manifest may say; what has a default stands in some only."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, allow_inf_nan=False)

    command: str
    study: str
    study_hash: str
    status: str
    versions: dict[str, str]
    processor: str = ""
    runtime: dict[str, str] = {}
    wall_time_s: float = 0.0
    files: dict[str, str] = {}
    notices: list[str] = []
    optimizers: list[str] = []
    origins: dict[str, str] = {}
    budget: int = 1
    runs: int = 1
    seed: int | None = None
    workers: int = 1
    bound_s: float | None = None
    polish: Literal["sites", "dispatch"] | None = None
    scheduler: str | None = None
    solver: Asked | None = None
    searched_by: Solver | None = None
    searched_why: str = ""
    keep_journal: bool = False
    time_s: float = 0.0
    gap: float = 0.0


def _check_single(folder: Path) -> None:
    """Raise InputError for the folder of a sweep or a front, whose points are to be named."""
    for word in ("sweep", "front"):
        if os.path.lexists(folder / f"{word}.json"):
            points = sorted((folder / "points").glob(f"*/{MANIFEST}"))
            such = f", such as {points[0].parent}" if points else ""
            raise InputError(
                f"{folder}: is the folder of a {word}; expected a results folder{such}."
            )


def load(folder: Path) -> dict[str, Any]:
    """Read a folder's manifest.json as it stands, checked. Raises InputError naming the key."""
    path = folder / MANIFEST
    if not exists(folder):
        _check_single(folder)
        raise InputError(f"{folder}: no results folder (it has no {MANIFEST}).")
    content = files.read_json(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: cannot be read: found no JSON object.")
    try:
        Manifest.model_validate(content)
    except ValidationError as error:
        raise InputError(explain(error, Manifest, str(path))) from error
    return content


def status(folder: Path) -> str:
    """Return how the command of a folder ended, or that it is running."""
    return str(load(folder)["status"])


def exists(folder: Path) -> bool:
    """Say whether a folder has a manifest, or something else of that name."""
    try:
        (folder / MANIFEST).lstat()
    except (OSError, ValueError):
        return False
    return True


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write manifest.json; what made the results is added to ``facts``."""
    more = ("numba",) if facts.get("searched_by") == COMPILED else ()
    made = {"processor": machine.processor(), "runtime": machine.runtime(*more)}
    data = {**facts, **made, "versions": machine.versions()}
    files.write_text(folder / MANIFEST, json.dumps(data, indent=1) + "\n")


def listed(folder: Path) -> dict[str, str]:
    """Return the checksums of a manifest by path, of files that a results folder may hold."""
    checksums: Mapping[str, str] = load(folder).get("files", {})
    return {name: digest for name, digest in checksums.items() if is_result(name)}


def is_complete(folder: Path) -> bool:
    """Say whether the search of a results folder is complete."""
    try:
        return exists(folder) and status(folder) == "complete"
    except InputError:
        return False
