"""What may be decided of a plan besides sites, sizes and what stores do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from toolkit.common.types import BoolArray, FloatArray


@dataclass(frozen=True)
class Decisions:
    """Further decisions of one plan, or of n of them with a leading axis n; None: none of a kind.

    power_factor: of each unit, signed as in OpenDSS, (..., U), NaN where none is decided; kvar:
    share of what the inverter has left for reactive power, -1 to 1, (..., U, T), NaN where none is
    decided; given: largest share of its rating that a unit gives, 0 to 1, (..., U, T); on: in which
    steps capacitors are on, (..., U, T); open: which of K switches are open, (..., K).
    """

    power_factor: FloatArray | None = None
    kvar: FloatArray | None = None
    given: FloatArray | None = None
    on: BoolArray | None = None
    open: BoolArray | None = None

    def part(self, steps: slice) -> Decisions:
        """Return what is decided of some steps that follow each other."""
        kvar = None if self.kvar is None else self.kvar[..., steps]
        given = None if self.given is None else self.given[..., steps]
        on = None if self.on is None else self.on[..., steps]
        return replace(self, kvar=kvar, given=given, on=on)

    def each(self, part: Callable[[Any], Any]) -> Decisions:
        """Return the decisions with a part of each array, such as one of n plans."""
        if self is NOTHING_DECIDED:
            return self
        own = vars(self).items()
        return Decisions(**{name: None if v is None else part(v) for name, v in own})


#: Nothing is decided besides.
NOTHING_DECIDED = Decisions()


def joined_decisions(parts: Sequence[Decisions]) -> Decisions:
    """Return the decisions of populations of plans as those of one; only what all have is kept."""
    arrays: dict[str, Any] = {}
    for field in dataclasses.fields(Decisions):
        own = [getattr(part, field.name) for part in parts]
        arrays[field.name] = None if any(v is None for v in own) else np.concatenate(own)
    return Decisions(**arrays)
