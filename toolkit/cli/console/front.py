"""What a terminal shows of a front: the answer, the best plan of each point, the hypervolumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.cli import terminal
from toolkit.cli.console import print_table
from toolkit.cli.terminal import aside, note, say, wrapped
from toolkit.commands.front.words import (
    answer,
    best_plans,
    points_table,
    volumes_table,
    volumes_told,
)
from toolkit.runs.archive import resume_words

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.commands.front import Front

#: Rows that a terminal shows; front.csv has all of them.
ROWS = 40


def print_front(found: Front, drawn: bool) -> None:
    """Print what the points have in common, their best plans, the notes, and the folder."""
    best = best_plans(found)
    wrapped(answer(found, best))
    if len(best):
        say()
        _points(found, best)
        _volumes(found)
    for told in (*_notes(found, drawn), *found.notes):
        note(told)
    if found.status != "complete":
        ended = found.status.capitalize()
        aside(f"{ended}: {len(best)} points and extremes have a plan.", fold=False)
        aside(resume_words(found.folder), fold=False)
    terminal.answer(found.folder)


def _points(found: Front, best: pd.DataFrame) -> None:
    """Print the best plan of each extreme and point."""
    table = points_table(found, best)
    print_table(table.title, table.header, table.rows[:ROWS])
    if len(best) > ROWS:
        say(f"{len(best) - ROWS:,} more rows are in front.csv.")


def _volumes(found: Front) -> None:
    """Print the median hypervolume of each optimizer, and whether they differ."""
    if found.volumes.empty:
        return
    table = volumes_table(found)
    print_table(table.title, table.header, table.rows)
    for sentence in volumes_told(found):
        wrapped(sentence)


def _notes(found: Front, drawn: bool) -> list[str]:
    """Return what the table has to be read with."""
    notes = []
    if len(found.volumes) and len({*found.volumes["seed"]}) == 1:
        notes.append(
            "one run per point: how much of a front is the optimizer's luck is not known; --runs 5 "
            "gives the spread of seeds."
        )
    if len(found.table) and found.table["bound"].isna().all():
        notes.append("no bound is proven: nobody knows how much better plans there are.")
    if not drawn and len(found.table):
        notes.append("no figure: fewer than two plans keep every limit.")
    return notes
