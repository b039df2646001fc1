"""What commands share: the study they load, where results go and how a command ends."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from toolkit.record import Outcome
    from toolkit.study import Study


def command_line() -> str:
    """Return the command line as typed, for the manifest."""
    return shlex.join(["toolkit", *sys.argv[1:]])


def new_folder(command: str, study: str) -> Path:
    """Return a results folder that does not exist yet, named by what it holds."""
    stem = Path("results") / f"{study}-{command}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder, again = stem, 1
    while folder.exists():
        again += 1
        folder = stem.with_name(f"{stem.name}-{again}")
    return folder


def study_of(name: str) -> Study:
    """Load a study; InputError, too, where its feeder would end the process as it compiles.

    A feeder of our own needs no such trial, which costs the start of a process.
    """
    from toolkit import doctor, feeders
    from toolkit import study as studies

    study = studies.load(name)
    script = feeders.locate(study.feeder)
    if not script.is_relative_to(feeders.bundled_folder().resolve()):
        doctor.survive(script)
    return study


def finish(outcome: Outcome) -> None:
    """Print the tables and, as the last line, where the results are."""
    from toolkit import console

    draw(outcome.folder)
    console.print_outcome(outcome)
    if outcome.status != "complete":
        raise typer.Exit(130 if outcome.status == "interrupted" else 1)


def draw(folder: Path) -> None:
    """Draw the figures of a results folder and write its report."""
    from toolkit import console, figures, report

    with console.status("drawing the figures"):
        figures.draw_folder(folder)
        report.write_report(folder)
