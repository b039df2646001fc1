"""Columns of profiles for one load or unit: whose they are, and what they count before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from toolkit.common.errors import InputError, listed
from toolkit.common.types import FloatArray
from toolkit.inputs.horizon import DayName
from toolkit.inputs.loads import Shares, own_shape
from toolkit.inputs.profile_columns import ABOUT, COLUMN, Own, own_of, unknown_owner
from toolkit.inputs.profiles import Profiles
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredLoad, DeclaredUnit, Feeder
from toolkit.model.notices import Notice, shortlist
from toolkit.model.operation import Operation

#: Kinds of unit that follow a column, by field of Profiles.
_KIND = {"irradiance": "pv", "wind_speed": "wt", "output": "generator"}
#: Times the declared kW above which a load given in kW may be in W.
_IN_WATTS = 100.0


def by_owner(feeder: Feeder, day: Profiles, field: str) -> dict[str, FloatArray]:
    """Return the columns of a field for one load or unit, as they are written, by its name."""
    return {who.name: values for own, who, _, values in _owned(feeder, day) if own.field == field}


def load_shares(feeder: Feeder, day: Profiles) -> dict[str, Shares]:
    """Return the loads that have columns of their own as shares of their kW and kvar, by name.

    Without a column for kvar these follow the kW, at the power factor declared.
    """
    real: dict[str, FloatArray] = {}
    reactive: dict[str, FloatArray] = {}
    for own, load, _, values in _owned(feeder, day):
        if own.field == "load" and own.unit == "kvar":
            reactive[load.name] = values / load.kvar
        elif own.field == "load":
            real[load.name] = values / load.kw if own.unit == "kW" else values
    return {name: (share, reactive.get(name, share)) for name, share in real.items()}


def _owners(feeder: Feeder, field: str) -> Sequence[DeclaredLoad | DeclaredUnit]:
    """Return what may have a column of a field."""
    if field == "load":
        return feeder.loads
    return [unit for unit in feeder.units if unit.kind == _KIND.get(field)]


def _owned(feeder: Feeder, day: Profiles) -> Iterator[tuple[Own, Any, str, FloatArray]]:
    """Yield the columns of loads, PV and wind units: what they say, whose they are, values."""
    known = {
        field: {one.name.casefold(): one for one in _owners(feeder, field)}
        for field in ("load", *_KIND)
    }
    for column, values in day.own.items():
        own = own_of(column)
        if own is not None and (one := known.get(own.field, {}).get(own.name.casefold())):
            yield own, one, column, values


def preferred(feeder: Feeder, day: Profiles) -> Feeder:
    """Return a feeder in which columns for one load or unit count before shapes it declares.

    Raises InputError for a column about nothing there is, two about one, and one about what is held
    at its declared power or has none.
    """
    _check_known(feeder, day)
    seen: set[tuple[str, bool, str]] = set()
    for own, one, column, _ in _owned(feeder, day):
        where, key = f"{day.file}, column '{column}'", (own.field, own.unit == "kvar", one.name)
        if key in seen:
            raise InputError(f"{where}: found a second column of {_named(one)}; expected one.")
        seen.add(key)
        _check_follows(where, own, one)
    _check_kvar(feeder, day)
    told = without_overruled(feeder, day)
    return replace(told, notices=(*told.notices, *_notices(feeder, day)))


def _check_known(feeder: Feeder, day: Profiles) -> None:
    for column in day.own:
        own = own_of(column)
        if own is None or ABOUT[own.field] == "vehicle station":
            continue
        names = [one.name for one in _owners(feeder, own.field)]
        if own.name.casefold() not in {name.casefold() for name in names}:
            raise InputError(f"{day.file}, {unknown_owner(column, own, names)}")


def _check_follows(where: str, own: Own, one: DeclaredLoad | DeclaredUnit) -> None:
    steady = one.fixed if isinstance(one, DeclaredLoad) else one.steady
    if steady:
        raise InputError(
            f"{where}: {_named(one)} has status=fixed, which holds it at its declared power; "
            "expected it without, or no such column."
        )
    if own.field == "load" and own.unit == "kW" and one.kw == 0.0:
        raise InputError(
            f"{where}: {_named(one)} declares 0 kW, so that its kvar have no power factor; "
            "expected a kW in the script."
        )
    if own.unit == "kvar" and one.kvar == 0.0:
        raise InputError(
            f"{where}: {_named(one)} declares 0 kvar, of which the column cannot be a share; "
            "expected a kvar in the script."
        )


def _check_kvar(feeder: Feeder, day: Profiles) -> None:
    """Raise InputError for the kvar of a load whose kW are in no column."""
    shares = load_shares(feeder, day)
    for own, load, column, _ in _owned(feeder, day):
        if own.unit == "kvar" and load.name not in shares:
            raise InputError(
                f"{day.file}, column '{column}': found no 'load.{own.name} [kW]'; expected it too, "
                "or no such column."
            )


def _named(one: DeclaredLoad | DeclaredUnit) -> str:
    return one.about if isinstance(one, DeclaredLoad) else f"unit {one.name}"


def without_overruled(feeder: Feeder, day: Profiles) -> Feeder:
    """Return a feeder without the shapes of loads and units that have columns of their own."""
    owned = {(own.field == "load", one.name) for own, one, _, _ in _owned(feeder, day)}

    def bare(is_load: bool, one: Any) -> Any:
        return replace(one, daily=None, yearly=None) if (is_load, one.name) in owned else one

    if not owned:
        return feeder
    loads = tuple(bare(True, load) for load in feeder.loads)
    return replace(feeder, loads=loads, units=tuple(bare(False, unit) for unit in feeder.units))


def _notices(feeder: Feeder, day: Profiles) -> Iterator[Notice]:
    """Say which shapes count no more, which loads feed in, and which may be in another unit."""
    found = list(_owned(feeder, day))
    overruled = [(c, one.daily or one.yearly) for _, one, c, _ in found if one.daily or one.yearly]
    if overruled:
        shape, columns = overruled[0][1], shortlist([column for column, _ in overruled])
        text = f"{columns} of the profiles count in the place of shapes that the scripts declare."
        yield Notice("profiles", text, shape.file, shape.line, topic="study", level="note")
    loads = [f for f in found if f[0].field == "load" and f[0].unit != "kvar"]
    negative = [c for _, _, c, values in loads if (values < 0.0).any()]
    if negative:
        text = f"{shortlist(negative)} are negative at times: that counts as generation of the bus."
        yield Notice("profiles", text, topic="study", level="note")
    curves = [
        column
        for own, one, column, _ in found
        if own.field == "irradiance" and one.panels and one.panels.by_temperature is not None
    ]
    if curves:
        text = (
            f"{shortlist(curves)}: the scripts take heat off by a curve too; irradiance that was "
            "imported has it taken off already, unless with --gamma 0."
        )
        yield Notice("profiles", text, topic="study", level="note")
    for own, one, column, values in loads:
        times = abs(values).max() / one.kw if own.unit == "kW" else 0.0
        if times > _IN_WATTS:
            text = f"{column} rises to {times:.3g} times the declared {one.kw:g} kW: is it in W?"
            yield Notice("profiles", text, topic="study")


def check_loads(study: Study, feeder: Feeder, day: Profiles, on: DayName | None) -> None:
    """Raise InputError where loads follow the column for all and the profiles lack it."""
    if "load" not in day.lacking:
        return
    given, hours = load_shares(feeder, day), day.steps * day.dt
    own = study.loads.shapes == "own"
    followers = [
        load.name
        for load in feeder.loads
        if not load.fixed
        and load.name not in given
        and not (own and own_shape(load, hours, feeder, on))
    ]
    _refuse_lacking(study, day, "load", followers)


def check_followed(study: Study, operation: Operation, day: Profiles) -> None:
    """Raise InputError where a unit follows a column for all that the profiles lack."""
    scenario, units = operation.scenario, operation.fleet.units
    sun = {"irradiance": scenario.pv, "wind_speed": scenario.wt}
    for field in day.lacking:
        if field in _KIND:
            days = {u.name: scenario.units.get(u.name) for u in units if u.kind == _KIND[field]}
            names = [n for n, own in days.items() if own is None or own.followed is sun[field]]
        elif field != "load":
            bev = [unit.name for unit in units if unit.kind == "bev"]
            pairs = {n: scenario.station(n) for n in bev}
            followed = {"plugged_in": scenario.plugged, "trip_energy": scenario.trip}[field]
            names = [n for n, s in pairs.items() if followed is s.plugged or followed is s.trip]
        else:
            names = []
        _refuse_lacking(study, day, field, names)


def _refuse_lacking(study: Study, day: Profiles, field: str, names: Sequence[str]) -> None:
    if not names:
        return
    column, what = COLUMN[field], ABOUT[field]
    alone = column.replace(" ", f".{names[0]} ", 1)
    follow = f"{what} {names[0]} follows" if len(names) == 1 else f"{what}s {listed(names)} follow"
    raise InputError(
        f"{day.file}, row 1: column '{column}' is missing, which {follow} in study "
        f"{study.name}; expected it, or '{alone}' and the like."
    )
