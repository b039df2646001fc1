"""``toolkit policies``."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli import completing
from toolkit.cli.flags import JSON

app = typer.Typer(
    help="List, show and test dispatch policies.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def policies_list(as_json: JSON = False) -> None:
    """List every installed dispatch policy, broken ones with the reason."""
    from toolkit.cli.console import plugins
    from toolkit.problem.policies.registry import POLICIES

    plugins.list_plugins("policies", POLICIES.catalogue(), as_json)


@app.command("show")
def policies_show(
    name: Annotated[
        str, typer.Argument(help="A policy's name.", autocompletion=completing.policies)
    ],
    as_json: JSON = False,
) -> None:
    """Show a policy: description, reference, options, and what is searched for each store."""
    from toolkit.cli.console import plugins
    from toolkit.problem.policies import registry

    plugins.show_portrait(registry.portrait(name), plugins.print_policy, as_json)


@app.command("test")
def policies_test(
    name: Annotated[
        str, typer.Argument(help="A policy's name.", autocompletion=completing.policies)
    ],
    option: Annotated[
        list[str] | None,
        typer.Option("--option", help="Option of the policy, repeatable.", metavar="KEY=VALUE"),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Run the conformance suite on a policy.

    Exit code 1 when a check fails.
    """
    from toolkit.cli.console import plugins
    from toolkit.cli.options import of_one
    from toolkit.problem.policies import testing

    given = of_one(option, name)
    plugins.test(name, lambda: testing.check_policy(name, given), as_json)
