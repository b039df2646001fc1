"""The folder of a sweep: what it was asked, in ``sweep.json``, and the folders of its points."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.commands.request import Request
from toolkit.commands.sweep.grid import Point, Swept, points
from toolkit.common import files, machine
from toolkit.common.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.results.store.sums import sha256

#: The manifest of a sweep. No manifest.json: a sweep is no results folder, its points are.
SWEEP = "sweep.json"
POINTS = "points"
TABLE, STUDY = "sweep.csv", "study.toml"
LOCK = "sweep.lock"


def is_sweep(folder: Path) -> bool:
    """Say whether a folder is that of a sweep."""
    return os.path.lexists(folder / SWEEP)


def folder_of_point(folder: Path, name: str) -> Path:
    """Return the results folder of a point."""
    return folder / POINTS / name


def asked(base: Study, swept: Sequence[Swept], request: Request) -> dict[str, Any]:
    """Return what sweep.json says was asked: the study, its hash, the fields and the request."""
    facts = {
        "study": base.name,
        "study_hash": study_files.fingerprint(base),
        "fields": [{"field": one.field, "values": list(one.values)} for one in swept],
        **request.facts(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Say whether two sweeps ask the same; who does the work is not asked."""
    others = {"workers", "scheduler"}
    return all(first.get(name) == second.get(name) for name in second.keys() - others)


def write(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write sweep.json, with the checksums of what the sweep holds besides its points' files."""
    names = [STUDY, TABLE, *sorted(f"{POINTS}/{p.name}/manifest.json" for p in _points(folder))]
    sums = {name: sha256(folder / name) for name in names if (folder / name).is_file()}
    whole = {**facts, "versions": machine.versions(), "files": sums}
    files.write_text(folder / SWEEP, json.dumps(whole, indent=1) + "\n")


def _points(folder: Path) -> list[Path]:
    return [*(folder / POINTS).iterdir()] if (folder / POINTS).is_dir() else []


def read(folder: Path) -> dict[str, Any]:
    """Read sweep.json. Raises InputError where it is missing or says no sweep."""
    path = folder / SWEEP
    if not is_sweep(folder):
        raise InputError(f"{folder}: no folder of a sweep (it has no {SWEEP}).")
    content = files.read_json(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: cannot be read: found no JSON object.")
    for name, kind in (("fields", list), ("status", str), ("files", dict), ("command", str)):
        if not isinstance(content.get(name), kind):
            raise InputError(f"{path}: '{name}' is missing, or not of its type.")
    return content


def read_asked(folder: Path) -> tuple[Study, tuple[Swept, ...], Request]:
    """Return what a sweep was asked: its study, its fields and its request. Raises InputError."""
    content = read(folder)
    path = folder / STUDY
    base = study_files.parse(files.read_bytes(path), str(path))
    fields = []
    for entry in content["fields"]:
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(values, list) or not isinstance(entry.get("field"), str):
            raise InputError(f"{folder / SWEEP}: 'fields': expected fields with their values.")
        fields.append(Swept(entry["field"], tuple(values)))
    return base, tuple(fields), Request.from_manifest(content)


def read_points(folder: Path) -> tuple[Point, ...]:
    """Return the points of a sweep that stands in a folder. Raises InputError."""
    base, swept, _ = read_asked(folder)
    return points(base, swept)
