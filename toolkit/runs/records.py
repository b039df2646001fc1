"""What stands in a journal: a first line, then records of one size; ``docs/large-runs.md`` has it.

Records can be told apart from those of another search without the first line, since the checksum
of each begins with that of its own search's first line.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from toolkit.common.errors import ToolkitError
from toolkit.common.types import ByteArray, FloatArray
from toolkit.model.solver import BATCH, COMPILED, OPENDSS
from toolkit.optimizer.scores import Scores
from toolkit.optimizer.space import Space

FORMAT = "p2p-der-toolkit journal 3"
#: Bytes of a first line at most, and by how many a damaged one may have grown or shrunk.
HEAD_BYTES, SHIFT_BYTES = 1 << 20, 4096
#: Bytes of a reason, in UTF-8; what is longer is cut.
REASON_BYTES = 46

#: What solved an evaluation, by its code in a record: nothing, for it was skipped; OpenDSS; the
#: batch solver; OpenDSS, from where the two did not agree; the compiled batch solver.
NOTHING, ENGINE, AT_ONCE, ENGINE_SINCE, BY_KERNEL = 0, 1, 2, 3, 4
SOLVERS = {ENGINE: OPENDSS, AT_ONCE: BATCH, ENGINE_SINCE: OPENDSS, BY_KERNEL: COMPILED}

#: What stands in a record between its vector and its checksum.
_AFTER_X = struct.Struct(f"<ddd?B{REASON_BYTES}s")
#: Evaluations of a journal where nobody says how many there may be.
MOST = 1 << 31
#: How a journal is opened: as it is, and never through a symbolic link.
NO_LINKS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def record_type(d: int) -> np.dtype[Any]:
    """Return the layout of a record of a search over d variables."""
    return np.dtype(
        [
            ("x", "<f8", (d,)),
            ("objective", "<f8"),
            ("violation", "<f8"),
            ("ceiling", "<f8"),
            ("skipped", "u1"),
            ("solver", "u1"),
            ("reason", f"S{REASON_BYTES}"),
            ("crc", "<u4"),
        ]
    )


@dataclass(frozen=True)
class Kept:
    """What a journal still holds of a search.

    start: where its records begin, in bytes; records: the sound ones before the first that is not;
    dropped: how many whole ones come after those; lost: what was lost, in words.
    """

    start: int
    records: NDArray[Any]
    dropped: int = 0
    lost: str = ""


def recorded(path: Path, space: Space, identity: Mapping[str, Any], most: int) -> Kept:
    """Return what a journal holds of a search, at most so many evaluations; nothing if it is gone.

    It is gone, too, where a plug-in has put a link or a folder in its place. Raises ToolkitError
    where it cannot be read, or is of another search.
    """
    head = head_of(space, identity)
    try:
        with open(os.open(path, os.O_RDONLY | NO_LINKS), "rb") as file:
            return kept_of(path, file, head, record_type(len(space)), most)
    except OSError as error:
        if isinstance(error, FileNotFoundError) or path.is_symlink() or path.is_dir():
            return Kept(0, np.empty(0, record_type(len(space))))
        raise ToolkitError(f"{path}: cannot be read: {error.strerror or error}") from error


def spent(path: Path, start: int, record: int) -> int:
    """Return the number of whole records of one size in a file, from a start on, in bytes."""
    try:
        return max(os.stat(path).st_size - start, 0) // record
    except OSError:
        return 0


def head_of(space: Space, identity: Mapping[str, Any]) -> bytes:
    """Return the first line: a checksum of eight digits, a blank, JSON."""
    variables = [v.name for v in space.variables]
    said = {"format": FORMAT, **identity, "variables": variables}
    text = json.dumps(said, sort_keys=True).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def mark_of(head: bytes) -> int:
    """Return what the checksums of a search's records begin with, its number added."""
    return int(head[:8], 16)


def read_head(head: bytes) -> dict[str, Any] | None:
    """Return what the first line says, None if it is not whole."""
    if head[-1:] != b"\n" or head[:8] != b"%08x" % zlib.crc32(head[9:-1]):
        return None
    found: dict[str, Any] = json.loads(head[9:-1])
    return found


def kept_of(path: Path, file: BinaryIO, head: bytes, layout: np.dtype[Any], most: int) -> Kept:
    """Return what a file holds of the search with this first line."""
    size = os.fstat(file.fileno()).st_size
    content = file.read(min(size, len(head) + SHIFT_BYTES + most * layout.itemsize))
    first = content[: content.find(b"\n") + 1]
    found = read_head(first)
    if found is not None:
        _check_same(path, found, json.loads(head[9:]))
    start = len(head) if found is not None else _start(content, len(head), layout, mark_of(head))
    if start < 0:
        empty = np.empty(0, layout)
        return Kept(0, empty, 0, _nothing_left(size, len(head), layout.itemsize))
    records = sound(content[start:], layout, mark_of(head))[:most]
    dropped = (size - start) // layout.itemsize - len(records)
    if found is not None:
        again = f"{dropped} damaged evaluations of its journal were made again." if dropped else ""
        return Kept(start, records, dropped, again)
    again = f", {dropped} damaged ones were made again" if dropped else ""
    return Kept(
        start,
        records,
        dropped,
        f"the first line of its journal was damaged; the {len(records)} evaluations after it were "
        f"kept{again}.",
    )


def _start(content: bytes, expected: int, layout: np.dtype[Any], mark: int) -> int:
    """Return where the records begin behind a damaged first line; -1 if none can be found."""
    near: list[int] = list(range(max(expected - SHIFT_BYTES, 0), expected + SHIFT_BYTES))
    for start in [expected, *near]:
        if len(sound(content[start : start + layout.itemsize], layout, mark)):
            return start
    return -1


def _nothing_left(size: int, head: int, record: int) -> str:
    """Say what a journal cost of which nothing could be kept."""
    if not size:
        return "its journal was empty; its evaluations were made again."
    about = max(size - head, 0) // record
    return f"its journal was damaged from the start; its {about} evaluations were made again."


def _check_same(path: Path, found: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise ToolkitError when a journal says it is of another search."""
    for key in sorted({*found, *asked}):
        if found.get(key) != asked.get(key):
            raise ToolkitError(
                f"{path}: is the journal of another search: its {key} is "
                f"{str(found.get(key))[:200]}, not {str(asked.get(key))[:200]}."
            )


def sound(content: bytes, layout: np.dtype[Any], mark: int) -> NDArray[Any]:
    """Return the records before the first damaged one."""
    whole = len(content) // layout.itemsize
    checked = layout.itemsize - 4
    records = np.frombuffer(content, layout, whole)
    for i in range(whole):
        start = i * layout.itemsize
        if _checksum(content[start : start + checked], mark + i) != records["crc"][i]:
            return records[:i]
    return records


def _checksum(record: bytes, mark: int) -> int:
    return zlib.crc32(record, mark & 0xFFFFFFFF)


def packed(x: FloatArray, scores: Scores, solvers: ByteArray, start: int) -> bytes:
    """Return the records of n evaluations; the first one's checksum begins with ``start``."""
    skipped = [False] * len(x) if scores.skipped is None else scores.skipped.tolist()
    reasons = scores.reasons or ("",) * len(x)
    parts, by = [], solvers.tolist()
    for i, row in enumerate(x.astype("<f8")):
        found = (scores.objective[i], scores.violation[i], scores.ceiling)
        record = row.tobytes() + _AFTER_X.pack(*found, skipped[i], by[i], reasons[i].encode())
        parts += [record, _checksum(record, start + i).to_bytes(4, "little")]
    return b"".join(parts)
