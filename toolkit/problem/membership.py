"""Who takes part in the local market: the buses that ``[market] members`` names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from toolkit.common.errors import InputError
from toolkit.model.bus_names import meant, nothing_meant
from toolkit.model.notices import Notice

if TYPE_CHECKING:
    from toolkit.common.types import BoolArray, FloatArray, IndexArray
    from toolkit.inputs.study import Study
    from toolkit.model.feeder import Feeder

#: Buses that a notice names.
NAMED = 5


def mask(
    members: Sequence[str] | None, buses: Sequence[str], base_kv: FloatArray
) -> BoolArray | None:
    """Return whether each bus trades with neighbours, (B,); None where all do.

    base_kv: of each bus, between lines, (B,).
    """
    if members is None:
        return None
    found = np.zeros(len(buses), dtype=bool)
    for pattern in members:
        found[meant(pattern, buses, base_kv)] = True
    return found


def of(study: Study, feeder: Feeder) -> BoolArray | None:
    """Return whether each bus trades by a study, (B,). Raises InputError for what means no bus."""
    for pattern in study.market.members or ():
        if not meant(pattern, feeder.buses, feeder.base_kv):
            said = nothing_meant(feeder, pattern)
            raise InputError(f"study {study.name}: 'market.members': {said}")
    return mask(study.market.members, feeder.buses, feeder.base_kv)


def check(study: Study, feeder: Feeder, prosumers: IndexArray) -> None:
    """Refuse members that are no prosumers, and fewer than two, who cannot trade. InputError."""
    every: set[int] = set()
    for pattern in study.market.members or ():
        hits = meant(pattern, feeder.buses, feeder.base_kv)
        here = set(hits) & set(prosumers.tolist())
        if not here:
            raise InputError(
                f"market.members: found '{pattern}', where no load is and no unit may stand; "
                "expected buses with load, or where units may stand."
            )
        every |= here
    if study.market.members is not None and len(every) < 2:
        names = ", ".join(feeder.buses[bus] for bus in sorted(every)) or "nobody"
        raise InputError(
            f"market.members: found {names}; expected two buses at least, or nobody can trade. "
            "Leave it out for all to take part."
        )


def notices(study: Study, feeder: Feeder, prosumers: IndexArray) -> tuple[Notice, ...]:
    """Say who takes no part in the market."""
    members = mask(study.market.members, feeder.buses, feeder.base_kv)
    others = [] if members is None else [feeder.buses[b] for b in prosumers if not members[b]]
    if not others:
        return ()
    named = ", ".join(others[:NAMED]) + (", ..." if len(others) > NAMED else "")
    text = (
        f"{len(prosumers) - len(others)} of {len(prosumers)} prosumers trade with each other; "
        f"{len(others)} deal with the grid alone: {named}."
    )
    return (Notice("market.members", text, topic="study", level="note"),)
