"""Candidate buses: those that names, patterns or voltage levels of a study mean."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np

from toolkit.common.errors import InputError, nearest
from toolkit.common.names import lowered
from toolkit.inputs.fleet_sections import UnitBounds
from toolkit.inputs.study import Study
from toolkit.model.feeder import DeclaredUnit, Feeder

#: How far a bus may be from a voltage level it is counted to: 0.4 means 0.416 as well.
LEVEL_TOLERANCE = 0.05


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
        hits = _meant(feeder, lowered(pattern))
        if not hits:
            raise InputError(f"study {study.name}: '{field}': {_nothing_meant(feeder, pattern)}")
        fit = [bus for bus in hits if usable(feeder, bus)]
        if not fit:
            raise InputError(
                f"study {study.name}: '{field}': {unusable(feeder, feeder.buses[hits[0]])}"
            )
        chosen.update(dict.fromkeys(fit))
    return tuple(chosen)


def _meant(feeder: Feeder, pattern: str) -> list[int]:
    """Return the buses a name or pattern means, or, for "kv:X", those at X kV line to line."""
    level = _level(pattern)
    if level is not None:
        near = np.abs(feeder.base_kv - level) <= LEVEL_TOLERANCE * level
        return [int(i) for i in np.flatnonzero(near)]
    return [i for i, bus in enumerate(feeder.buses) if fnmatchcase(bus, pattern)]


def _level(pattern: str) -> float | None:
    if not pattern.startswith("kv:"):
        return None
    try:
        return float(pattern.removeprefix("kv:"))
    except ValueError:
        return float("nan")


def _nothing_meant(feeder: Feeder, pattern: str) -> str:
    if _level(lowered(pattern)) is None:
        return f"no bus '{pattern}' in feeder {feeder.name}.{nearest(pattern, feeder.buses)}"
    levels = sorted({float(f"{kv:.4g}") for kv in feeder.base_kv if np.isfinite(kv)})
    listed = ", ".join(f"kv:{kv:g}" for kv in levels)
    return (
        f"found '{pattern}', but no bus of feeder {feeder.name} has that voltage; expected one of "
        f"{listed} (kV between lines, within {LEVEL_TOLERANCE:.0%})."
    )


def usable(feeder: Feeder, bus: int) -> bool:
    """Say whether a unit can be connected at a bus: it needs a phase and a voltage base."""
    return bool(feeder.phases[bus]) and bool(np.isfinite(feeder.base_kv[bus]))


def unusable(feeder: Feeder, bus: str) -> str:
    """Say in words that no unit can stand at a bus."""
    return (
        f"no unit can stand at bus {bus} of feeder {feeder.name}: expected a bus that a line or "
        "transformer brings a phase to, with a voltage base."
    )
