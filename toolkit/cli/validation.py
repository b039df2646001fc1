"""``toolkit validate``: a plan on days that it was not made for."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli import completing, ending, terminal
from toolkit.cli.flags import FORMAT, JSON, asks_json
from toolkit.cli.options import of_one
from toolkit.cli.proof import FOLDER
from toolkit.common.errors import InputError


def validate(
    folder: FOLDER,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profiles",
            metavar="NAME|FILE",
            autocompletion=completing.profiles,
            help="Profiles of the days to try [default: those of the study].",
        ),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="NAME", help="Case [default: the best feasible plan]."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="NAME",
            autocompletion=completing.policies,
            help="Who dispatches stores: 'toolkit policies list' [default: the plan's own].",
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="KEY=VALUE", help="Option of the policy; repeatable."),
    ] = None,
    bound: Annotated[
        bool,
        typer.Option(
            "--bound/--no-bound",
            help="Prove for each day what perfect foresight could have traded.",
        ),
    ] = True,
    every_run: Annotated[
        bool,
        typer.Option(
            "--every-run",
            help="Try the best plan of every run, and rank the optimizers by these days.",
        ),
    ] = False,
    as_json: JSON = False,
    style: FORMAT = None,
) -> None:
    """Try a plan on days that it was not made for.

    Keeps the sites and sizes of a case, lets a policy dispatch its stores through all days of the
    profiles, one after the other, and solves every step in OpenDSS. Writes validation.csv, a row
    per day, into the results folder: energy, losses, cost, limits broken, and beside it the proven
    most that perfect foresight could have traded with the same sites and sizes.

    With --every-run the plans of all runs are tried. Writes validation_runs.csv, a row per run, and
    ranks and tests the optimizers as 'toolkit compare' does, but by what their plans do here.
    """
    from toolkit.cli import console
    from toolkit.cli.console import progress
    from toolkit.commands.validate import every_run as runs
    from toolkit.commands.validate import validate as tried

    as_json = asks_json(as_json, style)
    given = of_one(option, policy or "policy")
    if every_run and case is not None:
        raise InputError(
            f"found --every-run and --case {case}; expected one of them: every run, or one case."
        )
    with console.status(f"validating {folder}") as monitor:
        ending.try_results(folder)
        found = (
            runs.validate_runs(folder, profile, policy, given, monitor=monitor)
            if every_run
            else tried(folder, profile, case, policy, given, bound=bound, monitor=monitor)
        )
    if as_json:
        terminal.say_json(found.as_json())
        return
    for notice in found.notices:
        progress.show_notice(notice)
    if isinstance(found, runs.RankedRuns):
        for sentence in found.sentences:
            terminal.wrapped(sentence)
        terminal.say()
        console.print_comparison(found.comparison, found.goal, found.span)
        terminal.answer(folder / runs.FILE)
        return
    for sentence in found.sentences:
        terminal.wrapped(sentence)
        terminal.say()
    terminal.answer(folder / "validation.csv")
