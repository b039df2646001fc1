"""What a terminal shows of a sweep: the answer, then the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.cli import terminal
from toolkit.cli.console import print_table
from toolkit.cli.terminal import aside, note, say, wrapped
from toolkit.commands.sweep.words import answer, table_of
from toolkit.runs.archive import resume_words

if TYPE_CHECKING:
    from toolkit.commands.sweep import Sweep

#: Rows that a terminal shows; sweep.csv has all of them.
ROWS = 40


def print_sweep(found: Sweep, drawn: bool) -> None:
    """Print the best point, the table, what has to be known besides, and the folder."""
    table = found.table
    wrapped(answer(found))
    if not table.empty:
        say()
        _table(found)
    for told in _notes(found, drawn):
        note(told)
    for told in found.notes:
        note(told)
    if found.status != "complete":
        aside(f"{found.status.capitalize()}: {len(table)} points are complete.", fold=False)
        aside(resume_words(found.folder), fold=False)
    terminal.answer(found.folder)


def _table(found: Sweep) -> None:
    """Print the table, as far as a screen holds it."""
    table = table_of(found)
    print_table(table.title, table.header, table.rows[:ROWS])
    if len(table.rows) > ROWS:
        say(f"{len(table.rows) - ROWS:,} more rows are in sweep.csv.")


def _notes(found: Sweep, drawn: bool) -> list[str]:
    """Return what the table has to be read with."""
    notes = []
    if len(found.table) and found.table["plans"].max() == 1:
        notes.append(
            "one run per point: how much of a difference is the optimizer's luck is not known; "
            "--runs 5 gives the worst seed beside the best."
        )
    if not drawn and len(found.table) > 1:
        why = (
            "points seek different things"
            if found.goal is None
            else f"a figure shows one field or two, not {len(found.fields)}"
        )
        notes.append(f"no figure: {why}; sweep.csv has the table.")
    return notes
