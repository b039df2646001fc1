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


def _ignore_both(done: int, wanted: int) -> None:
    """Do nothing with numbers."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Monitor:
    """Functions that a long piece of work calls on its way; by default they do nothing.

    phase: told in words what begins; standing: told in words how far that has come, part: how many
    parts of it are done of how many; spent: told the evaluations spent by each run, in task order;
    bound: told where a proof stands; notice: told, before work begins, what its figures have to be
    read with; detail: told in words how the work is done; should_stop: asked whether to end with
    what there is.
    """

    phase: Callable[[str], None] = _ignore
    standing: Callable[[str], None] = _ignore
    part: Callable[[int, int], None] = _ignore_both
    detail: Callable[[str], None] = _ignore
    spent: Callable[[Sequence[int]], None] = _ignore
    bound: Callable[[Progress], None] = _ignore
    notice: Callable[[str], None] = _ignore
    should_stop: Callable[[], bool] = _never


#: Tells nobody, and never stops.
SILENT = Monitor()
