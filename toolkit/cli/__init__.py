"""The command line: parse, one library call, print; heavy imports wait until they are needed."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
from types import FrameType, ModuleType
from typing import Annotated, Any

import typer

from toolkit.cli import (
    defaults,
    diff,
    feeders,
    front,
    goals,
    init,
    listing,
    loudness,
    mechanisms,
    older,
    optimizers,
    policies,
    profiles,
    proof,
    report,
    results,
    resume,
    search,
    settlement,
    sweep,
    terminal,
    usage,
    validation,
    watch,
)
from toolkit.common.errors import MESSAGE, InputError, ToolkitError
from toolkit.common.excerpts import excerpt, shortened

#: What typer raises for words it cannot parse; where it stands differs between its versions.
USAGE: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

#: How the variable begins by which a shell asks what completes a word.
COMPLETING = "_TOOLKIT_COMPLETE"

app = typer.Typer(
    help="Site, size and dispatch PV, wind, batteries and electric vehicles on a distribution "
    "feeder so that neighbours can trade the most energy peer to peer, on OpenDSS.\n\n"
    "Start with 'toolkit compare': it needs no arguments.\n\n"
    "toolkit.toml beside the study, or in ~/.config/p2p-der-toolkit, sets flags you would type "
    "each time: workers, solver, keep_journal, quiet, verbose.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
searching = (search.compare, search.optimize, sweep.sweep, front.front)
for command in (*searching, results.bound, results.simulate):
    app.command()(command)
for command in (validation.validate, report.report, proof.reproduce, proof.explain):
    app.command()(command)
app.command()(settlement.settle)
app.command()(diff.diff)
app.command()(resume.resume)
app.command()(watch.watch)
app.add_typer(feeders.app, name="feeders")
app.add_typer(optimizers.app, name="optimizers")
app.add_typer(policies.app, name="policies")
app.add_typer(mechanisms.app, name="mechanisms")
app.add_typer(goals.app, name="goals")
app.add_typer(profiles.app, name="profiles")
app.add_typer(listing.app, name="results")
app.add_typer(init.app, name="init")
loudness.give(app)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    quiet: loudness.QUIET = False,
    verbose: loudness.VERBOSE = False,
) -> None:
    terminal.be("plain")
    loudness.heed(quiet, verbose)
    if debug:
        os.environ["TOOLKIT_DEBUG"] = "1"
    if version:
        from importlib.metadata import version as version_of

        terminal.answer(version_of("p2p-der-toolkit"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise InputError("found no command; expected one of those that 'toolkit --help' lists.")


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Let Ctrl-C interrupt once; those that follow find the command ending already."""
    _ignore_further_interrupts()
    # Not through a stream, which may be in the middle of something.
    os.write(2, b"\nInterrupted.\n")
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line: exit 0 done, 1 failed, 2 bad input, 130 interrupted."""
    with contextlib.suppress(ValueError):  # not in the main thread: signals are left alone
        signal.signal(signal.SIGINT, _interrupt)
    _hurry()
    try:
        terminal.prepare()
        code = _carried_out()
    except KeyboardInterrupt:
        code = 130
    if code == 130:
        _ignore_further_interrupts()
    if reason := terminal.finish():
        terminal.complain(f"Error: what was to be printed cannot be written: {reason}.")
        code = code or 1
    sys.exit(code)


def _hurry() -> None:
    """While a shell completes, leave out what takes time: other commands, and checks of values.

    Those are typer's own, in a module that some of its versions do not have.
    """
    if not any(name.startswith(COMPLETING) for name in os.environ):
        return
    nothing: Any = ModuleType("typer._adapters")
    nothing.try_build_adapter = lambda **_: None
    sys.modules.setdefault(nothing.__name__, nothing)
    typed = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    words = [*typed.split(), *([""] if typed.endswith(" ") else [])]
    if len(words) > 2 and os.environ.get("COMP_CWORD", "2") != "1":
        commands = [c for c in app.registered_commands if _called(c) == words[1]]
        groups = [group for group in app.registered_groups if group.name == words[1]]
        if commands or groups:
            app.registered_commands, app.registered_groups = commands, groups


def _called(command: typer.models.CommandInfo) -> str:
    return command.name or getattr(command.callback, "__name__", "").replace("_", "-")


def _carried_out() -> int:
    """Carry out the command typed; return its exit code, what went wrong told in one message."""
    try:
        _check_surroundings()
        words, older_note = older.spelt_anew(sys.argv[1:])
        words, notes = defaults.with_defaults(words)
        for note in filter(None, (older_note, *notes)):
            terminal.complain(note)
        found = app(words, prog_name="toolkit", standalone_mode=False)
        return found if isinstance(found, int) else 0
    except USAGE as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            told = io.StringIO()
            error.show(file=told)
            terminal.explain_usage(told.getvalue())
        else:
            terminal.complain(f"Error: {usage.told(error, sys.argv[1:])}")
        return int(error.exit_code)
    # Any other kind is a fault of ours, and gets one message all the same.
    except Exception as error:
        if os.environ.get("TOOLKIT_DEBUG"):
            raise
        terminal.complain(f"Error: {_told(error)}")
        return 2 if isinstance(error, InputError) or _is_odd_path(error) else 1


def _check_surroundings() -> None:
    """Raise InputError for what no command could work with: a folder that is gone, odd words."""
    try:
        os.getcwd()
    except OSError:
        raise InputError(
            "the folder you are in is not there any more; change to another."
        ) from None
    for word in sys.argv[1:]:
        if not word or "\0" in word or not _is_utf8(word):
            raise InputError(
                f"found {excerpt(word)} on the command line; expected UTF-8 text without NUL, and "
                "no word that is empty."
            )


def _is_utf8(word: str) -> bool:
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _told(error: Exception) -> str:
    """Return what went wrong in words."""
    if isinstance(error, ToolkitError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is not enough memory for this."
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return shortened(f"{where}{error.strerror}.", MESSAGE)
    said = shortened(f"{type(error).__name__}: {error}", MESSAGE)
    return f"{said} This is a fault of the toolkit; 'toolkit --debug' shows where."


def _is_odd_path(error: Exception) -> bool:
    """Say whether the system refused a path for what it is, not for what is there."""
    return isinstance(error, OSError) and error.errno in (errno.ENAMETOOLONG, errno.ELOOP)


def _ignore_further_interrupts() -> None:
    """Let more of Ctrl-C not disturb the end, which has begun; only the main thread can say so."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
