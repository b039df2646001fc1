"""What is to be said of the time that a study is about: the day picked, shapes cut short."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from toolkit.inputs.horizon import ROUNDING
from toolkit.inputs.loads import outlasts, own_shape
from toolkit.inputs.profile_time import zone_told
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredLoad, DeclaredUnit, Feeder, LoadShape
from toolkit.model.kinds import STORES
from toolkit.model.notices import Notice, shortlist
from toolkit.model.scenario import Scenario
from toolkit.problem.picked_days import PickedDays


def with_day_notices(study: Study, feeder: Feeder, series: Profiles, picked: PickedDays) -> Feeder:
    """Return a feeder with what figures of it have to be read with, given a study's profiles.

    series: the profiles as their file has them; picked: the days of them that are studied.
    """
    found = (*_reading(series), *picked.notices, *_cut(study, feeder, picked))
    found += tuple(_shaped(study, feeder, picked))
    return replace(feeder, notices=(*feeder.notices, *found))


def _reading(series: Profiles) -> Iterator[Notice]:
    if series.remark:
        yield Notice("profiles", series.remark, topic="study", level="note")
    if series.start is not None:
        first = series.start.date()
        last = first + datetime.timedelta(days=series.days - 1)
        text = f"days from {first} to {last}, their hours are those of {zone_told(series.start)}."
        yield Notice("profiles", text, topic="study", level="note")


def _cut(study: Study, feeder: Feeder, picked: PickedDays) -> Iterator[Notice]:
    """Name the loads' shapes of which only the first hours count."""
    if study.loads.shapes == "study" or picked.on[0] is not None:
        return
    hours = _hours(picked)
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


def _shaped(study: Study, feeder: Feeder, picked: PickedDays) -> Iterator[Notice]:
    """Name the shapes that count in another way than OpenDSS has it, by what is done to them.

    OpenDSS picks one value at the end of each step, or between two where they have hours.
    """
    hours, on, dt = _hours(picked), picked.on[0], picked.parts[0].dt
    groups: dict[str, dict[str, LoadShape]] = {}
    for declared in _declared(study, feeder):
        shape = own_shape(declared, hours, feeder, on)
        text = "" if shape is None else _taken(shape, dt)
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


def _hours(picked: PickedDays) -> float:
    """Return the length of each stretch of time in hours."""
    return picked.parts[0].steps * picked.parts[0].dt


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


def alike_notices(scenario: Scenario) -> tuple[Notice, ...]:
    """Say of several days that they do not differ where profiles of a year would have them."""
    if scenario.stretches == 1:
        return ()
    load = scenario.folded(scenario.loads.kw.sum(axis=1))
    if not np.array_equal(load, np.broadcast_to(load[0], load.shape)):
        return ()
    text = (
        f"all {scenario.stretches} days have the same load: loads follow shapes of one day which "
        'the scripts declare; with [loads] shapes = "study" they follow the profiles ([fleet] '
        "shapes for sun and wind)."
    )
    return (Notice("horizon.days", text, topic="study"),)
