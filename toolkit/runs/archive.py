"""What a results folder keeps of a command until it is complete: journals and finished runs.

``DIR/journal/CASE.journal`` is a run's journal, ``DIR/journal/CASE.npz`` a finished run, polishing
included, so that it is loaded and not repeated. ``DIR/journal/lock`` is held by the command that
works in the folder.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.files import (
    ASIDE,
    read_text,
    write_bytes,
    write_text,
)
from toolkit.optimizer import registry
from toolkit.runs.journal_files import JOURNAL, KEPT
from toolkit.runs.run import Polishing, Run, Task

#: A run's arrays.
ARRAYS = ("best_x", "objective", "violation", "best_objective")


def origin(optimizer: str) -> str:
    """Return the distribution an optimizer comes from, with its version."""
    owner = registry.owner(optimizer)
    with suppress(metadata.PackageNotFoundError, ValueError):
        return f"{owner} {metadata.version(owner)}"
    return owner


def origins(optimizers: Iterable[str]) -> dict[str, str]:
    """Return the origin of each optimizer by its name."""
    return {name: origin(name) for name in sorted(set(optimizers))}


def resume_words(folder: Path) -> str:
    """Return how to go on with a command that ended early."""
    return f"'toolkit resume {shlex.quote(str(folder))}' goes on from there."


@dataclass(frozen=True)
class Archive:
    """Where the runs of a command are kept, and what they have to agree in.

    token: a word that stands in the folder, so that another machine can tell whether it sees the
    same one; study_hash and versions: what the search stands on.
    """

    folder: Path
    token: str
    study_hash: str
    versions: Mapping[str, str]

    @classmethod
    def begin(cls, results: Path, study_hash: str, versions: Mapping[str, str]) -> Archive:
        """Make the folder, or take over the one that is there."""
        folder = (results / JOURNAL).resolve()
        token = os.urandom(8).hex()
        write_text(folder / "token", token)
        return cls(folder, token, study_hash, dict(versions))

    def is_here(self) -> bool:
        """Say whether this process sees the folder, which it may not on another machine."""
        return self._token() == self.token

    def taken_over(self) -> bool:
        """Say whether another command has gone on in the folder since."""
        return self._token() not in (self.token, None)

    def _token(self) -> str | None:
        """Return the word that stands in the folder, None where it cannot be read."""
        try:
            return read_text(self.folder / "token") or None
        except InputError:
            return None

    def journal_file(self, task: Task) -> Path:
        """Return where a task's journal stands."""
        return self.folder / f"{task.case}.journal"

    def identity(self, task: Task) -> dict[str, Any]:
        """Return what a task's search depends on, as plain values."""
        identity: dict[str, Any] = {
            **asdict(task),
            "options": dict(task.options),
            "from": origin(task.optimizer),
            "study_hash": self.study_hash,
            "versions": dict(self.versions),
        }
        if not task.starts:
            # Journals of runs that begin from nothing are what they were before there were starts.
            del identity["starts"]
        plain: dict[str, Any] = json.loads(json.dumps(identity))
        return plain

    def store(self, run: Run) -> None:
        """Keep a finished run; one that was stopped, broke or is invalid is to be made again."""
        if run.ending in ("stopped", "failed", "invalid"):
            return
        facts = {
            "identity": self.identity(run.task),
            "ending": run.ending,
            "seconds": run.seconds,
            "polishing": None if run.polishing is None else asdict(run.polishing),
        }
        content = io.BytesIO()
        arrays = {name: getattr(run, name) for name in ARRAYS}
        np.savez(content, facts=np.array(json.dumps(facts)), **arrays)
        write_bytes(self._finished(run.task), content.getvalue(), durable=True)

    def finished(self, task: Task) -> Run | None:
        """Return a finished run; None if there is none, or none that is whole and of this task."""
        try:
            # A member that differs from its checksum does not unpack.
            with np.load(self._finished(task), allow_pickle=False) as file:
                facts = json.loads(str(file["facts"]))
                arrays = {name: file[name] for name in ARRAYS}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        if facts["identity"] != self.identity(task):
            return None
        polishing = facts["polishing"]
        return Run(
            task=task,
            ending=facts["ending"],
            seconds=facts["seconds"],
            polishing=None if polishing is None else Polishing(**polishing),
            **arrays,
        )

    def _finished(self, task: Task) -> Path:
        return self.folder / f"{task.case}.npz"

    def remove(self) -> None:
        """Remove journals and finished runs: their command is complete."""
        with suppress(OSError):
            for name in os.listdir(self.folder):
                if KEPT.fullmatch(name) or name == "token" or ASIDE.fullmatch(name):
                    (self.folder / name).unlink()
            (self.folder / "lock").unlink(missing_ok=True)
            self.folder.rmdir()
