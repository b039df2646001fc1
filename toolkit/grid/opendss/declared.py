"""Units as the scripts declare them: what each is, and what its properties say of its power."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import numpy as np

from toolkit.common.errors import InputError
from toolkit.grid.opendss.engine import (
    Engine,
    bus_of,
    enabled_elements,
    nodes_of,
    number_of,
    numbers_of,
    property_of,
)
from toolkit.grid.opendss.fates import has_kva, is_yes, resets_of
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.devices import NOTHING_DECLARED, DeclaredStore
from toolkit.model.feeder import DeclaredUnit, LoadShape
from toolkit.model.kinds import UnitKind
from toolkit.model.photovoltaics import Curve, Inverter, Panels

PHASES = (1, 2, 3)
#: The classes a unit is declared in: its kind, and the property that holds its kW rating.
#: A Storage whose name starts with bev or ev is a vehicle station.
UNIT_CLASSES: dict[str, tuple[UnitKind, str]] = {
    "PVSystem": ("pv", "Pmpp"),
    "Generator": ("wt", "kW"),
    "Storage": ("bess", "kWrated"),
}

#: The class that the units of each kind are.
CLASS_OF = {"bev": "Storage", "generator": "Generator", "capacitor": "Capacitor"}
CLASS_OF |= {str(kind): cls for cls, (kind, _) in UNIT_CLASSES.items()}


def element_of(kind: str, name: str) -> str:
    """Return the full name of the element that a unit of a kind is."""
    return f"{CLASS_OF[kind]}.{name}"


def unit_kind(cls: str, name: str) -> UnitKind:
    """Return the kind of a unit by its class and name."""
    is_station = cls == "Storage" and name.lower().startswith(("bev", "ev"))
    return "bev" if is_station else UNIT_CLASSES[cls][0]


def declared_units(
    d: Engine, said: Origins, shape_of: Callable[[str], LoadShape]
) -> tuple[DeclaredUnit, ...]:
    """Return the enabled units of a circuit. Raises InputError for two of one name."""
    units: list[DeclaredUnit] = []
    cached = cache(shape_of)
    for cls, name in enabled_elements(d):
        if cls in UNIT_CLASSES:
            units.append(_declared_unit(d, cls, name.lower(), said, cached))
    _check_names(units, said)
    return tuple(units)


def _check_names(units: Iterable[DeclaredUnit], said: Origins) -> None:
    by_name: dict[str, DeclaredUnit] = {}
    for unit in units:
        other = by_name.setdefault(unit.name, unit)
        if other is not unit:
            raise InputError(
                f"{said.located(unit.element)}: {_placed(other, said)} and {_placed(unit, said)} "
                f"share the name '{unit.name}', by which results and studies know a unit; rename "
                "one."
            )


def _placed(unit: DeclaredUnit, said: Origins) -> str:
    """Return a unit's full name and where the scripts declare it."""
    place = said.place(unit.element)
    return f"{unit.element} ({place.file.name}, line {place.line})" if place else unit.element


def _declared_unit(
    d: Engine, cls: str, name: str, said: Origins, shape_of: Callable[[str], LoadShape]
) -> DeclaredUnit:
    element, rating = f"{cls}.{name}", UNIT_CLASSES[cls][1]

    def shape(property_name: str) -> LoadShape | None:
        named = property_of(d, element, property_name).lower()
        return shape_of(named) if named else None

    file, line = said.at(element)
    kw = float(property_of(d, element, rating))
    kw = kw if cls != "Storage" else _store_rating(d, element, kw, said)
    pv, generates = cls == "PVSystem", cls != "Storage"
    return DeclaredUnit(
        name=name,
        kind=unit_kind(cls, name),
        element=element,
        bus=bus_of(d, 0),
        kw=kw,
        kwh=0.0 if generates else float(property_of(d, element, "kWhrated")),
        phases=_phases_of_unit(d, element, said),
        delta=is_delta(d, element),
        between=is_between(d, element),
        daily=shape("daily"),
        yearly=shape("yearly"),
        steady=cls == "Generator" and property_of(d, element, "status").lower() == "fixed",
        kvar=number_of(d, element, "kvar") if cls == "Generator" else 0.0,
        panels=_panels(d, element, kw, said) if pv else None,
        temperature=_temperature(d, element, said) if pv else None,
        resets=resets_of(d, element, said),
        store=NOTHING_DECLARED if generates else _store(d, element, said),
        file=file,
        line=line,
    )


def _store_rating(d: Engine, element: str, kw: float, said: Origins) -> float:
    """Return the kW a Storage can give and take: its rating, a share of it, or its inverter's."""
    share = number_of(d, element, "%kWrated") / 100.0
    kva = number_of(d, element, "kVA") if has_kva(d, element, said) else np.inf
    return kw if share >= 1.0 and kva >= kw else float(min(kw * min(share, 1.0), kva))


