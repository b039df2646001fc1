"""``toolkit reproduce`` and ``toolkit explain``: what stands behind a results folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.cli import completing, ending, terminal
from toolkit.cli.flags import FORMAT, JSON, asks_json

FOLDER = Annotated[
    Path, typer.Argument(help="A results folder.", metavar="DIR", autocompletion=completing.results)
]


def reproduce(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A results folder, or the folder of a sweep or a front.",
            metavar="DIR",
            autocompletion=completing.results,
        ),
    ],
    rerun: Annotated[
        bool, typer.Option("--rerun", help="Repeat the search too, and compare bit for bit.")
    ] = False,
    as_json: JSON = False,
    style: FORMAT = None,
) -> None:
    """Solve the results again in plain OpenDSS, and compare.

    Solves every case of the folder. Names every file that was changed or that differs from the
    solution of its feeder. Of a sweep or a front it does so for every point, and makes the table
    anew from them. Exit code 0 for 'reproduced', 1 for 'NOT reproduced'.
    """
    from toolkit.cli import console
    from toolkit.cli.console import proof as console_proof
    from toolkit.commands.many.kinds import kind_of
    from toolkit.commands.reproduce import reproduce as solve_again

    as_json = asks_json(as_json, style)
    if kind := kind_of(folder):
        _reproduce_points(folder, rerun, as_json, kind.word == "front")
        return
    with console.status(f"solving {folder} again") as monitor:
        ending.try_results(folder)
        found = solve_again(folder, rerun, monitor=monitor)
    _end(found, as_json, console_proof.print_reproduction)


def _reproduce_points(folder: Path, rerun: bool, as_json: bool, of_front: bool) -> None:
    """Solve the points of a sweep or a front again."""
    from toolkit.cli import console
    from toolkit.cli.console import proof as console_proof
    from toolkit.commands.front.reproduced import reproduce_front
    from toolkit.commands.sweep.reproduced import reproduce_sweep

    solve_again = reproduce_front if of_front else reproduce_sweep
    with console.status(f"solving {folder} again") as monitor:
        found = solve_again(folder, rerun, monitor=monitor)
    _end(found, as_json, console_proof.print_points)


def _end(found: Any, as_json: bool, show: Callable[[Any], None]) -> None:
    """Show what came of it; exit code 1 where it is not reproduced."""
    if as_json:
        terminal.say_json(found.as_json())
    else:
        show(found)
    if not found.reproduced:
        raise typer.Exit(1)


def explain(
    folder: FOLDER,
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="NAME", help="Case [default: the best feasible plan]."),
    ] = None,
    as_json: JSON = False,
    style: FORMAT = None,
) -> None:
    """Compute the worth of each unit and the limits that bind.

    Solves the plan without each unit in turn, and its best dispatch with 1 % more of each limit and
    unit. Writes explain.csv into the results folder.
    """
    from toolkit.cli import console
    from toolkit.cli.console import proof as console_proof
    from toolkit.commands.explain import explain as account_for

    as_json = asks_json(as_json, style)
    with console.status(f"explaining {folder}") as monitor:
        ending.try_results(folder)
        found = account_for(folder, case, monitor=monitor)
    if as_json:
        terminal.say_json(found.as_json())
    else:
        console_proof.print_explanation(found)
