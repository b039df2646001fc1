"""Which files an OpenDSS script is made of, by reading its text; nothing is run."""

from __future__ import annotations

import os
import re
from pathlib import Path

#: Commands that read another script.
_SCRIPT = re.compile(r"^\s*(?:redirect|compile)\s+(.+)$", re.IGNORECASE)
#: Commands and properties that read a data file.
_DATA = re.compile(
    r"^\s*(?:buscoords|latlongcoords)\s+(?P<command>.+)$"
    r"|\b(?:\w*file)\s*=\s*(?P<property>\"[^\"]+\"|'[^']+'|[^\s,()\[\]]+)",
    re.IGNORECASE,
)


def referenced_files(script: Path) -> list[Path]:
    """Return the script and every file that it reads, directly or not, that exists; sorted.

    Paths are relative to the script that names them, as OpenDSS takes them.
    """
    found: set[Path] = set()
    _collect(script.resolve(), found)
    return sorted(found)


def _collect(script: Path, found: set[Path]) -> None:
    if script in found:
        return
    found.add(script)
    for line in script.read_text(encoding="utf-8", errors="replace").splitlines():
        text = re.split(r"!|//", line, maxsplit=1)[0]
        if hit := _SCRIPT.match(text):
            path = _path(hit.group(1), script)
            if path.is_file():
                _collect(path, found)
        for data in _DATA.finditer(text):
            path = _path(data.group("command") or data.group("property"), script)
            if path.is_file():
                found.add(path)


def _path(text: str, script: Path) -> Path:
    """Return the path a command names: quotes off, either kind of slash."""
    bare = text.strip().strip("\"'()[]{}").strip().replace("\\", "/")
    return Path(os.path.normpath(script.parent / bare))


def common_folder(files: list[Path]) -> Path:
    """Return the deepest folder that holds all files."""
    return Path(os.path.commonpath([file.parent for file in files]))
