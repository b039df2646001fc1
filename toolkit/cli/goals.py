"""``toolkit goals``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import completing
from toolkit.cli.flags import JSON

app = typer.Typer(
    help="List, show, test and begin goals: what can be sought.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
NAME = Annotated[str, typer.Argument(help="A goal's name.", autocompletion=completing.goals)]


@app.command("list")
def goals_list(as_json: JSON = False) -> None:
    """List every installed goal, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS

    plugins.list_plugins("goals", GOAL_PLUGINS.catalogue(), as_json)


@app.command("show")
def goals_show(name: NAME, as_json: JSON = False) -> None:
    """Show a goal: description, reference, unit, direction, options, and what it asks for."""
    from toolkit.cli.console import plugins
    from toolkit.problem.goal_plugins import registry

    plugins.show_portrait(registry.portrait(name), plugins.print_goal, as_json)


@app.command("test")
def goals_test(
    name: NAME,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="Option of the goal, repeatable.", metavar="KEY=VALUE"),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Run the conformance suite on a goal.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.cli.options import of_one
    from toolkit.problem.goal_plugins import testing

    given = of_one(option, name)
    plugins.test(name, lambda: testing.check_goal(name, given), as_json)


@app.command("new")
def goals_new(
    name: Annotated[str, typer.Argument(help="Name of the goal; makes the folder NAME here.")],
) -> None:
    """Write a package for a goal of your own.

    Code, entry point, tests and README.
    """
    from toolkit.cli.init import say_next
    from toolkit.problem.goal_plugins import scaffold

    say_next(scaffold.write_goal(name, Path()))
