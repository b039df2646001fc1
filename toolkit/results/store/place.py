"""A results folder taken by a command that writes into it: locked, and free of what is not ours."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.common import files
from toolkit.common.errors import InputError, ToolkitError
from toolkit.problem.setting import Setting
from toolkit.results.store import manifest
from toolkit.results.store.folder import read_manifest
from toolkit.results.store.foreign import foreign, not_ours, shown
from toolkit.results.store.names import (
    LOCK,
    MANIFEST,
    PREPARING,
    REPLACEMENT,
    STAGING,
    TOKEN,
    is_beside,
    is_kept,
    is_result,
    is_shown,
)
from toolkit.results.store.replacing import (
    finish,
    locked,
    pending,
    promote,
    settle,
)
from toolkit.results.store.sums import checksums, plain_files
from toolkit.results.store.writing import write_study
from toolkit.runs.journal_files import JOURNAL


@dataclass(frozen=True)
class Place:
    """Where a command writes.

    home: the results folder; work: where manifest and journal are until all is complete, another
    than ``home`` where there are results to replace.
    """

    home: Path
    work: Path

    @property
    def staging(self) -> Path:
        """Where results are written until they are whole."""
        return self.work / STAGING

    def begin(self, facts: Mapping[str, Any], setting: Setting) -> None:
        """Have the folder say what is under way; results that are there already stay."""
        running = {**facts, "status": "running"}
        if manifest.exists(self.work):
            self.state(running)
            return
        write_study(self.staging, setting)
        self.publish(running)

    def state(self, facts: Mapping[str, Any]) -> None:
        """Write the manifest anew, the results being what they were."""
        checksums = manifest.load(self.work).get("files", {})
        manifest.write_manifest(self.work, {**facts, "files": checksums})

    def publish(self, facts: Mapping[str, Any]) -> None:
        """Put what was written, whole now, in the place of what was there."""
        manifest.write_manifest(self.staging, {**facts, "files": checksums(self.staging)})
        promote(self.staging, self.work)

    def settled(self) -> Path:
        """Put complete results in the place of earlier ones; return where the results are."""
        if self.work != self.home and manifest.status(self.work) == "complete":
            promote(self.work, self.home)
            return self.home
        return self.work


def check_free(folder: Path, force: bool) -> None:
    """Raise InputError where ``claimed`` would, before anything takes long; nothing is touched."""
    if os.path.lexists(folder) and folder.is_dir() and not pending(folder):
        _check(folder, force)


@contextmanager
def claimed(folder: Path, force: bool) -> Iterator[Place]:
    """Hold a results folder for a command; refuse one that holds anything unless ``force``.

    With ``force`` earlier results stay until those of this command are complete. Raises InputError
    where the folder holds what the toolkit did not write, ToolkitError where it cannot be written
    or another command works in it.
    """
    _make(folder)
    settle(folder)
    _check(folder, force)
    with locked(folder):
        finish(folder)
        _check(folder, force)
        work = folder / REPLACEMENT if manifest.exists(folder) else folder
        _clear(folder, STAGING, REPLACEMENT)
        yield from _held(Place(folder, work))


@contextmanager
def reclaimed(folder: Path) -> Iterator[Place]:
    """Hold a results folder whose command is to go on; see :func:`claimed`."""
    with locked(folder):
        work = unfinished(folder)
        known = manifest.listed(work)
        strange = [name for name in foreign(work, known) if _in_the_way(name, known)]
        if strange:
            raise not_ours(work, strange)
        _clear(work, STAGING)
        yield from _held(Place(folder, work))


def _in_the_way(name: str, known: Mapping[str, str]) -> bool:
    """Say whether a file that is not ours has a name that results are going to have."""
    anything = name.split("/")[2:3] == ["feeder"]
    return name in known or name.startswith(STAGING) or (is_result(name) and not anything)


def home(folder: Path) -> Path:
    """Return the results folder that a command's folder is in, or is."""
    inside = folder.name == REPLACEMENT and manifest.exists(folder.parent)
    return folder.parent if inside else folder


def unfinished(folder: Path) -> Path:
    """Return the folder whose command ``resume`` goes on with: what is to replace the rest, if any.

    Raises InputError for no results folder.
    """
    read_manifest(folder)
    replacement = folder / REPLACEMENT
    return replacement if manifest.exists(replacement) else folder


def _held(place: Place) -> Iterator[Place]:
    """Yield a place; of results that did not become whole nothing is left."""
    try:
        yield place
    finally:
        with suppress(ToolkitError, OSError):
            if not manifest.exists(place.staging):
                _clear(place.work, STAGING)
            if place.work != place.home and not _worth_keeping(place.work):
                _clear(place.home, REPLACEMENT)


def _worth_keeping(work: Path) -> bool:
    """Say whether a command that is not complete left results, or something to go on with."""
    if not manifest.exists(work):
        return False
    ended = manifest.status(work) in ("complete", "interrupted")
    return ended or any(map(is_kept, plain_files(work)))


def _clear(folder: Path, *scratch: str) -> None:
    """Remove what is not finished, and files that did not become whole."""
    for name in scratch:
        if os.path.lexists(folder / name):
            shutil.rmtree(folder / name)
    for name, path in plain_files(folder).items():
        if is_shown(name) and files.ASIDE.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    """Make a results folder where there is none. Raises InputError or ToolkitError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        here = "is a file; expected a folder" if os.path.lexists(folder) else None
        raise InputError(f"--out {folder}: {here or 'a part of this path is a file'}.") from error
    except (OSError, ValueError) as error:
        says = getattr(error, "strerror", None) or error
        raise ToolkitError(f"--out {folder}: cannot be written: {says}.") from error


def _check(folder: Path, force: bool) -> None:
    """Raise InputError unless a command may begin in a folder."""
    if not manifest.exists(folder):
        strange = [*foreign(folder, {}), *filter(_of_a_command, plain_files(folder))]
        if strange:
            raise _held_already(folder, strange)
        return
    try:
        known = manifest.listed(folder)
    except InputError as error:
        raise InputError(f"--out {folder}: already holds other files: {error}") from error
    strange = foreign(folder, known)
    if strange:
        raise _held_already(folder, strange)
    if not force:
        raise _not_forced(folder)


def _of_a_command(name: str) -> bool:
    """Say whether a file is more than a command leaves that was killed before it began."""
    if name in (LOCK, TOKEN, PREPARING) or files.ASIDE.fullmatch(name.split("/")[-1]):
        return False
    return is_beside(name) or name == f"{REPLACEMENT}/{MANIFEST}"


def _held_already(folder: Path, strange: list[str]) -> InputError:
    return InputError(
        f"--out {folder}: already holds other files ({shown(strange)}): the toolkit did not write "
        "them, or they were changed since. Choose another folder."
    )


def _not_forced(folder: Path) -> InputError:
    names = sorted(os.listdir(folder))
    goes_on = manifest.status(folder) != "complete" and JOURNAL in names
    resume = f", or go on with toolkit resume {folder}" if goes_on else ""
    return InputError(
        f"--out {folder}: already holds results ({', '.join(names[:3])}). Choose another folder, "
        f"or overwrite it with --force{resume}."
    )
