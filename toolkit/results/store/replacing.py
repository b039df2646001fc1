"""Results put in the place of earlier ones, so that a kill at any moment leaves old or new.

New results are whole, with their manifest, before anything of the old ones is touched. From then on
every step can be done again: whoever meets the folder next finishes what a kill left undone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from toolkit.common import files, locks
from toolkit.results.store import manifest
from toolkit.results.store.foreign import foreign, not_ours
from toolkit.results.store.names import (
    LOCK,
    MANIFEST,
    REPLACEMENT,
    STAGING,
    TOKEN,
    is_kept,
    is_shown,
)
from toolkit.results.store.sums import plain_files, sha256
from toolkit.runs.journal_files import JOURNAL


def lock_file(folder: Path) -> Path:
    """Return the file that the command working in a results folder holds locked."""
    return folder / LOCK


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a results folder inside the ``with`` block; raises ToolkitError where another does."""
    with locks.held(lock_file(folder), folder):
        try:
            yield
        finally:
            _tidy(folder)


def check_idle(folder: Path) -> None:
    """Raise ToolkitError where another command works in a results folder; nothing is touched."""
    if lock_file(folder).exists():
        with locks.held(lock_file(folder), folder):
            pass


def _tidy(folder: Path) -> None:
    """Remove the lock where nothing is left that a command could go on with."""
    with suppress(OSError):
        if not any(is_kept(f"{JOURNAL}/{name}") for name in os.listdir(folder / JOURNAL)):
            for name in (TOKEN, LOCK):
                (folder / name).unlink(missing_ok=True)
            (folder / JOURNAL).rmdir()


def settle(folder: Path) -> None:
    """Finish what a killed command had begun to put in place; nothing where there is no such."""
    if not pending(folder):
        return
    files.check_real(folder)
    with locked(folder):
        finish(folder)


def pending(folder: Path) -> bool:
    """Say whether a command that was killed left results that are whole and not in place."""
    replacement = folder / REPLACEMENT
    staged = manifest.exists(folder / STAGING) or manifest.exists(replacement / STAGING)
    return staged or _complete(replacement) or _moved_but_for_journals(folder)


def _complete(folder: Path) -> bool:
    return manifest.exists(folder) and manifest.status(folder) == "complete"


def _moved_but_for_journals(folder: Path) -> bool:
    """Say whether a replacement is in place, and only its journals are still to follow."""
    replacement = folder / REPLACEMENT
    if manifest.exists(replacement) or not _complete(folder):
        return False
    with suppress(OSError):
        return any(is_kept(f"{JOURNAL}/{name}") for name in os.listdir(replacement / JOURNAL))
    return False


def finish(folder: Path) -> None:
    """Put in place what is ready; the caller holds the folder locked."""
    replacement = folder / REPLACEMENT
    for place in (folder, replacement):
        if manifest.exists(place / STAGING):
            promote(place / STAGING, place)
    if _complete(replacement):
        promote(replacement, folder)
    elif _moved_but_for_journals(folder):
        _prune(folder, replacement)


def promote(new: Path, folder: Path) -> None:
    """Put the results of ``new``, a folder inside ``folder``, in the place of those in ``folder``.

    Raises InputError where a file in the way is not what a manifest says was written, ToolkitError
    where the folder cannot be written.
    """
    theirs = manifest.listed(new)
    mine = manifest.listed(folder) if manifest.exists(folder) else {}
    there = {name: path for name, path in plain_files(folder).items() if name in {**mine, **theirs}}
    strange = [name for name, path in there.items()
               if sha256(path) not in (mine.get(name), theirs.get(name))]  # fmt: skip
    if strange:
        raise not_ours(folder, strange)
    try:
        for name in {*there} - {*theirs}:
            _remove(folder, name)
        for name in filter(is_shown, plain_files(folder)):
            _remove(folder, name)
        if new.name == REPLACEMENT:
            _remove_kept(folder)
        for name in [*theirs, MANIFEST]:
            _move(new, folder, name)
        _prune(folder, new)
    except OSError as error:
        raise files.unwritable(folder, error) from error


def _move(new: Path, folder: Path, name: str) -> None:
    """Move a file into place; nothing where that has been done."""
    *parts, last = name.split("/")
    source = new / name
    if os.path.lexists(source):
        os.replace(source, files.real_folder(folder, tuple(parts)) / last)


def _remove(folder: Path, name: str) -> None:
    """Remove a file, and the folders that are empty then."""
    (folder / name).unlink(missing_ok=True)
    for parent in (folder / name).relative_to(folder).parents:
        if parent != Path() and not _removed(folder / parent):
            return


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _remove_kept(folder: Path) -> None:
    """Remove journals and finished runs of a command that is complete."""
    for name in filter(is_kept, plain_files(folder)):
        (folder / name).unlink(missing_ok=True)


def _prune(folder: Path, new: Path) -> None:
    """Move the journals that are kept up, and remove what is empty of a folder now in place."""
    if new.name == REPLACEMENT:
        for name in filter(is_kept, plain_files(new)):
            _move(new, folder, name)
    if not foreign(new, {}):
        shutil.rmtree(new)
