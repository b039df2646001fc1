"""A meter's readings as one value per step: duplicates, steps that change, gaps."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray, IndexArray
from toolkit.inputs.imports.axis import minutes_told

#: Equal differences in a row that make another step, not a gap.
CHANGES = 3


@dataclass(frozen=True)
class Readings:
    """What one meter wrote: seconds from 1970 in UTC, values, NaN where blank, and lines, (n,).

    where: its file; name: what it is called.
    """

    where: str
    name: str
    utc: IndexArray
    values: FloatArray
    lines: IndexArray

    def at(self, i: int) -> str:
        """Return where a reading stands, for messages."""
        return f"{self.where}, row {self.lines[i]}, '{self.name}'"

    def part(self, kept: IndexArray) -> Readings:
        """Return some of the readings, in the order given."""
        return Readings(self.where, self.name, self.utc[kept], self.values[kept], self.lines[kept])


@dataclass(frozen=True)
class Series:
    """A meter's values from ``first`` on, seconds from 1970, in steps of so many seconds, (n,)."""

    name: str
    first: int
    step: int
    values: FloatArray
    said: tuple[str, ...]


def moment_told(utc: int) -> str:
    """Return a moment in words."""
    return datetime.datetime.fromtimestamp(utc, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def joined(parts: list[Readings]) -> Readings:
    """Return the readings of one meter from several files as one."""
    if len(parts) == 1:
        return parts[0]
    return Readings(
        ", ".join(dict.fromkeys(p.where for p in parts)),
        parts[0].name,
        np.concatenate([p.utc for p in parts]),
        np.concatenate([p.values for p in parts]),
        np.concatenate([p.lines for p in parts]),
    )


def in_order(found: Readings) -> tuple[Readings, list[str]]:
    """Return readings by rising time, each once, and what was done.

    Raises InputError for two values of one time that differ.
    """
    order = np.argsort(found.utc, kind="stable")
    said = [] if (np.diff(order) > 0).all() else ["rows put in order of time"]
    ordered = found.part(order)
    same = np.flatnonzero(np.diff(ordered.utc) == 0)
    for i in same:
        one, other = ordered.values[i], ordered.values[i + 1]
        if one != other and not (np.isnan(one) and np.isnan(other)):
            raise InputError(
                f"{ordered.at(int(i) + 1)}: found {other:g} for "
                f"{moment_told(int(ordered.utc[i]))}, of which row {ordered.lines[i]} says "
                f"{one:g}; expected one value of each interval. Leave one of the overlapping rows "
                "out; where clocks change, --zone tells two equal hours apart."
            )
    if len(same):
        said.append(f"{len(same)} rows that repeat others left out")
    kept = np.delete(np.arange(len(ordered.utc)), same + 1)
    return ordered.part(kept), said


def step_of(found: Readings) -> int:
    """Return the step of readings in order, seconds. Raises InputError where it changes."""
    if len(found.utc) < 2:
        raise InputError(
            f"{found.at(0)}: found one reading; expected one per interval over whole days."
        )
    diffs = np.diff(found.utc)
    step = int(Counter(diffs.tolist()).most_common(1)[0][0])
    for i in np.flatnonzero(diffs != step):
        again = diffs[i : i + CHANGES]
        if len(again) == CHANGES and (again == diffs[i]).all():
            raise InputError(
                f"{found.at(int(i) + 1)}: found steps of {minutes_told(diffs[i] / 3600)} after "
                f"steps of {minutes_told(step / 3600)}; expected one step throughout. Import the "
                "parts one by one with --from, --to and --step."
            )
    off = np.flatnonzero((found.utc - found.utc[0]) % step)
    if len(off):
        at = int(off[0])
        raise InputError(
            f"{found.at(at)}: found {moment_told(int(found.utc[at]))}, which is between the "
            f"steps of {minutes_told(step / 3600)} that other rows make; expected one step."
        )
    if 86_400 % step or step > 8 * 3600:
        raise InputError(
            f"{found.at(1)}: found a step of {minutes_told(step / 3600)}; expected at most 8 h, "
            "and a whole number of steps in a day."
        )
    return step


def filled(found: Readings, step: int, most: float) -> Series:
    """Return readings in order on every step, gaps of at most so many hours filled.

    A gap takes the straight line between its neighbours. Raises InputError for a longer one. Blank
    cells at the ends are left out.
    """
    there = np.flatnonzero(~np.isnan(found.values))
    if not len(there):
        raise InputError(f"{found.at(0)}: found no value; expected some.")
    found = found.part(np.arange(there[0], there[-1] + 1))
    place = (found.utc - found.utc[0]) // step
    values = np.full(int(place[-1]) + 1, np.nan)
    values[place] = found.values
    missing = np.isnan(values)
    said: tuple[str, ...] = ()
    if missing.any():
        starts, ends = _runs(missing)
        longest = int((ends - starts).max())
        if longest * step > most * 3600.0 + 1e-6:
            _refuse_gap(
                found, place, int(starts[int((ends - starts).argmax())]), longest, step, most
            )
        known = np.flatnonzero(~missing)
        values[missing] = np.interp(np.flatnonzero(missing), known, values[known])
        said = (
            f"{int(missing.sum())} of {len(values):,} values in {len(starts)} "
            f"gap{'s' if len(starts) > 1 else ''} filled by straight lines, the longest "
            f"{minutes_told(longest * step / 3600)}",
        )
    return Series(found.name, int(found.utc[0]), step, values, said)


def _runs(missing: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[IndexArray, IndexArray]:
    """Return where runs of true begin and where they are over."""
    edges = np.diff(np.concatenate([[0], missing.astype(int), [0]]))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _refuse_gap(
    found: Readings, place: IndexArray, start: int, length: int, step: int, most: float
) -> None:
    before = int(np.flatnonzero((place < start) & ~np.isnan(found.values))[-1])
    raise InputError(
        f"{found.at(before)}: found no value for {minutes_told(length * step / 3600)} from "
        f"{moment_told(int(found.utc[0]) + start * step)} on; expected gaps of at most "
        f"{minutes_told(most)} (--fill). Choose days without it (--from, --to)."
    )
