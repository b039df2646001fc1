"""How spans of time and courses are written where a search is on its way."""

from __future__ import annotations

import sys
from collections.abc import Sequence

BLOCKS, PLAIN = "▁▂▃▄▅▆▇█", "_.-=+*%#"
#: Units of time in seconds, and the next smaller one that is told beside each.
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def lasting(seconds: float) -> str:
    """Return a span of time in its two largest units: 3 min 40 s."""
    left = max(round(seconds), 0)
    parts: list[str] = []
    for size, name in UNITS:
        if left >= size or parts:
            parts.append(f"{left // size} {name}" if left >= size else "")
            left %= size
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0 s"


def rate(per_s: float) -> str:
    """Return a rate with about two digits, by the hour where it is slow."""
    if per_s >= 10.0:
        return f"{per_s:,.0f}/s"
    return f"{per_s:.2g}/s" if per_s >= 0.1 else f"{3600.0 * per_s:.0f}/h"


def sparkline(course: Sequence[float | None], plain: bool | None = None) -> str:
    """Return a course as one character each, blank where there is no value yet.

    plain: without block characters; by what stdout can show unless told.
    """
    known = [value for value in course if value is not None]
    if not known:
        return ""
    if plain is None:
        plain = not (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    marks, low, span = PLAIN if plain else BLOCKS, min(known), max(known) - min(known)
    height = len(marks) - 1
    return "".join(
        " " if value is None else marks[round(height * (value - low) / span) if span else 0]
        for value in course
    )
