"""Columns that were imported written as a profile file, alone or beside those of another."""

from __future__ import annotations

import csv
import datetime
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from toolkit.common import files
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs import profiles
from toolkit.inputs.imports.axis import Axis, axis_of, onto
from toolkit.inputs.profile_columns import COLUMN, HOUR, TIME
from toolkit.inputs.profile_time import zone_told
from toolkit.inputs.profiles import Profiles

#: Clocks up to so far apart may both be of one place: by law and by the sun.
NEAR = datetime.timedelta(hours=3)


@dataclass(frozen=True)
class Columns:
    """What an import gives: columns of a profile file on an axis, and what was done, in words.

    typical: whether its dates are no dates on which anything was measured.
    """

    axis: Axis
    values: Mapping[str, FloatArray]
    done: tuple[str, ...]
    typical: bool = False


def check_out(out: Path, force: bool) -> None:
    """Raise InputError for a file that cannot be written under that name."""
    if not profiles.is_path(out.name):
        raise InputError(
            f"--out: found '{out}'; expected a name that ends in {', '.join(profiles.SUFFIXES)}."
        )
    if os.path.lexists(out) and not force:
        raise InputError(f"{out}: exists already; choose another name, or --force replaces it.")


def write(columns: Columns, out: Path) -> None:
    """Write columns as a profile file. Raises ToolkitError where that cannot be done."""
    target = columns.axis
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([HOUR if target.start is None else TIME, *columns.values])
    cells = [_clock(target), *([_cell(v) for v in column] for column in columns.values.values())]
    writer.writerows(zip(*cells, strict=True))
    # What is written is what a study reads: names and values that it refuses are told now.
    profiles.parse(text.getvalue(), str(out))
    files.write_text(out, text.getvalue())


def _cell(value: float) -> str:
    """Return a value in as few digits as give it back."""
    short = repr(float(value))
    return short.removesuffix(".0")


def _clock(target: Axis) -> list[str]:
    if target.start is None:
        return [_cell(round(i * target.dt, 6)) for i in range(target.steps)]
    step = datetime.timedelta(hours=target.dt)
    return [(target.start + i * step).isoformat(timespec="minutes") for i in range(target.steps)]


def beside(found: Columns, base: Profiles, force: bool) -> Columns:
    """Return imported columns on the axis of profiles, with the columns of these before them.

    Raises InputError for a column that is there already, unless it may be replaced, and for days
    that do not fit.
    """
    target = axis_of(base)
    there = present(base)
    taken = [name for name in found.values if name in there]
    if taken and not force:
        raise InputError(f"{base.file}: column '{taken[0]}' is there already; --force replaces it.")
    where = ", ".join(list(found.values)[:3])
    own, said = _own_axis(found, target)
    moved = {name: onto(v, own, target, where) for name, v in found.values.items()}
    if target.start is None and found.axis.start is not None:
        target = replace(target, start=found.axis.start)
    done = [*found.done, *said]
    if found.axis != target:
        done.append(f"put on the steps of {base.file}: {target.told()}.")
    return Columns(target, {**there, **moved}, tuple(done))


def _own_axis(found: Columns, target: Axis) -> tuple[Axis, list[str]]:
    """Return the axis of columns beside a target, and what is to be said of their clocks.

    A typical year of a place far away is put clock on clock: by its instants the sun would be
    highest in the evening or at night. All else keeps its instants.
    """
    own = found.axis
    if own.start is None or target.start is None:
        return own, []
    ahead, there = (
        start.utcoffset() or datetime.timedelta() for start in (own.start, target.start)
    )
    if ahead == there:
        return own, []
    clocks = f"{zone_told(own.start)} and {zone_told(target.start)}"
    if not found.typical or abs(ahead - there) <= NEAR:
        return own, [f"instants kept between {clocks}."]
    start = own.start.replace(tzinfo=target.start.tzinfo)
    return replace(own, start=start), [
        f"{clocks} are far apart: this typical year was put clock on clock, its noon on their noon."
    ]


def present(base: Profiles) -> dict[str, FloatArray]:
    """Return the columns of values that a profile file has, by name."""
    shared = {COLUMN[f]: np.asarray(getattr(base, f)) for f in COLUMN if f not in base.lacking}
    return {**shared, **base.own}
