"""Older spellings on a command line, understood until they end, with a note."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Commands whose --option was also called -o.
WITH_OPTIONS = {
    "compare",
    "optimize",
    "sweep",
    "front",
    "optimizers",
    "policies",
    "mechanisms",
    "goals",
}
#: How an option is set; no path to a folder is written so, but ./KEY=VALUE would be.
SETTING = re.compile(r"[A-Za-z][\w.:-]*=.*", re.DOTALL)
NOTE = (
    "Note: -o means --output; for an option write --option {}. That -o sets options ends with "
    "version 0.2."
)


def spelt_anew(words: Sequence[str]) -> tuple[list[str], str]:
    """Return the words of a command line as they are spelt today, and a note on what was not."""
    if not WITH_OPTIONS & {word for word in words if not word.startswith("-")}:
        return list(words), ""
    anew: list[str] = []
    older = ""
    for word in words:
        attached = word[2:] if word.startswith("-o") else ""
        if SETTING.fullmatch(attached):
            anew += ["--option", attached]
            older = older or attached
        elif anew and anew[-1] == "-o" and SETTING.fullmatch(word):
            anew[-1:] = ["--option", word]
            older = older or word
        else:
            anew.append(word)
    return anew, NOTE.format(older) if older else ""
