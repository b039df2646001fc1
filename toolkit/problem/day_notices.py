"""What is to be said of the time that a study is about: the day picked, shapes cut short."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

from toolkit.inputs.horizon import ROUNDING, DayName, profiles_day, profiles_on, shapes_day
from toolkit.inputs.loads import outlasts, own_shape
from toolkit.inputs.profile_time import zone_told
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredLoad, DeclaredUnit, Feeder, LoadShape
from toolkit.model.kinds import STORES
from toolkit.model.notices import Notice, shortlist


def with_day_notices(study: Study, feeder: Feeder, series: Profiles) -> Feeder:
    """Return a feeder with what figures of it have to be read with, given a study's profiles.

    series: the profiles as their file has them, before a day of them is picked.
    """
    found = (*_reading(series), *_picked(study, series), *_cut(study, feeder, series))
    found += tuple(_shaped(study, feeder, series))
    return replace(feeder, notices=(*feeder.notices, *found))


def _reading(series: Profiles) -> Iterator[Notice]:
    if series.remark:
        yield Notice("profiles", series.remark, topic="study", level="note")
    if series.start is not None:
        first = series.start.date()
        last = first + datetime.timedelta(days=series.days - 1)
        text = f"days from {first} to {last}, their hours are those of {zone_told(series.start)}."
        yield Notice("profiles", text, topic="study", level="note")


def _picked(study: Study, series: Profiles) -> Iterator[Notice]:
    day = study.horizon.day
    if day is None:
        return
    where = f"load shapes longer than a day begin with day {day}"
    if series.days > 1:
        at = profiles_day(day, series, study.profiles) + 1
        where = (
            f"day {at} of the {series.days} days of profiles '{study.profiles}' is studied; {where}"
        )
    yield Notice("horizon.day", f"{where}.", topic="study", level="note")


def _cut(study: Study, feeder: Feeder, series: Profiles) -> Iterator[Notice]:
    """Name the loads' shapes of which only the first hours count."""
    if study.loads.shapes == "study" or study.horizon.day is not None:
        return
    hours = series.steps * series.dt
    shapes = [load.daily or load.yearly for load in feeder.loads]
    longer = [shape.name for shape in shapes if shape is not None and outlasts(shape, hours)]
    if longer:
        names = sorted(set(longer))
        yield Notice(
            f"{len(longer)} load{'' if len(longer) == 1 else 's'} with a shape longer than the "
            f"study ({shortlist(names)})",
            f"its first {hours:g} h count, of a year those of the first day; 'horizon.day' in a "
            "study picks another.",
            topic="loads",
            level="note",
        )


def _shaped(study: Study, feeder: Feeder, series: Profiles) -> Iterator[Notice]:
    """Name the shapes that count in another way than OpenDSS has it, by what is done to them.

    OpenDSS picks one value at the end of each step, or between two where they have hours.
    """
    hours = _hours(study, series)
    on = _shapes_day(study, series)
    groups: dict[str, dict[str, LoadShape]] = {}
    for declared in _declared(study, feeder):
        shape = own_shape(declared, hours, feeder, on)
        text = "" if shape is None else _taken(shape, series.dt)
        if shape is None and (shape := declared.yearly) is not None:
            text = (
                f"{shape.length:g} h of a yearly shape are not used, they do not fit {hours:g} h: "
                "the study's profiles count in their place."
            )
        if shape is not None and text:
            groups.setdefault(text, {}).setdefault(shape.element, shape)
    for text, shapes in groups.items():
        first, names = next(iter(shapes.values())), list(shapes)
        yield Notice(shortlist(names), text, first.file, first.line, topic="loads", level="note")


def _shapes_day(study: Study, series: Profiles) -> DayName | None:
    """Return the day that load shapes begin with, profiles being those before it is picked."""
    day = study.horizon.day
    return shapes_day(day, profiles_on(day, series, study.profiles))


def _hours(study: Study, series: Profiles) -> float:
    """Return how many hours a study is about, of a day picked those of it."""
    hours = series.steps * series.dt
    return hours if study.horizon.day is None else min(hours, 24.0)


def _declared(study: Study, feeder: Feeder) -> Iterator[DeclaredLoad | DeclaredUnit]:
    """Yield what may follow a shape of its own; temperatures stand for their unit's."""
    if study.loads.shapes == "own":
        yield from feeder.loads
    for unit in feeder.units:
        if unit.kind in STORES or unit.steady:
            continue
        if study.fleet.shapes == "own":
            yield unit
        if unit.temperature is not None:
            yield replace(unit, daily=unit.temperature, yearly=None)


def _taken(shape: LoadShape, dt: float) -> str:
    """Return what is to be said of a shape in steps of dt hours."""
    if len(shape.p) == 1:
        return ""
    if shape.hours is not None:
        return (
            "values at hours of their own: each step takes the mean of the straight lines between "
            "them, where plain OpenDSS takes the value at its end."
        )
    ratio = dt / shape.interval
    if abs(ratio - 1.0) <= ROUNDING:
        return ""
    does = "the mean of its values" if ratio > 1.0 else "the value of its time"
    return (
        f"values of {shape.interval:g} h in steps of {dt:g} h: each step takes {does}, where plain "
        "OpenDSS takes the one nearest to its end."
    )
