"""``toolkit diff``: two results folders side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, terminal
from toolkit.cli.flags import JSON, OUTPUT


def diff(
    a: Annotated[
        Path,
        typer.Argument(help="A results folder.", metavar="A", autocompletion=completing.results),
    ],
    b: Annotated[
        Path,
        typer.Argument(
            help="Another one: differences are those of B against A.",
            metavar="B",
            autocompletion=completing.results,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(*OUTPUT, metavar="DIR", help="Write diff.md and diff.csv into this folder."),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Compare two results folders: study, best plan, figures.

    Begins with one sentence: how much more or less the best plan of B gives than that of A, with
    which units, and which fields of the study differ. Then come what was asked differently (fields
    of the study, search, feeder and profiles by their checksums, versions), the units of both plans
    by bus, their figures with difference and per cent, and what keeps each plan from more. Folders
    that are the same, byte for byte, are called so.

    Example: toolkit diff results/small-battery results/large-battery

    Nothing is solved, and nothing written without --output. Exit code 0 whether they differ or not.
    'toolkit report A B --output DIR' makes a page of both.
    """
    from toolkit.cli.console import diff as console_diff
    from toolkit.commands.diff import diff as compared
    from toolkit.commands.diff import written

    if output is not None:
        written.check_place(output)
    found = compared(a, b)
    page = None if output is None else written.write(found, output)
    if as_json:
        terminal.say_json(found)
        return
    console_diff.print_diff(found)
    if page is not None:
        terminal.answer(page)
