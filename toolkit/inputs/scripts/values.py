"""Values of properties, judged by what the property is, so that none can be read as another."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.inputs.scripts.classes import LARGEST, Property
from toolkit.inputs.scripts.lexer import Parameter, parameters
from toolkit.inputs.scripts.remarks import Refused
from toolkit.inputs.scripts.writing import Unquotable, Value, quoted

#: Nodes of one connection, and the number of a node.
MOST_NODES, HIGHEST_NODE = 20, 100
#: Letters of a name.
LONGEST_NAME = 255
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WITH_UNIT = re.compile(_PLAIN_NUMBER.pattern + "[hms]?", re.ASCII)
#: What the engine takes for numbers, which whoever uses them refuses in better words.
_UNREAL = ("nan", "inf", "+inf", "-inf")
#: How many numbers a word of reverse Polish notation takes, each to give one.
_TAKES = {
    **dict.fromkeys(("+", "-", "*", "/", "^", "atan2"), 2),
    **dict.fromkeys(("sqr", "sqrt", "inv", "ln", "log10", "exp"), 1),
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan"), 1),
}
#: What no name may hold: the engine, or who reads results, could take it for more than a name.
_NO_NAME = re.compile(r"[`=,!]|//|^@")
_NODES = re.compile(r"(?:\.\d{1,4})*", re.ASCII)
#: Options of ``file=`` in an array.
_OPTIONS = ("column", "header")
Form = Literal["csv", "dbl", "sng"]
#: Replaces a variable by what it stands for.
Variables = Callable[[str], str]


@dataclass(frozen=True)
class Named:
    """A value that is in a file: its path as spelt, how it is written, and which column it is.

    column: from 1, or 0 where none is named.
    """

    path: str
    form: Form
    column: int = 0
    header: bool = False


def judged(known: Property, text: str, variables: Variables) -> Value | Named:
    """Return the value of a property, or the file it is in.

    Raises Refused for what is no such value, or for what could be read as something else.
    """
    try:
        return _KINDS[known.kind](known, text, variables)
    except Unquotable as error:
        raise Refused("syntax", f"{known.name}: {error}") from error


def name(text: str) -> str:
    """Return the name of an element, as spelt. Raises Refused for what cannot be one."""
    if len(text) > LONGEST_NAME:
        said = f"a name of {len(text)} letters; expected at most {LONGEST_NAME}."
        raise Refused("syntax", f"found {said}")
    try:
        quoted(text)
    except Unquotable as error:
        raise Refused("syntax", str(error)) from error
    if (bad := _NO_NAME.search(text)) is not None:
        raise Refused("syntax", f"found {text!r}; expected a name without '{bad.group()}'.")
    return text


def _number(known: Property, text: str, variables: Variables) -> str:
    """Return a number, with a unit of time if it has one, or a sum in reverse Polish notation."""
    words = [variables(word) for word in re.split(r"[\s,]+", text.strip())]
    single = len(words) == 1 and (_WITH_UNIT.fullmatch(words[0]) or words[0].lower() in _UNREAL)
    if not single and not _is_sum(words):
        raise Refused("syntax", f"{known.name}: found {text!r}; expected a number.")
    return " ".join(words)


def _is_sum(words: Sequence[str]) -> bool:
    """Say whether a sum takes only what it brings; the engine would go on with the last one's."""
    held = 0
    for word in words:
        if word.lower() in _TAKES:
            takes = _TAKES[word.lower()]
            if held < takes:
                return False
            held -= takes - 1
        elif _PLAIN_NUMBER.fullmatch(word) or word.lower() == "pi":
            held += 1
        else:
            return False
    return held > 0


def _integer(known: Property, text: str, variables: Variables) -> str:
    found = _number(known, text, variables)
    largest = LARGEST.get(known.name)
    if largest is not None:
        whole = whole_number(found)
        if whole is None or not -1 <= whole <= largest:
            said = f"expected a whole number up to {largest}."
            raise Refused("syntax", f"{known.name}: found {found!r}; {said}")
    return found


def whole_number(text: str) -> int | None:
    """Return what the engine makes of text as a whole number; None where that takes a sum."""
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return None


def _word(known: Property, text: str, variables: Variables) -> str:
    return name(text)


def _text(known: Property, text: str, variables: Variables) -> str:
    quoted(text)
    return text


def _bus(known: Property, text: str, variables: Variables) -> str:
    return bus(text)


