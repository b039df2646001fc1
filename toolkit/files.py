"""Files written whole or not at all: aside first, then renamed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from toolkit.errors import ToolkitError


def write_text(path: Path, text: str) -> None:
    """Write a text file, its folder with it. Raises ToolkitError when that cannot be done."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes, durable: bool = False) -> None:
    """Write a file, its folder with it; ``durable``: it is on the disk when this returns.

    Raises ToolkitError when that cannot be done; what was there before is there still then.
    """
    aside = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise ToolkitError(f"{path}: cannot be written: {error.strerror or error}") from error
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
