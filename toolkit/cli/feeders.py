"""``toolkit feeders``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing, documents, ending, terminal
from toolkit.cli.flags import FORMAT, JSON, OUTPUT, asks_json
from toolkit.common.errors import InputError

app = typer.Typer(
    help="List, show, check and import feeders.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[
    str,
    typer.Argument(
        help="A feeder's name, or a path to a .dss file or a folder.",
        autocompletion=completing.feeders,
    ),
]
Root = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="A folder above the feeder, below which its scripts may read files of any name.",
    ),
]


@app.command("list")
def feeders_list(as_json: JSON = False) -> None:
    """List the feeders found in ./dss and among the bundled ones."""
    from toolkit.inputs import feeder_files

    found = []
    for name in feeder_files.names():
        try:
            found.append({"name": name, "script": feeder_files.locate(name), "problem": ""})
        except InputError:
            problem = f"several circuits; see 'toolkit feeders check {name}'"
            found.append({"name": name, "script": None, "problem": problem})
    if as_json:
        terminal.say_json({"feeders": found})
        return
    for one in found:
        terminal.listed(one["name"], one["script"] or one["problem"])


@app.command("show")
def feeders_show(name: Name, root: Root = None, as_json: JSON = False) -> None:
    """Show a feeder: buses, load, units."""
    from toolkit.cli import console
    from toolkit.commands import check_feeder

    tree = _tree(name, root)
    shown = check_feeder.shown(ending.feeder_at(name, tree), tree)
    if as_json:
        terminal.say_json(documents.feeder(shown))
    else:
        console.print_feeder(shown)


@app.command("import")
def feeders_import(
    source: Annotated[
        str,
        typer.Argument(help="simbench:CODE, such as simbench:1-LV-rural1--0-sw.", metavar="SOURCE"),
    ],
    out: Annotated[
        Path | None,
        typer.Option(*OUTPUT, metavar="FOLDER", help="The folder to write [default: dss/CODE]."),
    ] = None,
) -> None:
    """Import a grid of SimBench with a year of profiles.

    SimBench's grids come with pip install 'p2p-der-toolkit[simbench]'; their data are under the
    Open Database License 1.0.
    """
    from toolkit.cli import console
    from toolkit.commands.feeder_api import import_feeder

    with console.status(f"importing {source}"):
        imported = import_feeder(source, out=out)
    for sentence in imported.done:
        terminal.aside(sentence, "- ")
    terminal.wrote(imported.file)


def _tree(name: str, root: Path | None) -> Path | None:
    """Return the folder that --root names. Raises InputError where the feeder is not in it."""
    from toolkit.inputs import feeder_files

    return None if root is None else feeder_files.tree(root, feeder_files.locate(name))


@app.command("check")
def feeders_check(
    name: Name,
    root: Root = None,
    as_json: JSON = False,
    style: FORMAT = None,
) -> None:
    """Say whether a feeder can be used, and where each fault is.

    Reads the scripts, compiles them and solves the base day; nothing is written. Exit code 0 for
    'ready' and 'ready with warnings', 1 for 'not ready'.
    """
    from toolkit.cli import console
    from toolkit.commands import check_feeder
    from toolkit.inputs import feeder_files

    as_json = asks_json(as_json, style)
    script = feeder_files.locate(name)
    with console.status(f"checking {name}"):
        diagnosis = check_feeder.check(script, root=_tree(name, root))
    if as_json:
        terminal.say_json(diagnosis.as_json())
    else:
        console.print_diagnosis(diagnosis)
    if diagnosis.verdict == "not ready":
        raise typer.Exit(1)
