"""What shows that a long piece of work goes on: bars on a terminal, and details where asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from toolkit.cli import terminal
from toolkit.common.excerpts import line
from toolkit.common.monitor import Monitor

_err = Console(stderr=True, highlight=False, markup=False)

#: Seconds of a phase that is not worth a line.
BRIEF_S = 0.05


class News:
    """What a piece of work has told of itself so far.

    phase: what it does, since ``since``; standing: how far that has come, in words, and parts, in
    numbers (done, wanted), (0, 0) where nobody knows; spent: evaluations of each run.
    """

    def __init__(self, phase: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.phase, self.since, self.began = phase, clock(), clock()
        self.standing, self.parts = "", (0, 0)
        self.spent: Sequence[int] = ()

    @property
    def shown(self) -> str:
        """Phase and standing in one text."""
        done, wanted = self.parts
        parts = f"{done:,} of {wanted:,}" if wanted else ""
        return ": ".join(text for text in (self.phase, parts, self.standing) if text)

    def monitor(self, changed: Callable[[], None]) -> Monitor:
        """Return what the work tells its news to; ``changed`` is called after each."""

        def tell_phase(phase: str) -> None:
            self.end_phase()
            self.phase, self.since = phase, self._clock()
            self.standing, self.parts = "", (0, 0)
            changed()

        def tell_standing(standing: str) -> None:
            self.standing = standing
            changed()

        def tell_part(done: int, wanted: int) -> None:
            self.parts = done, wanted
            changed()

        def tell_spent(spent: Sequence[int]) -> None:
            self.spent = spent
            changed()

        return Monitor(
            phase=tell_phase,
            standing=tell_standing,
            part=tell_part,
            spent=tell_spent,
            notice=show_notice,
            detail=show_detail,
        )

    def end_phase(self) -> None:
        """Say how long a phase took, where details are asked for and it took any time."""
        took = self._clock() - self.since
        if took >= BRIEF_S:
            show_detail(f"{self.phase}: took {took:.1f} s")


@contextmanager
def bar(total: int) -> Iterator[Monitor]:
    """Show evaluations done of so many, their rate and the time left."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    news = News("evaluations")
    with _drawn(columns) as bar:
        job = bar.add_task(news.phase, total=total, rate="")

        def draw() -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:.0f}/s" if speed else ""
            bar.update(job, completed=sum(news.spent), rate=rate, description=line(news.shown))

        yield from _told(news, draw)


@contextmanager
def of_time(seconds: float) -> Iterator[Monitor]:
    """Show what is going on and the time spent of all there is."""
    phase = TextColumn("{task.description}", markup=False)
    news = News("preparing")
    with _drawn((phase, BarColumn(bar_width=20), TimeElapsedColumn())) as bar:
        job = bar.add_task(news.phase, total=seconds)

        def draw() -> None:
            spent = time.monotonic() - news.began
            bar.update(job, description=line(news.shown), completed=spent)

        yield from _told(news, draw)


@contextmanager
def status(text: str) -> Iterator[Monitor]:
    """Show that something short is going on."""
    news = News(text)
    if terminal.is_quiet():
        yield from _told(news, lambda: None)
        return
    with _err.status(_text(text)) as showing:
        yield from _told(news, lambda: showing.update(_text(news.shown)))


def _drawn(columns: Sequence[ProgressColumn]) -> Progress:
    """Return a bar, which is drawn on a terminal, and not where it is quiet."""
    hidden = terminal.is_quiet() or not _err.is_terminal
    return Progress(*columns, console=_err, transient=True, disable=hidden)


def _told(news: News, draw: Callable[[], None]) -> Iterator[Monitor]:
    """Yield what the work tells its news to; say in the end how long its last phase took."""
    yield news.monitor(draw)
    news.end_phase()


def show_notice(text: str) -> None:
    """Say on the side of errors what figures have to be read with, before they are there."""
    _err.print(_text(f"Notice: {text}"), soft_wrap=True)


def show_detail(text: str) -> None:
    """Say on the side of errors how things are done, where that is asked for."""
    if terminal.is_verbose():
        _err.print(_text(terminal.detailed(text)), soft_wrap=True)


def _text(cell: str) -> Text:
    """Return text for ``rich``: a name is no markup, and what a terminal obeys is written out."""
    return Text(line(cell))
