"""What a terminal shows of two results folders side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.cli.console import print_table
from toolkit.cli.terminal import answer, is_quiet, say, wrapped
from toolkit.commands.diff import shown

if TYPE_CHECKING:
    from toolkit.commands.diff import Diff


def print_diff(found: Diff) -> None:
    """Print the answer, then a table of each part, then what binds."""
    if is_quiet():
        answer(" ".join(found.sentences))
        return
    for sentence in found.sentences:
        wrapped(sentence)
    say()
    for table in shown.tables(found):
        print_table(table.title, table.header, table.rows)
    for text in shown.binding(found):
        wrapped(text)
