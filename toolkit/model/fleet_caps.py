"""Limits on units together: at most so many, and so many kW; and sizes that can be had."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray, IndexArray
from toolkit.model.fleet import Fleet

#: How far, as a share, a sum may be above its limit by rounding.
ROUNDING = 1e-9


def capped(size: FloatArray, fleet: Fleet) -> FloatArray:
    """Return sizes that keep the fleet's limits on units together, both (n, U).

    Of too many units the largest stay, the earlier ones of equals, and those that must be built;
    the others have no size. Of too many kW each unit gives up the same share of what it has above
    its smallest size. Sizes that keep the limits are returned as they are.
    """
    size = size.copy()
    for cap in fleet.caps:
        if cap.units is not None:
            _drop(size, fleet, np.array(cap.rows, dtype=np.intp), cap.units)
    for cap in fleet.caps:
        if cap.kw is not None:
            _shrink(size, fleet, np.array(cap.rows, dtype=np.intp), cap.kw)
    return size


def _drop(size: FloatArray, fleet: Fleet, rows: IndexArray, most: int) -> None:
    """Take the size of all but the largest so many of some units, in place."""
    # What must be built goes before whatever may be left out.
    must = np.array([fleet.units[u].size_min > 0.0 for u in rows], dtype=bool)
    worth = np.where(must, np.inf, size[:, rows] * fleet.worth[rows])
    order = np.argsort(-worth, axis=1, kind="stable")
    left_out = rows[order[:, most:]]
    np.put_along_axis(size, left_out, 0.0, axis=1)


def _shrink(size: FloatArray, fleet: Fleet, rows: IndexArray, most: float) -> None:
    """Make some units smaller until they have so many kW together, in place."""
    per_size = fleet.kw_per_size[rows]
    kw = size[:, rows] * per_size
    total = kw.sum(axis=1)
    over = total > most * (1.0 + ROUNDING)
    if not over.any():
        return
    least = np.array([fleet.units[u].size_min for u in rows]) * per_size
    least = np.where(kw > 0.0, np.minimum(least, kw), 0.0)[over]
    above = kw[over] - least
    share = (most - least.sum(axis=1)) / above.sum(axis=1)
    smaller = least + above * np.clip(share, 0.0, 1.0)[:, None]
    # What has no kW, as a capacitor, keeps its size: there is nothing to give up.
    sizes = np.divide(smaller, per_size, out=size[np.ix_(over, rows)], where=per_size > 0.0)
    size[np.ix_(over, rows)] = to_be_had(sizes, fleet, rows)


def to_be_had(size: FloatArray, fleet: Fleet, rows: IndexArray) -> FloatArray:
    """Return the largest sizes that can be had of some units, none above those given, (n, R)."""
    had = size.copy()
    for k, u in enumerate(rows.tolist()):
        unit = fleet.units[u]
        listed = np.array([0.0, *unit.sizes])
        if unit.sizes:
            at = np.searchsorted(listed, size[:, k] * (1.0 + ROUNDING), side="right") - 1
            had[:, k] = listed[np.maximum(at, 0)]
        elif unit.in_whole:
            had[:, k] = np.floor(size[:, k] * (1.0 + ROUNDING))
    return had


def broken(size: FloatArray, fleet: Fleet) -> str:
    """Return in words the first limit on units together that sizes, (U,), break; blank for none."""
    for cap in fleet.caps:
        rows = np.array(cap.rows, dtype=np.intp)
        count, kw = (
            int((size[rows] > 0.0).sum()),
            float((size[rows] * fleet.kw_per_size[rows]).sum()),
        )
        name = "units" if cap.what == "all" else f"{cap.what} units"
        if cap.units is not None and count > cap.units:
            return f"{count} {name}"
        if cap.kw is not None and kw > cap.kw * (1.0 + 1e-6):
            return f"{kw:.6g} kW of {name}"
    return ""
