"""What a terminal shows of one plan settled by every mechanism."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli.console import print_table
from toolkit.cli.terminal import answer, aside, is_quiet, say, wrapped
from toolkit.commands.settling_words import tables

if TYPE_CHECKING:
    from toolkit.commands.settling import Settlements


def print_settlements(found: Settlements, csv: Path | None = None) -> None:
    """Print the answer, the community by mechanism, and each member's bills."""
    told = f"Case {found.case}: {' '.join(found.sentences)}"
    if is_quiet() and csv is None:
        answer(told)
    wrapped(told)
    say()
    for table in tables(found):
        print_table(table.title, table.header, table.rows)
    for mechanism, why in found.refused.items():
        aside(f"{mechanism}: not settled: {why}")
    if csv is not None:
        answer(csv)
