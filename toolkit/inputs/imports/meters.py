"""Meters turned into columns of profiles: one load each, in kW, over whole days of 24 h."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from toolkit.common.errors import InputError, unknown_name
from toolkit.common.types import FloatArray
from toolkit.inputs.imports import intervals, meter_files, zones
from toolkit.inputs.imports.axis import Axis, check_size, minutes_told, onto, stepped
from toolkit.inputs.imports.intervals import Readings, Series
from toolkit.inputs.imports.meter_files import Layout, MeterFile
from toolkit.inputs.imports.store import Columns
from toolkit.inputs.imports.zones import DAY
from toolkit.inputs.profile_time import zone_told

#: Gaps of at most so many hours are filled unless told otherwise.
FILL_HOURS = 2.0
#: Rows from which on values that never fall are the state of a register.
REGISTER = 48


@dataclass(frozen=True)
class Wish:
    """What is to become of meters.

    fill: hours of the longest gap that is filled; loads: the load of each meter, blank where it is
    left out; first, last: the days to keep; step: minutes of a step; share_of: kW of which the sum
    of all is written as a share, for the column of all loads.
    """

    layout: Layout = field(default_factory=Layout)
    fill: float = FILL_HOURS
    loads: Mapping[str, str] | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None
    step: float | None = None
    share_of: float | None = None


def import_meters(paths: Sequence[Path], wish: Wish) -> Columns:
    """Return the loads that files of meters hold, kW, as columns of profiles.

    Raises InputError naming file, row and cure.
    """
    days = (wish.first, wish.last)
    files = [meter_files.read(path, wish.layout, days) for path in paths]
    done = [_told(path, file) for path, file in zip(paths, files, strict=True)]
    series, energy = _regular(files, wish.fill)
    names = ", ".join(str(path) for path in paths)
    first, own, aligned = _aligned(series, names)
    offset, said = _offset(files, wish.layout, first, own)
    done += said
    uneven = {(one.first, len(one.values)) for one in series}
    if len(uneven) > 1:
        done.append(f"meters begin or end at different times: {own.steps:,} steps are common.")
    cut, axis, lines = _whole_days(aligned, first, own, offset, wish, names)
    done += lines
    kw = {name: v / own.dt if energy[name] else v for name, v in cut.items()}
    for one in series:
        done.append(_summary(one, kw[one.name], axis))
    loads, lines = _by_load(kw, wish.loads, names)
    done += lines
    target = axis if wish.step is None else stepped(axis, wish.step, names)
    check_size(target, names)
    if target != axis:
        loads = {name: onto(values, axis, target, names) for name, values in loads.items()}
        done.append(f"steps of {minutes_told(target.dt)} made of those of {minutes_told(axis.dt)}.")
    return Columns(target, _columns(loads, wish.share_of, done, names), tuple(done))


def _told(path: Path, file: MeterFile) -> str:
    """Say how a file was read."""
    rows = sum(len(r.utc) for r in file.readings.values())
    meters = f"{len(file.readings)} meter{'' if len(file.readings) == 1 else 's'}"
    how = f": {'; '.join(file.said)}" if file.said else ""
    return f"{path}: {meters}, {rows:,} values{how}."


def _regular(files: Sequence[MeterFile], fill: float) -> tuple[list[Series], dict[str, bool]]:
    """Return every meter on even steps, and whether it holds energies."""
    parts: dict[str, list[Readings]] = {}
    energy: dict[str, bool] = {}
    for file in files:
        for name, readings in file.readings.items():
            parts.setdefault(name, []).append(readings)
            if energy.setdefault(name, file.energy[name]) != file.energy[name]:
                raise InputError(
                    f"{readings.at(0)}: found {'energy' if file.energy[name] else 'power'}, in "
                    "another file the other; expected one of them, or --unit."
                )
    series = []
    for found in parts.values():
        ordered, said = intervals.in_order(intervals.joined(found))
        _check_register(ordered, energy[ordered.name])
        one = intervals.filled(ordered, intervals.step_of(ordered), fill)
        series.append(Series(one.name, one.first, one.step, one.values, (*said, *one.said)))
    return series, energy


def _check_register(found: Readings, energy: bool) -> None:
    """Refuse values that only rise: the state of a register, not the energy of intervals."""
    known = found.values[~np.isnan(found.values)]
    rises = np.diff(known)
    if energy and len(known) >= REGISTER and (rises >= 0.0).all() and rises.any():
        raise InputError(
            f"{found.at(0)}: found values that never fall, from {known[0]:g} to {known[-1]:g} kWh: "
            "the state of a register; expected the energy of each interval. Take the difference of "
            "each value and the one before."
        )


def _aligned(series: Sequence[Series], where: str) -> tuple[int, Axis, dict[str, FloatArray]]:
    """Return the time that all meters share: its first second, its steps and their values."""
    step = series[0].step
    for one in series:
        if one.step != step or (one.first - series[0].first) % step:
            raise InputError(
                f"{where}: found meter '{one.name}' with steps of {minutes_told(one.step / 3600)} "
                f"and '{series[0].name}' with steps of {minutes_told(step / 3600)}, or between "
                "them; expected the same steps of all. Import them one by one with --step."
            )
    first = max(one.first for one in series)
    last = min(one.first + one.step * len(one.values) for one in series)
    if last <= first:
        raise InputError(f"{where}: found meters that have no time in common; expected some.")
    steps = (last - first) // step
    part = {}
    for one in series:
        at = (first - one.first) // step
        part[one.name] = one.values[at : at + steps]
    return first, Axis(None, step / 3600.0, steps), part


def _offset(
    files: Sequence[MeterFile], layout: Layout, first: int, own: Axis
) -> tuple[datetime.timedelta, list[str]]:
    """Return how far ahead of UTC the days of the profiles are, and what was assumed of it."""
    last = first + round(own.hours * 3600)
    told = {offset for file in files for offset in file.offsets}
    aheads = zones.offsets_between(first, last, layout.zone, told)
    best = zones.best_offset(first, last, aheads)
    if len(aheads) > 1:
        return best, [_changed(best)]
    utc = best == datetime.timedelta() and layout.zone is None
    return best, ["days are those of UTC; --zone says otherwise."] if utc else []


def _changed(ahead: datetime.timedelta) -> str:
    start = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone(ahead))
    return f"clocks change: days of 23 and 25 h became days of 24 h in {zone_told(start)}."


def _whole_days(
    values: Mapping[str, FloatArray],
    first: int,
    own: Axis,
    offset: datetime.timedelta,
    wish: Wish,
    where: str,
) -> tuple[dict[str, FloatArray], Axis, list[str]]:
    """Return the whole days of series, those that were asked for, and what was left out."""
    step = round(own.dt * 3600)
    ahead = round(offset.total_seconds())
    begin = -(-(first + ahead) // DAY) * DAY
    end = (first + ahead + step * own.steps) // DAY * DAY
    epoch = datetime.date(1970, 1, 1)
    if wish.first is not None:
        begin = max(begin, (wish.first - epoch).days * DAY)
    if wish.last is not None:
        end = min(end, ((wish.last - epoch).days + 1) * DAY)
    if end <= begin:
        span = (
            f"{intervals.moment_told(first)} to {intervals.moment_told(first + step * own.steps)}"
        )
        raise InputError(
            f"{where}: found values from {span}, in which there is no whole day of those asked "
            "for; expected at least one from 0 to 24 h (--zone, --from, --to)."
        )
    at, rest = divmod(begin - ahead - first, step)
    if rest:
        raise InputError(
            f"{where}: found steps that begin {(step - rest) / 60:g} min after midnight; expected "
            "one that begins at 0:00. If the clock of a logger is off, put it right in the file."
        )
    steps = (end - begin) // step
    zone = datetime.timezone(offset)
    start = datetime.datetime.fromtimestamp(begin - ahead, zone)
    cut = {name: v[at : at + steps] for name, v in values.items()}
    out = own.steps - steps
    said = [f"{out:,} values of each meter outside whole days or the days asked for left out."]
    return cut, Axis(start, own.dt, steps), said if out else []


def _summary(one: Series, kw: FloatArray, axis: Axis) -> str:
    """Say what a meter holds, and what was done to it."""
    words = [f"{one.name}: {kw.sum() * axis.dt:,.6g} kWh, {kw.min():.4g} to {kw.max():.4g} kW"]
    if (kw < 0.0).any():
        fed = -kw[kw < 0.0].sum() * axis.dt
        words.append(f"{int((kw < 0).sum()):,} values negative, {fed:,.6g} kWh fed in, kept")
    return "; ".join([*words, *one.said]) + "."


def _by_load(
    kw: Mapping[str, FloatArray], loads: Mapping[str, str] | None, where: str
) -> tuple[dict[str, FloatArray], list[str]]:
    """Return series by load: meters by their own name, or added up as a table says."""
    if loads is None:
        return dict(kw), []
    for meter in loads:
        if meter not in kw:
            raise InputError(f"{where}: --map: {unknown_name('meter', meter, kw)}")
    found: dict[str, FloatArray] = {}
    for meter, load in loads.items():
        if load:
            found[load] = found[load] + kw[meter] if load in found else kw[meter]
    out = [meter for meter in kw if not loads.get(meter)]
    if not found:
        raise InputError(f"{where}: --map: found no load for any meter; expected some.")
    return found, [f"meters without a load left out: {', '.join(out)}."] if out else []


def _columns(
    loads: Mapping[str, FloatArray], share_of: float | None, done: list[str], where: str
) -> dict[str, FloatArray]:
    if share_of is None:
        return {f"load.{name} [kW]": values for name, values in loads.items()}
    total: FloatArray = np.sum(list(loads.values()), axis=0)
    if (total < 0.0).any():
        raise InputError(
            f"{where}: --share-of: found a sum of {total.min():.4g} kW; expected none below 0. "
            "Loads that feed in have columns of their own: leave the option out."
        )
    done.append(
        f"their sum written as shares of {share_of:g} kW, at most {total.max() / share_of:.3g}."
    )
    return {"load [pu]": total / share_of}
