"""A run's journal: every evaluation on disk as it happens, so that a run can go on after a crash.

A journal is one file. Its first line is a checksum and JSON that says whose evaluations these are;
then follow records of one size, each with a checksum over itself and its number. A record is in
the operating system's hands as soon as the evaluation is made, and on the disk within a second.
``docs/large-runs.md`` has the format.
"""

from __future__ import annotations

import json
import os
import struct
import threading
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from toolkit import intake, locks, sizes
from toolkit.arguments import PathLike, checked
from toolkit.errors import InputError, ToolkitError
from toolkit.files import sync_folder
from toolkit.scores import Scores
from toolkit.space import Space

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

#: The folder of journals and finished runs in a results folder, until a command is complete.
JOURNAL = "journal"
FORMAT = "p2p-der-toolkit journal 1"
#: Seconds after which a record is on the disk at the latest.
FLUSH_S = 1.0
#: Seconds to wait for a process that is ending and still holds the journal.
WAIT_S = 20.0
#: Bytes of a reason, in UTF-8; what is longer is cut.
REASON_BYTES = 47
#: What stands in a record between its vector and its checksum; a longer reason is cut.
_AFTER_X = struct.Struct(f"<ddd?{REASON_BYTES}s")


def record_type(d: int) -> np.dtype[Any]:
    """Return the layout of a record of a search over d variables."""
    return np.dtype(
        [
            ("x", "<f8", (d,)),
            ("objective", "<f8"),
            ("violation", "<f8"),
            ("ceiling", "<f8"),
            ("skipped", "u1"),
            ("reason", f"S{REASON_BYTES}"),
            ("crc", "<u4"),
        ]
    )


