"""How fast something grows, over the last minute."""

from __future__ import annotations

from collections import deque

#: Seconds over which a rate is taken, and those it needs at least.
WINDOW_S, LEAST_S = 60.0, 0.5


class Pace:
    """Counts by the moment at which they were seen, and the rate that follows from them."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, count: int) -> None:
        """Know a count; a lower one than before means that it was begun anew."""
        if self._seen and count < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, count))
        while len(self._seen) > 2 and now - self._seen[1][0] >= WINDOW_S:
            self._seen.popleft()

    def rate(self, now: float, count: int) -> float | None:
        """Return the rate per second up to a count, None where it is not known or nothing grows."""
        if not self._seen:
            return None
        since, before = self._seen[0]
        if now - since < LEAST_S or count == before:
            return None
        return (count - before) / (now - since)

    def at(self, now: float, count: int) -> float | None:
        """Know a count, and return the rate up to it."""
        self.note(now, count)
        return self.rate(now, count)

    @property
    def latest(self) -> float | None:
        """When the last count was seen; None before the first."""
        return self._seen[-1][0] if self._seen else None
