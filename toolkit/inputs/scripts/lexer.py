"""One line of OpenDSS taken apart as OpenDSS itself does it."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A value in quotes of one of five kinds, or bare up to a space, comma, equals sign or comment;
#: then the sign that ends it. Quotes do not nest; one that is not closed runs to the end.
_TOKEN = re.compile(
    r"""[ \t]*(?:
        "(?P<double>[^"]*)"? | '(?P<single>[^']*)'? | \((?P<round>[^)]*)\)?
      | \[(?P<square>[^\]]*)\]? | \{(?P<curly>[^}]*)\}?
      | (?P<bare>(?:(?!//)[^ \t,=!])*)
    )[ \t]*(?P<end>[,=]?)""",
    re.VERBOSE,
)
_QUOTES = {"double": '""', "single": "''", "round": "()", "square": "[]", "curly": "{}"}


@dataclass(frozen=True)
class Parameter:
    """``name=value`` or a value alone; ``quote`` is the pair around the value, if any.

    ``start`` and ``stop`` are where the value, quotes included, stands in the line.
    """

    name: str
    value: str
    quote: str
    start: int
    stop: int


def parameters(line: str) -> list[Parameter]:
    """Return the parameters of a line; the first one of a command line is the command."""
    found: list[Parameter] = []
    position = 0
    while (token := _token(line, position)) is not None:
        value, quote, start, stop, position, end = token
        name = ""
        if end == "=" and (following := _token(line, position)) is not None:
            name = value
            value, quote, start, stop, position, _ = following
        elif end == "=":
            name, value, quote, start, stop = value, "", "", stop, stop
        found.append(Parameter(name, value, quote, start, stop))
    return found


def _token(line: str, position: int) -> tuple[str, str, int, int, int, str] | None:
    """Return value, quotes, its start and stop, where to go on, and the sign after it."""
    hit = _TOKEN.match(line, position)
    if hit is None or hit.end() == position:
        return None
    kind = next(kind for kind in (*_QUOTES, "bare") if hit[kind] is not None)
    if kind == "bare" and not hit["bare"] and not hit["end"]:
        return None
    value = hit[kind]
    quote = _QUOTES.get(kind, "")
    start = hit.start(kind) - bool(quote)
    stop = hit.end(kind) + (bool(quote) and line[hit.end(kind) : hit.end(kind) + 1] != "")
    return value, quote, start, stop, hit.end(), hit["end"]
