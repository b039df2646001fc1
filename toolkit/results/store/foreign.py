"""What in a results folder is not the toolkit's own, and is therefore never touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.results.store import manifest
from toolkit.results.store.names import (
    MANIFEST,
    PRINT,
    REPLACEMENT,
    STAGING,
    is_beside,
    is_result,
)
from toolkit.results.store.sums import sha256
from toolkit.runs.journal_files import JOURNAL

#: Folders of ours at the top, and those of them for what is not finished.
FOLDERS = ("cases", "figures", PRINT, JOURNAL, STAGING, REPLACEMENT)
UNFINISHED = (STAGING, REPLACEMENT)


def foreign(folder: Path, known: Mapping[str, str]) -> list[str]:
    """Return what in a folder is not the toolkit's, as paths in it.

    Ours is what is listed, unchanged, in ``known`` (checksums by path), and what is ours by name.
    """
    others = [
        name
        for name, entry in _entries(folder)
        if name.split("/")[0] not in UNFINISHED and not _ours(folder, name, entry, known)
    ]
    for name in UNFINISHED:
        if os.path.lexists(folder / name):
            others += [f"{name}/{odd}".rstrip("/") for odd in _in_unfinished(folder / name)]
    return others


def _entries(folder: Path) -> list[tuple[str, os.DirEntry[str]]]:
    try:
        entries = [*files.entries(folder)]
    except OSError as error:
        raise files.unreadable(folder, error) from error
    return [(Path(entry.path).relative_to(folder).as_posix(), entry) for entry in entries]


def _ours(folder: Path, name: str, entry: os.DirEntry[str], known: Mapping[str, str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return name.split("/")[0] in FOLDERS
    if not entry.is_file(follow_symlinks=False):
        return False
    return is_beside(name) or (is_result(name) and sha256(folder / name) == known.get(name))


def _in_unfinished(folder: Path) -> list[str]:
    """Return what in a folder of unfinished results is not ours; "" for a folder that is none."""
    if folder.is_symlink() or not folder.is_dir():
        return [""]
    if folder.name == REPLACEMENT:
        known = manifest.listed(folder) if manifest.exists(folder) else {}
        return foreign(folder, known)
    return [name for name, entry in _entries(folder) if not _staged(name, entry)]


def _staged(name: str, entry: os.DirEntry[str]) -> bool:
    """Say whether something is of results as they are being written; no list says so yet."""
    if entry.is_dir(follow_symlinks=False):
        return name.split("/")[0] == "cases"
    whole = is_result(name) or name == MANIFEST or files.ASIDE.fullmatch(entry.name) is not None
    return whole and entry.is_file(follow_symlinks=False)


def not_ours(folder: Path, names: Iterable[str]) -> InputError:
    """Return the error for files that would be lost."""
    return InputError(
        f"{folder}: holds other files ({shown(names)}): the toolkit did not write them, or they "
        "were changed since. Move them away, or choose another folder."
    )


def shown(names: Iterable[str]) -> str:
    """Return the first of some names, and how many more there are."""
    first, *more = sorted(names)
    named = [first, *more[:2]]
    return ", ".join(named) + (f" and {len(more) - 2} more" if len(more) > 2 else "")
