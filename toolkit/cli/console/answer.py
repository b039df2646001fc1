"""What a terminal shows first: the plan, what it gives, and what binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.cli.console import print_table
from toolkit.cli.terminal import say, wrapped

if TYPE_CHECKING:
    from pathlib import Path


def print_answer(folder: Path) -> None:
    """Print the answer of a results folder, as its page begins with it."""
    from toolkit.results.figures.groups import best_plan, groups_of
    from toolkit.results.report.answer import answer_of
    from toolkit.results.store import read_results

    results = read_results(folder)
    groups = groups_of(results)
    answer = answer_of(results, groups, best_plan(results, groups))
    wrapped(answer.sentence)
    if answer.medians:
        wrapped(answer.medians)
    say()
    for table in answer.tables:
        print_table(table.title, table.header, table.rows)
    for told in answer.binds:
        wrapped(told)
    say()
