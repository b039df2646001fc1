"""The one place through which text reaches a terminal: what it would obey is written out instead.

Names come from feeders, studies, folders and plug-ins. What ``rich`` draws goes through ``shown``
in ``console``.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, Literal

import typer

from toolkit.common.errors import MESSAGE
from toolkit.common.excerpts import line, shortened, shown

#: How much is told: the answer alone, what most want to know, or how it is done as well.
Loudness = Literal["quiet", "plain", "verbose"]
WIDTH = 80
#: Columns below which nothing can be read.
NARROW = 20


class _Told:
    """How much the command that is carried out tells, and since when it is."""

    loudness: Loudness = "plain"
    began = time.monotonic()


def be(loudness: Loudness) -> None:
    """Tell so much from now on."""
    _Told.loudness, _Told.began = loudness, time.monotonic()


def is_quiet() -> bool:
    """Say whether the answer alone is wanted."""
    return _Told.loudness == "quiet"


def is_verbose() -> bool:
    """Say whether it is wanted how things are done."""
    return _Told.loudness == "verbose"


def say(text: object = "", *, bold: bool = False, dim: bool = False) -> None:
    """Print one line: an end of line within it is written out. Nothing where it is quiet."""
    if not is_quiet():
        typer.secho(line(text), bold=bold or None, dim=dim or None)


def answer(text: object) -> None:
    """Print the line that a command is asked for: what it wrote, its verdict, a name of a list."""
    typer.secho(line(text))


def listed(name: object, about: object) -> None:
    """Print a name of a list with what it is, or where; the name alone where it is quiet."""
    answer(name if is_quiet() else f"{name:20} {about}")


def wrote(path: object, then: str = "") -> None:
    """Say which file or folder was written; its path alone where it is quiet."""
    answer(path if is_quiet() else f"Wrote {path}{then}")


def aside(text: str, mark: str = "", *, fold: bool = True) -> None:
    """Print what has to be known besides the answer; where it is quiet, as errors are printed."""
    if is_quiet():
        typer.echo(line(f"{mark}{text}"), err=True)
    elif fold:
        wrapped(text, mark)
    else:
        say(f"{mark}{text}")


def note(text: str) -> None:
    """Print what figures have to be read with, see :func:`aside`."""
    aside(f"Note: {text}")


def detail(text: str) -> None:
    """Say how things are done, as errors are, where it is verbose."""
    if is_verbose():
        typer.echo(detailed(text), err=True)


def detailed(text: str) -> str:
    """Return a detail as one line behind the seconds since the command began."""
    return f"[{time.monotonic() - _Told.began:7.1f} s] {line(text)}"


def wrapped(text: str, mark: str = "") -> None:
    """Print text in lines of at most 80 columns, fewer on a narrow terminal, behind a mark.

    Nothing where it is quiet.
    """
    if is_quiet():
        return
    lines = textwrap.wrap(
        shown(text),
        min(width(), WIDTH),
        initial_indent=line(mark),
        subsequent_indent=" " * len(mark),
        break_on_hyphens=False,
    )
    typer.echo("\n".join(lines))


def width() -> int:
    """Return the columns of the terminal, 80 where there is none and never next to none."""
    return max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROW)


def say_json(data: Any) -> None:
    """Print data as one document of JSON in ASCII, which holds nothing that a terminal obeys.

    Dataclasses become objects, tables lists of their rows, paths text. A number that is none, or
    has no end, is null: JSON has no other word for it.
    """
    text = json.dumps(plain(data), indent=2, allow_nan=False)
    typer.echo(text.replace("\x7f", "\\u007f"))


def plain(value: Any) -> Any:
    """Return a value as JSON knows it, see :func:`say_json`."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(held) for held in value]
    # Tables of pandas and numbers of NumPy, neither of which is imported for it.
    if hasattr(value, "iterrows"):
        return plain(value.astype(object).to_dict("records"))
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return None if type(value).__name__ in ("NAType", "NaTType") else str(value)


def complain(text: object) -> None:
    """Print a message of any number of lines as an error: only its first line begins a line."""
    typer.echo(shown(str(text)).strip().replace("\n", "\n  "), err=True)


def explain_usage(text: str) -> None:
    """Print what the parser of the command line says, its lines as they are."""
    typer.echo(shown(shortened(text, MESSAGE)), err=True, nl=False)


def prepare() -> None:
    """Let no character fail to be printed, whatever the terminal's alphabet."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def finish() -> str:
    """Have everything written; say why where that fails, and write no more."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError) as error:
            _silence()
            return getattr(error, "strerror", None) or str(error)
    return ""


def _silence() -> None:
    """Send what is still to be printed nowhere, so that no end of the program complains of it."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
