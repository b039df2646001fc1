"""Whose units are in a study: its words made into shares of parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import InputError, listed, nearest
from toolkit.common.names import lowered
from toolkit.inputs.owner_sections import BUS, COMMUNITY, SITE, THIRD
from toolkit.model.notices import Notice
from toolkit.model.ownership import Owners

if TYPE_CHECKING:
    from toolkit.common.types import BoolArray, FloatArray, IndexArray
    from toolkit.inputs.owner_sections import Owners as Asked
    from toolkit.inputs.study import Study
    from toolkit.model.feeder import Feeder
    from toolkit.model.fleet import Fleet
    from toolkit.problem.policies.dispatch import Dispatch

#: Units that a notice names of each owner.
NAMED = 5


def owners_of(
    study: Study,
    buses: Sequence[str],
    members: BoolArray | None,
    loaded: BoolArray,
    units: Sequence[tuple[str, str]],
) -> Owners | None:
    """Return whose units are by a study, None where it does not say.

    members: which buses trade, (B,), None for all; loaded: which have load, (B,); units: names, in
    lower case, and kinds. Raises InputError for an owner or a unit that there is not.
    """
    asked = study.ownership
    if not asked.stated:
        return None
    try:
        _check_units(asked, [name for name, _ in units])
        each = [asked.of(name, kind) for name, kind in units]
        third = tuple(dict.fromkeys(owner for owner in each if owner.startswith(THIRD)))
        shares = np.zeros((len(units), len(buses) + len(third)))
        among = loaded if members is None else loaded & members
        for u, owner in enumerate(each):
            if owner.startswith(THIRD):
                shares[u, len(buses) + third.index(owner)] = 1.0
            elif owner.startswith(BUS):
                shares[u, _bus(owner.removeprefix(BUS), buses, f"owner of {units[u][0]}")] = 1.0
            elif owner == COMMUNITY:
                shares[u, : len(buses)] = _community(asked, buses, members, among)
        apart = np.array([owner != SITE for owner in each], dtype=bool)
        return Owners(apart, shares, third)
    except InputError as error:
        raise InputError(f"study {study.name}: 'owners': {error}") from error


def _check_units(asked: Asked, names: Sequence[str]) -> None:
    for name in asked.units:
        if lowered(name) not in names:
            raise InputError(
                f"units: there is no unit '{name}'.{nearest(name, names)} There are: "
                f"{listed(names) or 'none'}."
            )


def _bus(name: str, buses: Sequence[str], what: str) -> int:
    at = lowered(name)
    if at not in buses:
        raise InputError(f"{what}: there is no bus '{name}'.{nearest(name, buses)}")
    return list(buses).index(at)


def _community(
    asked: Asked, buses: Sequence[str], members: BoolArray | None, among: BoolArray
) -> FloatArray:
    """Return the shares of buses in what the community owns, (B,)."""
    shares = np.zeros(len(buses))
    if not asked.shares:
        if not among.any():
            raise InputError(
                f"'{COMMUNITY}': found no member with load; expected members, or shares."
            )
        return np.where(among, 1.0 / among.sum(), shares)
    for name, share in asked.shares.items():
        at = _bus(name, buses, f"shares.{name}")
        if members is not None and not members[at]:
            raise InputError(
                f"shares.{name}: found a bus that is no member; expected one of market.members."
            )
        shares[at] = share
    return shares


def of(study: Study, feeder: Feeder, fleet: Fleet, members: BoolArray | None) -> Owners | None:
    """Return whose the units of a fleet are, None where a study does not say. Raises InputError."""
    units = [(unit.name, unit.kind) for unit in fleet.units]
    return owners_of(study, feeder.buses, members, feeder.load_kw != 0.0, units)


def check(study: Study, feeder: Feeder, owners: Owners | None, prosumers: IndexArray) -> None:
    """Refuse owners at buses where nobody lives. Raises InputError.

    prosumers: buses with load and those where units may stand.
    """
    if owners is None:
        return
    owning = np.flatnonzero(owners.shares[:, : len(feeder.buses)].any(axis=0))
    nobody = [feeder.buses[bus] for bus in owning if bus not in prosumers]
    if nobody:
        raise InputError(
            f"study {study.name}: 'owners': found bus {nobody[0]} as an owner, where no load is "
            "and no unit may stand; expected a prosumer's bus."
        )


def check_policy(study: Study, fleet: Fleet, owners: Owners | None, dispatch: Dispatch) -> None:
    """Refuse a policy for stores where units are not whose bus they stand at. InputError."""
    apart = owners is not None and bool(owners.apart.any())
    if apart and fleet.storage_rows.size and not dispatch.is_schedule:
        raise InputError(
            f"study {study.name}: 'owners': found owners elsewhere than at their units, and policy "
            f"'{dispatch.policy}', which knows buses and no owners; expected policy = 'schedule' "
            f"in [dispatch], or owners '{SITE}'."
        )


def notices(study: Study, fleet: Fleet, owners: Owners | None) -> tuple[Notice, ...]:
    """Say whose units are."""
    if owners is None:
        return ()
    by_owner: dict[str, list[str]] = {}
    for unit in fleet.units:
        by_owner.setdefault(study.ownership.of(unit.name, unit.kind), []).append(unit.name)
    said = []
    for owner, names in by_owner.items():
        few = ", ".join(names[:NAMED]) + (
            f" and {len(names) - NAMED} more" if names[NAMED:] else ""
        )
        said.append(f"{few} of {_in_words(study, owner, owners)}")
    return (Notice("owners", "; ".join(said) + ".", topic="study", level="note"),)


def _in_words(study: Study, owner: str, owners: Owners) -> str:
    if owner == SITE:
        return "who lives where they stand"
    if owner != COMMUNITY:
        return owner
    shares = len(study.ownership.shares) or int((owners.shares > 0.0).sum(axis=1).max())
    how = "by shares" if study.ownership.shares else "equal shares"
    return f"the community, {shares} members, {how}"
