"""How much work scripts may ask for: far above any feeder, far below a full memory or an hour.

A small script can ask for much: a table of ten million values in one line, a command on every
element in each of a thousand lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from toolkit.inputs.scripts.remarks import Refused


class Limit(NamedTuple):
    """The most of something that scripts may ask for, and what it is called in a message."""

    most: int
    name: str


LIMITS: Mapping[str, Limit] = {
    "statements": Limit(1_000_000, "statements"),
    "lines": Limit(5_000_000, "lines"),
    "characters": Limit(100_000_000, "characters of scripts"),
    "bytes": Limit(600_000_000, "bytes of files of numbers"),
    "values": Limit(100_000_000, "values in tables and files"),
    "matrices": Limit(20_000_000, "entries in the matrices of elements"),
    "solves": Limit(100, "solutions on the way"),
    "visits": Limit(3_000_000, "visits of elements by commands on the whole circuit"),
    "letters": Limit(1_000_000_000, "steps of comparing patterns with names"),
}


class Exhausted(Refused):
    """More than any feeder asks for: what follows in the scripts is not read."""


class Effort:
    """Adds up what scripts have asked for."""

    def __init__(self) -> None:
        self._spent: Counter[str] = Counter()

    def spend(self, what: str, amount: int) -> None:
        """Add an amount of one of :data:`LIMITS`. Raises Exhausted beyond its limit."""
        self._spent[what] += amount
        most, name = LIMITS[what]
        if self._spent[what] > most:
            said = f"the scripts ask for more than {most:,} {name}; nothing more is read."
            raise Exhausted("syntax", said)
