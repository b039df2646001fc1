"""``toolkit front``."""

from __future__ import annotations

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
    from toolkit.commands.front import Front


@takes_request
def front(
    study: STUDY = "ieee12",
    goal: Annotated[
        list[str] | None,
        typer.Option(
            "--goal",
            metavar="NAME",
            autocompletion=completing.goals,
            help="A goal, two or three of them: traded, traded_to_load, losses, "
            "voltage_deviation, community_cost, self_sufficiency, annual_cost, npv, investment, "
            "peak_import, co2, or one of your own. The first is sought at every point, the others "
            "have limits there.",
        ),
    ] = None,
    points: Annotated[
        int,
        typer.Option(
            "--points",
            help="How many values the limit of each other goal takes: 9 are 9 points of two goals, "
            "9 x 9 of three.",
        ),
    ] = 9,
    optimizer: Annotated[
        list[str] | None,
        typer.Option(
            "--optimizer",
            metavar="NAME",
            autocompletion=completing.optimizers,
            help="Optimizer, repeatable [default: cheetah-plus]. LABEL=NAME runs it under a name "
            "of your own.",
        ),
    ] = None,
    *,
    out: OUT = None,
    **given: Any,
) -> None:
    """Find plans between the extremes of two or three goals.

    First each goal is sought alone: its extreme. Then the first goal is sought with limits of the
    others, evenly spaced between their figures at the extremes: the points. Each point begins from
    the plan of the point beside it. Every extreme and point is a results folder of its own,
    DIR/extremes/GOAL and DIR/points/001 and so on, every plan a full case solved by OpenDSS.

    DIR/front.csv has a row per plan: the figures of all goals, whether another plan is better in
    every respect, and with --bound the proven bound of the point. DIR/hypervolume.csv says how good
    the front of each optimizer and seed is, and with three seeds and more whether they differ.

    Example: toolkit front mine.toml --goal traded --goal annual_cost --points 9 --runs 3

    'toolkit resume DIR', or the same command with the same --output, goes on with a front that was
    killed, to the same results. --budget, --runs and --seed are those of each extreme and point.
    The last line printed is the folder.
    """
    from toolkit.cli import console
    from toolkit.commands.front import front_and_store
    from toolkit.commands.front.asked import asked
    from toolkit.optimizer import labels
    from toolkit.results.store import new_folder

    loaded = ending.study_of(study)
    names, options = labels.given(tuple(optimizer or DEFAULTS["front"].optimizers))
    options = labels.merged(options, by_optimizer(given["option"], names))
    request = replace(DEFAULTS["front"], optimizers=names, options=options, **fields_of(given))
    wanted = asked(goal or [], points, request)
    folder = out or new_folder("front", loaded.name)
    with console.progress_bar(wanted.evaluations, folder) as monitor:
        found = front_and_store(loaded, wanted, folder, ending.command_line(), monitor=monitor)
    finish(found)


def finish(found: Front) -> None:
    """Draw the figure of a front, print it and, as the last line, its folder."""
    from toolkit.cli.console import front as console_front
    from toolkit.commands.front import draw

    console_front.print_front(found, draw(found))
    if found.status != "complete":
        raise typer.Exit(130 if found.status == "interrupted" else 1)


def go_on(folder: Path, workers: int, scheduler: str | None) -> None:
    """Go on with a front that ended early, and print what a whole one prints."""
    from toolkit.cli import console
    from toolkit.commands import front as fronts

    base, wanted = fronts.read_asked(folder)
    ending.feeder_at(base.script, base.root)
    with console.progress_bar(wanted.evaluations, folder) as monitor:
        found = fronts.resume(folder, workers, scheduler, monitor)
    finish(found)
