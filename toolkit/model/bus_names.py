"""Buses as a study names them: by name, pattern or voltage level."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import nearest
from toolkit.common.names import lowered

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.model.feeder import Feeder

#: What makes a name a pattern.
WILD = frozenset("*?[")
#: How far a bus may be from a voltage level it is counted to: 0.4 means 0.416 as well.
LEVEL_TOLERANCE = 0.05


def meant(named: str, buses: Sequence[str], base_kv: FloatArray) -> list[int]:
    """Return the buses a name or pattern means, or, for "kv:X", those at X kV line to line.

    base_kv: of each bus, (B,), NaN where there is none.
    """
    pattern = lowered(named)
    level = _level(pattern)
    if level is not None:
        near = np.abs(base_kv - level) <= LEVEL_TOLERANCE * level
        return [int(i) for i in np.flatnonzero(near)]
    if not WILD & {*pattern}:
        return [i for i, bus in enumerate(buses) if bus == pattern]
    return [i for i, bus in enumerate(buses) if fnmatchcase(bus, pattern)]


def _level(pattern: str) -> float | None:
    if not pattern.startswith("kv:"):
        return None
    try:
        return float(pattern.removeprefix("kv:"))
    except ValueError:
        return float("nan")


def nothing_meant(feeder: Feeder, pattern: str) -> str:
    """Say in words that a name, pattern or voltage level means no bus."""
    if _level(lowered(pattern)) is None:
        return f"no bus '{pattern}' in feeder {feeder.name}.{nearest(pattern, feeder.buses)}"
    levels = sorted({float(f"{kv:.4g}") for kv in feeder.base_kv if np.isfinite(kv)})
    listed = ", ".join(f"kv:{kv:g}" for kv in levels)
    return (
        f"found '{pattern}', but no bus of feeder {feeder.name} has that voltage; expected one of "
        f"{listed} (kV between lines, within {LEVEL_TOLERANCE:.0%})."
    )
