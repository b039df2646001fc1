"""``toolkit mechanisms``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing
from toolkit.cli.flags import JSON

app = typer.Typer(
    help="List, show, test and begin mechanisms of settlement.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
NAME = Annotated[
    str, typer.Argument(help="A mechanism's name.", autocompletion=completing.mechanisms)
]


@app.command("list")
def mechanisms_list(as_json: JSON = False) -> None:
    """List every installed mechanism, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.problem.mechanisms.registry import MECHANISMS

    plugins.list_plugins("mechanisms", MECHANISMS.catalogue(), as_json)


@app.command("show")
def mechanisms_show(name: NAME, as_json: JSON = False) -> None:
    """Show a mechanism: description, reference, options, and what it asks for."""
    from toolkit.cli.console import plugins
    from toolkit.problem.mechanisms import registry

    plugins.show_portrait(registry.portrait(name), plugins.print_mechanism, as_json)


@app.command("test")
def mechanisms_test(
    name: NAME,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="Option of the mechanism, repeatable.", metavar="KEY=VALUE"),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Run the conformance suite on a mechanism.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.cli.options import of_one
    from toolkit.problem.mechanisms import testing

    given = of_one(option, name)
    plugins.test(name, lambda: testing.check_mechanism(name, given), as_json)


@app.command("new")
def mechanisms_new(
    name: Annotated[str, typer.Argument(help="Name of the mechanism; makes the folder NAME here.")],
) -> None:
    """Write a package for a mechanism of your own.

    Code, entry point, tests and README.
    """
    from toolkit.cli.init import say_next
    from toolkit.problem.mechanisms import scaffold

    say_next(scaffold.write_mechanism(name, Path()))
