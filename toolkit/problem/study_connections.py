"""Limits of connections as a study states them, as arrays over the steps of a scenario."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.common.errors import InputError, nearest
from toolkit.common.names import lowered
from toolkit.common.types import FloatArray
from toolkit.inputs.limit_sections import ExchangeAt
from toolkit.inputs.study import Study
from toolkit.model.connections import HEAD, HEAD_NAME, Connections
from toolkit.model.market import series


def connections_of(study: Study, buses: Sequence[str], steps: int, day: int) -> Connections | None:
    """Return a study's limits of connections over so many steps, None where it has none.

    day: the steps of a day, of which a list repeats. Raises InputError for an unknown bus, or
    values that are not one per step.
    """
    limits = study.limits
    asked: list[tuple[int, str, str, ExchangeAt]] = []
    for name, own in limits.at.items():
        at = lowered(name)
        if at not in buses:
            raise InputError(
                f"study {study.name}: 'limits.at.{name}': the feeder has no bus '{name}'."
                f"{nearest(name, buses)}"
            )
        asked.append((list(buses).index(at), f"bus {at}", f"limits.at.{name}", own))
    asked.append((HEAD, HEAD_NAME, "limits", limits))
    held = [each for each in asked if each[3].export_max or each[3].import_max]
    if not held:
        return None
    try:
        out, into = (
            np.array([_series(getattr(own, f), steps, f"{at}.{f}", day) for *_, at, own in held])
            for f in ("export_max", "import_max")
        )
    except InputError as error:
        raise InputError(f"study {study.name}: {error}") from error
    bus, names = [each[0] for each in held], tuple(each[1] for each in held)
    return Connections(np.array(bus, dtype=np.intp), names, out, into, limits.import_margin)


def _series(values: tuple[float, ...] | None, steps: int, what: str, day: int) -> FloatArray:
    return np.full(steps, np.inf) if values is None else series(values, steps, what, day)
