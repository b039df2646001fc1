"""``toolkit bound``, ``simulate`` and ``report``: commands that search for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, ending, terminal
from toolkit.cli.flags import FORCE, OUT, OUTPUT, STUDY, TIME
from toolkit.commands.request import BOUND_S
from toolkit.common.errors import InputError


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


def report(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER",
            autocompletion=completing.results,
            help="A results folder; several for one page that compares them, each of which may be "
            "that of a sweep or a front as well.",
        ),
    ],
    reinforce: Annotated[
        bool,
        typer.Option(
            "--reinforce",
            help="Also write reinforce.csv: lines, transformers and buses beyond a limit, their "
            "worst hour, hours beyond, and the rating needed.",
        ),
    ] = False,
    geojson: Annotated[
        bool,
        typer.Option(
            "--geojson",
            help="Also write map.geojson: buses, lines and units for a GIS, where coordinates are "
            "degrees.",
        ),
    ] = False,
    case: Annotated[
        str | None,
        typer.Option("--case", help="Case of these files [default: the best plan found]."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            *OUTPUT,
            metavar="DIR",
            help="Where the page of several folders goes [default: a new folder in ./results].",
        ),
    ] = None,
) -> None:
    """Draw figures and report again, or one page of several folders.

    A network planner also takes away --reinforce, what is beyond a limit, and --geojson, a map.

    With several folders, or the folder of a sweep or a front, one page is written into --output:
    which of them is best and by how much, a table of cases side by side with the fields of their
    studies that differ, a figure, and the answer of each with a link to its own report. cases.csv
    beside it has the figures. Where they seek different things, what every plan has is compared.

    Example: toolkit report results/small results/large --output results/sizes
    """
    if len(folders) > 1 or output is not None or _holds_points(folders[0]):
        if reinforce or geojson or case is not None:
            raise InputError("--reinforce, --geojson, --case: expected with one results folder.")
        _several(folders, output)
        return
    (folder,) = folders
    if case is not None and not (reinforce or geojson):
        raise InputError("--case: expected together with --reinforce or --geojson.")
    ending.draw(folder)
    terminal.answer(folder / "report.html")
    if not (reinforce or geojson):
        return
    from toolkit.commands import planning

    if reinforce:
        terminal.answer(planning.write_reinforcements(folder, case))
    if geojson:
        path, left_out = planning.write_geojson(folder, case)
        if left_out:
            buses = "1 bus" if left_out == 1 else f"{left_out:,} buses"
            terminal.aside(f"Left out of the map: {buses} without coordinates.")
        terminal.answer(path)


def _holds_points(folder: Path) -> bool:
    """Say whether a folder is that of a sweep or a front."""
    from toolkit.commands.front.folder import FRONT
    from toolkit.commands.sweep.folder import SWEEP

    return SWEEP.is_one(folder) or FRONT.is_one(folder)


def _several(folders: list[Path], output: Path | None) -> None:
    """Write one page over several results folders; print the answer and where the page is."""
    from toolkit.cli import console
    from toolkit.commands.joint import write_joint_report
    from toolkit.results.store import new_folder

    place = output or new_folder("report", "several")
    with console.status("comparing the folders") as monitor:
        page, answer = write_joint_report(folders, place, monitor=monitor)
    terminal.wrapped(answer)
    terminal.answer(page)
