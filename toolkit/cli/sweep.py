"""``toolkit sweep``."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli import completing, ending
from toolkit.cli.flags import OUT, STUDY, takes_request
from toolkit.cli.options import by_optimizer
from toolkit.cli.search import fields_of
from toolkit.commands.request import DEFAULTS

if TYPE_CHECKING:
    from toolkit.commands.sweep import Sweep


@takes_request
def sweep(
    study: STUDY = "ieee12",
    given_fields: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUES",
            autocompletion=completing.fields,
            help="A field of the study by its dotted path and the values it takes, repeatable: "
            "storage.hours=1,2,4, or a range limits.v_max=1.03:1.07:5, five values from 1.03 to "
            "1.07.",
        ),
    ] = None,
    optimizer: Annotated[
        list[str] | None,
        typer.Option(
            "--optimizer",
            metavar="NAME",
            autocompletion=completing.optimizers,
            help="Optimizer, repeatable [default: cheetah]. LABEL=NAME runs it under a name of "
            "your own.",
        ),
    ] = None,
    *,
    out: OUT = None,
    **given: Any,
) -> None:
    """Search a study for every combination of values of its fields.

    Each combination is a point, searched like 'optimize' or 'compare' into a results folder of its
    own, DIR/points/001 and so on. DIR/sweep.csv has a row per point: the best plan that keeps every
    limit, solved by OpenDSS, its figures and its sizes; DIR/figures one figure, for one or two
    fields.

    Example: toolkit sweep ieee12 --set storage.hours=1,2,4 --set limits.v_max=1.03:1.07:5
    searches 3 x 5 = 15 points. Values are written as in a study file: numbers, true, words, and
    lists in brackets, 'fleet.scale=[0,2],[0,3]'.

    'toolkit resume DIR', or the same command with the same --output, goes on with a sweep that was
    killed, to the same results. --budget, --runs and --seed are those of each point; --workers are
    shared out among points. The last line printed is the folder.
    """
    from toolkit.cli import console
    from toolkit.commands.sweep import sweep_and_store
    from toolkit.commands.sweep.grid import parsed
    from toolkit.optimizer import labels
    from toolkit.results.store import new_folder

    swept = parsed(given_fields or [])
    loaded = ending.study_of(study)
    names, options = labels.given(tuple(optimizer or DEFAULTS["sweep"].optimizers))
    options = labels.merged(options, by_optimizer(given["option"], names))
    request = replace(DEFAULTS["sweep"], optimizers=names, options=options, **fields_of(given))
    folder = out or new_folder("sweep", loaded.name)
    for script in (value for one in swept if one.field == "feeder" for value in one.values):
        ending.feeder_at(str(script))
    points = math.prod(len(one.values) for one in swept)
    with console.progress_bar(request.evaluations * points, folder) as monitor:
        found = sweep_and_store(
            loaded, swept, request, folder, ending.command_line(), monitor=monitor
        )
    finish(found)


def finish(found: Sweep) -> None:
    """Draw the figure of a sweep, print it and, as the last line, its folder."""
    from toolkit.cli.console import sweep as console_sweep
    from toolkit.commands.sweep import draw

    console_sweep.print_sweep(found, draw(found))
    if found.status != "complete":
        raise typer.Exit(130 if found.status == "interrupted" else 1)


def go_on(folder: Path, workers: int, scheduler: str | None) -> None:
    """Go on with a sweep that ended early, and print what a whole one prints."""
    from toolkit.cli import console
    from toolkit.commands import sweep as sweeping
    from toolkit.commands.sweep import folder as places

    base, swept, request = places.read_asked(folder)
    ending.feeder_at(base.script, base.root)
    points = math.prod(len(one.values) for one in swept)
    with console.progress_bar(request.evaluations * points, folder) as monitor:
        found = sweeping.resume(folder, workers, scheduler, monitor)
    finish(found)
