"""What libraries say of a value they refuse, in the words of the toolkit's own messages."""

from __future__ import annotations

import json
import re

from toolkit.common.excerpts import excerpt

#: What the parser of JSON says where it stops, and what is meant.
_OF_JSON = {
    "Expecting value": "a value",
    "Expecting property name enclosed in double quotes": "a name in double quotes",
    "Expecting ',' delimiter": "a comma",
    "Expecting ':' delimiter": "a colon",
    "Extra data": "nothing more",
}
#: Phrases of pydantic, typer and click, and what is meant.
_PHRASES = (
    (r"Input should be a valid integer.*|.* is not a valid int(eger)?( range)?", "a whole number"),
    (r"Input should be a valid number.*|.* is not a valid float( range)?", "a number"),
    (r"Input should be a (valid )?finite number", "a finite number"),
    (r"Input should be a valid boolean.*|.* is not a valid boolean.*", "true or false"),
    (r"Input should be a valid (string|bytes).*", "text"),
    (r"Input should be a valid (list|tuple|sequence|array).*", "a list"),
    (r"Input is not a valid path.*|Input should be a valid path.*", "a path"),
    (r".* is not one of (.*)", r"one of \1"),
    (r"(?:Input|String|List|Tuple|Dictionary|Value) should (?:be|have) (.*)", r"\1"),
)
#: Where the parser of TOML stopped.
_PLACE = re.compile(r"line (\d+), column (\d+)")
_TAIL = re.compile(r" after validation, not \d+$|\.$")


def in_words(said: str) -> str:
    """Return what a library expects, as the end of a message: ``expected a whole number``.

    What it says in other words stays as it is.
    """
    said = _TAIL.sub("", said.removeprefix("Value error, "))
    for phrase, meant in _PHRASES:
        if found := re.fullmatch(phrase, said, re.DOTALL):
            return f"expected {found.expand(meant)}"
    return said


def no_json(error: ValueError) -> str:
    """Return where a text stops being JSON, and what stands there."""
    if not isinstance(error, json.JSONDecodeError):
        return "it holds a number of thousands of digits"
    if not error.doc.strip():
        return "it is empty"
    left = error.doc[error.pos :].strip()
    if not left or error.msg.startswith("Unterminated"):
        return f"it ends early, at line {error.lineno}"
    expected = _OF_JSON.get(error.msg, error.msg)
    found = excerpt(left.splitlines()[0])
    return f"at line {error.lineno}, column {error.colno}: expected {expected}, found {found}"


def no_toml(said: str, text: str, where: str) -> str:
    """Say where a text is not TOML, and what stands there."""
    what, _, place = said.rpartition(" (at ")
    at = _PLACE.match(place)
    if at is None:
        return f"{where}: not valid TOML at its end: {what[:1].lower()}{what[1:]}; is it whole?"
    line = text.split("\n")[int(at[1]) - 1].strip()
    return (
        f"{where}, line {at[1]}, column {at[2]}: not valid TOML: {what[:1].lower()}{what[1:]}; "
        f"found {excerpt(line)}."
    )
