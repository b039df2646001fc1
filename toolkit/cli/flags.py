"""Arguments and flags that several commands share, with their help."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from toolkit.cli import completing, terminal
from toolkit.commands.request import DEFAULTS
from toolkit.commands.request_flags import OPTIONS, Option

STUDY = Annotated[
    str,
    typer.Argument(
        help="A bundled study's name, a folder of ./dss with a study.toml, or a path to a .toml "
        "file.",
        autocompletion=completing.studies,
    ),
]
#: How the place of what a command writes is named, whichever command it is.
OUTPUT = ("--output", "--out", "-o")
OUT = Annotated[
    Path | None,
    typer.Option(*OUTPUT, metavar="DIR", help="Results folder [default: a new one in ./results]."),
]
FORCE = Annotated[bool, typer.Option("--force", help="Overwrite the results in --output.")]
TIME = Annotated[
    float, typer.Option("--time", metavar="SECONDS", help="About how long the bound may take.")
]
#: Of every command that lists or shows something.
JSON = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document on stdout, and nothing else there."),
]
#: How --json was spelt before.
FORMAT = Annotated[Literal["text", "json"] | None, typer.Option("--format", hidden=True)]


def asks_json(as_json: bool, style: str | None) -> bool:
    """Say whether JSON is asked for, by --json or as it was spelt before."""
    if style is not None:
        terminal.complain("Note: --format ends with version 0.2; --json takes its place.")
    return as_json or style == "json"


def flag(name: str) -> Any:
    """Return the flag of a request's option, for a parameter of a command."""
    option = next(option for option in OPTIONS if option.name == name)
    return typer.Option(*option.words, metavar=option.metavar, help=option.help)


def takes_request(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command that searches the flags of a request, with the command's defaults.

    They come as its ``**given``; in its help they stand before the parameters by keyword only.
    """
    own = inspect.signature(function, eval_str=True).parameters.values()
    before = [p for p in own if p.kind is p.POSITIONAL_OR_KEYWORD]
    derived = [_parameter(option, function.__name__) for option in OPTIONS]
    after = [p for p in own if p.kind is p.KEYWORD_ONLY]
    parameters = [*before, *derived, *after]
    vars(function)["__signature__"] = inspect.Signature(parameters)
    function.__annotations__ = {p.name: p.annotation for p in parameters}
    return function


def _parameter(option: Option, command: str) -> inspect.Parameter:
    """Return the parameter of a command by which typer learns of an option."""
    default = option.default
    if default is ...:
        default = getattr(DEFAULTS[command], option.name)
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[option.kind, flag(option.name)],
    )
