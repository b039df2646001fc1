"""Text of strangers made fit to be shown: what a screen would obey is written out instead.

Names come from feeders, studies, folders and plug-ins. One that holds an escape sequence could
clear a terminal, and one that holds a mark of writing direction could read as something else.
"""

from __future__ import annotations

import re
from typing import Any

#: Control characters but for the tab and the end of a line, marks of direction, characters without
#: width, and halves of surrogate pairs, which cannot be written as UTF-8.
_OBEYED = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
_IN_TEXT = re.compile(f"[{_OBEYED}]")
_IN_LINE = re.compile(rf"[{_OBEYED}\t\n]")
#: What is shown of a value that was found: more is no help.
EXCERPT = 80


def shown(text: str) -> str:
    r"""Return text, of any number of lines, what a screen would obey written out (``\x1b``)."""
    return _IN_TEXT.sub(_written_out, text)


def line(text: object) -> str:
    """Return text as one line, an end of line written out as well."""
    return _IN_LINE.sub(_written_out, str(text))


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def shortened(text: str, most: int = EXCERPT) -> str:
    """Return text without its middle where it has more than ``most`` characters."""
    if len(text) <= most:
        return text
    kept = (most - 3) // 2
    return f"{text[:kept]}...{text[-kept:]}"


def excerpt(value: Any) -> str:
    """Return how a value is written in Python, in one short line, whatever the value is."""
    if isinstance(value, str):
        # Long before its repr is made, which may be four times as long.
        return line(shortened(repr(shortened(value, 4 * EXCERPT))))
    try:
        return line(shortened(repr(value)))
    # A repr may fail in any way: nested too deep, an integer of too many digits, a class of yours.
    except Exception:
        return f"a value of type {type(value).__name__} that cannot be shown"
