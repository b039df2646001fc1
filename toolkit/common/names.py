"""Names as OpenDSS compares them."""

from __future__ import annotations


def lowered(name: str) -> str:
    """Return a name in lower case, letter by letter, as OpenDSS has it.

    Python makes two characters of a capital I with a dot and looks at what follows a sigma.
    """
    return name.lower() if name.isascii() else "".join(c.lower()[0] for c in name)
