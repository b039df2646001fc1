"""What a long piece of work has told of itself so far, for whoever shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from toolkit.common.monitor import Monitor
from toolkit.common.pace import Pace

#: Seconds of a phase that is not worth a line.
BRIEF_S = 0.05


class News:
    """What work has told.

    phase: what it does; standing: how far that has come, in words, and parts, in numbers (done,
    wanted), (0, 0) where nobody knows; spent: evaluations of each run, of ``total`` in all, and
    counts: whether they are being made; seconds: how long all may take, 0 where nobody said.
    """

    def __init__(
        self,
        phase: str,
        total: int = 0,
        seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.phase, self.total, self.seconds, self._clock = phase, total, seconds, clock
        self._since = self._began = clock()
        self.standing, self.parts = "", (0, 0)
        self.spent: Sequence[int] = ()
        self.counts = False
        self._pace = Pace()

    @property
    def lasted(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._began

    @property
    def phase_lasted(self) -> float:
        """Seconds since its phase began."""
        return self._clock() - self._since

    @property
    def shown(self) -> str:
        """Phase and standing in one text."""
        done, wanted = self.parts
        parts = f"{done:,} of {wanted:,}" if wanted else ""
        return ": ".join(text for text in (self.phase, parts, self.standing) if text)

    def rate(self) -> float | None:
        """Return evaluations per second over the last minute, None where none were made."""
        return self._pace.rate(self._clock(), sum(self.spent))

    def begin(self, phase: str) -> None:
        """Begin a phase."""
        self.phase, self._since = phase, self._clock()
        self.standing, self.parts, self.counts = "", (0, 0), False

    def count(self, spent: Sequence[int]) -> None:
        """Know what runs have spent; the pace begins after the first, which may be kept ones."""
        self.spent, self.counts = spent, bool(self.total)
        now, made = self._clock(), sum(spent)
        latest = self._pace.latest
        if made and (latest is None or now - latest >= 1.0):
            self._pace.note(now, made)

    def monitor(
        self,
        changed: Callable[[], None],
        notice: Callable[[str], None],
        detail: Callable[[str], None],
    ) -> Monitor:
        """Return what the work tells its news to; ``changed`` is called after each."""

        def tell_phase(phase: str) -> None:
            self.end_phase(detail)
            self.begin(phase)
            changed()

        def tell_standing(standing: str) -> None:
            self.standing = standing
            changed()

        def tell_part(done: int, wanted: int) -> None:
            self.parts = done, wanted
            changed()

        def tell_spent(spent: Sequence[int]) -> None:
            self.count(spent)
            changed()

        return Monitor(
            phase=tell_phase,
            standing=tell_standing,
            part=tell_part,
            spent=tell_spent,
            notice=notice,
            detail=detail,
        )

    def end_phase(self, detail: Callable[[str], None]) -> None:
        """Say how long a phase took, where it took any time."""
        if self.phase_lasted >= BRIEF_S:
            detail(f"{self.phase}: took {self.phase_lasted:.1f} s")