class Journal:
    """The journal of one run, open for this process alone.

    ``dropped`` is the number of records that a damaged one cost, itself included, and ``held`` the
    number kept from before. Raises ToolkitError when the file cannot be used, is in use, or belongs
    to another search than ``identity`` (plain values for JSON) says.
    """

    def __init__(self, path: Path, space: Space, identity: Mapping[str, Any]) -> None:
        self.path = path
        self._type = record_type(len(space))
        head = _head({**identity, "variables": [v.name for v in space.variables]})
        self._fault: OSError | None = None
        self._dirty = False
        self._syncing = threading.Lock()
        self._closing = threading.Event()
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            if not locks.take_within(self._fd, WAIT_S):
                raise ToolkitError(f"{path}: another process is writing this journal.")
            self._records, self.dropped = self._take_over(head)
        except BaseException:
            os.close(self._fd)
            raise
        self.held = len(self._records)
        self._written = self.held
        self._flusher = threading.Thread(target=self._flush_now_and_then, daemon=True)
        self._flusher.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _take_over(self, head: bytes) -> tuple[NDArray[Any], int]:
        """Return the sound records and the number of others; what is not sound is cut off."""
        content = self.path.read_bytes()
        found, end = _read_head(content)
        if found is None:
            self._begin(head)
            return np.empty(0, self._type), 0
        _check_same(self.path, found, json.loads(head[9:]))
        records, dropped = _sound(content[end:], self._type)
        try:
            os.ftruncate(self._fd, end + records.nbytes)
            os.lseek(self._fd, 0, os.SEEK_END)
        except OSError as error:
            raise self._unwritable(error) from error
        return records, dropped

    def _begin(self, head: bytes) -> None:
        """Write the head of a new journal; the file's name is on the disk as well then."""
        try:
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            _write_all(self._fd, head)
            os.fsync(self._fd)
        except OSError as error:
            raise self._unwritable(error) from error
        sync_folder(self.path.parent)

    def scores(self, start: int, x: FloatArray) -> Scores:
        """Return the scores of evaluations from ``start`` on, which were made of points x, (n, d).

        Raises ToolkitError when they were made of other points.
        """
        records = self._records[start : start + len(x)]
        same = (records["x"].view("<u8") == x.astype("<f8").view("<u8")).all(axis=1)
        if not same.all():
            raise ToolkitError(
                f"{self.path}: evaluation {start + int(np.argmin(same)) + 1} is of another point "
                "than this search asks for now. It was written by another version of the "
                "optimizer or on another kind of processor: resume there, or start anew."
            )
        skipped = records["skipped"].astype(bool)
        return Scores(
            records["objective"].astype(float),
            records["violation"].astype(float),
            float(records["ceiling"].max()),
            skipped=skipped if skipped.any() else None,
        )

    def append(self, x: FloatArray, scores: Scores) -> None:
        """Write evaluations of points x, (n, d). Raises ToolkitError when the disk is full."""
        content = _packed(x, scores, self._written)
        try:
            if self._fault is not None:
                raise self._fault
            _write_all(self._fd, content)
        except OSError as error:
            raise self._unwritable(error) from error
        self._written += len(x)
        self._dirty = True

    def flush(self) -> None:
        """Have everything on the disk. Raises ToolkitError when that fails."""
        self._sync()
        if self._fault is not None:
            raise self._unwritable(self._fault) from self._fault

    def close(self) -> None:
        """Have everything on the disk and let go of the file."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._flusher.join()
        self._sync()
        os.close(self._fd)

    def _flush_now_and_then(self) -> None:
        while not self._closing.wait(FLUSH_S / 2):
            self._sync()

    def _sync(self) -> None:
        """Have what was written on the disk; a failure is told by the next who writes."""
        with self._syncing:
            if not self._dirty:
                return
            self._dirty = False
            try:
                os.fsync(self._fd)
            except OSError as error:
                self._fault = error

    def _unwritable(self, error: OSError) -> ToolkitError:
        return ToolkitError(f"{self.path}: cannot be written: {error.strerror or error}")


@checked
def read_journal(path: PathLike) -> pd.DataFrame:
    """Read a journal, finished or not: a row an evaluation, up to the first damaged one.

    Columns: evaluation, from 1; objective, minimised: minus the energy traded, kWh, or as the study
    says; violation, blank (NaN) when skipped; skipped; reason, in words where there is no score;
    then the variables, in the units of the search space, 0 to 1. Raises InputError for a file that
    is none.
    """
    import pandas as pd

    content = intake.content(Path(path), sizes.JOURNAL_BYTES)
    found, end = _read_head(content)
    if found is None:
        raise InputError(f"{path}: no journal, or its first line is damaged.")
    records, _ = _sound(content[end:], record_type(len(found["variables"])))
    skipped = records["skipped"].astype(bool)
    told = pd.DataFrame(
        {
            "evaluation": np.arange(1, len(records) + 1),
            "objective": records["objective"],
            "violation": np.where(skipped, np.nan, records["violation"]),
            "skipped": skipped,
            "reason": [r.decode("utf-8", "ignore") for r in records["reason"].tolist()],
        }
    )
    return pd.concat([told, pd.DataFrame(records["x"], columns=found["variables"])], axis=1)


def _head(identity: Mapping[str, Any]) -> bytes:
    """Return the first line: a checksum of eight digits, a blank, JSON."""
    text = json.dumps({"format": FORMAT, **identity}, sort_keys=True).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _read_head(content: bytes) -> tuple[dict[str, Any] | None, int]:
    """Return what the first line says, None if it is not whole, and where it ends."""
    end = content.find(b"\n") + 1
    if end < 10 or content[:8] != b"%08x" % zlib.crc32(content[9 : end - 1]):
        return None, 0
    found: dict[str, Any] = json.loads(content[9 : end - 1])
    return found, end


def _check_same(path: Path, found: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise ToolkitError when a journal says it is of another search."""
    for key in sorted({*found, *asked}):
        if found.get(key) != asked.get(key):
            raise ToolkitError(
                f"{path}: is the journal of another search: its {key} is "
                f"{str(found.get(key))[:200]}, not {str(asked.get(key))[:200]}."
            )


def _sound(content: bytes, layout: np.dtype[Any]) -> tuple[NDArray[Any], int]:
    """Return the records before the first damaged one, and the number of whole ones after."""
    whole = len(content) // layout.itemsize
    checked = layout.itemsize - 4
    records = np.frombuffer(content, layout, whole)
    for i in range(whole):
        start = i * layout.itemsize
        if zlib.crc32(content[start : start + checked], i) != records["crc"][i]:
            return records[:i], whole - i
    return records, 0


def _packed(x: FloatArray, scores: Scores, start: int) -> bytes:
    """Return the records of n evaluations, the first of them number ``start`` from 0."""
    skipped = [False] * len(x) if scores.skipped is None else scores.skipped.tolist()
    reasons = scores.reasons or ("",) * len(x)
    parts = []
    for i, row in enumerate(x.astype("<f8")):
        found = (scores.objective[i], scores.violation[i], scores.ceiling)
        record = row.tobytes() + _AFTER_X.pack(*found, skipped[i], reasons[i].encode())
        parts += [record, zlib.crc32(record, start + i).to_bytes(4, "little")]
    return b"".join(parts)


def _write_all(fd: int, content: bytes) -> None:
    """Write to an open file; a disk that is nearly full takes a part before it refuses."""
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]
