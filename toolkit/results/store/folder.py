"""The folder itself, as commands that read it meet it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.results.store import manifest
from toolkit.results.store.replacing import settle
from toolkit.runs.journal_files import JOURNAL


def new_folder(command: str, study: str) -> Path:
    """Return a results folder that does not exist yet, named by what it holds."""
    stem = Path("results") / f"{study}-{command}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder, again = stem, 1
    while os.path.lexists(folder):
        again += 1
        folder = stem.with_name(f"{stem.name}-{again}")
    return folder


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read manifest.json, and have the folder ready to be read.

    Raises InputError when the folder has none, where a key is missing or of another type, and where
    anything in the folder is a link or no plain file: what is in it is all of it then.
    """
    settle(folder)
    if manifest.exists(folder):
        files.check_real(folder)
    return manifest.load(folder)


def read_complete(folder: Path) -> dict[str, Any]:
    """Read manifest.json of results that are complete; InputError, too, where a search goes on."""
    read = read_manifest(folder)
    if (folder / JOURNAL).is_dir() and not (folder / "summary.csv").is_file():
        raise InputError(
            f"{folder}: its command has not ended, so there are no results yet; 'toolkit watch "
            f"{folder}' follows it, and where it was stopped 'toolkit resume {folder}' goes on."
        )
    return read


def read_study(folder: Path) -> Study:
    """Read the resolved study of a results folder. Raises InputError naming file and field."""
    path = folder / "study.toml"
    return study_files.parse(files.read_bytes(path), str(path))


def identity(study: Study) -> dict[str, str]:
    """Return what a manifest says of a study: its name, and a hash over all it stands on by now."""
    return {"study": study.name, "study_hash": study_files.fingerprint(study)}
