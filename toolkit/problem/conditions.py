"""What goals are measured on: solved days as arrays, and the conditions that plans meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.common.types import FloatArray
    from toolkit.grid import Day
    from toolkit.inputs.sections import Limits
    from toolkit.model.operation import Operation
    from toolkit.problem.energy import Positions
    from toolkit.problem.local_market import LocalMarket


@dataclass(frozen=True)
class Conditions:
    """What every plan of a study meets.

    market: who trades, at what tariffs; operation and limits: as everywhere; load_kw: scheduled
    load of each bus, (T, B), from which scales and ceilings follow.
    """

    market: LocalMarket
    operation: Operation
    limits: Limits
    load_kw: FloatArray


@dataclass(frozen=True)
class Solved:
    """n solved days as arrays: what the goals are measured on. unit_kw: (n, T, U)."""

    days: Sequence[Day]
    at: Positions
    unit_kw: FloatArray
    conditions: Conditions
