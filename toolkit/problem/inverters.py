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
from toolkit.inputs.volt_curves import VOLT_VAR, VOLT_WATT, points_of
from toolkit.model.feeder import DeclaredUnit, VoltControl
from toolkit.model.kinds import STORES
from toolkit.model.reactive import Reactive, Searched


def reactive_of(
    study: Study, unit: DeclaredUnit, own: UnitBounds, most_kw: float, curtails: bool = False
) -> Reactive | None:
    """Return how the reactive power of a unit is decided, None where it is as declared.

    own: what the study says of the unit; most_kw: the most that its search may give it; curtails:
    whether it may give less than the sun. Raises InputError where its rating is too small, or
    nothing says what a rating or priority is for.
    """
    asked = _asked(study, unit, own)
    by_voltage = unit.volt is not None and bool(unit.volt.var)
    if not (by_voltage or any(getattr(asked, name) is not None for name in WAYS[:-1])):
        _refuse_alone(study, unit, own, asked)
        return None
    kva, per_kw = _rating(asked, unit)
    _check_rating(study, unit, own, min(kva, per_kw * most_kw), most_kw)
    _check_priority(study, unit, own, asked, curtails)
    searched, factor = _searched(asked)
    if searched and asked.volt_watt is not None:
        raise InputError(
            f"study {study.name}: '{_field(unit, own, 'volt_watt')}': unit {unit.name}: "
            "found it with reactive power that is searched; expected volt_var or a power_factor "
            "beside it."
        )
    return Reactive(
        searched=searched,
        power_factor=factor,
        least=asked.power_factor_min or SEARCHED_FACTOR,
        kva=kva,
        kva_per_kw=per_kw,
        reactive_first=asked.priority == "reactive",
        by_voltage=by_voltage,
    )


def with_inverter(study: Study, unit: DeclaredUnit) -> DeclaredUnit:
    """Return a unit whose inverter does what the study says of it.

    Its panels give what the inverter leaves where real power comes first, if the study decides its
    reactive power; and it follows the study's curves. Raises InputError for a unit that cannot, or
    that a control of the scripts steers already.
    """
    own = study.fleet.bounds(unit.name)
    asked = _asked(study, unit, own)
    decided = any(getattr(asked, name) is not None for name in WAYS)
    _check_control(study, unit, own, asked)
    unit = replace(unit, volt=_volt_control(study, unit, own, asked))
    if unit.panels is None or not decided:
        return unit
    plain = replace(unit.panels.inverter, pf=1.0, kvar=0.0, first="kw")
    return replace(unit, panels=replace(unit.panels, inverter=plain))


def _asked(study: Study, unit: DeclaredUnit, own: UnitBounds) -> InverterSettings:
    """Return what a study says of a unit's inverter; nothing of what has none and gives no kW."""
    if unit.kind != "capacitor":
        return settings_of(study.inverters, own)
    said = [name for name in InverterSettings.model_fields if getattr(own, name) is not None]
    if said:
        raise InputError(
            f"study {study.name}: '{_field(unit, own, said[0])}': found it of a capacitor, which "
            "has no inverter; expected its size, and switched = 'per step' where it is switched."
        )
    return InverterSettings()


def _volt_control(
    study: Study, unit: DeclaredUnit, own: UnitBounds, asked: InverterSettings
) -> VoltControl | None:
    """Return the curves that a unit follows; what is said for all holds for those that can."""
    var, watt = points_of(asked.volt_var, VOLT_VAR), points_of(asked.volt_watt, VOLT_WATT)
    if var and not _has_inverter(unit):
        _refuse_curve(study, unit, own, "volt_var", "PV, a battery or a station", "a Generator")
        var = ()
    if watt and unit.kind != "pv":
        what = "what a store does is planned" if unit.kind in STORES else "a Generator"
        _refuse_curve(study, unit, own, "volt_watt", "PV", what)
        watt = ()
    return VoltControl(var, watt) if var or watt else None


