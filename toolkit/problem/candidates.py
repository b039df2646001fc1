"""Candidate buses: those that names, patterns or voltage levels of a study mean."""

from __future__ import annotations

import numpy as np

from toolkit.common.errors import InputError
from toolkit.inputs.fleet_sections import UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.bus_names import meant, nothing_meant
from toolkit.model.feeder import DeclaredUnit, Feeder


def of_unit(study: Study, feeder: Feeder, unit: DeclaredUnit, own: UnitBounds) -> tuple[int, ...]:
    """Return the buses where a unit may stand by a study, ``own`` what it says of the unit."""
    if own.buses is None:
        return _named(study, feeder, "fleet.buses", study.fleet.buses)
    where = "add" if unit.added else "units"
    return _named(study, feeder, f"fleet.{where}.{unit.name}.buses", own.buses)


def _named(
    study: Study, feeder: Feeder, field: str, wanted: tuple[str, ...] | None
) -> tuple[int, ...]:
    """Return the bus indices meant by names, patterns or voltage levels, each usable.

    Every bus with load when none are given.
    """
    if wanted is None:
        found = [feeder.bus_index[b] for b in feeder.prosumers]
        return tuple(bus for bus in found if usable(feeder, bus))
    chosen: dict[int, None] = {}
    for pattern in wanted:
        hits = meant(pattern, feeder.buses, feeder.base_kv)
        if not hits:
            raise InputError(f"study {study.name}: '{field}': {nothing_meant(feeder, pattern)}")
        fit = [bus for bus in hits if usable(feeder, bus)]
        if not fit:
            raise InputError(
                f"study {study.name}: '{field}': {unusable(feeder, feeder.buses[hits[0]])}"
            )
        chosen.update(dict.fromkeys(fit))
    return tuple(chosen)


def usable(feeder: Feeder, bus: int) -> bool:
    """Say whether a unit can be connected at a bus: it needs a phase and a voltage base."""
    return bool(feeder.phases[bus]) and bool(np.isfinite(feeder.base_kv[bus]))


def unusable(feeder: Feeder, bus: str) -> str:
    """Say in words that no unit can stand at a bus."""
    return (
        f"no unit can stand at bus {bus} of feeder {feeder.name}: expected a bus that a line or "
        "transformer brings a phase to, with a voltage base."
    )
