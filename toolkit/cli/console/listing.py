"""What a terminal shows of many results folders: how many there are, then a line each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from toolkit.cli.console import print_table
from toolkit.cli.terminal import answer, is_quiet, say, wrapped
from toolkit.commands.listing.entries import DRAWN
from toolkit.results.spans import MONTHS
from toolkit.results.wording import digits
from toolkit.runs.archive import resume_words

if TYPE_CHECKING:
    from pathlib import Path

    from toolkit.commands.listing.entries import Entry


def print_list(place: Path, found: Sequence[Entry]) -> None:
    """Print how many results folders there are, a line for each, and what is wrong with some."""
    if is_quiet():
        for entry in found:
            answer(place / entry.name)
        return
    if not found:
        wrapped(f"No results folder below {place}.")
        return
    wrapped(_answer(place, found))
    say()
    header = ["name", "command", "feeder", "sought", "best", "status", "when"]
    print_table(f"Names are paths below {place}", header, [_row(entry) for entry in found])
    for entry in found:
        if told := _wrong(entry):
            wrapped(told)


def _answer(place: Path, found: Sequence[Entry]) -> str:
    counted = Counter(entry.status for entry in found)
    many = "1 results folder" if len(found) == 1 else f"{len(found):,} results folders"
    return f"{many} below {place}: {', '.join(f'{n:,} {s}' for s, n in counted.items())}."


def _row(entry: Entry) -> list[str]:
    told = (entry.name, entry.command or "-", entry.feeder or "-", entry.goal or "-")
    return [*told, _best(entry), _status(entry), _when(entry)]


def _best(entry: Entry) -> str:
    if math.isnan(entry.figure):
        return "-"
    if entry.unit == "hypervolume":
        return f"{entry.figure:.3f} of 1"
    return f"{entry.figure:,.{digits([entry.figure])}f} {entry.unit}"


def _when(entry: Entry) -> str:
    """Return when a folder was written to: "27 Nov 18:53", of another year "27 Nov 2025"."""
    then = datetime.fromtimestamp(entry.changed)
    clock = f"{then:%H:%M}" if then.year == datetime.now().year else f"{then.year}"
    return f"{then.day} {MONTHS[then.month - 1]} {clock}"


def _status(entry: Entry) -> str:
    told = [DRAWN if entry.note == DRAWN else entry.status]
    told += ["a limit is broken"] if entry.feasible is False else []
    return ", ".join(told)


def _wrong(entry: Entry) -> str:
    """Return why a folder cannot be read, or how much there is of one that is not complete."""
    if entry.status == "damaged":
        return entry.note
    for done, asked, what in (
        (entry.points, entry.points_asked, "points"),
        (entry.evaluations, entry.evaluations_asked, "evaluations"),
    ):
        if done is not None and asked is not None and entry.status != "complete":
            # No file says whether its command is still there.
            told = "If 'toolkit watch' says that it has stopped, " * (entry.status == "unfinished")
            return f"{entry.name}: {done:,} of {asked:,} {what}. {told}{resume_words(entry.folder)}"
    return ""
