"""Scripts read before: what they say holds as long as every file they read holds the same.

A search reads the scripts of its feeder ten times: for the study, its hash, the circuit, each
export. Names are looked up and contents compared anew each time; what they say is not read again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.common.recent import keep
from toolkit.inputs.scripts.files import FileTrouble, bytes_of, named_file
from toolkit.inputs.scripts.script import Script

#: So many scripts are kept, the last ones read.
KEPT = 4
#: A name as a script spells it, the folder it is relative to, and those it may be in.
Asked = tuple[str, Path, tuple[Path, ...]]
#: The path that is meant, and the file that it stands for.
Found = tuple[Path, Path]


@dataclass(frozen=True)
class _Known:
    script: Script
    looked_up: dict[Asked, Found]
    contents: dict[Path, bytes]


_known: dict[tuple[Path, Path | None], _Known] = {}


def recall(path: Path, root: Path | None) -> Script | None:
    """Return what a script said before; None where it may say something else by now."""
    known = _known.get((path, root))
    if known is None:
        return None
    try:
        named = all(named_file(*asked) == found for asked, found in known.looked_up.items())
        if named and _contents(known.script) == known.contents:
            return _copy(known.script)
    except FileTrouble:
        pass
    return None


def remember(path: Path, root: Path | None, script: Script, looked_up: dict[Asked, Found]) -> None:
    """Keep what a script says, of which every name led to a file."""
    try:
        contents = _contents(script)
    except FileTrouble:
        return
    keep(_known, (path, root), _Known(_copy(script), looked_up, contents), KEPT)


def _contents(script: Script) -> dict[Path, bytes]:
    return {file: hashlib.sha256(bytes_of(file)).digest() for file in script.files}


def _copy(script: Script) -> Script:
    """Return a script whose lists may be changed without changing the other's."""
    return replace(
        script,
        statements=[*script.statements],
        remarks=[*script.remarks],
        files={*script.files},
        skipped={*script.skipped},
        rewritten={**script.rewritten},
        spelt={**script.spelt},
    )
