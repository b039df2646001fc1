"""Checksums of the files of a results folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from toolkit.common import files
from toolkit.results.store.names import UNLISTED


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a results folder but those in ``UNLISTED``, by path."""
    named = {name: path for name, path in plain_files(folder).items() if _listed(name)}
    return {name: sha256(named[name]) for name in sorted(named)}


def plain_files(folder: Path) -> dict[str, Path]:
    """Return the plain files below a folder by their paths in it. Raises InputError."""
    try:
        paths = [Path(e.path) for e in files.entries(folder) if e.is_file(follow_symlinks=False)]
    except OSError as error:
        raise files.unreadable(folder, error) from error
    return {path.relative_to(folder).as_posix(): path for path in paths}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a plain file."""
    return hashlib.sha256(files.read_bytes(path)).hexdigest()


def _listed(name: str) -> bool:
    return name.split("/")[0] not in UNLISTED
