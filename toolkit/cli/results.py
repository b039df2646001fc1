"""``toolkit bound`` and ``simulate``: commands that search for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import ending
from toolkit.cli.flags import FORCE, OUT, STUDY, TIME
from toolkit.commands.request import BOUND_S


def bound(
    study: STUDY = "ieee12",
    time: TIME = BOUND_S,
    gap: Annotated[
        float,
        typer.Option(
            "--gap",
            metavar="PERCENT",
            help="Stop when the bound is this close to the best plan without network limits.",
        ),
    ] = 0.1,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Prove a bound on energy or cost, and find a plan close to it.

    No plan of the study can exceed the bound, or get below that of a cost. It comes from a
    mixed-integer model of sites, sizes, dispatch and clearing without the network. Its best plan,
    made to keep the network's limits, is solved in OpenDSS as case 'exact'.
    """
    from toolkit.cli import console
    from toolkit.commands import bound_and_store
    from toolkit.results.store import new_folder

    loaded = ending.study_of(study)
    folder = out or new_folder("bound", loaded.name)
    with console.bound_progress(time) as monitor:
        outcome = bound_and_store(
            loaded,
            time,
            gap / 100.0,
            folder,
            ending.command_line(),
            force=force,
            monitor=monitor,
        )
    ending.finish(outcome)


def simulate(
    study: STUDY = "ieee12",
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="A plan.json to solve in addition to the base case."),
    ] = None,
    out: OUT = None,
    force: FORCE = False,
) -> None:
    """Solve the base case, or a plan, without searching."""
    from toolkit.cli import console
    from toolkit.commands import simulate_and_store
    from toolkit.results.store import new_folder

    loaded = ending.study_of(study)
    folder = out or new_folder("simulate", loaded.name)
    with console.status(f"simulating {loaded.name}") as monitor:
        outcome = simulate_and_store(
            loaded, plan, folder, ending.command_line(), force=force, monitor=monitor
        )
    ending.finish(outcome)
