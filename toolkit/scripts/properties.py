"""Properties of elements that reach outside the engine: files, libraries, traces."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from toolkit.errors import nearest
from toolkit.scripts import commands
from toolkit.scripts.lexer import Parameter, parameters, quoted, replaced

#: An array read from a file: ``mult=(file=day.csv)``.
_ARRAY_FILE = re.compile(r"\s*(?:file|dblfile|sngfile)\s*=", re.IGNORECASE)
_FILE_PROPERTIES = ("csvfile", "sngfile", "dblfile", "pqcsvfile")


class Refused(Exception):
    """A property that is not passed on to the engine."""

    def __init__(self, kind: Literal["refused", "syntax"], text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True)
class Change:
    """A value to be exchanged: for ``value``, or for the full path of the file at ``path``."""

    parameter: Parameter
    value: str = ""
    reason: str = ""
    path: str | None = None

    def with_path(self, path: Path) -> str | None:
        """Return the value with the full path, or None when no quotes can hold it."""
        name = quoted(path.as_posix())
        if name is None or not _ARRAY_FILE.match(self.parameter.value):
            return name
        inner = self.parameter.value
        return quoted(replaced(inner, [(parameters(inner)[0], name)]))


def judge(
    cls: str | None, words: Sequence[Parameter], vocabulary: Mapping[str, Sequence[str]] | None
) -> list[Change]:
    """Return the values to be exchanged. Raises Refused for what may not be given to the engine."""
    names = _names(cls, vocabulary)
    changes = []
    pointer = 0
    for word in words:
        pointer = _position(word, pointer, cls, names)
        name = names[pointer - 1] if names else _file_property(word.name)
        if change := _change((cls or "").lower(), name, word):
            changes.append(change)
    return changes


def _names(
    cls: str | None, vocabulary: Mapping[str, Sequence[str]] | None
) -> tuple[str, ...] | None:
    """Return the property names of a class, in order."""
    if vocabulary is None:
        return None
    if cls is None:
        raise Refused("syntax", "the line continues no New or Edit; write 'Edit class.name ...'.")
    known = vocabulary.get("vsource" if cls.lower() == "circuit" else cls.lower())
    if known is None and cls.lower() in commands.LATER_CLASSES:
        instead = commands.LATER_CLASSES[cls.lower()]
        raise Refused("syntax", f"the OpenDSS engine in use has no class '{cls}'; {instead}.")
    if known is None:
        raise Refused("syntax", f"unknown class '{cls}'.{nearest(cls, vocabulary)}")
    return tuple(known)


def _position(word: Parameter, before: int, cls: str | None, names: tuple[str, ...] | None) -> int:
    """Return which property a parameter sets, counted from 1; unnamed ones follow the last."""
    if names is None:
        return 0
    if not word.name:
        if before >= len(names):
            raise Refused("syntax", f"'{word.value}' stands after the last property of a {cls}.")
        return before + 1
    name = commands.resolve(word.name, names)
    if name is None:
        close = nearest(word.name, names)
        raise Refused("syntax", f"a {cls} has no property '{word.name}'.{close}")
    return names.index(name) + 1


def _file_property(name: str) -> str:
    """Return the full name of a property that names a file, else the name as it is."""
    lowered = name.lower()
    full = [f for f in _FILE_PROPERTIES if len(lowered) >= 3 and f.startswith(lowered)]
    return full[0] if full else lowered


def _change(cls: str, name: str, word: Parameter) -> Change | None:
    value = word.value.strip()
    if _ARRAY_FILE.match(value):
        return Change(word, path=parameters(word.value)[0].value)
    if name in _FILE_PROPERTIES:
        return Change(word, path=value)
    if name in commands.CODE and value:
        raise Refused("refused", f"property '{name}' is refused: it loads a library. Remove it.")
    if name == "debugtrace" and not value.lower().startswith(("n", "f")):
        return Change(word, "no", "'debugtrace' is passed over.")
    allowed = commands.MEMORY_ACTIONS.get(cls)
    if name == "action" and allowed and not _abbreviates(value, allowed):
        raise Refused("refused", f"'action={value}' of a {cls} is refused: it writes a file.")
    return None


def _abbreviates(value: str, known: tuple[str, ...]) -> bool:
    return bool(value) and any(name.startswith(value.lower()) for name in known)
