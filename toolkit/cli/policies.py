"""``toolkit policies``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    help="List, show and test dispatch policies.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def policies_list() -> None:
    """List every installed dispatch policy, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.problem.policies.registry import POLICIES

    plugins.print_plugins(POLICIES.catalogue())


@app.command("show")
def policies_show(
    name: Annotated[str, typer.Argument(help="A policy's name.")],
) -> None:
    """Show a policy: description, reference, options, and what is searched for each store."""
    from toolkit.cli.console import plugins
    from toolkit.problem.policies import registry

    plugins.print_policy(registry.portrait(name))


@app.command("test")
def policies_test(
    name: Annotated[str, typer.Argument(help="A policy's name.")],
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option", "-o", help="Option of the policy, repeatable.", metavar="KEY=VALUE"
        ),
    ] = None,
) -> None:
    """Run the conformance suite on a policy.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.cli.options import of_one
    from toolkit.problem.policies import testing

    given = of_one(option, name)
    plugins.test(name, lambda: testing.check_policy(name, given))
