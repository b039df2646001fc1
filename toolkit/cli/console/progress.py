"""What shows that a long piece of work goes on: bars on a terminal, lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

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
from toolkit.cli.console.heartbeat import beating
from toolkit.cli.console.news import News
from toolkit.common.excerpts import line
from toolkit.common.monitor import Monitor

_err = Console(stderr=True, highlight=False, markup=False)


@contextmanager
def bar(total: int, folder: Path | None = None) -> Iterator[Monitor]:
    """Show evaluations done of so many, their rate and the time left; folder: of the results."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    news = News("preparing", total=total)
    with _lines(news, folder), _drawn(columns) as bar:
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
    news = News("preparing", seconds=seconds)
    with _lines(news), _drawn((phase, BarColumn(bar_width=20), TimeElapsedColumn())) as bar:
        job = bar.add_task(news.phase, total=seconds)
        yield from _told(
            news,
            lambda: bar.update(job, description=line(news.shown), completed=news.lasted),
        )


@contextmanager
def status(text: str) -> Iterator[Monitor]:
    """Show that something is going on that may be short."""
    news = News(text)
    with _lines(news):
        if terminal.is_quiet():
            yield from _told(news, lambda: None)
            return
        with _err.status(_text(text)) as showing:
            yield from _told(news, lambda: showing.update(_text(news.shown)))


def _drawn(columns: Sequence[ProgressColumn]) -> Progress:
    """Return a bar, which is drawn on a terminal, and not where it is quiet."""
    hidden = terminal.is_quiet() or not _err.is_terminal
    return Progress(*columns, console=_err, transient=True, disable=hidden)


def _lines(news: News, folder: Path | None = None) -> AbstractContextManager[None]:
    """Have lines written now and then where there is no terminal, and it is not quiet."""
    if terminal.is_quiet() or _err.is_terminal:
        return nullcontext()
    return beating(news, folder, _show)


def _told(news: News, draw: Callable[[], None]) -> Iterator[Monitor]:
    """Yield what the work tells its news to; say in the end how long its last phase took."""
    yield news.monitor(draw, show_notice, show_detail)
    news.end_phase(show_detail)


def show_notice(text: str) -> None:
    """Say on the side of errors what figures have to be read with, before they are there."""
    _show(f"Notice: {text}")


def show_detail(text: str) -> None:
    """Say on the side of errors how things are done, where that is asked for."""
    if terminal.is_verbose():
        _show(terminal.detailed(text))


def _show(text: str) -> None:
    _err.print(_text(text), soft_wrap=True)


def _text(cell: str) -> Text:
    """Return text for ``rich``: a name is no markup, and what a terminal obeys is written out."""
    return Text(line(cell))
