"""What the time of a study is called: "day", "week", "3 days", "year"."""

from __future__ import annotations

#: Names of lengths, by hours; a year of either kind.
NAMES = {24.0: "day", 168.0: "week", 8760.0: "year", 8784.0: "year"}


def span(hours: float) -> str:
    """Return what so many hours are called, to follow "over the"."""
    if (name := NAMES.get(round(hours, 6))) is not None:
        return name
    days = hours / 24.0
    return f"{days:,.0f} days" if abs(days - round(days)) < 1e-6 else f"{hours:,.4g} h"