def remark(study: Study, unit: DeclaredUnit) -> str:
    """Return what is to be said of a unit that does otherwise than a reader may think, or nothing.

    That is one that cannot follow a curve said of all, or whose reactive power goes first.
    """
    own = study.fleet.bounds(unit.name)
    if unit.kind == "pv" and settings_of(study.inverters, own).priority == "reactive":
        return (
            "priority 'reactive': at its rating it gives the kvar that its power factor makes of "
            "all that the sun gives, and the kW that are left, so the factor does not hold there."
        )
    if study.inverters.volt_var is None or _has_inverter(unit) or unit.kind == "capacitor":
        return ""
    if any(getattr(own, name) is not None for name in WAYS):
        return ""
    return (
        "volt_var of [inverters] is not followed: OpenDSS's controls of inverters work on PV and "
        "storage alone; its reactive power stays as declared."
    )


def _has_inverter(unit: DeclaredUnit) -> bool:
    """Say whether OpenDSS's InvControl can work on a unit."""
    return unit.kind == "pv" or unit.kind in STORES


def _refuse_curve(
    study: Study, unit: DeclaredUnit, own: UnitBounds, name: str, who: str, why: str
) -> None:
    """Refuse a curve that a study gives a unit of its own which cannot follow it."""
    if getattr(own, name) is not None:
        raise InputError(
            f"study {study.name}: '{_field(unit, own, name)}': found it for {unit.element} ({why}),"
            f" which follows no curve; expected it of {who}."
        )


def _check_control(
    study: Study, unit: DeclaredUnit, own: UnitBounds, asked: InverterSettings
) -> None:
    """Refuse to decide about an inverter that a control of the scripts works on."""
    said = [name for name in (*WAYS, "volt_watt") if getattr(asked, name) is not None]
    if unit.control and said:
        others = f"leave {said[0]} out for this unit"
        if getattr(own, said[0]) is None:
            others = f"say {said[0]} in [fleet.units.NAME] of the other units"
        raise InputError(
            f"study {study.name}: '{_field(unit, own, said[0])}': {unit.control} of the scripts "
            f"works on {unit.element}; expected one of them: disable the control in the script "
            f"('Disable {unit.control}'), or {others}."
        )


def _searched(asked: InverterSettings) -> tuple[Searched, float]:
    """Return by which variables reactive power is decided, and the factor without them."""
    if asked.reactive is not None:
        return "kvar", 1.0
    if asked.power_factor == "optimised":
        return "power_factor", 1.0
    return "", asked.power_factor or 1.0


def _rating(asked: InverterSettings, unit: DeclaredUnit) -> tuple[float, float]:
    """Return a unit's rating, kVA, and kVA per kW, infinite where it has none of them."""
    if asked.kva is not None:
        return asked.kva, np.inf
    if asked.kva_per_kw is not None:
        return np.inf, asked.kva_per_kw
    declared = _declared(unit)
    needs = asked.reactive is not None or asked.volt_var is not None
    return np.inf, RATED if declared == np.inf and needs else declared


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
    if said and asked.volt_var is None:
        raise InputError(
            f"study {study.name}: '{_field(unit, own, said[0])}': found it without power_factor, "
            "reactive or volt_var; expected one of them beside it, since it says how much reactive "
            "power there may be, not which."
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
    study: Study, unit: DeclaredUnit, own: UnitBounds, asked: InverterSettings, curtails: bool
) -> None:
    if asked.priority != "reactive":
        return
    by_factor = asked.reactive is None and asked.volt_var is None
    whole = not curtails and asked.volt_watt is None
    if unit.kind == "pv" and by_factor and whole:
        return
    raise InputError(
        f"study {study.name}: '{_field(unit, own, 'priority')}': found 'reactive' for "
        f"{unit.element}; expected it of PV with a power factor that gives all that the sun gives: "
        "elsewhere real power is what a plan says."
    )
