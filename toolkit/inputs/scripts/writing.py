"""Statements as text for the engine: the one place where a value gets its quotes.

Whatever reaches the engine as text, of a script or of the toolkit itself, is written here, so that
no name and no value can be read as anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray

#: A value: one word or number, the words of an array, or the numbers of one.
Value = str | tuple[str, ...] | FloatArray
#: What the engine takes for one word without quotes; ``//`` begins a comment all the same.
_PLAIN = re.compile(r"[\w.%#:+\-*/^$&<>~;?\\|]+")
#: Control characters, what some programs take for the end of a line, and halves of characters.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PAIRS = ('""', "''", "[]", "{}", "()")


class Unquotable(InputError):
    """A text that the engine cannot be given as one value."""


def quoted(text: str) -> str:
    """Return text as one value of OpenDSS, in quotes where it needs them.

    Raises Unquotable for what no quotes can hold: nothing at all, control characters, every kind of
    closing quote, or a leading ``@``, which the engine takes for a variable even in quotes.
    """
    if not text.strip() or text.startswith("@") or _CONTROL.search(text):
        raise Unquotable(f"found {text!r}; OpenDSS cannot be given that as a value.")
    if _PLAIN.fullmatch(text) and "//" not in text:
        return text
    return _enclosed(text, _PAIRS)


def array(words: Iterable[str]) -> str:
    """Return words or numbers as an array of OpenDSS; a ``|`` among them begins a new row."""
    return _enclosed(" ".join(map(quoted, words)), _PAIRS[2:])


def _enclosed(text: str, pairs: Iterable[str]) -> str:
    for pair in pairs:
        if pair[1] not in text:
            return f"{pair[0]}{text}{pair[1]}"
    raise Unquotable(f"found {text!r}; no quotes of OpenDSS can hold it.")


def numbers(values: FloatArray) -> str:
    """Return values as an array of OpenDSS that reads back to the same doubles."""
    return "[" + " ".join(map(repr, np.asarray(values, dtype=float).tolist())) + "]"


def rendered(value: Value) -> str:
    """Return a value as OpenDSS reads it."""
    if isinstance(value, str):
        return quoted(value)
    return array(value) if isinstance(value, tuple) else numbers(value)


def statement(
    command: str, element: str | None = None, properties: Mapping[str, Value] | None = None
) -> str:
    """Return one statement: a command, the full name of an element, properties in their order."""
    pairs = () if properties is None else properties.items()
    return written(command, element, pairs)


def written(command: str, element: str | None, pairs: Iterable[tuple[str, Value]]) -> str:
    """Return one statement, as :func:`statement`, whose properties may come more than once."""
    parts = [command] if element is None else [command, quoted(element)]
    return " ".join([*parts, *(f"{name}={rendered(value)}" for name, value in pairs)])
