"""Coordinates of buses: whether they are degrees, and what keeps a map's shape."""

from __future__ import annotations

import numpy as np

from toolkit.common.types import FloatArray

#: A feeder is no wider and no higher than this, degrees.
WIDEST = 5.0


def in_degrees(xy: FloatArray) -> bool:
    """Say whether places, shape (B, 2), are longitudes and latitudes; NaN where one is unknown.

    A feeder in degrees spans little of the globe, has fractions, and is not where both are about
    0, in the sea: what people draw by hand begins there.
    """
    known = xy[np.isfinite(xy).all(axis=1)]
    if len(known) < 2 or (np.abs(known) > [180.0, 90.0]).any():
        return False
    at_sea = bool((np.abs(known) <= 1.0).all(axis=1).any())
    whole = bool((known == np.round(known)).all())
    small = bool((np.ptp(known, axis=0) > 0.0).any() and (np.ptp(known, axis=0) < WIDEST).all())
    return small and not whole and not at_sea


def to_scale(xy: FloatArray) -> FloatArray:
    """Return places of which both axes have one scale: of degrees, longitudes are shortened.

    By the cosine of the middle latitude; what is not in degrees stays as it is.
    """
    if not in_degrees(xy):
        return xy
    middle = (np.nanmin(xy[:, 1]) + np.nanmax(xy[:, 1])) / 2.0
    shaped: FloatArray = xy * np.array([np.cos(np.radians(middle)), 1.0])
    return shaped
