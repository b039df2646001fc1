"""The inverters of a study's units: how their reactive power is decided, and their ratings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.common.errors import InputError
from toolkit.inputs.fleet_sections import UnitBounds
from toolkit.inputs.inverter_sections import (
    RATED,
    SEARCHED_FACTOR,
    WAYS,
    InverterSettings,
    settings_of,
)
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.reactive import Reactive, Searched


def reactive_of(
    study: Study, unit: DeclaredUnit, own: UnitBounds, most_kw: float
) -> Reactive | None:
    """Return how the reactive power of a unit is decided, None where it is as declared.

    own: what the study says of the unit; most_kw: the most that its search may give it. Raises
    InputError where its rating is too small, or nothing says what a rating or priority is for.
    """
    asked = settings_of(study.inverters, own)
    if not any(getattr(asked, name) is not None for name in WAYS):
        _refuse_alone(study, unit, own, asked)
        return None
    kva, per_kw = _rating(asked, unit)
    _check_rating(study, unit, own, min(kva, per_kw * most_kw), most_kw)
    _check_priority(study, unit, own, asked)
    searched, factor = _searched(asked)
    return Reactive(
        searched=searched,
        power_factor=factor,
        least=asked.power_factor_min or SEARCHED_FACTOR,
        kva=kva,
        kva_per_kw=per_kw,
        reactive_first=asked.priority == "reactive",
    )


def with_inverter(study: Study, unit: DeclaredUnit) -> DeclaredUnit:
    """Return a unit whose panels give what its inverter leaves where real power comes first.

    That is so where the study decides its reactive power; others are as declared.
    """
    asked = settings_of(study.inverters, study.fleet.bounds(unit.name))
    decided = any(getattr(asked, name) is not None for name in WAYS)
    if unit.panels is None or not decided:
        return unit
    plain = replace(unit.panels.inverter, pf=1.0, kvar=0.0, first="kw")
    return replace(unit, panels=replace(unit.panels, inverter=plain))


def _searched(asked: InverterSettings) -> tuple[Searched, float]:
    """Return by which variables reactive power is decided, and the factor without them."""
    if asked.reactive is not None:
        return "kvar", 1.0
    if isinstance(asked.power_factor, float):
        return "", asked.power_factor
    return "power_factor", 1.0


def _rating(asked: InverterSettings, unit: DeclaredUnit) -> tuple[float, float]:
    """Return a unit's rating, kVA, and kVA per kW, infinite where it has none of them."""
    if asked.kva is not None:
        return asked.kva, np.inf
    if asked.kva_per_kw is not None:
        return np.inf, asked.kva_per_kw
    declared = _declared(unit)
    return np.inf, RATED if declared == np.inf and asked.reactive is not None else declared


def _declared(unit: DeclaredUnit) -> float:
    """Return the kVA per kW that scripts give an inverter, infinite where they give none."""
    inverter = None if unit.panels is None else unit.panels.inverter
    return np.inf if inverter is None or not inverter.rated else inverter.kva


def _refuse_alone(
    study: Study, unit: DeclaredUnit, own: UnitBounds, asked: InverterSettings
) -> None:
    """Refuse what a study says of an inverter whose reactive power it does not decide."""
    names = ("kva", "kva_per_kw", "priority", "power_factor_min")
    said = [name for name in names if getattr(asked, name) is not None]
    if said:
        raise InputError(
            f"study {study.name}: '{_field(unit, own, said[0])}': found it without power_factor or "
            "reactive; expected one of them beside it, since it limits reactive power alone."
        )


def _field(unit: DeclaredUnit, own: UnitBounds, name: str) -> str:
    """Return the field of the study that says something of a unit."""
    if getattr(own, name) is None:
        return f"inverters.{name}"
    return f"fleet.{'add' if unit.added else 'units'}.{unit.name}.{name}"


def _check_rating(
    study: Study, unit: DeclaredUnit, own: UnitBounds, kva: float, most_kw: float
) -> None:
    declared = _declared(unit)
    if kva >= most_kw * (1.0 - 1e-9) or declared < 1.0:
        return
    raise InputError(
        f"study {study.name}: '{_field(unit, own, 'kva')}': unit {unit.name}: found "
        f"{kva:g} kVA; expected at least {most_kw:g}, the kW that the unit may have: its inverter "
        "carries all of its real power. Give it more kVA, say kva_per_kw, or bound its size."
    )


def _check_priority(
    study: Study, unit: DeclaredUnit, own: UnitBounds, asked: InverterSettings
) -> None:
    if asked.priority != "reactive" or (unit.kind == "pv" and asked.reactive is None):
        return
    raise InputError(
        f"study {study.name}: '{_field(unit, own, 'priority')}': found 'reactive' for "
        f"{unit.element}; expected it of PV with a power factor alone: what stores are planned to "
        "do is carried out, and steps that are decided leave real power first."
    )
