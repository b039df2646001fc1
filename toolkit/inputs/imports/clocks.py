"""The clock of a file: its zone, its step, and which end of an interval its times name."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import IndexArray
from toolkit.inputs.imports import zones
from toolkit.inputs.imports.tables import RawTable
from toolkit.inputs.imports.timestamps import Times, Written

Stamp = Literal["start", "end"]
#: Rows in the order of time, their moments, and what was done.
Moments = tuple[IndexArray, IndexArray, list[str]]


@dataclass(frozen=True)
class Clock:
    """Zone, step in seconds, and the end of its interval that a time names."""

    zone: datetime.tzinfo | None
    step: int
    stamp: Stamp
    said: tuple[str, ...]
    #: Moments by rows: columns of one file share theirs.
    known: dict[bytes, Moments] = field(default_factory=dict, repr=False)

    def moments(self, times: Times, rows: IndexArray, table: RawTable) -> Moments:
        """Return rows of a file, the newest last, when their intervals begin, and what was done.

        Moments are seconds from 1970 in UTC. Raises InputError.
        """
        key = rows.tobytes()
        if key not in self.known:
            self.known[key] = self._moments(times, rows, table)
        return self.known[key]

    def _moments(self, times: Times, rows: IndexArray, table: RawTable) -> Moments:
        if len(rows) > 1 and times.written[rows[0]].wall > times.written[rows[-1]].wall:
            rows = rows[::-1]
        every = table.lines
        lines = [every[i] for i in rows]
        own = Times(tuple(times.written[i] for i in rows), ())
        if self.stamp == "end" and not own.has_offsets:
            return rows, *self._ends(own, lines, table.where)
        utc, said = zones.moments(own, self.zone, lines, table.where)
        return rows, utc - self.step if self.stamp == "end" else utc, said

    def _ends(self, own: Times, lines: list[int], where: str) -> tuple[IndexArray, list[str]]:
        """Return when intervals begin whose ends are written.

        On the night of an hour that occurs twice some write the end of its first run by the one
        clock, some by the other: what gives every interval once is taken.
        """
        back = datetime.timedelta(seconds=self.step)
        moved = tuple(Written(t.wall - back, None) for t in own.written)
        try:
            return zones.moments(Times(moved, ()), self.zone, lines, where)
        except InputError:
            utc, said = zones.moments(own, self.zone, lines, where)
            return utc - self.step, said


def clock_of(times: Times, zone: str | None, stamp: Stamp | None) -> Clock:
    """Return the clock of all times of a file; what is not told is found, and said."""
    walls = np.unique([zones.seconds_of(t.wall) for t in times.written])
    diffs = np.diff(walls)
    values, counts = np.unique(diffs, return_counts=True)
    step = int(values[counts.argmax()]) if len(diffs) else 0
    known = None if zone is None else zones.zone_of(zone)
    if stamp is not None:
        return Clock(known, step, stamp, ())
    if step and walls[-1] % zones.DAY == 0 and walls[0] % zones.DAY == step:
        said = "times taken as the end of each interval, since the last one is midnight"
        return Clock(known, step, "end", (said,))
    said = "times taken as the start of each interval (--stamp end says otherwise)"
    return Clock(known, step, "start", (said,))
