"""``toolkit resume``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, ending, front, sweep, terminal
from toolkit.cli.flags import flag


def resume(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A results folder of compare or optimize, or the folder of a sweep or a front.",
            autocompletion=completing.results,
        ),
    ],
    workers: Annotated[int | None, flag("workers")] = None,
    scheduler: Annotated[str | None, flag("scheduler")] = None,
) -> None:
    """Continue a command that was killed or interrupted.

    Ends with the results of an uninterrupted command, bit for bit, on any number of workers.
    """
    from toolkit.cli import console
    from toolkit.commands import resume as resuming
    from toolkit.commands.front.folder import FRONT
    from toolkit.commands.sweep.folder import SWEEP

    if FRONT.is_one(folder):
        front.go_on(folder, ending.workers(workers, scheduler), scheduler)
        return
    if SWEEP.is_one(folder):
        sweep.go_on(folder, ending.workers(workers, scheduler), scheduler)
        return
    left = resuming.left_to_do(folder, ending.workers(workers, scheduler), scheduler)
    if left is None:
        resuming.clear(folder)
        if not (folder / "report.html").is_file():
            ending.draw(folder)
        terminal.say("Nothing to do: this command is complete.")
        terminal.answer(folder)
        return
    study, request = left
    ending.feeder_at(study.script, study.root)
    ending.tell_files(study)
    with console.progress_bar(request.evaluations, folder) as monitor:
        outcome = resuming.resume(study, request, folder, monitor=monitor)
    ending.finish(outcome)
