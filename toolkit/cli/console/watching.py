"""What a terminal shows of a search that is followed."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.text import Text

from toolkit.cli import terminal
from toolkit.cli.console import print_table, screen, table_of
from toolkit.cli.console.heartbeat import interval
from toolkit.cli.console.words import lasting, rate, sparkline
from toolkit.commands.watch.told import best_told, number_told, where_told
from toolkit.common.errors import InputError
from toolkit.common.excerpts import line
from toolkit.runs.archive import resume_words

if TYPE_CHECKING:
    from toolkit.commands.watch import CaseStanding, SearchStanding, Standing, Watch

#: Rows that a terminal shows; --json has all of them.
ROWS = 30
#: Characters of a course.
COURSE = 12
#: Looks in a row that may fail while files are put in place.
FAILURES = 5
#: In which order points are shown where there are many.
ORDER = {"running": 0, "failed": 1, "interrupted": 1, "complete": 2, "waiting": 3}

Show = Callable[["Standing"], None]


def looked(looks: Watch, every: float, sleep: Callable[[float], None] = time.sleep) -> Standing:
    """Look once; a second time where a search runs, so that its rate is known."""
    found = looks.look()
    if found.status == "running":
        sleep(every)
        found = looks.look()
    return found


def follow(looks: Watch, every: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """Look again and again until the search has ended, then print how it stands."""
    try:
        with _shown(every) as show:
            for found in _looks(looks, every, sleep):
                show(found)
    except KeyboardInterrupt:
        terminal.complain("Only the watching has ended; the search itself was left alone.")
        raise
    print_standing(found)


def _looks(looks: Watch, every: float, sleep: Callable[[float], None]) -> Iterator[Standing]:
    """Yield how a search stands until it has ended; the first look has to succeed."""
    found, failures = looks.look(), 0
    while found.goes_on:
        yield found
        sleep(every)
        try:
            found, failures = looks.look(), 0
        except InputError:
            failures += 1  # files are being put in place just now
            if failures == FAILURES:
                raise
    yield found


@contextmanager
def _shown(every: float) -> Iterator[Show]:
    """Yield what shows a standing: in place on a terminal, else a line now and then."""
    if screen.is_terminal and not terminal.is_quiet():
        live: AbstractContextManager[Live] = Live(
            console=screen, transient=True, auto_refresh=False
        )
        with live as drawn:
            yield lambda found: drawn.update(_drawn(found), refresh=True)
        return
    looks_a_line = max(1, round((interval() or every) / every))
    count = 0

    def now_and_then(found: Standing) -> None:
        nonlocal count
        if count % looks_a_line == 0 and found.goes_on:
            terminal.say(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {sentence(found)}")
        count += 1

    yield now_and_then


def _drawn(found: Standing) -> Group:
    """Return how a search stands, as one thing to draw."""
    width = min(terminal.width(), terminal.WIDTH)
    told = [part for text in _told(found) for part in textwrap.wrap(line(text), width)]
    return Group(*map(Text, told), Text(""), *(table_of(*table) for table in _tables(found)))


def print_standing(found: Standing) -> None:
    """Print how a search stands: one sentence, then a line per run or point."""
    if terminal.is_quiet():
        terminal.answer(sentence(found))
        return
    for text in _told(found):
        terminal.wrapped(text)
    terminal.say()
    for title, header, rows in _tables(found):
        print_table(title, header, rows)


def _told(found: Standing) -> list[str]:
    """Return what is said before the table."""
    told = [sentence(found)]
    if found.may_be_dead and found.silent_s is not None:
        told.append(
            f"Nothing was written for {lasting(found.silent_s)}: the command may have been killed, "
            f"or a single step of it takes that long. If it was, {resume_words_of(found)}"
        )
    elif found.status in ("interrupted", "failed"):
        told.append(resume_words_of(found))
    return told


def resume_words_of(found: Standing) -> str:
    """Return how to go on with a search that ended early."""
    from pathlib import Path

    return resume_words(Path(found.folder))


def sentence(found: Standing) -> str:
    """Return how a search stands in one sentence."""
    if found.status == "not begun":
        return (
            f"{found.folder}: nothing has begun here yet; a sweep or a front that was started "
            "shows here once all its points are prepared."
        )
    if found.status == "preparing":
        return (
            f"{found.folder}: started, preparing: the study is read, its base case solved and a "
            "solver chosen; no evaluation is made yet."
        )
    share = 100.0 * found.evaluations / max(found.budget, 1)
    told = [
        f"{found.study}, {found.kind}, {found.status}: {found.evaluations:,} of "
        f"{found.budget:,} evaluations ({share:.0f} %)"
    ]
    if found.kind in ("sweep", "front"):
        whole = sum(one.status == "complete" for one in found.searches)
        told.append(f"{whole} of {len(found.searches)} searches complete")
    told.append(best_told(found))
    if found.rate_per_s is not None:
        told.append(rate(found.rate_per_s))
    if found.left_s and found.left_s >= 1.0:
        told.append(f"about {lasting(found.left_s)} left")
    elif found.status == "running" and found.evaluations >= found.budget:
        told.append("all made; plans are being solved, polished, proven or written")
    if found.drawing:
        told.append("figures and report are being drawn")
    return f"{', '.join(part for part in told if part)}."


Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]


def _tables(found: Standing) -> Iterator[Table]:
    if found.kind in ("sweep", "front"):
        yield _points(found)
    else:
        for search in found.searches:
            yield _runs(search)


def _runs(search: SearchStanding) -> Table:
    """Return a row for each run of a search."""
    sought = search.sought
    unit = "" if sought is None else f", {sought.unit}"
    header = ["run", "status", "made", f"best{unit}", "rate", "left", "course"]
    rows = [[case.case, *_cells(case, search)] for case in search.cases[:ROWS]]
    about = "" if sought is None else f": {sought.about}"
    more = len(search.cases) - ROWS
    rest = f" ({more:,} more runs are in --json)" if more > 0 else ""
    each = search.cases[0].budget if search.cases else 0
    return f"Runs of {each:,} evaluations{about}{rest}", header, rows


def _cells(case: CaseStanding, search: SearchStanding) -> list[str]:
    share = 100.0 * case.evaluations / max(case.budget, 1)
    return [
        case.status,
        f"{case.evaluations:,} ({share:.0f} %)",
        _best(case, search),
        "-" if case.rate_per_s is None else rate(case.rate_per_s),
        "-" if case.left_s is None or case.left_s < 1.0 else lasting(case.left_s),
        sparkline(case.course[1 :: max(1, len(case.course) // COURSE)]),
    ]


def _best(case: CaseStanding, search: SearchStanding) -> str:
    if case.best is not None and search.sought is not None:
        return number_told(case.best, search.sought)
    if case.feasible is False:
        by = "" if case.violation is None else f" by {case.violation:.2g} shares"
        return f"limits broken{by}"
    return "-"


def _points(found: Standing) -> Table:
    """Return a row for each point of a sweep or a front."""
    shown = sorted(found.searches, key=lambda one: ORDER.get(one.status, 1))[:ROWS]
    places = {id(one): place for place, one in enumerate(found.searches)}
    shown.sort(key=lambda one: places[id(one)])
    rows = [_point(one) for one in shown]
    more = len(found.searches) - len(rows)
    rest = f" ({more:,} more are in --json)" if more else ""
    header = ["point", "status", "evaluations", "best", "in", "run"]
    return f"Points{rest}", header, rows


def _point(one: SearchStanding) -> list[str]:
    best, sought = one.best, one.sought
    made, budget = (sum(getattr(c, n) for c in one.cases) for n in ("evaluations", "budget"))
    figure = "-" if best is None or sought is None else number_told(best.best or 0.0, sought)
    if best is None and any(case.feasible is False for case in one.cases):
        figure = "limits broken"
    return [
        one.point,
        one.status,
        f"{made:,} of {budget:,}" if one.cases else "-",
        figure,
        "" if sought is None else sought.unit,
        "" if best is None else where_told(one).rpartition(", ")[2],
    ]