def bus(text: str) -> str:
    """Return a bus with its nodes, as in ``650.1.2``. Raises Refused for absurd ones."""
    bare, dot, nodes = text.partition(".")
    name(bare)
    listed = nodes.rstrip(".").split(".") if nodes.rstrip(".") else []
    if not _NODES.fullmatch(dot + nodes.rstrip(".")) and listed:
        raise Refused("syntax", f"found bus {text!r}; expected BUS or BUS.1.2.3.")
    if len(listed) > MOST_NODES or any(int(node) > HIGHEST_NODE for node in listed):
        limits = f"at most {MOST_NODES} nodes, each up to {HIGHEST_NODE}"
        raise Refused("syntax", f"found bus {text[:60]!r}; expected {limits}.")
    return text


def _numbers(known: Property, text: str, variables: Variables) -> Value | Named:
    """Return the numbers of an array with ``|`` between rows, or the file they are in."""
    tokens = parameters(text)
    if tokens and tokens[0].name:
        return _in_file(known, tokens, variables)
    found = tuple(_number_in_array(known, token, variables) for token in tokens)
    in_rows = known.name.endswith("matrix") or any("|" in word for word in found)
    if in_rows and any(word.endswith(" ") for word in found):
        # Where a row ends after a quoted word depends on what the engine read before.
        raise Refused("syntax", f"{known.name}: expected plain numbers in the rows of a matrix.")
    return found


def _number_in_array(known: Property, token: Parameter, variables: Variables) -> str:
    _unnamed(known, token)
    value = variables(token.value)
    if token.quote:
        inside = _number(known, value, variables)
        # A blank at the end has the writer quote it again, so that a sum stays one.
        return inside if _is_plain(inside) else inside + " "
    between_rows = [part for part in value.split("|") if part]
    if not all(map(_is_plain, between_rows)):
        raise Refused("syntax", f"{known.name}: found {value!r}; expected numbers.")
    return value


def _is_plain(text: str) -> bool:
    return _PLAIN_NUMBER.fullmatch(text) is not None


def _unnamed(known: Property, token: Parameter) -> None:
    if token.name:
        said = f"found '{token.name}=' in an array; expected its values alone."
        raise Refused("syntax", f"{known.name}: {said}")


def _in_file(known: Property, tokens: Sequence[Parameter], variables: Variables) -> Named:
    """Return the file of ``file=day.csv, column=2, header=yes``, or of ``dblfile=day.dbl``."""
    first, path = tokens[0].name.lower(), variables(tokens[0].value)
    forms: dict[str, Form] = {"file": "csv", "dblfile": "dbl", "sngfile": "sng"}
    form = next((form for word, form in forms.items() if word.startswith(first)), None)
    if form is None or (form == "csv" and first != "file"):
        _unnamed(known, tokens[0])
    options: dict[str, str] = {}
    for token in tokens[1:]:
        option = next((o for o in _OPTIONS if token.name and o.startswith(token.name.lower())), "")
        if not option:
            said = f"found '{token.name or token.value}' after a file; expected column or header."
            raise Refused("syntax", f"{known.name}: {said}")
        options[option] = variables(token.value)
    column = (whole_number(options["column"]) or -1) if "column" in options else 0
    if not 0 <= column <= 10_000:
        raise Refused("syntax", f"{known.name}: found column {options['column']!r}.")
    header = options.get("header", "no").lower().startswith(("y", "t"))
    return Named(path, form or "csv", column, header)


def _words(known: Property, text: str, variables: Variables) -> tuple[str, ...]:
    return tuple(name(word) for word in _listed(known, text, variables))


def _buses(known: Property, text: str, variables: Variables) -> tuple[str, ...]:
    return tuple(bus(word) for word in _listed(known, text, variables))


def _listed(known: Property, text: str, variables: Variables) -> list[str]:
    tokens = parameters(text)
    for token in tokens:
        _unnamed(known, token)
    return [variables(token.value) for token in tokens if token.value]


def _file(known: Property, text: str, variables: Variables) -> Named:
    form: Form = "dbl" if known.name == "dblfile" else "sng" if known.name == "sngfile" else "csv"
    return Named(text, form)


def _code(known: Property, text: str, variables: Variables) -> str:
    said = f"property '{known.name}' is refused: it loads a library. Remove it."
    raise Refused("refused", said)


_KINDS: dict[str, Callable[[Property, str, Variables], Value | Named]] = {
    "number": _number,
    "integer": _integer,
    "word": _word,
    "action": _word,
    "text": _text,
    "bus": _bus,
    "numbers": _numbers,
    "words": _words,
    "buses": _buses,
    "file": _file,
    "code": _code,
}
