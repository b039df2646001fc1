"""PV and wind that give less than sun and wind give: pure functions, in kW.

What they could give is their rating times what each kW of it generates. A decision may cap it at a
share of the rating; what connections do not let through is cut besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.decisions import NOTHING_DECIDED, Decisions
from toolkit.model.fleet import Fleet

#: A share of what a unit could give, of at least 1 kW, that is the tolerance of the power flow.
ROUNDING = 1e-8
#: Why a unit gives less, in the order in which it is counted.
Reason = Literal["decision", "connection", "voltage"]
REASONS: tuple[Reason, ...] = get_args(Reason)


def capped(p_kw: FloatArray, kw: FloatArray, given: FloatArray, fleet: Fleet) -> FloatArray:
    """Return injections, kW, (..., U, T), of which curtailable units give no more than decided.

    kw: ratings, (..., U); given: largest share of its rating that a unit gives, (..., U, T).
    """
    most = np.where(fleet.curtailable[:, None], most_given(kw, given), np.inf)
    return np.minimum(p_kw, most)


def most_given(kw: FloatArray, given: FloatArray) -> FloatArray:
    """Return the most that units give by a decided share, kW, (..., U, T); the whole: no limit.

    kw: ratings, (..., U); given: (..., U, T). Bright sun may give more than the rating.
    """
    return np.where(given < 1.0, kw[..., None] * given, np.inf)


def nothing_given(fleet: Fleet, steps: int) -> Decisions:
    """Return the decisions of one plan whose curtailable units give nothing."""
    if not fleet.curtails:
        return NOTHING_DECIDED
    given = np.where(fleet.curtailable, 0.0, 1.0)
    return Decisions(given=np.repeat(given[:, None], steps, axis=1))


@dataclass(frozen=True)
class Curtailable:
    """What U units could give over T steps, kW, (U, T), NaN of those that give all they can.

    decided: the most that is decided, kW, (U, T), infinite where nothing is; planned: what plans
    say of units whose inverters may give less by the voltage, kW, (U, T), NaN of others, None where
    there are no such units.
    """

    available: FloatArray
    decided: FloatArray
    planned: FloatArray | None = None

    def less(self, unit_kw: FloatArray) -> dict[Reason, FloatArray]:
        """Return what units give less than they could for each reason, kW, (T, U).

        unit_kw: what they give, (T, U). What the reasons give adds up to all of it.
        """
        if self.planned is None:
            return self._by_plan(unit_kw)
        planned = np.where(np.isnan(self.planned), unit_kw.T, self.planned).T
        by_voltage = np.maximum(planned - unit_kw, 0.0)
        small = by_voltage <= ROUNDING * np.maximum(np.abs(planned), 1.0)
        by_voltage = np.where(small, 0.0, by_voltage)
        return {**self._by_plan(unit_kw + by_voltage), "voltage": by_voltage}

    def _by_plan(self, unit_kw: FloatArray) -> dict[Reason, FloatArray]:
        """Return what is given less by decisions and by limits of connections."""
        available, whole = self.available.T, self.available.T - unit_kw
        over = np.maximum(available - self.decided.T, 0.0)
        by_decision = np.minimum(over, np.maximum(whole, 0.0))
        rest = whole - by_decision
        rest = np.where(np.abs(rest) <= ROUNDING * np.maximum(available, 1.0), 0.0, rest)
        small = (rest == 0.0) & (by_decision > 0.0)
        return {"decision": np.where(small, whole, by_decision), "connection": rest}


def curtailable(
    kw: FloatArray,
    p_kw: FloatArray,
    generation: FloatArray,
    given: FloatArray | None,
    fleet: Fleet,
) -> Curtailable | None:
    """Return what the units of one plan could give, None where none may give less.

    kw: ratings, (U,); p_kw: what is planned, and generation: of each kW, both (U, T); given:
    largest share of its rating that a unit gives, (U, T), None where none is decided.
    """
    less = fleet.gives_less
    if not (fleet.curtails or less.any()):
        return None
    rated = np.where(fleet.curtailable | less, kw, np.nan)[:, None]
    most = np.full(generation.shape, np.inf) if given is None else most_given(kw, given)
    planned = np.where(less[:, None], p_kw, np.nan) if less.any() else None
    return Curtailable(rated * generation, most, planned)
