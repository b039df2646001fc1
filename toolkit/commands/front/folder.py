"""The folder of a front: what it was asked, in ``front.json``, and the folders of its points."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolkit.common import files, machine
from toolkit.common.errors import InputError
from toolkit.results.store.sums import sha256

#: The manifest of a front, which is no results folder; its points are.
FRONT = "front.json"
EXTREMES, POINTS, SEVERAL = "extremes", "points", "several"
TABLE, VOLUMES, STUDY = "front.csv", "hypervolume.csv", "study.toml"
LOCK = "front.lock"


def is_front(folder: Path) -> bool:
    """Say whether a folder is that of a front."""
    return os.path.lexists(folder / FRONT)


def same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Say whether two fronts ask the same; who does the work is not asked."""
    others = {"workers", "scheduler"}
    return all(first.get(name) == second.get(name) for name in second.keys() - others)


def write(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write front.json, with the checksums of what the front holds besides its points' files."""
    names = [STUDY, *sorted(path.name for path in folder.glob("*.csv"))]
    for part in (EXTREMES, POINTS, SEVERAL):
        found = sorted((folder / part).glob("*/manifest.json"))
        names += [path.relative_to(folder).as_posix() for path in found]
    sums = {name: sha256(folder / name) for name in names if (folder / name).is_file()}
    whole = {**facts, "versions": machine.versions(), "files": sums}
    files.write_text(folder / FRONT, json.dumps(whole, indent=1) + "\n")


def read(folder: Path) -> dict[str, Any]:
    """Read front.json. Raises InputError where it is missing or says no front."""
    path = folder / FRONT
    if not is_front(folder):
        raise InputError(f"{folder}: no folder of a front (it has no {FRONT}).")
    content = files.read_json(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: cannot be read: found no JSON object.")
    for name, kind in (("goals", list), ("status", str), ("files", dict), ("command", str)):
        if not isinstance(content.get(name), kind):
            raise InputError(f"{path}: '{name}' is missing, or not of its type.")
    return content


def check_free(folder: Path, wanted: Mapping[str, Any]) -> None:
    """Raise InputError where a folder holds anything but the same front."""
    if is_front(folder):
        if not same(read(folder), wanted):
            raise InputError(
                f"--out {folder}: holds another front: of another study, goals, points, budget, "
                "runs, seed or optimizer. Choose another folder; "
                f"'toolkit resume {folder}' goes on with it."
            )
        return
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder}: is a file; expected a folder.")
    others = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    if others := [name for name in others if name not in (LOCK, STUDY)]:
        raise InputError(
            f"--out {folder}: already holds other files ({', '.join(others[:3])}). Choose another "
            "folder."
        )
