"""A journal followed while somebody else writes it: read as it grows, never locked or written."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from toolkit.runs.records import HEAD_BYTES, NO_LINKS, mark_of, read_head, record_type, sound

#: Never waiting for the other end of a pipe that has a journal's name.
_OPENED = os.O_RDONLY | NO_LINKS | getattr(os, "O_NONBLOCK", 0)
#: Records that are read at once.
BLOCK = 2048


class Tail:
    """How far a run has come, by its journal.

    head: what the first line says, None until it is whole; count: sound evaluations; best: the
    least objective of a feasible one, infinite without; violation: the least of the others, of
    those that were scored; steps: (evaluation, objective) of each that was best; written: when the
    file was written last, seconds since the epoch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin()

    def _begin(self) -> None:
        self.head: dict[str, Any] | None = None
        self.count, self.best, self.violation = 0, np.inf, np.inf
        self.steps: list[tuple[int, float]] = []
        self.written = np.nan
        self._at, self._mark, self._file = 0, 0, (0, 0)
        self._layout = np.dtype([("crc", "<u4")])

    def look(self) -> None:
        """Read what is new; nothing where there is no journal, or none that can be read."""
        try:
            with open(os.open(self.path, _OPENED), "rb") as file:
                self._look(file)
        except OSError:
            return

    def _look(self, file: BinaryIO) -> None:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return
        if (found.st_dev, found.st_ino) != self._file or found.st_size < self._at:
            self._begin()  # another file by now, or one that was cut off
            self._file = found.st_dev, found.st_ino
        self.written = found.st_mtime
        if self.head is None and not self._read_head(file):
            return
        file.seek(self._at)
        size = self._layout.itemsize
        while block := file.read(BLOCK * size):
            records = sound(block, self._layout, self._mark + self.count)
            self._take(records)
            if records.nbytes < len(block):
                return

    def _read_head(self, file: BinaryIO) -> bool:
        line = file.readline(HEAD_BYTES)
        self.head = read_head(line)
        if self.head is None:
            return False
        self._at, self._mark = len(line), mark_of(line)
        self._layout = record_type(len(self.head["variables"]))
        return True

    def _take(self, records: NDArray[Any]) -> None:
        """Count some more evaluations."""
        scored = records["skipped"] == 0
        feasible = scored & (records["violation"] == 0.0)
        objective = np.where(feasible, records["objective"], np.inf)
        before = np.minimum.accumulate(np.append(self.best, objective))[:-1]
        for i in np.flatnonzero(objective < before):
            self.steps.append((self.count + int(i) + 1, float(objective[i])))
            self.best = float(objective[i])
        least = records["violation"][scored].min(initial=np.inf)
        self.violation = min(self.violation, float(least))
        self.count += len(records)
        self._at += records.nbytes
