"""``toolkit report``: figures and page of a results folder, and what to take away from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, ending, printing, terminal
from toolkit.cli.flags import OUTPUT
from toolkit.commands.papers_asked import Figures
from toolkit.common.errors import InputError

#: Options are listed in these parts of the help page.
PAPERS, PLANNERS = "For papers", "For planners"


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
    figures: Annotated[
        list[str] | None,
        typer.Option(
            "--figures",
            metavar="FORMAT",
            help="Also draw every figure for print: pdf, svg or png; several with commas.",
            rich_help_panel=PAPERS,
        ),
    ] = None,
    width: Annotated[
        float | None,
        typer.Option(
            "--width",
            metavar="INCHES",
            help="Width of these figures and of LaTeX tables: 3.5 for one column, 7.16 for a page "
            "[default: figures as in the report, tables 3.5]. Type is 7 points or more.",
            rich_help_panel=PAPERS,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="NAME",
            help="Draw these figures alone: map, traded, contribution, losses, voltages, "
            "convergence, targets, comparison, voltage_map, charge, loading, trades, duration, "
            "months or validation; several with commas.",
            rich_help_panel=PAPERS,
        ),
    ] = None,
    no_titles: Annotated[
        bool,
        typer.Option(
            "--no-titles",
            help="Leave out what stands above a figure, since a caption says it.",
            rich_help_panel=PAPERS,
        ),
    ] = False,
    style: Annotated[
        str | None,
        typer.Option(
            "--style",
            metavar="FILE",
            help="Style of these figures: a .mplstyle file, or the name of a style that "
            "matplotlib has. What it sets comes before your matplotlibrc, that before our style.",
            rich_help_panel=PAPERS,
        ),
    ] = None,
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--tables",
            metavar="FORMAT",
            help="Also write tables: latex, a file of each with the rules of booktabs, no wider "
            "than --width at 8 points (else over both columns); excel, one workbook, which needs "
            "pip install 'p2p-der-toolkit[excel]'; both with a comma. They are summary (base "
            "case, best plan, median runs), statistics, friedman (average ranks), pairs (every "
            "pair tested) and plan (units).",
            rich_help_panel=PAPERS,
        ),
    ] = None,
    methods: Annotated[
        bool,
        typer.Option(
            "--methods",
            help="Also write methods.md: model, data, optimizers with their settings, budgets, "
            "seeds, tests, versions and what to cite, of this very run; and references.bib.",
            rich_help_panel=PAPERS,
        ),
    ] = False,
    reinforce: Annotated[
        bool,
        typer.Option(
            "--reinforce",
            help="Also write reinforce.csv: lines, transformers and buses beyond a limit, their "
            "worst hour, hours beyond, and the rating needed.",
            rich_help_panel=PLANNERS,
        ),
    ] = False,
    geojson: Annotated[
        bool,
        typer.Option(
            "--geojson",
            help="Also write map.geojson: buses, lines and units for a GIS, where coordinates are "
            "degrees.",
            rich_help_panel=PLANNERS,
        ),
    ] = False,
    case: Annotated[
        str | None,
        typer.Option(
            "--case",
            help="Case of these two files [default: the best plan found].",
            rich_help_panel=PLANNERS,
        ),
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

    For a paper, --figures draws them once more into the folder 'print' there, as wide as a column,
    and --tables puts tables beside them; --methods writes a text on what was computed, and how.
    A network planner takes away --reinforce, what is beyond a limit, and --geojson, a map.

    With several folders, or the folder of a sweep or a front, one page is written into --output:
    which of them is best and by how much, a table of cases side by side with the fields of their
    studies that differ, a figure, and the answer of each with a link to its own report. cases.csv
    beside it has the figures. Where they seek different things, what every plan has is compared.

    Example: toolkit report results/mine --figures pdf --width 3.5

    Example: toolkit report results/small results/large --output results/sizes
    """
    kinds, forms = printing.words("--figures", figures), printing.words("--tables", tables)
    if len(folders) > 1 or output is not None or _holds_points(folders[0]):
        printing.check_alone(
            folders,
            **{"--figures": kinds, "--width": width, "--only": only, "--no-titles": no_titles},
            **{"--style": style, "--tables": forms, "--methods": methods, "--case": case},
            **{"--reinforce": reinforce, "--geojson": geojson},
        )
        _several(folders, output)
        return
    (folder,) = folders
    if case is not None and not (reinforce or geojson):
        raise InputError("--case: expected together with --reinforce or --geojson.")
    names = printing.words("--only", only, "a figure's name")
    printing.check(asked := Figures(kinds, width, style, names, not no_titles), forms)
    ending.draw(folder)
    terminal.answer(folder / "report.html")
    if kinds:
        printing.figures(folder, asked)
    if methods:
        printing.methods(folder)
    if reinforce or geojson:
        _planning(folder, reinforce, geojson, case)
    if forms:  # the last, since a library may be missing
        printing.tables(folder, forms, width)


def _planning(folder: Path, reinforce: bool, geojson: bool, case: str | None) -> None:
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
    from toolkit.commands.many.kinds import kind_of

    return kind_of(folder) is not None


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
