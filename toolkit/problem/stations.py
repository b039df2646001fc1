"""Vehicle stations: how many vehicles each has, with what charger and what battery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.inputs.fleet_sections import AddedUnit, UnitBounds
from toolkit.inputs.profile_columns import own_of, unknown_owner
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredUnit
from toolkit.model.operation import Operation, unserved
from toolkit.model.scenario import StationDay

#: Charger, kW, and battery, kWh, of a vehicle of which neither study nor scripts say anything.
CHARGER_KW, BATTERY_KWH = 7.4, 40.0
#: Hours of charging at full power above which a declared energy is no battery but a limit set too
#: wide to bind, as the scripts of a station need it whose vehicles drive energy away.
WIDE_HOURS = 48.0
#: Stations that a message names.
NAMED = 5
#: How far two ratings may be apart and count as the same, as a share.
SAME = 1e-6


@dataclass(frozen=True)
class Station:
    """A station as it counts: n vehicles, each with a charger, kW, and a battery, kWh."""

    vehicles: int
    charger_kw: float
    battery_kwh: float


def added(study: Study, unit: AddedUnit) -> Station:
    """Return a station that a study adds."""
    charger, battery = unit.charger_kw, unit.battery_kwh
    return Station(
        vehicles=unit.vehicles or 0,
        charger_kw=charger or study.vehicles.charger_kw or CHARGER_KW,
        battery_kwh=battery or study.vehicles.battery_kwh or BATTERY_KWH,
    )


def declared(study: Study, unit: DeclaredUnit, own: UnitBounds) -> Station:
    """Return a station that the scripts declare, with what the study says of it.

    What the study says of this station goes before what it says of all, and that before the
    scripts. Where it says nothing, power and energy are those declared.
    """
    count, charger = _chargers(study, unit, own)
    return Station(count, charger, _battery(study, unit, own, count))


def _chargers(study: Study, unit: DeclaredUnit, own: UnitBounds) -> tuple[int, float]:
    """Return the number of vehicles, and the kW of one charger."""
    said = own.charger_kw or study.vehicles.charger_kw
    if own.vehicles is not None:
        each = unit.kw / own.vehicles
        usual = unit.kw <= 0.0 or _same(each, CHARGER_KW)
        return own.vehicles, said or (CHARGER_KW if usual else each)
    charger = said or CHARGER_KW
    count = round(unit.kw / charger)
    if unit.kw <= 0.0 or (count > 0 and _same(count * charger, unit.kw)):
        return count, charger
    # No whole number of them: never none at all, and as declared unless the study says otherwise.
    return (max(count, 1), said) if said else (1, unit.kw)


def _battery(study: Study, unit: DeclaredUnit, own: UnitBounds, count: int) -> float:
    """Return the kWh of one vehicle."""
    said = own.battery_kwh or study.vehicles.battery_kwh
    if said or not count or unit.kwh <= 0.0 or _wide(unit):
        return said or BATTERY_KWH
    return BATTERY_KWH if _same(count * BATTERY_KWH, unit.kwh) else unit.kwh / count


def _wide(unit: DeclaredUnit) -> bool:
    """Say whether a declared energy is too much for a battery at the power declared."""
    return unit.kwh > WIDE_HOURS * unit.kw


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def remark(study: Study, unit: DeclaredUnit, own: UnitBounds, station: Station) -> str:
    """Say what a station counts as where that is not what the scripts declare, or was assumed."""
    whole = f"{station.vehicles} {'vehicle' if station.vehicles == 1 else 'vehicles'}"
    counts = f"counts as {whole} of {station.charger_kw:.6g} kW and {station.battery_kwh:.6g} kWh"
    declares = f"declares {unit.kw:.6g} kW and {unit.kwh:.6g} kWh"
    stated = own.battery_kwh is not None or own.vehicles is not None or own.charger_kw is not None
    if stated or unit.kw <= 0.0:
        return ""
    wide = _wide(unit)
    as_declared = _same(station.vehicles * station.charger_kw, unit.kw) and (
        wide or _same(station.vehicles * station.battery_kwh, unit.kwh)
    )
    if not as_declared:
        return (
            f"{declares}; {counts}, as [vehicles] says; fleet.units.{unit.name} can say otherwise."
        )
    if wide and study.vehicles.battery_kwh is None:
        return (
            f"{declares}, more than {WIDE_HOURS:.0f} hours of charging: no battery; {counts}; "
            f"battery_kwh in fleet.units.{unit.name} can say otherwise."
        )
    usual = study.vehicles.charger_kw or CHARGER_KW
    if not _same(station.charger_kw, usual):
        return (
            f"{declares}, no whole number of chargers of {usual:.6g} kW; {counts}; vehicles and "
            f"charger_kw in fleet.units.{unit.name} can say otherwise."
        )
    return ""


def station_days(day: Profiles, stations: Sequence[str], where: str) -> dict[str, StationDay]:
    """Return the days of stations that have columns of their own in profiles, by name.

    Raises InputError for a column about no station, or two about one; ``where`` names the file.
    """
    own: dict[str, dict[str, FloatArray]] = {}
    for column, values in day.own.items():
        alone = own_of(column)
        if alone is None or alone.field not in ("plugged_in", "trip_energy"):
            continue
        name = next((s for s in stations if s.casefold() == alone.name.casefold()), None)
        if name is None:
            raise InputError(f"{where}, {unknown_owner(column, alone, stations)}")
        if alone.field in own.setdefault(name, {}):
            raise InputError(f"{where}, column '{column}': stands there twice.")
        own[name][alone.field] = values
    return {
        name: StationDay(
            given.get("plugged_in", day.plugged_in), given.get("trip_energy", day.trip_energy)
        )
        for name, given in own.items()
    }


def check_trips(operation: Operation, study: Study) -> None:
    """Raise InputError for stations whose vehicles cannot recharge what they drive."""
    if names := unserved(operation):
        more = f" and {len(names) - NAMED} more" * (len(names) > NAMED)
        raise InputError(
            f"study {study.name}: 'vehicles': a vehicle of {', '.join(names[:NAMED])}{more} cannot "
            "drive its trips and be back at soc_start by the end of the day; check trip_energy, "
            "plugged_in, charger_kw, battery_kwh and soc_start."
        )


def state_remark(study: Study, unit: DeclaredUnit) -> str:
    """Say which state of charge and losses of a station its script declares and are not used.

    Of energy that is declared too wide to bind, its states say nothing.
    """
    if _wide(unit):
        return ""
    usual = vars(study.vehicles.parameters())
    said = {name: value for name, value in vars(unit.store).items() if value is not None}
    off = [f"{name} {usual[name]:g}, not {v:g}" for name, v in said.items() if v != usual[name]]
    if not off:
        return ""
    return (
        "state of charge and losses of stations are those of [vehicles] in the study, or its "
        f"defaults: {', '.join(off)} as declared."
    )
