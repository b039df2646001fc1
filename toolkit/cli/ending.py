"""What commands share: the study they load, who works, where results go and how they end."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from toolkit.cli import defaults, terminal
from toolkit.common.errors import InputError, ToolkitError, listed

if TYPE_CHECKING:
    from toolkit.commands.record import Outcome
    from toolkit.inputs.study import Study


def command_line() -> str:
    """Return the command line, for the manifest: as typed, with the flags of files of defaults."""
    return shlex.join(["toolkit", *defaults.with_defaults(sys.argv[1:], loud=False)[0]])


def study_of(name: str) -> Study:
    """Load a study; InputError, too, where its feeder would end the process as it compiles."""
    from toolkit.inputs import study_files

    study = study_files.load(name)
    feeder_at(study.script, study.root)
    tell_files(study)
    return study


def tell_files(study: Study) -> None:
    """Say which files a study reads, where it is verbose: to find them takes a while."""
    from toolkit.inputs import study_files

    if terminal.is_verbose():
        names = [str(path) for path in study_files.files_of(study)]
        terminal.detail(f"study {study.name}: reads {listed(names)}")


def feeder_at(name: str, root: Path | None = None) -> Path:
    """Return the script of a feeder; InputError where it would end the process as it compiles.

    A feeder of our own needs no such trial, which costs the start of a process.
    """
    from toolkit.commands import check_feeder
    from toolkit.inputs import feeder_files

    script = feeder_files.locate(name)
    if not script.is_relative_to(feeder_files.bundled_folder().resolve()):
        check_feeder.survive(script, root)
    return script


def try_results(folder: Path) -> None:
    """Raise InputError where the feeder of results would end the process.

    What else is wrong with them is for the command to say.
    """
    from toolkit.inputs import feeder_files, study_files

    try:
        study = study_files.load(str(folder / "study.toml"))
        feeder_files.locate(study.script)
    except (ToolkitError, OSError, ValueError):
        return
    feeder_at(study.script, study.root)
    tell_files(study)


def workers(given: int | None, scheduler: str | None) -> int:
    """Return the number of processes, one per core unless told otherwise."""
    from toolkit.runs.workers import available

    if scheduler is not None and given is not None:
        raise InputError("--workers: expected without --scheduler, whose workers are all used.")
    return available() if given is None else given


def finish(outcome: Outcome) -> None:
    """Print the answer, the tables and, as the last line, where the results are."""
    from toolkit.cli import console
    from toolkit.cli.console.answer import print_answer

    draw(outcome.folder)
    if not terminal.is_quiet():
        print_answer(outcome.folder)
    console.print_outcome(outcome)
    if outcome.status != "complete":
        raise typer.Exit(130 if outcome.status == "interrupted" else 1)


def draw(folder: Path) -> None:
    """Draw the figures of a results folder and write its report."""
    from toolkit.cli import console
    from toolkit.commands.api import write_report
    from toolkit.results.store import marks

    with console.status("drawing the figures"), marks.drawing(folder):
        write_report(folder)
