"""``toolkit settle``: every mechanism of settlement, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing
from toolkit.cli.flags import JSON


def settle(
    folder: Annotated[
        Path, typer.Argument(help="A results folder.", autocompletion=completing.results)
    ],
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="NAME", help="Case [default: the best feasible plan]."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Write a row per mechanism and prosumer to a .csv file."
        ),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Settle one plan by every mechanism, side by side.

    Says with which mechanisms nobody is worse off and with which savings are most even, and shows
    the community's cost and each member's bill by mechanism. Nothing is solved or searched again.
    """
    from toolkit.cli import console, documents, ending, terminal
    from toolkit.cli.console import settlement as console_settlement
    from toolkit.commands.settling import settle as settled

    with console.status(f"settling {folder}") as monitor:
        ending.try_results(folder)
        found = settled(folder, case, csv, monitor=monitor)
    if as_json:
        terminal.say_json(documents.settlements(found))
    else:
        console_settlement.print_settlements(found, csv)
