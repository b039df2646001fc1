"""The days of its profiles that a study is about: one, all in a row, or some that stand for all."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs.horizon import DayName, profiles_day, profiles_on, shapes_day
from toolkit.inputs.horizon_sections import Extreme
from toolkit.inputs.profiles import Profiles, combined
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.model.notices import Notice, shortlist
from toolkit.model.operation import Operation
from toolkit.model.risk import Risk
from toolkit.model.scenario import SeparateDays
from toolkit.problem import fleet_builder, named_series
from toolkit.problem.scenario_builder import scenario_of
from toolkit.problem.stations import station_days

if TYPE_CHECKING:
    from toolkit.problem.typical_days import TypicalDays

#: How far the weights of listed days may be from the days of the profiles, as a share.
ROUNDING = 1e-6
#: How far weighted sums may be from those of all days, as a share, without a word about it.
CLOSE = 1.005e-2


@dataclass(frozen=True)
class PickedDays:
    """What a study takes of its profiles.

    parts: the profiles of each stretch of time; on: the day that load shapes begin with in each;
    separate: what the stretches are where they are several, None for one; notices: what figures
    have to be read with.
    """

    parts: tuple[Profiles, ...]
    on: tuple[DayName | None, ...]
    separate: SeparateDays | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def profiles(self) -> Profiles:
        """The profiles of all stretches, side by side."""
        return _joined(self.parts)


def picked(study: Study, feeder: Feeder, series: Profiles) -> PickedDays:
    """Return the days of its profiles that a study is about.

    Raises InputError for a day that they do not have, and for weights that do not sum to theirs.
    """
    asked = study.horizon
    if isinstance(asked.days, tuple):
        return _listed(study, asked.days, series)
    if asked.days == "typical":
        return _typical(study, feeder, series)
    day = profiles_on(asked.day, series, study.profiles)
    return PickedDays((day,), (shapes_day(asked.day, day),), notices=_of_one(study, series))


def _of_one(study: Study, series: Profiles) -> tuple[Notice, ...]:
    day = study.horizon.day
    if day is None:
        return ()
    where = f"load shapes longer than a day begin with day {day}"
    if series.days > 1:
        at = profiles_day(day, series, study.profiles) + 1
        where = (
            f"day {at} of the {series.days} days of profiles '{study.profiles}' is studied; {where}"
        )
    return (Notice("horizon.day", f"{where}.", topic="study", level="note"),)


def _listed(study: Study, days: tuple[DayName, ...], series: Profiles) -> PickedDays:
    weights = _weights(study, len(days), series)
    parts = _parts(study, days, series)
    _check_different(study, days, series)
    separate = SeparateDays(tuple(str(day) for day in days), weights)
    each = shortlist([f"{n} for {w:.4g}" for n, w in zip(separate.names, weights, strict=True)])
    text = (
        f"{len(days)} days stand for {weights.sum():,.6g} ({each}); sums are over all of them, "
        "each as often as it counts; stores begin every day at soc_start."
    )
    notice = Notice("horizon.days", text, topic="study", level="note")
    notices = (notice, *_of_risk(study.horizon.over_days, weights))
    return PickedDays(parts, _begins(days, parts), separate, notices)


def _weights(study: Study, count: int, series: Profiles) -> FloatArray:
    """Return how many days each of some listed days stands for, (D,)."""
    asked, days = study.horizon.weights, series.days
    if asked is None:
        return np.full(count, max(days, count) / count)
    total = float(np.sum(asked))
    if days > 1 and abs(total - days) > ROUNDING * days:
        raise InputError(
            f"study {study.name}: 'horizon.weights': found a sum of {total:,.8g}; expected "
            f"{days:,}, the days of profiles '{study.profiles}' that they stand for."
        )
    return np.array(asked, dtype=float)


def _parts(study: Study, days: tuple[DayName, ...], series: Profiles) -> tuple[Profiles, ...]:
    if (
        abs(series.dt * round(24.0 / series.dt) - 24.0) > ROUNDING
        or series.steps * series.dt < 24.0
    ):
        raise InputError(
            f"study {study.name}: 'horizon.days': found profiles '{study.profiles}' of "
            f"{series.steps} steps of {series.dt:g} h; expected whole days of 24 h."
        )
    if (steps := len(days) * round(24.0 / series.dt)) > caps.STEPS:
        raise InputError(
            f"study {study.name}: 'horizon.days': found {len(days):,} days of {steps:,} steps in "
            f"all; expected at most {caps.STEPS:,} steps."
        )
    return tuple(profiles_on(day, series, study.profiles) for day in days)


def _check_different(study: Study, days: tuple[DayName, ...], series: Profiles) -> None:
    """Refuse two names of one day: "1" and its date, or its date in two years."""
    names: dict[int, DayName] = {}
    for day in days:
        at = profiles_day(day, series, study.profiles)
        if at in names:
            raise InputError(
                f"study {study.name}: 'horizon.days': '{names[at]}' and '{day}' are one day of "
                f"profiles '{study.profiles}', listed twice; expected each once, with a weight."
            )
        names[at] = day


def _begins(days: tuple[DayName, ...], parts: tuple[Profiles, ...]) -> tuple[DayName | None, ...]:
    return tuple(shapes_day(day, part) for day, part in zip(days, parts, strict=True))


def _typical(study: Study, feeder: Feeder, series: Profiles) -> PickedDays:
    asked = study.horizon
    if series.days <= asked.typical_days:
        raise InputError(
            f"study {study.name}: 'horizon.days': found {asked.typical_days} typical days and "
            f"profiles '{study.profiles}' of {series.days}; expected profiles of more days, or a "
            "lower 'horizon.count'."
        )
    # What it stands on is heavy, and a search's processes have no need of it.
    from toolkit.problem.typical_days import typical_days

    every = _parts(study, (1,), series)[0].steps
    found = typical_days(_features(study, feeder, series), every, asked.typical_days, asked.kept)
    first = series.start and series.start.date()
    numbers = [int(at) + 1 for at in found.at]
    days: list[DayName] = [
        n if first is None else (first + datetime.timedelta(days=n - 1)).isoformat()
        for n in numbers
    ]
    parts = _parts(study, tuple(days), series)
    separate = SeparateDays(tuple(str(day) for day in days), found.weights, typical=True)
    notice = Notice(
        "horizon.days", _told(found, separate, series, asked.kept), topic="study", level="note"
    )
    notices = (notice, *_of_risk(study.horizon.over_days, found.weights))
    return PickedDays(parts, _begins(tuple(days), parts), separate, notices)


def _of_risk(risk: Risk, weights: FloatArray) -> tuple[Notice, ...]:
    """Return what a figure of bad days has to be read with. weights: of all days, (D,)."""
    if not risk.averse:
        return ()
    text = (
        f"what is sought is what all days would give {risk.words}; other days add nothing to it, "
        "so a search has no reason to dispatch stores well on them."
    )
    tail = risk.tail * weights.sum()
    if risk.name == "cvar" and weights.min() >= tail:
        text += (
            f" Each day stands for {weights.min():.4g} days or more, and the worst "
            f"{100.0 * risk.tail:.4g} % are {tail:.4g}: this is the worst day alone. A lower "
            "'risk_level' takes in more."
        )
    return (Notice("horizon.risk", text, topic="study", level="note"),)


def _features(study: Study, feeder: Feeder, series: Profiles) -> dict[str, FloatArray]:
    """Return what days are alike in, each (T,): load, sun, wind, trips, and what could be exported.

    load, kW, of all buses; sun and wind: kW of all units at their largest; export: these less load.
    """
    bare = named_series.without_overruled(feeder, series)
    fleet = fleet_builder.fleet(study, bare)
    names = [fleet.units[u].name for u in fleet.rows["bev"]]
    stations = station_days(series, names, series.file)
    begins = None if series.start is None else series.start.date().isoformat()
    scenario = scenario_of(study, bare, series, stations, begins)
    operation = Operation(fleet, scenario)
    largest = np.array([u.size_max * u.kw_per_size for u in fleet.units])[:, None]
    power, load = largest * operation.generation, scenario.loads.kw.sum(axis=1)
    sun, wind = (power[fleet.rows[kind]].sum(axis=0) for kind in ("pv", "wt"))
    trips = operation.stores.trip.sum(axis=0)
    return {"load": load, "sun": sun, "wind": wind, "trips": trips, "export": sun + wind - load}


def _told(
    found: TypicalDays, separate: SeparateDays, series: Profiles, extremes: Sequence[Extreme]
) -> str:
    each = [
        f"{name} for {weight:.4g} ({members:.0f} in its cluster)"
        for name, weight, members in zip(separate.names, found.weights, found.members, strict=True)
    ]
    off = ", ".join(f"{name} {100.0 * share:+.2f} %" for name, share in found.off.items())
    far = any(abs(share) > CLOSE for share in found.off.values())
    more = ", more than 1 %: more days, or fewer extremes, come closer" if far else ""
    bare = "" if extremes else " The days of highest load, most export and least sun are not kept."
    return (
        f"{len(each)} typical days stand for the {series.days} of the profiles: {'; '.join(each)}. "
        f"Real days, clustered by tsam. Weighted sums are off by {off}{more}.{bare} Stores begin "
        "every day at soc_start."
    )


def _joined(parts: tuple[Profiles, ...]) -> Profiles:
    """Return profiles of several days side by side."""
    if len(parts) == 1:
        return parts[0]
    return replace(combined(parts, np.concatenate), start=None)
