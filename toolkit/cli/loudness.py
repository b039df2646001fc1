"""``--quiet`` and ``--verbose``: given to every command from here, and done by ``terminal``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from toolkit.cli import terminal
from toolkit.common.errors import InputError

QUIET = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="Print the answer alone: the folder or file written, the verdict, the names of a "
        "list. Errors, notices and notes still go to stderr.",
    ),
]
VERBOSE = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Say on stderr how it is done: solver and why, workers, files read, time of stages.",
    ),
]
#: The flags of every command, by the name of their parameter.
FLAGS = {"quiet": QUIET, "verbose": VERBOSE}
#: Commands whose whole output is what they are asked for.
SHOW = "show"


def give(app: typer.Typer) -> None:
    """Give every command of an app, and of the groups below it, the flags."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _given(command.callback, command.name == SHOW)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            give(group.typer_instance)


def heed(quiet: bool, verbose: bool, shows: bool = False) -> None:
    """Have terminals told as much as the flags say. Raises InputError for both of them."""
    if (quiet or terminal.is_quiet()) and (verbose or terminal.is_verbose()):
        raise InputError("found --quiet and --verbose; expected one of them.")
    if quiet:
        # What shows something prints that and nothing else anyway.
        terminal.be("plain" if shows else "quiet")
    elif verbose:
        terminal.be("verbose")


def _given(command: Callable[..., Any], shows: bool) -> Callable[..., Any]:
    """Return a command that takes the flags besides, and heeds them before anything else."""
    parameters = [*inspect.signature(command, eval_str=True).parameters.values()]
    for name, kind in FLAGS.items():
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(name, keyword, default=False, annotation=kind))

    @functools.wraps(command)
    def heeding(*, quiet: bool, verbose: bool, **given: Any) -> Any:
        heed(quiet, verbose, shows)
        return command(**given)

    # What typer reads in the place of the command's own, which it would find behind the wrapper.
    vars(heeding).pop("__wrapped__")
    vars(heeding)["__signature__"] = inspect.Signature(parameters)
    heeding.__annotations__ = {p.name: p.annotation for p in parameters}
    return heeding
