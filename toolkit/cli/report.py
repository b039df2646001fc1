"""``toolkit report``: figures and page of a results folder, and what to take away from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, ending, terminal
from toolkit.cli.flags import OUTPUT
from toolkit.common.errors import InputError

#: Options are listed in these parts of the help page.
PAPERS, PLANNERS = "For papers", "For planners"
ALONE = (
    "--figures, --width, --style, --tables, --methods, --reinforce, --geojson, --case: expected "
    "with one results folder."
)


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
            help="Width of these figures: 3.5 for one column, with type of 7 points and more, 7 "
            "for a page [default: as in the report].",
            rich_help_panel=PAPERS,
        ),
    ] = None,
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
            help="Also write summary, statistics, pairs and plan as tables: latex (for booktabs) "
            "or excel, which needs pip install 'p2p-der-toolkit[excel]'; both with a comma.",
            rich_help_panel=PAPERS,
        ),
    ] = None,
    methods: Annotated[
        bool,
        typer.Option(
            "--methods",
            help="Also write methods.md: model, data, optimizers with their settings, budgets, "
            "seeds, tests, versions and what to cite, of this very run.",
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
    kinds, forms = _words("--figures", figures), _words("--tables", tables)
    if len(folders) > 1 or output is not None or _holds_points(folders[0]):
        if any(asked for asked in (kinds, width, style, forms, methods, reinforce, geojson, case)):
            raise InputError(ALONE)
        _several(folders, output)
        return
    (folder,) = folders
    if case is not None and not (reinforce or geojson):
        raise InputError("--case: expected together with --reinforce or --geojson.")
    _check_print(kinds, width, style, forms)
    ending.draw(folder)
    terminal.answer(folder / "report.html")
    if kinds:
        _print_figures(folder, kinds, width, style)
    if forms:
        _print_tables(folder, forms)
    if methods:
        _write_methods(folder)
    if reinforce or geojson:
        _planning(folder, reinforce, geojson, case)


def _words(option: str, given: list[str] | None) -> list[str]:
    """Return what is named by an option that may be repeated and have commas in it."""
    words = [word.strip().lower() for text in given or () for word in text.split(",")]
    if "" in words:
        raise InputError(f"{option}: expected a format, or several with commas.")
    return list(dict.fromkeys(words))


def _check_print(
    kinds: list[str], width: float | None, style: str | None, forms: list[str]
) -> None:
    """Raise InputError for a mistake before anything is drawn."""
    from toolkit.commands import papers

    papers.check_tables(forms)
    if not kinds:
        for name, value in (("--width", width), ("--style", style)):
            if value is not None:
                raise InputError(f"{name}: expected together with --figures, such as pdf.")
        return
    papers.check_figures(kinds, width, style)


def _print_figures(folder: Path, kinds: list[str], width: float | None, style: str | None) -> None:
    from toolkit.cli import console
    from toolkit.commands import papers

    with console.status("drawing the figures for print"):
        paths = papers.write_figures(folder, kinds, width, style)
    count = len({path.stem for path in paths})
    wide = "" if width is None else f", {width:g} in wide"
    figures = "1 figure" if count == 1 else f"{count} figures"
    terminal.answer(f"{paths[0].parent}: {figures} as {' and '.join(kinds)}{wide}")


def _print_tables(folder: Path, forms: list[str]) -> None:
    from toolkit.commands import papers

    for path in papers.write_tables(folder, forms):
        terminal.answer(path)


def _write_methods(folder: Path) -> None:
    from toolkit.commands import papers

    terminal.answer(papers.write_methods(folder))


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
