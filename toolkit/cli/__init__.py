"""The command line: parse, one library call, print; heavy imports wait until they are needed."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Annotated

import typer

from toolkit.cli import feeders, init, optimizers, proof, results, resume, search
from toolkit.errors import InputError, ToolkitError

app = typer.Typer(
    help="Site, size and dispatch PV, wind, batteries and electric vehicles on a distribution "
    "feeder so that neighbours can trade the most energy peer to peer, on OpenDSS.\n\n"
    "Start with 'toolkit compare': it needs no arguments.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
searching = (search.compare, search.optimize, results.bound, results.simulate)
for command in (*searching, results.report, proof.reproduce, proof.explain):
    app.command()(command)
app.command()(resume.resume)
app.add_typer(feeders.app, name="feeders")
app.add_typer(optimizers.app, name="optimizers")
app.add_typer(init.app, name="init")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    if debug:
        os.environ["TOOLKIT_DEBUG"] = "1"
    if version:
        from importlib.metadata import version as version_of

        typer.echo(version_of("p2p-der-toolkit"))
        raise typer.Exit


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Let Ctrl-C interrupt once; those that follow find the command ending already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Not through a stream, which may be in the middle of something.
    os.write(2, b"\nInterrupted.\n")
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line: exit 0 done, 1 failed, 2 bad input."""
    with suppress(ValueError):  # not in the main thread: signals are left alone
        signal.signal(signal.SIGINT, _interrupt)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except ToolkitError as error:
        if os.environ.get("TOOLKIT_DEBUG"):
            raise
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2 if isinstance(error, InputError) else 1)
