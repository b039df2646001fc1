"""The folder itself: made ready, locked, and told apart from what others put there."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from toolkit import locks, machine
from toolkit import study as studies
from toolkit.errors import InputError, ToolkitError
from toolkit.files import write_text
from toolkit.runs.journal import JOURNAL
from toolkit.statistics import Comparison
from toolkit.study import Study

#: The files of a comparison by the attribute they are read back as.
STATISTICS = tuple(field.name for field in fields(Comparison))
#: What a results folder may hold at its top; only these are removed when it is overwritten.
OWN = (
    "manifest.json",
    "study.toml",
    "summary.csv",
    "tables.md",
    "tables.csv",
    "bound.csv",
    "polish.csv",
    "community.csv",
    *(f"{name}.csv" for name in STATISTICS),
    "network.json",
    "cases",
    "figures",
    "report.html",
    "explain.csv",
    JOURNAL,
)
#: What is left out of the checksums: the file that holds them, what later commands write, and the
#: journals.
UNLISTED = ("manifest.json", "figures", "report.html", "explain.csv", JOURNAL)


def new_folder(command: str, study: str) -> Path:
    """Return a results folder that does not exist yet, named by what it holds."""
    stem = Path("results") / f"{study}-{command}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder, again = stem, 1
    while folder.exists():
        again += 1
        folder = stem.with_name(f"{stem.name}-{again}")
    return folder


def prepare(folder: Path, force: bool) -> None:
    """Make an empty results folder; refuse one that holds anything unless ``force``.

    ``force`` removes earlier results only, never files the toolkit did not write.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder}: is a file; expected a folder.")
    held = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
    foreign = [name for name in held if name.removesuffix(".partial") not in OWN]
    if held and (foreign or not force):
        raise InputError(
            f"--out {folder}: already holds {'other files' if foreign else 'results'} "
            f"({', '.join((foreign or held)[:3])}). Choose another folder"
            f"{'' if foreign else ', or overwrite it with --force'}"
            f"{f', or go on with toolkit resume {folder}' if JOURNAL in held else ''}."
        )
    locks.check_free(lock_file(folder), folder)
    try:
        for name in held:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(f"--out {folder}: a part of this path is a file.") from error
    except OSError as error:
        says = error.strerror or error
        raise ToolkitError(f"--out {folder}: cannot be written: {says}.") from error


def lock_file(folder: Path) -> Path:
    """Return the file that the command working in a results folder holds locked."""
    return folder / JOURNAL / "lock"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read manifest.json. Raises InputError when the folder has none."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError(f"{folder}: no results folder (it has no manifest.json).")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: cannot be read: found no JSON object.")
    return manifest


def read_study(folder: Path) -> Study:
    """Read the resolved study of a results folder. Raises InputError naming file and field."""
    path = folder / "study.toml"
    try:
        return studies.parse(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def identity(study: Study) -> dict[str, str]:
    """Return what a manifest says of a study: its name, and a hash over all it stands on by now."""
    return {"study": study.name, "study_hash": studies.fingerprint(study)}


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write manifest.json: what was asked, of what, with which versions, and how it ended."""
    data = {**facts, "processor": machine.processor(), "versions": machine.versions()}
    write_text(folder / "manifest.json", json.dumps(data, indent=1) + "\n")


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a results folder but those in ``UNLISTED``, by path."""
    files = (p for p in folder.rglob("*") if p.is_file())
    paths = {p.relative_to(folder).as_posix(): p for p in files}
    return {
        name: hashlib.sha256(paths[name].read_bytes()).hexdigest()
        for name in sorted(paths)
        if name.split("/")[0] not in UNLISTED
    }
