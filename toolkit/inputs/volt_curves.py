"""Curves by which inverters follow the voltage at their terminals: known by name, or as points.

Those known by name are the defaults of IEEE 1547-2018, Tables 8 and 10, categories A and B.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from toolkit.model.feeder import Points

#: Reactive injection, share of the rating in kVA, by voltage, pu.
VOLT_VAR: dict[str, Points] = {
    "A": ((0.9, 0.25), (1.0, 0.0), (1.1, -0.25)),
    "B": ((0.92, 0.44), (0.98, 0.0), (1.02, 0.0), (1.08, -0.44)),
}
#: Most real power, share of the rating in kW, by voltage, pu; both categories have the same, whose
#: last share is that of units that only generate and have no least power of their own.
VOLT_WATT: dict[str, Points] = dict.fromkeys(("A", "B"), ((1.06, 1.0), (1.1, 0.2)))
#: Voltages that points may have, pu, and how many points a curve has at least and at most.
VOLTAGES = (0.5, 1.5)
FEWEST, MOST = 2, 20


def _checked(value: Any, least: float, most: float) -> Any:
    """Return points as pairs of numbers. Raises ValueError for what is no curve."""
    expected = "expected 'A', 'B', or pairs such as [[0.95, 0.3], [1.05, -0.3]]"
    if value is None or value in ("A", "B"):
        return value
    if not isinstance(value, list | tuple) or not FEWEST <= len(value) <= MOST:
        raise ValueError(f"{expected}: {FEWEST} to {MOST} of voltage, pu, and share")
    pairs = [tuple(pair) if isinstance(pair, list | tuple) else () for pair in value]
    if any(len(p) != 2 or not all(_is_number(number) for number in p) for p in pairs):
        raise ValueError(f"{expected}: voltage, pu, and share")
    points = tuple((float(v), float(share)) for v, share in pairs)
    _check_course(points, least, most)
    return points


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_course(points: Points, least: float, most: float) -> None:
    """Refuse voltages that go back, and shares that rise with voltage or are out of range."""
    for (v, share), (after, next_share) in pairwise(points):
        if after <= v:
            raise ValueError(
                f"the curve goes back from {v:g} to {after:g} pu; expected voltages that rise"
            )
        if next_share > share:
            raise ValueError(
                f"the share rises from {share:g} to {next_share:g} as voltage rises to {after:g} "
                "pu; expected shares that fall or stay, or voltage would run away"
            )
    for v, share in points:
        if not VOLTAGES[0] <= v <= VOLTAGES[1]:
            raise ValueError(
                f"found {v:g} pu; expected voltages from {VOLTAGES[0]:g} to {VOLTAGES[1]:g} pu"
            )
        if not least <= share <= most:
            raise ValueError(f"found a share of {share:g}; expected {least:g} to {most:g}")


def _volt_var(value: Any) -> Any:
    return _checked(value, -1.0, 1.0)


def _volt_watt(value: Any) -> Any:
    return _checked(value, 0.0, 1.0)


Named = Literal["A", "B"]
VoltVar = Annotated[Named | Points | None, BeforeValidator(_volt_var)]
VoltWatt = Annotated[Named | Points | None, BeforeValidator(_volt_watt)]


def points_of(curve: str | Points | None, known: dict[str, Points]) -> Points:
    """Return the points of a curve, none where there is none."""
    if curve is None:
        return ()
    return known[curve] if isinstance(curve, str) else curve
