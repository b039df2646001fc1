"""What is to be said of units: properties that are set anew, and gaps that are filled."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.grid.opendss.engine import Engine, number_of, property_of
from toolkit.grid.opendss.fates import announced, has_kva, is_yes, text_of
from toolkit.inputs.scripts.origins import Origins
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.notices import Level, Notice

#: How far a kV may be from the base of its bus, as a share, before it is told.
KV_OFF = 0.1
#: What is told as a note: within these everything is as declared.
MILD = ("vminpu", "vmaxpu", "limitcurrent", "kw", "state")


def unit_notices(d: Engine, said: Origins, units: Sequence[DeclaredUnit]) -> tuple[Notice, ...]:
    """Return what is to be said of each unit, at the place that says it."""
    return tuple(
        _notice(said, unit.element, name, text, level)
        for unit in units
        for name, text, level in _said_of(d, unit, said)
    )


def _notice(said: Origins, element: str, name: str, text: str, level: Level) -> Notice:
    return Notice(element, text, *said.at(element, name), level=level)


def _said_of(d: Engine, unit: DeclaredUnit, said: Origins) -> list[tuple[str, str, Level]]:
    """Return (property, text, level) of all that is to be said of one unit."""
    found: list[tuple[str, str, Level]] = []
    for name, fate in announced(d, unit.element, said).items():
        value = text_of(d, unit.element, name, said)
        text = f"{name}={value} is not used, {fate.set_to} is: {fate.reason}."
        found.append((name, text, "note" if name in MILD else "warning"))
    if kv := _odd_kv(d, unit):
        text = f"kv={kv:g} is not used: the voltage base of the bus counts."
        found.append(("kv", text, "warning"))
    own = {"pv": _of_panels, "wt": _of_generator}.get(unit.kind, _of_store)
    return [*found, *_of_connection(unit), *own(d, unit, said)]


def _of_connection(unit: DeclaredUnit) -> list[tuple[str, str, Level]]:
    phases = " and ".join(map(str, unit.phases))
    if unit.between:
        text = f"stands between phases {phases} here; where it is moved to, from each to ground."
        return [("bus1", text, "note")]
    if unit.delta and len(unit.phases) == 2:
        text = f"conn=delta of two phases is not used: it stands from {phases} to ground each."
        return [("conn", text, "warning")]
    return []


def _of_store(d: Engine, unit: DeclaredUnit, said: Origins) -> list[tuple[str, str, Level]]:
    share = number_of(d, unit.element, "%IdlingkW")
    if "%idlingkw" in said.of(unit.element) or not share:
        return []
    text = f"no %IdlingkW is given: taken as 0, where OpenDSS itself takes {share:g} % of kW."
    return [("", text, "note")]


def _odd_kv(d: Engine, unit: DeclaredUnit) -> float:
    """Return the kV of a unit that fits its bus neither to ground nor between phases, or 0."""
    d.Circuit.SetActiveBus(unit.bus)
    base, kv = float(d.Bus.kVBase()), number_of(d, unit.element, "kV")
    levels = [base * times for times in (1.0, 3.0**0.5, 2.0)]
    return 0.0 if not base or any(abs(kv / at - 1.0) <= KV_OFF for at in levels) else kv


def _of_panels(d: Engine, unit: DeclaredUnit, said: Origins) -> list[tuple[str, str, Level]]:
    found: list[tuple[str, str, Level]] = []
    if not has_kva(d, unit.element, said):
        given = "kVA=0 is not used" if "kva" in said.of(unit.element) else "no kVA is given"
        text = (
            f"{given}: its inverter is taken to carry all that the panels give. Plain "
            "OpenDSS would take 500 kVA, of which %cutin=20 is the least that comes through."
        )
        found.append(("kva", text, "warning"))
    if any(shape is not None and shape.actual for shape in (unit.daily, unit.yearly)):
        text = (
            "useactual=yes of its shape is not used: as in OpenDSS, its values are kW/m2, not kW."
        )
        found.append(("daily" if unit.daily else "yearly", text, "warning"))
    cut_in, cut_out = (number_of(d, unit.element, name) for name in ("%cutin", "%cutout"))
    if cut_out > cut_in:
        text = f"%cutout={cut_out:g} is above %cutin={cut_in:g}, and taken as that."
        found.append(("%cutout", text, "warning"))
    held = unit.panels is not None and unit.panels.inverter.pf != unit.panels.inverter.pf
    if held and is_yes(property_of(d, unit.element, "pfpriority")):
        text = "pfpriority=yes is not used: with kvar there is no power factor to keep."
        found.append(("pfpriority", text, "warning"))
    return found


def _of_generator(d: Engine, unit: DeclaredUnit, said: Origins) -> list[tuple[str, str, Level]]:
    if {"pf", "kvar"} & set(said.of(unit.element)):
        return []
    pf = number_of(d, unit.element, "pf")
    return [("", f"no pf or kvar is given: OpenDSS's own pf={pf:g} holds.", "note")]
