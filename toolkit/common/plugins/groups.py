"""Groups of plug-ins: discovery by entry point, then load lazily, check, build.

Listing names reads installed metadata only. A plug-in is imported when it is asked for, and one
that cannot be used is reported with its reason without harming the others. Commands ask about
plug-ins in other processes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from toolkit.common import processes
from toolkit.common.errors import InputError, ToolkitError, unknown_name
from toolkit.common.plugins.declared import declared
from toolkit.common.plugins.options import option_table, parse_options
from toolkit.common.processes import Broke, words

P = TypeVar("P")
#: What a plug-in may be called, and a label: it stands in the names of folders and files.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
#: Names that Windows keeps for devices, whatever folder they are in.
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}
#: Seconds that an answer about a plug-in may take, imports included.
ANSWER_S = 120.0
#: Characters of a text that a list shows.
MOST = 1000
#: The distribution whose plug-ins are the toolkit itself, and the package they are in.
OURS, OUR_PACKAGE = "p2p-der-toolkit", "toolkit_plugins."


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
class Group(Generic[P]):
    """The plug-ins of one entry-point group.

    word: what one is called; kind and options: its base class and that of its options, which have
    descriptions in the package's public names; method: what a class has to define; reserved: names
    that no option may have.
    """

    group: str
    word: str
    kind: type[P]
    options: type[BaseModel]
    method: str
    reserved: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Return the names of all plug-ins, sorted; nothing is imported."""
        return tuple(sorted(self._claims()))

    def owner(self, name: str) -> str:
        """Return the distribution, or distributions, that declare a plug-in of this name."""
        return ", ".join(_distribution(entry) for entry in self._claims().get(name, []))

    def is_ours(self, name: str) -> bool:
        """Say whether a plug-in is one of the toolkit's own."""
        claims = self._claims().get(name, [])
        ours = [e for e in claims if _distribution(e) == OURS and e.value.startswith(OUR_PACKAGE)]
        return len(claims) == len(ours) == 1

    def catalogue(self) -> tuple[PluginInfo, ...]:
        """Return what every plug-in says of itself in another process, or why it is of no use."""
        names = self.names()
        told = processes.each(_info, names, self, seconds=ANSWER_S)
        return tuple(
            self.unusable(name, str(info)) if isinstance(info, ToolkitError) else PluginInfo(**info)
            for name, info in zip(names, told, strict=True)
        )

    def ask(self, name: str, function: Callable[..., Any], *given: Any) -> dict[str, Any]:
        """Return what ``function(pen, *given)`` tells of a plug-in in another process.

        Raises the ToolkitError it raises, and InputError where the process ends.
        """
        try:
            told: dict[str, Any] = processes.ask(function, *given, seconds=ANSWER_S)
        except Broke as error:
            raise self.broke(name, error) from None
        return told

    def portrayed(self, name: str) -> tuple[type[P], dict[str, Any]]:
        """Import a plug-in; return its class, and what every plug-in says of itself."""
        loaded = self.load(name)
        found: Any = loaded
        told = {
            "name": name,
            "description": found.description,
            "reference": str(found.reference),
            "lacking": missing(found),
            "options": [asdict(row) for row in option_table(found)],
        }
        return loaded, told

    def info(self, name: str) -> PluginInfo:
        """Import a plug-in and return what it says of itself, or why it cannot be used."""
        try:
            found: Any = self.load(name)
            lacking = missing(found)
            fields = found.Options.model_fields.values()
            if not lacking and not any(field.is_required() for field in fields):
                self.configure(found, {}, name)
        except InputError as error:
            return self.unusable(name, str(error))
        owners, target = self.owner(name), self._target(name)
        return PluginInfo(name, owners, target, found.description, str(found.reference), lacking)

    def unusable(self, name: str, reason: str) -> PluginInfo:
        """Return what is known of a plug-in that cannot be used."""
        return PluginInfo(in_words(name), self.owner(name), self._target(name), reason=reason)

    def load(self, name: str) -> type[P]:
        """Import the plug-in of this name; an ``InputError`` says why when that is impossible."""
        claims = self._claims()
        if name not in claims:
            raise unknown_name(self.word, name, filter(NAME.fullmatch, claims))
        return self._load(name, claims[name])

    def build(self, name: str, options: Mapping[str, Any] | None = None) -> P:
        """Return the plug-in of this name with these options; values may be strings."""
        return self.configure(self.load(name), options, name)

    def configure(
        self, plugin: type[P], options: Mapping[str, Any] | None = None, name: str = ""
    ) -> P:
        """Return a plug-in of this class with these options, called ``name`` in messages.

        Raises InputError for a bad option, and for a library that is not installed.
        """
        called = f"{self.word} '{name or plugin.__name__}'"
        lacking = missing(plugin)
        if lacking:
            raise InputError(f"{called} cannot be used: {lacking}")
        parsed = self.parsed(plugin, options, name)
        make: Any = plugin
        try:
            made: P = make(parsed)
        except (Exception, SystemExit) as error:
            raise InputError(
                f"{called} cannot be used: it breaks when it is made: {words(error)}"
            ) from error
        return made

    def parsed(
        self, plugin: type[P], options: Mapping[str, Any] | None, name: str = ""
    ) -> BaseModel:
        """Return options as a plug-in's class declares them. Raises InputError."""
        return parse_options(plugin, options, f"{self.word} '{name or plugin.__name__}'")

    def flaw(self, candidate: Any) -> str:
        """Say why an object is no usable class of a plug-in, or return an empty string."""
        if not (isinstance(candidate, type) and issubclass(candidate, self.kind)):
            return f"{candidate!r} is not a subclass of toolkit.{self.kind.__name__}"
        plugin: Any = candidate
        options = getattr(plugin, "Options", None)
        if not (isinstance(options, type) and issubclass(options, self.options)):
            return f"its Options is not a subclass of toolkit.{self.options.__name__}"
        taken = [name for name in self.reserved if name in options.model_fields]
        if taken:
            return f"its option '{taken[0]}' has a reserved name"
        if not (isinstance(plugin.description, str) and plugin.description.strip()):
            return "it has no description"
        if not _is_mapping_of_texts(plugin.requires):
            return "its requires is not a mapping of import names to install commands"
        if inspect.isabstract(plugin):
            return f"it does not define {self.method}"
        return ""

    def broke(self, name: str, error: ToolkitError) -> InputError:
        """Return the error for a plug-in whose process ended when it was asked."""
        return InputError(f"{self.word} '{in_words(name)}' cannot be used: {error}")

    def _target(self, name: str) -> str:
        return ", ".join(entry.value for entry in self._claims().get(name, []))

    def _claims(self) -> dict[str, list[EntryPoint]]:
        """Group the entry points by name; more than one claim to a name is judged on loading."""
        claims: dict[str, list[EntryPoint]] = {}
        for entry in declared(self.group):
            claims.setdefault(entry.name, []).append(entry)
        return claims

    def _load(self, name: str, claims: Sequence[EntryPoint]) -> type[P]:
        if len(claims) > 1:
            owners = " and ".join(sorted(_distribution(entry) for entry in claims))
            raise InputError(
                f"{self.word} name '{name}' is claimed by {owners}. Uninstall one of them."
            )
        entry = claims[0]
        if not NAME.fullmatch(name) or name.casefold() in DEVICES:
            raise self._refused(
                entry,
                "a name is a letter, then letters, digits, '-' or '_', 40 at most; no device's",
            )
        try:
            found = entry.load()
            reason = self.flaw(found)
        # A plug-in's module may fail in any way at all, an exit included, and so may its class.
        except (Exception, SystemExit) as error:
            raise self._refused(entry, words(error)) from error
        if reason:
            raise self._refused(entry, reason)
        loaded: type[P] = found
        return loaded

    def _refused(self, entry: EntryPoint, reason: str) -> InputError:
        where = f"{entry.value} of {_distribution(entry)}"
        called = f"{self.word} '{in_words(entry.name)}' ({where})"
        return InputError(f"{called} cannot be used: {reason}")


def _info(name: str, group: Group[Any]) -> dict[str, str]:
    return {key: text[:MOST] for key, text in vars(group.info(name)).items()}


def missing(plugin: Any) -> str:
    """Say which library a plug-in lacks and how to install it, or return an empty string."""
    return " ".join(
        f"it needs the library '{library}', which is not installed. Install it with: {command}"
        for library, command in plugin.requires.items()
        if not _importable(library)
    )


def _importable(library: str) -> bool:
    """Say whether a library is there, without importing it."""
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def _is_mapping_of_texts(requires: Any) -> bool:
    return isinstance(requires, Mapping) and all(
        isinstance(text, str) for pair in requires.items() for text in pair
    )


def in_words(name: str) -> str:
    """Return a plug-in's name as it can be shown, whatever is in it."""
    return name if NAME.fullmatch(name) else ascii(name[:40])


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "unknown distribution"
