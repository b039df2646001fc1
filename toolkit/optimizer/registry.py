"""Discovery of optimizers by entry point: read, group, load lazily, check, build.

Listing names reads installed metadata only. A plug-in is imported when it is asked for, and one
that cannot be used is reported with its reason without harming the others. Commands ask about
plug-ins in other processes, see ``enquiry``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import Any

from toolkit.common.errors import (
    InputError,
    ToolkitError,
    unknown_name,
)
from toolkit.common.processes import words
from toolkit.optimizer.contract import Optimizer, OptimizerOptions
from toolkit.optimizer.options import OptionRow, option_table, parse_options

GROUP = "toolkit.optimizers"
#: Beside options this key says whose they are (see ``labels``), so no option may be called so.
RESERVED = "optimizer"
#: What a plug-in may be called, and a label: it stands in the names of folders and files.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
#: Names that Windows keeps for devices, whatever folder they are in.
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}


@dataclass(frozen=True)
class PluginInfo:
    """What is known of one plug-in; ``reason`` says why it cannot be used, empty when it can."""

    name: str
    distribution: str
    target: str
    description: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Portrait:
    """What an optimizer says of itself; ``lacking`` says which library, see ``missing``."""

    name: str
    description: str
    reference: str
    lacking: str
    options: tuple[OptionRow, ...]
    choices: Mapping[str, Mapping[str, Sequence[str]]]


def names() -> tuple[str, ...]:
    """Return the names of all optimizers, sorted; nothing is imported."""
    return tuple(sorted(_claims()))


def owner(name: str) -> str:
    """Return the distribution, or distributions, that declare an optimizer of this name."""
    return ", ".join(_distribution(entry) for entry in _claims().get(name, []))


def info(name: str) -> PluginInfo:
    """Import a plug-in and return what it says of itself, or why it cannot be used."""
    try:
        found = load(name)
        lacking = missing(found)
        if not lacking and not any(f.is_required() for f in found.Options.model_fields.values()):
            configure(found, {}, name)
    except InputError as error:
        return unusable(name, str(error))
    owners, target = owner(name), _target(name)
    return PluginInfo(name, owners, target, found.description, str(found.reference), lacking)


def unusable(name: str, reason: str) -> PluginInfo:
    """Return what is known of a plug-in that cannot be used."""
    return PluginInfo(in_words(name), owner(name), _target(name), reason=reason)


def _target(name: str) -> str:
    return ", ".join(entry.value for entry in _claims().get(name, []))


def portrait(name: str) -> Portrait:
    """Import a plug-in and return what it says of itself, and what its library offers."""
    found = load(name)
    return Portrait(
        name,
        found.description,
        str(found.reference),
        missing(found),
        option_table(found),
        choices(found, name),
    )


def load(name: str) -> type[Optimizer]:
    """Import the optimizer of this name; an ``InputError`` says why when that is impossible."""
    claims = _claims()
    if name not in claims:
        raise unknown_name("optimizer", name, filter(NAME.fullmatch, claims))
    return _load(name, claims[name])


def build(name: str, options: Mapping[str, Any] | None = None) -> Optimizer:
    """Return the optimizer of this name with these options; values may be strings."""
    return configure(load(name), options, name)


def configure(
    optimizer: type[Optimizer], options: Mapping[str, Any] | None = None, name: str = ""
) -> Optimizer:
    """Return an optimizer of this class with these options, called ``name`` in messages.

    Raises InputError for a bad option, and for a library that is not installed.
    """
    lacking = missing(optimizer)
    if lacking:
        raise InputError(f"optimizer '{name or optimizer.__name__}' cannot be used: {lacking}")
    parsed = parse_options(optimizer, options, name or optimizer.__name__)
    try:
        return optimizer(parsed)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"optimizer '{name or optimizer.__name__}' cannot be used: it breaks when it is made: "
            f"{words(error)}"
        ) from error


def missing(optimizer: type[Optimizer]) -> str:
    """Say which library an optimizer lacks and how to install it, or return an empty string."""
    return " ".join(
        f"it needs the library '{library}', which is not installed. Install it with: {command}"
        for library, command in optimizer.requires.items()
        if not _importable(library)
    )


def _importable(library: str) -> bool:
    """Say whether a library is there, without importing it."""
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def choices(optimizer: type[Optimizer], name: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the values of options that only a library knows: option -> heading -> values."""
    if missing(optimizer):
        return {}
    try:
        return optimizer.choices()
    except (Exception, SystemExit) as error:
        raise ToolkitError(
            f"optimizer '{name}' cannot say what its options may be: {words(error)}"
        ) from error


def flaw(candidate: object) -> str:
    """Say why an object is no usable optimizer class, or return an empty string."""
    if not (isinstance(candidate, type) and issubclass(candidate, Optimizer)):
        return f"{candidate!r} is not a subclass of toolkit.Optimizer"
    options = getattr(candidate, "Options", None)
    if not (isinstance(options, type) and issubclass(options, OptimizerOptions)):
        return "its Options is not a subclass of toolkit.OptimizerOptions"
    if RESERVED in options.model_fields:
        return f"its option '{RESERVED}' has a reserved name"
    if not (isinstance(candidate.description, str) and candidate.description.strip()):
        return "it has no description"
    if not _is_mapping_of_texts(candidate.requires):
        return "its requires is not a mapping of import names to install commands"
    if inspect.isabstract(candidate):
        return "it does not define minimize"
    return ""


def _is_mapping_of_texts(requires: Any) -> bool:
    return isinstance(requires, Mapping) and all(
        isinstance(text, str) for pair in requires.items() for text in pair
    )


def in_words(name: str) -> str:
    """Return a plug-in's name as it can be shown, whatever is in it."""
    return name if NAME.fullmatch(name) else ascii(name[:40])


def _claims() -> dict[str, list[EntryPoint]]:
    """Group the entry points by name; more than one claim to a name is judged on loading."""
    claims: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        claims.setdefault(entry.name, []).append(entry)
    return claims


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "unknown distribution"


def _load(name: str, claims: list[EntryPoint]) -> type[Optimizer]:
    if len(claims) > 1:
        owners = " and ".join(sorted(_distribution(entry) for entry in claims))
        raise InputError(f"optimizer name '{name}' is claimed by {owners}. Uninstall one of them.")
    entry = claims[0]
    if not NAME.fullmatch(name) or name.casefold() in DEVICES:
        raise _unusable(
            entry, "a name is a letter, then letters, digits, '-' or '_', 40 at most; no device's"
        )
    try:
        found = entry.load()
        reason = flaw(found)
    # A plug-in's module may fail in any way at all, an exit included, and so may its class.
    except (Exception, SystemExit) as error:
        raise _unusable(entry, words(error)) from error
    if reason:
        raise _unusable(entry, reason)
    loaded: type[Optimizer] = found
    return loaded


def _unusable(entry: EntryPoint, reason: str) -> InputError:
    where = f"{entry.value} of {_distribution(entry)}"
    return InputError(f"optimizer '{in_words(entry.name)}' ({where}) cannot be used: {reason}")
