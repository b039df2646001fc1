"""``toolkit optimizers``."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.flags import JSON, flag
from toolkit.cli.options import of_one

app = typer.Typer(
    help="List, show and test optimizers.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def optimizers_list(as_json: JSON = False) -> None:
    """List every installed optimizer, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.optimizer import enquiry

    plugins.list_plugins("optimizers", enquiry.catalogue(), as_json)


@app.command("show")
def optimizers_show(
    name: Annotated[str, typer.Argument(help="An optimizer's name.")],
    as_json: JSON = False,
) -> None:
    """Show an optimizer: description, reference and options."""
    from toolkit.cli.console import plugins
    from toolkit.optimizer import enquiry

    plugins.show_portrait(enquiry.portrait(name), plugins.print_optimizer, as_json)


@app.command("test")
def optimizers_test(
    name: Annotated[str, typer.Argument(help="An optimizer's name.")],
    option: Annotated[list[str] | None, flag("option")] = None,
    as_json: JSON = False,
) -> None:
    """Run the conformance suite on an optimizer.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.optimizer import registry, testing

    given = of_one(option, name)
    registry.OPTIMIZERS.parsed(registry.load(name), given, name)
    plugins.test(name, lambda: testing.check_optimizer(name, given), as_json)
