"""What each PV and wind unit does over a day: its own shape or the study's, and its inverter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.inputs.horizon import DayName
from toolkit.inputs.loads import Shapes, own_day
from toolkit.model.feeder import DeclaredUnit, Feeder
from toolkit.model.kinds import STORES
from toolkit.model.notices import Notice, shortlist
from toolkit.model.photovoltaics import Panels, inverter_power, panel_power, working
from toolkit.model.scenario import UnitDay


def unit_days(
    feeder: Feeder,
    sun: FloatArray,
    wind: FloatArray,
    dt: float,
    shapes: Shapes,
    on: DayName | None = None,
    given: Mapping[str, FloatArray] | None = None,
) -> Mapping[str, UnitDay]:
    """Return the days of units by name; ``sun``, kW/m2, and ``wind``, pu, (T,): the study's.

    given: what a unit follows in the place of these, (T,), by its name. With "own" a unit follows
    the shape it declares, of a longer one the day ``on``; a generator without any gives its rating
    in every step. PV and wind that a study adds have no inverter that limits them and follow the
    study; they are left out unless something is given. Raises InputError for a shape that does not
    fit the day.
    """
    days: dict[str, UnitDay] = {}
    own: Mapping[str, FloatArray] = given or {}
    for unit in feeder.units:
        alone = own.get(unit.name)
        if unit.panels is not None:
            followed = sun if alone is None else alone
            days[unit.name] = _pv_day(unit, unit.panels, feeder, followed, dt, shapes, on)
        elif unit.kind == "generator":
            followed = np.ones(len(wind)) if alone is None else alone
            days[unit.name] = _wind_day(unit, feeder, followed, dt, shapes, on)
        elif unit.kind == "wt" and not unit.added:
            followed = wind if alone is None else alone
            days[unit.name] = _wind_day(unit, feeder, followed, dt, shapes, on)
        elif alone is not None:
            days[unit.name] = UnitDay(alone, alone, None, alone)
    return days


def _pv_day(
    unit: DeclaredUnit,
    panels: Panels,
    feeder: Feeder,
    sun: FloatArray,
    dt: float,
    shapes: Shapes,
    on: DayName | None,
) -> UnitDay:
    own = own_day(_as_factors(unit), feeder, dt, len(sun), on) if shapes == "own" else None
    followed = sun if own is None else own[0]
    temperature = None
    if unit.temperature is not None:
        warm = replace(unit, daily=unit.temperature, yearly=None)
        series = own_day(warm, feeder, dt, len(sun), on)
        temperature = None if series is None else series[0]
    degrees = np.full(len(sun), panels.temperature) if temperature is None else temperature
    dc = panel_power(panels, followed, degrees)
    output, _ = inverter_power(dc, panels.inverter)
    # Where the inverter is off its panels count as dark, so that no rounding turns it on.
    off = ~working(dc, panels.inverter) & (followed > 0.0)
    followed = np.where(off, 0.0, followed) if off.any() else followed
    return UnitDay(followed, followed, temperature, output)


def _as_factors(unit: DeclaredUnit) -> DeclaredUnit:
    """Return a PV unit whose shapes are kW/m2, which OpenDSS takes them as with useactual too."""
    daily, yearly = unit.daily, unit.yearly
    return replace(
        unit,
        daily=daily and replace(daily, actual=False),
        yearly=yearly and replace(yearly, actual=False),
    )


def _wind_day(
    unit: DeclaredUnit,
    feeder: Feeder,
    wind: FloatArray,
    dt: float,
    shapes: Shapes,
    on: DayName | None,
) -> UnitDay:
    if unit.steady:
        full = np.ones(len(wind))
        return UnitDay(full, full, None, full)
    own = own_day(unit, feeder, dt, len(wind), on) if shapes == "own" else None
    p, q = (wind, wind) if own is None else own
    return UnitDay(p, q, None, p)


def shape_notices(feeder: Feeder, shapes: Shapes) -> tuple[Notice, ...]:
    """Return one notice for each kind of unit some of which have shapes of their own."""
    notices = []
    for kinds, text in _SHAPED.items():
        own = [
            unit
            for unit in feeder.units
            if unit.kind in kinds
            and (unit.steady or (shapes == "own" and (unit.daily or unit.yearly)))
        ]
        if own:
            shape = own[0].daily or own[0].yearly
            file, line = (shape.file, shape.line) if shape else ("", 0)
            names = shortlist([unit.element for unit in own])
            notices.append(Notice(names, text, file, line, level="note"))
    return tuple(notices)


#: What is said of units with a shape, by kinds.
_SHAPED = {
    ("pv",): "the shape declared counts, not the study's sun (fleet.shapes).",
    ("wt",): "the shape or the status declared counts, not the study's wind (fleet.shapes).",
    ("generator",): "the shape declared counts (fleet.shapes).",
    STORES: "the shape declared is not used: the plan decides their dispatch, and in the base case "
    "batteries idle and vehicles charge on arrival.",
}
