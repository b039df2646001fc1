"""What is to be said of the time that a study is about: the day picked, shapes cut short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.inputs.horizon import day_index
from toolkit.inputs.loads import outlasts
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import Feeder
from toolkit.model.notices import Notice


def with_day_notices(study: Study, feeder: Feeder, series: Profiles) -> Feeder:
    """Return a feeder with what figures of it have to be read with, given a study's profiles.

    series: the profiles as their file has them, before a day of them is picked.
    """
    found = (*_reading(series), *_picked(study, series), *_cut(study, feeder, series))
    return replace(feeder, notices=(*feeder.notices, *found))


def _reading(series: Profiles) -> Iterator[Notice]:
    if series.remark:
        yield Notice("profiles", series.remark, topic="study", level="note")


def _picked(study: Study, series: Profiles) -> Iterator[Notice]:
    day = study.horizon.day
    if day is None:
        return
    days = round(series.steps * series.dt / 24.0)
    where = f"load shapes longer than a day begin with day {day}"
    if days > 1:
        at = day_index(day, days, f"profiles '{study.profiles}'") + 1
        where = f"day {at} of the {days} days of profiles '{study.profiles}' is studied; {where}"
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
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        yield Notice(
            f"{len(longer)} load{'' if len(longer) == 1 else 's'} with a shape longer than the "
            f"study ({shown})",
            f"its first {hours:g} h count, of a year those of the first day; 'horizon.day' in a "
            "study picks another.",
            topic="loads",
            level="note",
        )
