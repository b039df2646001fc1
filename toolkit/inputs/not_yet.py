"""Wishes that a study has no field for yet, told by name instead of as an unknown key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolkit.common.excerpts import shortened

#: The most of a key that is told.
KEY = 60


@dataclass(frozen=True)
class NotYet:
    """A pattern of keys that ask for something, what to say of it, and what to do instead."""

    pattern: str
    absent: str
    cure: str

    def of(self, key: str) -> str:
        """Return the refusal of a key that asks for it, else an empty text."""
        if not re.search(self.pattern, key, re.IGNORECASE):
            return ""
        found = shortened(key, KEY)
        return f"found '{found}', but {self.absent} is there yet; expected {self.cure}"


_BOUNDS = "bounds of each unit: 'size' in [fleet.units.NAME], or 'scale'"
_TOGETHER = "at_most = { pv = 3 } and kw_at_most = { pv = 60 } in [fleet]"
SUMS = NotYet(
    "total|budget|cost|number|count|max_units",
    "no limit on units together of that name",
    f"{_BOUNDS}; or {_TOGETHER}",
)


def refusal(keys: Iterable[str], known: Iterable[str], wishes: Sequence[NotYet]) -> str:
    """Return the refusal of the first unknown key that asks for one of some wishes, or nothing."""
    told = (wish.of(str(key)) for key in keys if key not in known for wish in wishes)
    return next((text for text in told if text), "")
