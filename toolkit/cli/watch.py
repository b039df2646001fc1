"""``toolkit watch``: a running search followed from its folder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, terminal
from toolkit.cli.flags import JSON
from toolkit.common.errors import InputError

#: Seconds between two looks, and the fewest: what a run writes is there within half a second.
EVERY_S, LEAST_S = 2.0, 0.5


def watch(
    folder: Annotated[
        Path,
        typer.Argument(
            help="The folder of optimize, compare, sweep or front; it may not be there yet.",
            metavar="DIR",
            autocompletion=completing.results,
        ),
    ],
    once: Annotated[
        bool,
        typer.Option("--once", help="Look, print, end: for scripts, with --json if you like."),
    ] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", help="How often to look.")
    ] = EVERY_S,
    as_json: JSON = False,
) -> None:
    """Follow a running search: how far it is, and what it has found.

    Begins with one sentence: evaluations made of all, the best figure so far, rate and time left.
    Then a line per run: evaluations of its budget, best feasible figure, rate, time left, and the
    course of the best figure from its first evaluation to its last. Of a sweep or a front there is
    a line per point.

    Works from any process and any machine that sees the folder, while the search runs, when it has
    ended, and before it has begun. It reads journals and takes no lock: nothing is written, and the
    search does not notice. It ends with the search; Ctrl-C ends the watching alone (exit code 130).

    Example: toolkit watch results/mine

    With --once two looks, --every seconds apart, give the rate of a search that runs. Exit code 0
    however the search ended: 'status' in --json says it.
    """
    from toolkit.cli.console import watching
    from toolkit.commands.watch import Watch

    if not (math.isfinite(every) and every >= LEAST_S):
        raise InputError(f"--every: found {every:g}; expected seconds, at least {LEAST_S:g}.")
    if as_json and not once:
        raise InputError("--json: expected together with --once: one look is one document.")
    looks = Watch(folder)
    if not once:
        watching.follow(looks, every)
        return
    found = watching.looked(looks, every)
    if as_json:
        terminal.say_json(found.as_json())
    else:
        watching.print_standing(found)
