"""Who watches a long piece of work: one value handed down instead of several functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where a proof stands: proven bound, best plan so far (-inf without one), kWh; seconds."""

    bound_kwh: float
    best_kwh: float
    seconds: float


def _ignore(news: object) -> None:
    """Do nothing with news."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Monitor:
    """Functions that a long piece of work calls on its way; by default they do nothing.

    phase: told in words what begins; spent: told the evaluations spent by each run, in task order;
    bound: told where a proof stands; notice: told, before work begins, what its figures have to be
    read with; should_stop: asked whether to end with what there is.
    """

    phase: Callable[[str], None] = _ignore
    spent: Callable[[Sequence[int]], None] = _ignore
    bound: Callable[[Progress], None] = _ignore
    notice: Callable[[str], None] = _ignore
    should_stop: Callable[[], bool] = _never


#: Tells nobody, and never stops.
SILENT = Monitor()
