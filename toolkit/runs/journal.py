"""A run's journal: every evaluation on disk as it happens, so that a run can go on after a crash.

A journal is one file. Its first line is a checksum and JSON that says whose evaluations these are;
then follow records of one size, each with a checksum over itself, its number and whose it is. A
record is in the operating system's hands as soon as the evaluation is made, and on the disk within
a second.
``docs/large-runs.md`` has the format.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from toolkit.common import caps, input_files, locks
from toolkit.common.arguments import PathLike, checked
from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.files import open_in_place, sync_folder, write_all
from toolkit.common.types import ByteArray, FloatArray
from toolkit.optimizer.scores import Scores
from toolkit.optimizer.space import Space
from toolkit.runs.records import (
    HEAD_BYTES,
    MOST,
    SOLVERS,
    Kept,
    head_of,
    kept_of,
    mark_of,
    packed,
    read_head,
    record_type,
    sound,
)

if TYPE_CHECKING:
    import pandas as pd


#: Seconds after which a record is on the disk at the latest.
FLUSH_S = 1.0
#: Seconds to wait for a process that is ending and still holds the journal.
WAIT_S = 20.0


class Journal:
    """The journal of one run, open for this process alone.

    ``held`` is the number of evaluations kept from before, ``lost`` says in words what damage has
    cost. Raises ToolkitError when the file cannot be used, is in use, or belongs to another search
    than ``identity`` (plain values for JSON) says. No more than ``most`` evaluations are kept.
    """

    def __init__(
        self, path: Path, space: Space, identity: Mapping[str, Any], most: int = MOST
    ) -> None:
        self.path = path
        self._type = record_type(len(space))
        head = head_of(space, identity)
        self._mark = mark_of(head)
        self._fault: OSError | None = None
        self._dirty = False
        self._syncing = threading.Lock()
        self._closing = threading.Event()
        fresh = not os.path.lexists(path)
        try:
            self._fd = open_in_place(path, create=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            if not locks.take_within(self._fd, WAIT_S):
                raise ToolkitError(f"{path}: another process is writing this journal.")
            kept = self._take_over(head, most, fresh)
        except BaseException:
            os.close(self._fd)
            raise
        self._records, self.dropped, self.lost = kept.records, kept.dropped, kept.lost
        self.held = len(self._records)
        self._written = self.held
        self._flusher = threading.Thread(target=self._flush_now_and_then, daemon=True)
        self._flusher.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _take_over(self, head: bytes, most: int, fresh: bool) -> Kept:
        """Keep the sound records; what is not sound is cut off."""
        if fresh:
            self._begin(head)
            return Kept(len(head), np.empty(0, self._type))
        with open(self._fd, "rb", closefd=False) as file:
            kept = kept_of(self.path, file, head, self._type, most)
        if kept.start == len(head):
            self._mend(head, kept.start + kept.records.nbytes)
        else:
            self._begin(head)
            self._put(kept.records.tobytes())
        return kept

    def _mend(self, head: bytes, end: int) -> None:
        """Write the first line once more, and cut the file off where the sound records end."""
        try:
            os.lseek(self._fd, 0, os.SEEK_SET)
            write_all(self._fd, head)
            os.ftruncate(self._fd, end)
            os.lseek(self._fd, 0, os.SEEK_END)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _put(self, content: bytes) -> None:
        try:
            write_all(self._fd, content)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _begin(self, head: bytes) -> None:
        """Write the head of a new journal; the file's name is on the disk as well then."""
        try:
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            write_all(self._fd, head)
            os.fsync(self._fd)
        except OSError as error:
            raise _unwritable(self.path, error) from error
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

    def made(self, start: int, n: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return points, (n, d), objectives and violations of n evaluations from ``start`` on."""
        records = self._records[start : start + n]
        x, objective, violation = (
            records[name].astype(float) for name in ("x", "objective", "violation")
        )
        return x, objective, violation

    def solvers(self, start: int, n: int) -> ByteArray:
        """Return what solved n evaluations from ``start`` on, see ``referee``."""
        return np.array(self._records["solver"][start : start + n], dtype=np.uint8)

    def append(self, x: FloatArray, scores: Scores, solvers: ByteArray) -> None:
        """Write evaluations of points x, (n, d), and what solved each, (n,).

        Raises ToolkitError when the disk is full.
        """
        content = packed(x, scores, solvers, self._mark + self._written)
        if self._fault is not None:
            raise _unwritable(self.path, self._fault) from self._fault
        self._put(content)
        self._written += len(x)
        self._dirty = True

    def flush(self) -> None:
        """Have everything on the disk. Raises ToolkitError when that fails."""
        self._sync()
        if self._fault is not None:
            raise _unwritable(self.path, self._fault) from self._fault

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


@checked
def read_journal(path: PathLike) -> pd.DataFrame:
    """Read the journal of a run, also while the run goes on.

    Parameters
    ----------
    path : str or path
        A file ``journal/CASE.journal`` of a results folder.

    Returns
    -------
    pandas.DataFrame
        One row per evaluation, up to the first damaged one. Columns: ``evaluation``, from 1;
        ``objective``, minimised: minus the energy traded, kWh, or as the study says; ``violation``,
        NaN when skipped; ``skipped``; ``solver``, what solved it, blank when skipped; ``reason``,
        in words where there is no score; then the variables by name, in the unit cube.

    Raises
    ------
    InputError
        For a file that is no journal, or whose first line is damaged.

    Examples
    --------
    >>> import toolkit
    >>> toolkit.read_journal("results/mine/journal/cheetah-seed1.journal")  # doctest: +SKIP
       evaluation  objective  violation  skipped  ...
    """
    import pandas as pd

    content = input_files.content(Path(path), caps.JOURNAL_BYTES)
    head = content[: content.find(b"\n", 0, HEAD_BYTES) + 1]
    found = read_head(head)
    content = content[len(head) :]
    if found is None:
        raise InputError(
            f"{path}: no journal, or its first line is damaged; 'toolkit resume' of its folder "
            "keeps the evaluations after it."
        )
    records = sound(content, record_type(len(found["variables"])), mark_of(head))
    skipped = records["skipped"].astype(bool)
    told = pd.DataFrame(
        {
            "evaluation": np.arange(1, len(records) + 1),
            "objective": records["objective"],
            "violation": np.where(skipped, np.nan, records["violation"]),
            "skipped": skipped,
            "solver": [SOLVERS.get(k, "") for k in records["solver"].tolist()],
            "reason": [r.decode("utf-8", "ignore") for r in records["reason"].tolist()],
        }
    )
    return pd.concat([told, pd.DataFrame(records["x"], columns=found["variables"])], axis=1)


def _unwritable(path: Path, error: OSError) -> ToolkitError:
    says = "is a symbolic link" if error.errno == errno.ELOOP else error.strerror or error
    return ToolkitError(f"{path}: cannot be written: {says}")
