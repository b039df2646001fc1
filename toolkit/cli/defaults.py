"""A file of defaults: flags that one would otherwise type each time.

What is typed wins over ``toolkit.toml`` beside the study (or here), and that over the user's own.
Flags are added to the words of the command line, so a manifest's command has them too. Those that
change figures cannot be set here, but for the solver, which is announced.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from toolkit.common import caps
from toolkit.common.errors import InputError, nearest
from toolkit.common.excerpts import excerpt
from toolkit.model.solver import Asked

FILE = "toolkit.toml"
#: The commands that search, and what of their flags can be set.
SEARCHES = ("compare", "optimize", "sweep", "front")
#: Flags by key; the short one, and those that stand in their place.
FLAGS = {
    "workers": ("--workers", "-w", "--scheduler"),
    "solver": ("--solver",),
    "keep_journal": ("--keep-journal",),
    "quiet": ("--quiet", "-q", "--verbose", "-v"),
    "verbose": ("--verbose", "-v", "--quiet", "-q"),
}
#: Keys by command, where not all commands have them; and those whose use is said.
OF_COMMAND = {"workers": (*SEARCHES, "resume"), "solver": SEARCHES, "keep_journal": SEARCHES}
ANNOUNCED = ("solver",)
#: Flags that every command has, and that stand before it.
LOUD = ("--quiet", "--verbose")
#: Flags that change figures and so belong to the command line or the study.
FIGURES = {"budget", "runs", "seed", "optimizer", "option", "polish", "bound", "currency", "set"}


@dataclass(frozen=True)
class Default:
    """A default that a file sets, and where it stands."""

    value: Any
    where: str


def with_defaults(words: Sequence[str], *, loud: bool = True) -> tuple[list[str], list[str]]:
    """Return the words of a command line with the flags of the files, and notes on some of them.

    loud: also --quiet and --verbose, which are about the terminal alone. Raises InputError for
    what a file holds that it cannot.
    """
    at = next((i for i, word in enumerate(words) if not word.startswith("-")), None)
    if at is None or any(name.startswith("_TOOLKIT_COMPLETE") for name in os.environ):
        return list(words), []
    command = words[at]
    flags: list[str] = []
    notes = []
    for key, default in in_force(words).items():
        if command not in OF_COMMAND.get(key, (command,)) or _is_typed(key, words):
            continue
        if default.value is not False:
            flags += [FLAGS[key][0], *([] if default.value is True else [str(default.value)])]
        if key in ANNOUNCED:
            notes.append(f"Note: --{key} {default.value} comes from {default.where}.")
    first = [flag for flag in flags if flag in LOUD]
    own = [flag for flag in flags if flag not in LOUD]
    return [*words[:at], *(first if loud else []), command, *own, *words[at + 1 :]], notes


def in_force(words: Sequence[str]) -> dict[str, Default]:
    """Return what the user's file and the project's set, the project's first."""
    found = {**_read(user_file()), **_read(project_folder(words) / FILE)}
    quiet, verbose = (found.get(key) for key in ("quiet", "verbose"))
    if quiet and verbose and quiet.value and verbose.value:
        raise InputError(f"{verbose.where}: found verbose = true beside quiet = true; one of them.")
    return found


def user_file() -> Path:
    """Return where the user's own defaults stand, by the custom of the system."""
    home = Path.home()
    if sys.platform == "win32":
        place = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        place = home / "Library" / "Application Support"
    else:
        place = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return place / "p2p-der-toolkit" / FILE


def project_folder(words: Sequence[str]) -> Path:
    """Return the folder of the study that a command line names, or where it is called."""
    named = [Path(word) for word in words if word.endswith(".toml") and not word.startswith("-")]
    return named[0].parent if named else Path()


def _is_typed(key: str, words: Sequence[str]) -> bool:
    """Say whether a flag is typed, in full, as -w2, or by one that stands in its place."""
    long = {word.partition("=")[0] for word in words}
    short = [word for word in words if re.match("-[a-z]", word)]
    return any(
        flag in long if flag.startswith("--") else any(word.startswith(flag) for word in short)
        for flag in FLAGS[key]
    )


def _read(path: Path) -> dict[str, Default]:
    """Return what a file sets; none where there is no file, or it is a study of that name."""
    if not path.is_file():
        return {}
    import tomllib

    from toolkit.common import input_files
    from toolkit.common.phrases import no_toml

    text = input_files.text(path, caps.STUDY_BYTES)
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(no_toml(str(error), text, str(path))) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid TOML.") from error
    if held.keys() >= {"name", "feeder"}:
        return {}
    return {key: _default(key, value, _place(path, text, key)) for key, value in held.items()}


def _place(path: Path, text: str, key: str) -> str:
    """Return the file and the line of a key."""
    pattern = rf"\s*\[*[\"']?{re.escape(key)}[\"']?\s*[.=\]]"
    lines = enumerate(text.splitlines(), start=1)
    number = next((i for i, line in lines if re.match(pattern, line)), None)
    return f"{path}, line {number}" if number else str(path)


def _default(key: str, value: Any, where: str) -> Default:
    """Return a checked default. Raises InputError naming file and line."""
    if key in FIGURES:
        raise InputError(
            f"{where}: '{key}' changes the figures; type it, or set what a study has in the study. "
            f"Keys here: {', '.join(FLAGS)}."
        )
    if key not in FLAGS:
        raise InputError(
            f"{where}: unknown key '{key[:60]}'.{nearest(key, FLAGS)} Known: {', '.join(FLAGS)}."
        )
    if not _FITS[key][0](value):
        raise InputError(f"{where}: '{key}': found {excerpt(value)}; expected {_FITS[key][1]}.")
    return Default(value, where)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= caps.WORKERS


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


#: What a value of each key has to be, and how that is said.
_FITS: Mapping[str, Any] = {
    "workers": (_is_count, f"a whole number from 1 to {caps.WORKERS:,}"),
    "solver": (lambda value: value in get_args(Asked), f"one of {', '.join(get_args(Asked))}"),
    **dict.fromkeys(("keep_journal", "quiet", "verbose"), (_is_flag, "true or false")),
}
