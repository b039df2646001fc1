"""``toolkit optimizers``."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.flags import flag
from toolkit.cli.options import of_one

app = typer.Typer(
    help="List, show and test optimizers.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def optimizers_list() -> None:
    """List every installed optimizer, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.optimizer import enquiry

    plugins.print_plugins(enquiry.catalogue())


@app.command("show")
def optimizers_show(
    name: Annotated[str, typer.Argument(help="An optimizer's name.")],
) -> None:
    """Show an optimizer: description, reference and options."""
    from toolkit.cli.console import plugins
    from toolkit.optimizer import enquiry

    plugins.print_optimizer(enquiry.portrait(name))


@app.command("test")
def optimizers_test(
    name: Annotated[str, typer.Argument(help="An optimizer's name.")],
    option: Annotated[list[str] | None, flag("option")] = None,
) -> None:
    """Run the conformance suite on an optimizer.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.optimizer import registry, testing

    given = of_one(option, name)
    registry.OPTIMIZERS.parsed(registry.load(name), given, name)
    plugins.test(name, lambda: testing.check_optimizer(name, given))
