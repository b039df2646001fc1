"""A line now and then while long work goes on and there is no terminal to draw a bar on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.console.words import lasting, rate
from toolkit.common.errors import InputError

if TYPE_CHECKING:
    from toolkit.cli.console.news import News
    from toolkit.commands.watch import Watch

#: Seconds between two lines, and the variable that sets others; 0 is for none.
EVERY_S, VARIABLE = 30.0, "TOOLKIT_PROGRESS_SECONDS"


def interval() -> float:
    """Return the seconds between two lines, 0 for none. Raises InputError for no number."""
    text = os.environ.get(VARIABLE, "")
    if not text.strip():
        return EVERY_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not (isfinite(seconds) and 0.0 <= seconds <= threading.TIMEOUT_MAX):
        raise InputError(
            f"environment variable {VARIABLE}: found {text[:60]!r}; expected seconds between two "
            "lines, such as 30, or 0 for no lines."
        )
    return seconds


class Heart:
    """Says where work stands: what is done of what, the best figure so far, the time left.

    best: the best figure in words, blank where nobody knows; today: what a clock says.
    """

    def __init__(
        self,
        news: News,
        best: Callable[[], str],
        today: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._news, self._best, self._today = news, best, today

    def line(self) -> str:
        """Return the line of this moment."""
        news = self._news
        told = [_evaluations(news), self._best()] if news.counts else [news.shown]
        told += [_pace(news)] if news.counts else [_since(news)]
        moment = self._today().strftime("%Y-%m-%d %H:%M:%S")
        return f"{moment}  {', '.join(part for part in told if part)}"

    def beat(
        self, wait: Callable[[float], bool], every: float, show: Callable[[str], None]
    ) -> None:
        """Show a line each time that ``wait`` has waited so long, until it says yes."""
        while not wait(every):
            show(self.line())


def _evaluations(news: News) -> str:
    made, total = sum(news.spent), int(news.total)
    done, wanted = news.parts
    parts = f", {done:,} of {wanted:,} searches complete" if wanted else ""
    return f"{made:,} of {total:,} evaluations ({100.0 * made / total:.0f} %){parts}"


def _pace(news: News) -> str:
    per_s = news.rate()
    if per_s is None:
        return ""
    left = max(news.total - sum(news.spent), 0) / per_s
    return f"{rate(per_s)}, about {lasting(left)} left"


def _since(news: News) -> str:
    whole = f", {lasting(news.lasted)} of about {lasting(news.seconds)}" if news.seconds else ""
    done, wanted = news.parts
    left = news.phase_lasted * (wanted - done) / done if done else 0.0
    told = f", about {lasting(left)} left" if left >= 1.0 else ""
    return f"for {lasting(news.phase_lasted)}{whole}{told}"


@contextmanager
def beating(news: News, folder: Path | None, show: Callable[[str], None]) -> Iterator[None]:
    """Show a line every so often inside the ``with`` block, in a thread of its own."""
    every, ended = interval(), threading.Event()
    if not every:
        yield
        return
    heart = Heart(news, _Best(folder) if folder is not None else str)
    thread = threading.Thread(target=heart.beat, args=(ended.wait, every, show), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(1.0)


class _Best:
    """The best figure in a folder, in words; it is looked at when first asked for."""

    def __init__(self, folder: Path) -> None:
        # The engine changes the working folder now and then.
        self._folder = folder.absolute()
        self._watch: Watch | None = None

    def __call__(self) -> str:
        from toolkit.commands.watch import Watch
        from toolkit.commands.watch.told import best_told

        if self._watch is None:
            self._watch = Watch(self._folder)
        try:
            return best_told(self._watch.look())
        # What is wrong with the folder is for the command to say; the other words still hold.
        except Exception:
            return ""
