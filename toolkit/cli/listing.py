"""``toolkit results``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from toolkit.cli import terminal
from toolkit.cli.flags import JSON

app = typer.Typer(
    help="Find results folders: what was asked, what came of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def results_list(
    folder: Annotated[
        Path, typer.Argument(help="Where to look, all folders below included.")
    ] = Path("results"),
    sort: Annotated[
        Literal["when", "name", "command", "feeder", "goal", "figure", "status"],
        typer.Option("--sort", help="The order; 'figure' has the best of each goal first."),
    ] = "when",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    points: Annotated[
        bool, typer.Option("--points", help="Also list the points of sweeps and fronts.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """List every results folder below a folder, the newest first.

    One line each, of sweeps and fronts as well: the command, the feeder, what was sought, the
    figure of the best plan with its unit and whether it keeps every limit, how the command ended or
    how many evaluations it has made so far, and when it was written. A folder that cannot be read
    has its line, too, with the reason.

    Example: toolkit results list results --sort figure

    Only small files are read, and nothing is written. 'toolkit diff A B' compares two of them.
    """
    from toolkit.cli.console import listing as console_listing
    from toolkit.commands.listing import results_below

    found = results_below(folder, sort, points=points, reverse=reverse)
    if as_json:
        terminal.say_json({"folder": folder, "results": [entry.row() for entry in found]})
        return
    console_listing.print_list(folder, found)
