"""When regulators move their taps, over columns: OpenDSS's RegControl in mode static."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.control_rules import HIGHEST, ONE, Regulators, turned

#: Of what a tap still lacks it goes so much at once, and a step at least.
AT_ONCE = 0.7


def taps_wanted(rules: Regulators, volts: ComplexArray, taps: FloatArray) -> FloatArray:
    """Return by how much each regulator wants to move its tap, pu, (R, C), 0 for not at all.

    volts: at ports, V, (P + 1, C), the last of which is ground; taps: as they are, pu, (R, C).
    """
    across = volts[rules.across[..., 0]] - volts[rules.across[..., 1]]
    phase = _phase(rules, across)
    seen = _picked(across, phase) / rules.ratio[:, None]
    local = np.abs(seen)
    if rules.drop.any() or rules.drop_size.any():
        amps = _picked(_amps(rules, volts, taps), phase) / rules.ct[:, None]
        by_size = rules.drop_size[:, None]
        # Currents count into the terminal, so that the drop is added.
        size = np.abs(seen + rules.drop[:, None] * amps)
        size = np.where(by_size > 0.0, np.abs(np.abs(seen) - by_size * np.abs(amps)), size)
    else:
        size = local
    high = local > rules.limit[:, None]
    lacks = rules.target[:, None] - size
    needed = (np.abs(lacks) > rules.band[:, None] / 2.0) | high
    lacks = np.where(high, np.minimum(rules.limit[:, None], 1e300) - local, lacks)
    increment = rules.increment[:, None]
    boost = lacks * rules.ratio[:, None] / rules.base_v[:, None]
    steps = np.rint(boost / increment) * increment * rules.direction[:, None]
    return np.where(needed, steps, 0.0)


def _phase(rules: Regulators, across: ComplexArray) -> IndexArray | None:
    """Return which phase each regulator works on, (R, 1, C), None where each has but one."""
    if across.shape[1] == 1:
        return None
    size = np.abs(across)
    own = np.zeros_like(size[:, 0], dtype=np.intp)
    extreme = np.where(rules.which[:, None] == HIGHEST, size.argmax(axis=1), size.argmin(axis=1))
    return np.where(rules.which[:, None] == ONE, own, extreme)[:, None]


def _picked(values: ComplexArray, phase: IndexArray | None) -> ComplexArray:
    if phase is None:
        return values[:, 0]
    return np.take_along_axis(values, phase, axis=1)[:, 0]


def _amps(rules: Regulators, volts: ComplexArray, taps: FloatArray) -> ComplexArray:
    """Return the current of each phase into the regulated terminal, A, (R, F, C)."""
    each, at = np.arange(len(rules))[:, None], rules.conductor
    rows = rules.admittance[each, at], rules.turns[each, 0, at], rules.turns[each, 1, at]
    own = volts[rules.ports]
    return currents(rules, rows, own, taps)


def currents(
    rules: Regulators,
    rows: tuple[ComplexArray, ComplexArray, ComplexArray],
    volts: ComplexArray,
    taps: FloatArray,
) -> ComplexArray:
    """Return currents, A, (R, F, C), of rows of the matrix and its turns, each (R, F, W).

    volts: of the conductors, V, (R, W, C); taps: (R, C).
    """
    by_turn, by_square = turned(rules.start[:, None], taps)
    fixed, first, second = (np.einsum("rfw,rwc->rfc", row, volts) for row in rows)
    return np.asarray(fixed + by_turn[:, None] * first + by_square[:, None] * second)


def may_move(rules: Regulators, wanted: FloatArray, taps: FloatArray) -> BoolArray:
    """Say which taps can go where they are wanted, (R, C)."""
    up = (wanted > 0.0) & (taps < rules.most[:, None])
    return np.asarray(up | ((wanted < 0.0) & (taps > rules.least[:, None])))


def moved(rules: Regulators, taps: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return the taps, (R, C), once each has gone towards where it is wanted."""
    increment = rules.increment[:, None]
    steps = np.maximum(np.trunc(AT_ONCE * np.abs(wanted) / increment), 1.0)
    steps = np.minimum(steps, rules.most_at_once[:, None])
    gone = taps + np.sign(wanted) * steps * increment
    within = np.clip(gone, rules.least[:, None], rules.most[:, None])
    return np.where(wanted != 0.0, within, taps)
