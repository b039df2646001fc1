"""PV and wind that give less than sun and wind give: pure functions, in kW.

What they could give is their rating times what each kW of it generates. A decision may cap it at a
share of the rating; what connections do not let through is cut besides.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from toolkit.common.types import FloatArray
from toolkit.model.decisions import NOTHING_DECIDED, Decisions
from toolkit.model.fleet import Fleet

#: Why a unit gives less, in the order in which it is counted.
REASONS = ("decision", "connection")
Reason = Literal["decision", "connection"]


def capped(p_kw: FloatArray, kw: FloatArray, given: FloatArray, fleet: Fleet) -> FloatArray:
    """Return injections, kW, (..., U, T), of which curtailable units give no more than decided.

    kw: ratings, (..., U); given: largest share of its rating that a unit gives, (..., U, T).
    """
    most = np.where(fleet.curtailable[:, None], kw[..., None] * given, np.inf)
    return np.minimum(p_kw, most)


def curtailed(available: FloatArray, p_kw: FloatArray, fleet: Fleet) -> FloatArray:
    """Return what units do not give of what they could, kW, (..., U, T); 0 of other units."""
    return np.where(fleet.curtailable[:, None], available - p_kw, 0.0)


def nothing_given(fleet: Fleet, steps: int) -> Decisions:
    """Return the decisions of one plan whose curtailable units give nothing."""
    if not fleet.curtails:
        return NOTHING_DECIDED
    given = np.where(fleet.curtailable, 0.0, 1.0)
    return Decisions(given=np.repeat(given[:, None], steps, axis=1))


def by_reason(
    less: FloatArray, available: FloatArray, kw: FloatArray, given: FloatArray | None
) -> dict[Reason, FloatArray]:
    """Return what is curtailed for each reason, kW, (..., U, T), which add up to all of it.

    less: all of it; available: what units could give, both (..., U, T); kw: ratings, (..., U);
    given: largest share of its rating that a unit gives, (..., U, T), None where none is decided.
    """
    decided = np.zeros_like(less)
    if given is not None:
        over = np.maximum(available - kw[..., None] * given, 0.0)
        decided = np.minimum(over, np.maximum(less, 0.0))
    return {"decision": decided, "connection": less - decided}
