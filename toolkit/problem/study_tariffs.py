"""What energy costs in a study, by step."""

from __future__ import annotations

from toolkit.common.errors import InputError
from toolkit.inputs.study import Study
from toolkit.model.market import Tariffs
from toolkit.problem.timed_prices import Clock, prices


def day_steps(dt: float) -> int:
    """Return how many steps of dt hours a day has."""
    return round(24.0 / dt)


def tariffs_of(study: Study, clock: Clock) -> Tariffs:
    """Return a study's tariffs over the steps of a clock; prices of one day repeat.

    Raises InputError for tariffs that leave no room for trade or are not one per step.
    """
    try:
        return Tariffs(
            *(
                prices(getattr(study.tariffs, name), clock, f"tariffs.{name}")
                for name in ("retail", "feed_in", "network")
            )
        )
    except InputError as error:
        raise InputError(f"study {study.name}: {error}") from error
