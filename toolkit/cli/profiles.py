"""``toolkit profiles``."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli import completing, documents, profile_imports, terminal
from toolkit.cli.flags import JSON

app = typer.Typer(
    help="List, show and import profiles.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(profile_imports.app, name="import")


@app.command("list")
def profiles_list(as_json: JSON = False) -> None:
    """List the profiles in ./profiles and the bundled ones."""
    from toolkit.inputs import profiles

    found = [{"name": name, "file": profiles.locate(name)} for name in profiles.names()]
    if as_json:
        terminal.say_json({"profiles": found})
        return
    for one in found:
        terminal.listed(one["name"], one["file"])


@app.command("show")
def profiles_show(
    name: Annotated[
        str,
        typer.Argument(
            help="Profiles by name, or a path to a file.", autocompletion=completing.profiles
        ),
    ],
    as_json: JSON = False,
) -> None:
    """Show profiles: steps, days, and the figures of each column."""
    from toolkit.cli import console
    from toolkit.commands import profile_facts

    path, found, facts = profile_facts.shown(name)
    if as_json:
        terminal.say_json(documents.profiles(path, found, facts))
        return
    terminal.say(path)
    terminal.wrapped(f"{profile_facts.span_told(found)}. {found.remark}".strip())
    rows = [
        [f.name, f"{f.least:.4g}", f"{f.mean:.4g}", f"{f.most:.4g}", f.total_told] for f in facts
    ]
    console.print_table("Columns", ["column", "least", "mean", "most", "total"], rows)
