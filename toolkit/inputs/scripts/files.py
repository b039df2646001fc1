"""Which file a script means, and whether it may read it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from toolkit.common.errors import nearest

TroubleKind = Literal["missing", "outside", "changed"]
#: The largest script that is read, bytes; the largest public feeders stay below a tenth of it.
LARGEST = 64_000_000


class FileTrouble(Exception):
    """A file that cannot be read: missing, outside, or ``changed``: done without."""

    def __init__(self, kind: TroubleKind, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def named_file(text: str, base: Path, own: tuple[Path, ...]) -> tuple[Path, Path]:
    """Return the path a script means by ``text``, relative to ``base``, and the file it stands for.

    The two differ where the only file there is has other upper and lower case letters: scripts from
    systems that do not tell them apart. Anything may be read below the folders ``own``; elsewhere
    only files that end in .dss, so that no script can have private files quoted in a message or
    copied into results.
    """
    try:
        path = Path(os.path.normpath(base / text.strip().replace("\\", "/")))
        known = any(path.is_relative_to(folder) for folder in (*own, *map(Path.resolve, own)))
        if not known and path.suffix.lower() != ".dss":
            # Not even looked at: what is there and what is not would be told in the message.
            raise _outside(text)
        file = path if path.is_file() else other_case(path)
        if file is None:
            raise _not_there(text.strip(), path, known)
        real = file.resolve()
    except (OSError, ValueError) as error:
        raise FileTrouble("missing", f"'{text}' is no file name: {error}.") from error
    below = any(real.is_relative_to(folder.resolve()) for folder in own)
    if not below and real.suffix.lower() != ".dss":
        raise _outside(text)
    return path, file


def _outside(text: str) -> FileTrouble:
    return FileTrouble(
        "outside",
        f"'{text}' lies outside the feeder's folder, from where only .dss files are read; name a "
        "folder above both, in the study: [feeder] with script = and root =, or "
        "'toolkit feeders check --root FOLDER'.",
    )


def _not_there(text: str, path: Path, known: bool) -> FileTrouble:
    there = known and path.parent.is_dir()
    siblings = [p.name for p in path.parent.iterdir()] if there else []
    return FileTrouble("missing", f"no file '{text}'.{nearest(path.name, siblings)}")


def other_case(path: Path) -> Path | None:
    """Return the only file that differs from ``path`` in upper and lower case alone."""
    here = Path(path.anchor)
    for part in path.parts[1:]:
        if (here / part).exists():
            here = here / part
            continue
        hits = (
            [p for p in here.iterdir() if p.name.lower() == part.lower()] if here.is_dir() else []
        )
        if len(hits) != 1:
            return None
        here = hits[0]
    return here if here.is_file() else None


def size_of(path: Path) -> int:
    """Return the size of a file, bytes. Raises FileTrouble for one too large or that is gone."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    if size > LARGEST:
        raise FileTrouble("missing", f"'{path.name}' is larger than {LARGEST // 10**6} MB.")
    return size


def bytes_of(path: Path) -> bytes:
    """Return what a file holds. Raises FileTrouble for one too large or that cannot be read."""
    size_of(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> FileTrouble:
    return FileTrouble("missing", f"'{path.name}' cannot be read: {error.strerror}.")


def text_of(path: Path) -> list[str]:
    """Return the lines of a script. Raises FileTrouble for what is no text or too large."""
    content = bytes_of(path)
    # A stray zero byte ends a line in some public feeders; many make a binary file.
    if content.count(b"\0") > len(content) / 100:
        raise FileTrouble("missing", f"'{path.name}' is not a text file in UTF-8.")
    content = content.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        return content.decode("latin-1").split("\n")