def _store(d: Engine, element: str, said: Origins) -> DeclaredStore:
    """Return what a script says of a Storage's energy; the engine's own defaults say nothing."""
    names = said.of(element)

    def share(name: str, *others: str) -> float | None:
        given = {name.lower(), *others} & set(names)
        return number_of(d, element, name) / 100.0 if given else None

    return DeclaredStore(
        soc_min=share("%reserve"),
        soc_start=share("%stored", "kwhstored"),
        eta_charge=share("%EffCharge"),
        eta_discharge=share("%EffDischarge"),
    )


def _phases_of_unit(d: Engine, element: str, said: Origins) -> tuple[int, ...]:
    """Return the phases the active element is connected to; those it stands between count too."""
    phases = phases_of(d)
    if not phases:
        nodes = [int(node.rpartition(".")[2]) for node in nodes_of(d)]
        raise InputError(
            f"{said.located(element, 'bus1')}: {element} is connected to {nodes or 'ground'} of "
            "its bus; expected one or more of the phases 1, 2 and 3."
        )
    return phases


def phases_of(d: Engine) -> tuple[int, ...]:
    """Return the phases, of 1 to 3, that the active element is connected to, in its order."""
    nodes = (int(node.rpartition(".")[2]) for node in nodes_of(d))
    return tuple(dict.fromkeys(n for n in nodes if n in PHASES))


def is_delta(d: Engine, element: str) -> bool:
    """Say whether an element is declared in delta."""
    return property_of(d, element, "conn").lower() in ("delta", "ll")


def is_between(d: Engine, element: str) -> bool:
    """Say whether the active element is one phase that stands between two phases of its bus."""
    return len(phases_of(d)) == 2 and float(property_of(d, element, "phases")) == 1.0


def _panels(d: Engine, element: str, kw: float, said: Origins) -> Panels:
    return Panels(
        inverter=_inverter(d, element, kw, said),
        irradiance=number_of(d, element, "irradiance"),
        temperature=number_of(d, element, "temperature"),
        by_temperature=_curve(d, property_of(d, element, "P-TCurve")),
    )


def _inverter(d: Engine, element: str, kw: float, said: Origins) -> Inverter:
    """Return the inverter of a PVSystem; one whose kVA nobody gives carries all, and always works.

    OpenDSS would take 500 kVA and a cut-in of 20 % of them, at which small panels never start.
    """
    names, rated = list(said.of(element)), has_kva(d, element, said) and kw > 0.0
    holds = [name for name in names if name in ("pf", "kvar")]
    held = holds[-1:] == ["kvar"]
    pf = number_of(d, element, "pf")
    kvar = number_of(d, element, "kvar") / kw if held and kw > 0.0 else 0.0
    cut_in, cut_out = (number_of(d, element, n) if rated else 0.0 for n in ("%cutin", "%cutout"))
    by_watt, by_pf = (is_yes(property_of(d, element, n)) for n in ("wattpriority", "pfpriority"))
    whole = float(np.hypot(1.0, kvar)) if held else 1.0 / max(abs(pf), 0.01)
    return Inverter(
        kva=number_of(d, element, "kVA") / kw if rated else whole,
        limit=number_of(d, element, "%Pmpp") / 100.0,
        cut_in=cut_in,
        cut_out=min(cut_out, cut_in),
        efficiency=_curve(d, property_of(d, element, "EffCurve")),
        pf=float("nan") if held else pf,
        kvar=kvar,
        first="pf" if by_pf and not held else "kw" if by_watt else "kvar",
        rated=rated,
    )


def _curve(d: Engine, name: str) -> Curve | None:
    """Return the points of an XYCurve, which is used without its scales and shifts."""
    if not name:
        return None
    d.XYCurves.Name(name)
    x, y = (np.array(v, dtype=float) for v in (d.XYCurves.XArray(), d.XYCurves.YArray()))
    return Curve(x, y) if len(x) else None


def _temperature(d: Engine, element: str, said: Origins) -> LoadShape | None:
    """Return the temperatures a PVSystem follows, deg C, as a shape."""
    name = property_of(d, element, "TDaily") or property_of(d, element, "TYearly")
    if not name:
        return None
    full = f"TShape.{name}"
    values, hours = (numbers_of(d, full, which) for which in ("temp", "hour"))
    interval = number_of(d, full, "interval")
    rising = not interval and len(hours) == len(values) and bool((np.diff(hours) > 0.0).all())
    at = (full, *said.at(full, "temp"))
    return LoadShape(name.lower(), interval, values, None, False, hours if rising else None, *at)
