"""The folder of a command that searches many points: a manifest, tables, and points.

It has no manifest.json, for it is no results folder; those of its points are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.common import files, machine
from toolkit.common.errors import InputError
from toolkit.inputs import study_files
from toolkit.inputs.study import Study
from toolkit.results.store.names import MANIFEST
from toolkit.results.store.sums import sha256

STUDY = "study.toml"
#: Digits of a point's number at least.
DIGITS = 3
#: Who does the work is not what is asked.
_WORKING = {"workers", "scheduler"}


@dataclass(frozen=True)
class Kind:
    """A kind of such folders.

    word: what messages call the command; asked: the field of the manifest that says what was asked,
    a list; differs: what two commands may differ in, in words; tables: its CSV files; parts: the
    folders that its points are in.
    """

    word: str
    asked: str
    differs: str
    tables: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def manifest(self) -> str:
        """Name of the file that says what was asked, and how it ended."""
        return f"{self.word}.json"

    @property
    def lock(self) -> str:
        """Name of the file that is held while it is written to."""
        return f"{self.word}.lock"

    def is_one(self, folder: Path) -> bool:
        """Say whether a folder is of this kind."""
        return os.path.lexists(folder / self.manifest)

    def homes(self, folder: Path) -> list[Path]:
        """Return the folders of its points that have a manifest, part by part."""
        found = (sorted((folder / part).glob(f"*/{MANIFEST}")) for part in self.parts)
        return [path.parent for paths in found for path in paths]

    def write(self, folder: Path, facts: Mapping[str, Any]) -> None:
        """Write the manifest, with the checksums of what there is besides the points' files."""
        paths = [home / MANIFEST for home in self.homes(folder)]
        names = [STUDY, *self.tables, *(path.relative_to(folder).as_posix() for path in paths)]
        sums = {name: sha256(folder / name) for name in names if (folder / name).is_file()}
        whole = {**facts, "versions": machine.versions(), "files": sums}
        files.write_text(folder / self.manifest, json.dumps(whole, indent=1) + "\n")

    def read(self, folder: Path) -> dict[str, Any]:
        """Read the manifest. Raises InputError where it is missing or none."""
        path = folder / self.manifest
        if not self.is_one(folder):
            raise InputError(f"{folder}: no folder of a {self.word} (it has no {path.name}).")
        content = files.read_json(path)
        if not isinstance(content, dict):
            raise InputError(f"{path}: cannot be read: found no JSON object.")
        for name, kind in ((self.asked, list), ("status", str), ("files", dict), ("command", str)):
            if not isinstance(content.get(name), kind):
                raise InputError(f"{path}: '{name}' is missing, or not of its type.")
        return content

    def read_study(self, folder: Path) -> Study:
        """Return the study of a folder. Raises InputError."""
        path = folder / STUDY
        return study_files.parse(files.read_bytes(path), str(path))

    def check_free(self, folder: Path, wanted: Mapping[str, Any]) -> None:
        """Raise InputError where a folder holds anything but what is asked."""
        if self.is_one(folder):
            if not _same(self.read(folder), wanted):
                raise InputError(
                    f"--out {folder}: holds another {self.word}: of another {self.differs}. Choose "
                    f"another folder; 'toolkit resume {folder}' goes on with it."
                )
            return
        if folder.exists() and not folder.is_dir():
            raise InputError(f"--out {folder}: is a file; expected a folder.")
        others = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
        if others := [name for name in others if name not in (self.lock, STUDY)]:
            raise InputError(
                f"--out {folder}: already holds other files ({', '.join(others[:3])}). Choose "
                "another folder."
            )

    def check_unchanged(self, folder: Path, base: Study) -> None:
        """Raise InputError where what a study reads is not what it was."""
        if study_files.fingerprint(base) != self.read(folder).get("study_hash"):
            raise InputError(
                f"{folder}: {STUDY}, the scripts of feeder '{base.script}' or the profiles "
                f"'{base.profiles}' have changed since; what was found so far is of another study. "
                "Put them back, or start anew."
            )


def width_of(count: int) -> int:
    """Return how many digits the numbers of so many points have."""
    return max(DIGITS, len(str(count)))


def _same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    return all(first.get(name) == second.get(name) for name in second.keys() - _WORKING)


def asked_facts(base: Study, **asked: Any) -> dict[str, Any]:
    """Return what a manifest says was asked of a study, as plain values."""
    facts = {"study": base.name, "study_hash": study_files.fingerprint(base), **asked}
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain
