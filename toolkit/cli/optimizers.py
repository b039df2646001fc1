"""``toolkit optimizers``."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli import completing
from toolkit.cli.flags import JSON, flag
from toolkit.cli.options import of_one

app = typer.Typer(
    help="List, show and test optimizers.", no_args_is_help=True, rich_markup_mode=None
)

NAME = Annotated[
    str,
    typer.Argument(
        help="An optimizer's name, or NAME:ALGORITHM such as mealpy:PSO.",
        autocompletion=completing.optimizers,
    ),
]


@app.command("list")
def optimizers_list(as_json: JSON = False) -> None:
    """List every installed optimizer, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.optimizer import enquiry

    plugins.list_plugins("optimizers", enquiry.catalogue(), as_json)


@app.command("show")
def optimizers_show(
    name: NAME,
    option: Annotated[list[str] | None, flag("option")] = None,
    as_json: JSON = False,
) -> None:
    """Show an optimizer: description, reference and options.

    'toolkit optimizers show mealpy' lists the algorithms of a library, and 'toolkit optimizers show
    mealpy:PSO' the parameters that one of them takes, with their defaults.
    """
    from toolkit.cli.console import plugins
    from toolkit.optimizer import enquiry

    shown = enquiry.portrait(name, of_one(option, name))
    plugins.show_portrait(shown, plugins.print_optimizer, as_json)


@app.command("test")
def optimizers_test(
    name: NAME,
    option: Annotated[list[str] | None, flag("option")] = None,
    as_json: JSON = False,
) -> None:
    """Run the conformance suite on an optimizer.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.optimizer import registry, testing

    name, given = registry.chosen(name, of_one(option, name))
    registry.OPTIMIZERS.parsed(registry.load(name), given, name)
    plugins.test(name, lambda: testing.check_optimizer(name, given), as_json)
